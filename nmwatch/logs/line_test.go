package logs_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/logs"
)

func TestLines(t *testing.T) {
	seen := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	zone := time.FixedZone("CET", 3600)
	at := func(y int, m time.Month, d, h, min, s, us int) time.Time {
		return time.Date(y, m, d, h, min, s, us*1000, time.UTC)
	}
	type parts struct {
		At                  time.Time
		Priority, PID       int
		Identifier, Message string
	}
	for _, tt := range []struct {
		name, line string
		want       parts
	}{
		{"a line of syslog", "Nov 24 20:18:29 lab dnsmasq-dhcp[31]: DHCPACK(p0) 10.99.0.170", parts{at(2026, 11, 24, 19, 18, 29, 0), 6, 31, "dnsmasq-dhcp", "DHCPACK(p0) 10.99.0.170"}},
		{"of this year", "Jan  2 03:04:05 lab kernel: wlan0: associated", parts{at(2027, 1, 2, 2, 4, 5, 0), 6, 0, "kernel", "wlan0: associated"}},
		{"of rsyslog", "2026-11-24T20:18:29.508153+01:00 lab NetworkManager[700]: <warn>  [1795551509.4560] device (eth0): x", parts{at(2026, 11, 24, 20, 18, 29, 456000), 4, 700, "NetworkManager", "device (eth0): x"}},
		{"of journalctl", "2026-11-24T20:18:29+0100 lab wpa_supplicant[9]: wlan0: x", parts{at(2026, 11, 24, 19, 18, 29, 0), 6, 9, "wpa_supplicant", "wlan0: x"}},
		{"a datagram", "<132>Nov 24 20:18:29 dnsmasq[31]: warning: no upstream", parts{at(2026, 11, 24, 19, 18, 29, 0), 4, 31, "dnsmasq", "warning: no upstream"}},
		{"a datagram with the time when it came", "2026-11-24T20:18:29.508153Z <30>Nov 24 21:18:29 nm-dispatcher: req:1 'up'", parts{at(2026, 11, 24, 20, 18, 29, 508153), 6, 0, "nm-dispatcher", "req:1 'up'"}},
		{"NetworkManager's own", "<info>  [1795551509.4560] dhcp4 (eth0): x", parts{at(2026, 11, 24, 20, 18, 29, 456000), 6, 0, "file", "dhcp4 (eth0): x"}},
		{"wpa_supplicant's own", "1795551509.456789: wlan0: State: SCANNING -> ASSOCIATING", parts{at(2026, 11, 24, 20, 18, 29, 456789), 6, 0, "file", "wlan0: State: SCANNING -> ASSOCIATING"}},
		{"openvpn's own", "2026-11-24 20:18:29 TLS Error: TLS handshake failed", parts{at(2026, 11, 24, 19, 18, 29, 0), 6, 0, "file", "TLS Error: TLS handshake failed"}},
		{"plain", "something: happened\r\n", parts{seen, 6, 0, "file", "something: happened"}},
		{"no message", "", parts{seen, 6, 0, "file", ""}},
		{"no priority", "<999>x: y", parts{seen, 6, 0, "file", "<999>x: y"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := logs.Lines{Identifier: "file", Zone: zone}.Parse(tt.line, seen)
			got := parts{e.Time(), e.Priority(), e.PID(), e.Text("SYSLOG_IDENTIFIER"), e.Message()}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzLines(f *testing.F) {
	f.Add("2026-11-24T20:18:29.508153Z <30>Nov 24 21:18:29 nm-dispatcher[1]: req:1 'up'")
	f.Add("<info>  [1795551509.4560] dhcp4 (eth0): x")
	f.Fuzz(func(t *testing.T, line string) {
		e := logs.Lines{}.Parse(line, time.Unix(0, 0))
		if back, err := logs.ParseEntry(e.Append(nil)); err != nil || cmp.Diff(e, back) != "" {
			t.Fatalf("%v comes back as %v, %v", e, back, err)
		}
	})
}
