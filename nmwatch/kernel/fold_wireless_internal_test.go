package kernel

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// wirelessRecord builds an nl80211 event of interface 7 with more attributes.
func wirelessRecord(t *testing.T, at time.Time, command uint8, add func(*netlink.AttributeEncoder)) record.Record {
	t.Helper()
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(unix.NL80211_ATTR_IFINDEX, 7)
	if add != nil {
		add(ae)
	}
	body, err := ae.Encode()
	if err != nil {
		t.Fatal(err)
	}
	m := netlink.Message{Data: append([]byte{command, 1, 0, 0}, body...)}
	m.Header.Length = uint32(unix.NLMSG_HDRLEN + len(m.Data))
	raw, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return record.Record{Time: at, Kind: record.Wireless, Raw: raw}
}

func TestWirelessEvents(t *testing.T) {
	t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	mac := []byte{2, 0, 0, 0, 1, 0}
	const bssid = "02:00:00:00:01:00"
	f := NewFold()
	answer := append(make([]byte, 16), append(mac, 0, 0, 3, 0, 2, 0, 1, 0)...) // SAE, the second of its frames, status 1
	steps := []record.Record{
		wirelessRecord(t, t0, unix.NL80211_CMD_AUTHENTICATE, func(ae *netlink.AttributeEncoder) { ae.Bytes(unix.NL80211_ATTR_FRAME, answer) }),
		wirelessRecord(t, t0, unix.NL80211_CMD_CONNECT, func(ae *netlink.AttributeEncoder) {
			ae.Bytes(unix.NL80211_ATTR_MAC, mac)
			ae.Uint16(unix.NL80211_ATTR_STATUS_CODE, 0)
		}),
		wirelessRecord(t, t0.Add(1*time.Second), unix.NL80211_CMD_ROAM, func(ae *netlink.AttributeEncoder) { ae.Bytes(unix.NL80211_ATTR_MAC, mac) }),
		wirelessRecord(t, t0.Add(2*time.Second), unix.NL80211_CMD_DISCONNECT, func(ae *netlink.AttributeEncoder) {
			ae.Uint16(unix.NL80211_ATTR_REASON_CODE, 6)
			ae.Flag(unix.NL80211_ATTR_DISCONNECTED_BY_AP, true)
		}),
		wirelessRecord(t, t0.Add(3*time.Second), unix.NL80211_CMD_SCAN_ABORTED, nil),
		wirelessRecord(t, t0.Add(4*time.Second), unix.NL80211_CMD_REG_CHANGE, func(ae *netlink.AttributeEncoder) { ae.String(unix.NL80211_ATTR_REG_ALPHA2, "DE") }),
	}
	for i, r := range steps {
		if !f.Apply(r) {
			t.Errorf("event %d changed nothing", i)
		}
	}
	want := map[int]kerneltypes.WirelessLog{7: {
		Auth:       kerneltypes.WirelessEvent{At: t0, BSSID: bssid, Code: 1, Algorithm: kerneltypes.AuthSAE},
		Connect:    kerneltypes.WirelessEvent{At: t0, BSSID: bssid},
		Roam:       kerneltypes.WirelessEvent{At: t0.Add(1 * time.Second), BSSID: bssid},
		Roams:      1,
		Disconnect: kerneltypes.WirelessEvent{At: t0.Add(2 * time.Second), Code: 6, ByAP: true},
		Scan:       kerneltypes.WirelessEvent{At: t0.Add(3 * time.Second), Code: 1},
	}}
	if diff := cmp.Diff(want, f.State().Wireless); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := f.State().Country; got != "DE" {
		t.Errorf("regulatory domain %q, want DE", got)
	}
}

func TestCutAuthentication(t *testing.T) {
	f := NewFold()
	f.Apply(wirelessRecord(t, time.Time{}, unix.NL80211_CMD_AUTHENTICATE, func(ae *netlink.AttributeEncoder) {
		ae.Bytes(unix.NL80211_ATTR_FRAME, make([]byte, 29))
	}))
	if got := f.State().Wireless[7].Auth; got != (kerneltypes.WirelessEvent{}) {
		t.Errorf("of a frame that is cut was read %+v", got)
	}
}

func TestWirelessEventThatSaysNothing(t *testing.T) {
	f := NewFold()
	if f.Apply(wirelessRecord(t, time.Time{}, unix.NL80211_CMD_TRIGGER_SCAN, nil)) {
		t.Error("the begin of a scan changed the state")
	}
	if !f.Apply(record.Record{Kind: record.Wireless, Raw: []byte{1, 2, 3}}) || len(f.State().Problems) != 1 {
		t.Error("a short event made no problem")
	}
}
