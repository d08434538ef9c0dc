package narrative

import (
	"maps"
	"slices"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus/wpatypes"
)

// wireless tells what nl80211 signalled: connections, their ends with who ended them, roams, scans.
func (n *Narrator) wireless(before, after kerneltypes.State) {
	for _, index := range slices.Sorted(maps.Keys(after.Wireless)) {
		now, old := after.Wireless[index], before.Wireless[index]
		tell := func(severity record.Severity, format string, args ...any) {
			n.tell(after.Links[index].Name, "l2", severity, format, args...)
		}
		if now.Auth != old.Auth && wpatypes.Status(now.Auth.Code).Refusal() {
			tell(record.Warning, "access point %s refuses the authentication: %s", now.Auth.BSSID, wpatypes.Status(now.Auth.Code))
		}
		if now.Connect != old.Connect {
			if now.Connect.Code == 0 {
				tell(record.Notice, "connected to access point %s", now.Connect.BSSID)
			} else {
				tell(record.Warning, "access point %s refuses: %s", now.Connect.BSSID, wpatypes.Status(now.Connect.Code))
			}
		}
		if now.Roam != old.Roam {
			tell(record.Notice, "roams to access point %s", now.Roam.BSSID)
		}
		if now.Disconnect != old.Disconnect {
			who := "from this side"
			if now.Disconnect.ByAP {
				who = "by the access point"
			}
			tell(record.Warning, "disconnected %s: %s", who, wpatypes.Reason(now.Disconnect.Code))
		}
		if now.Scan != old.Scan {
			tell(record.Debug, "a scan has ended")
		}
	}
	if before.Country != after.Country {
		n.tell("", "l1", record.Notice, "the regulatory domain is %s", after.Country)
	}
}
