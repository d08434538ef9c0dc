package kernel

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

func TestSynced(t *testing.T) {
	f := NewFold()
	for i, tt := range []struct {
		r    record.Record
		want bool
	}{
		{up("rtnetlink"), false},
		{synced("rtnetlink"), true},
		{up("rtnetlink-routes"), true},
		{synced("rtnetlink-routes"), true},
		{synced("rfkill"), true},
		{note(record.Noted{Source: "rtnetlink", Event: record.Lost}), false},
		{up("rtnetlink"), false},
		{synced("rtnetlink"), true},
		{note(record.Noted{Source: "rtnetlink", Event: record.Down}), false},
	} {
		f.Apply(tt.r)
		if got := f.State().Synced; got != tt.want {
			t.Errorf("after note %d: synced is %t, want %t", i+1, got, tt.want)
		}
	}
}

func TestSources(t *testing.T) {
	f := NewFold()
	f.Apply(note(record.Noted{Source: "wireguard", Event: record.Denied, Right: "CAP_NET_ADMIN", Detail: "operation not permitted"}))
	f.Apply(note(record.Noted{Source: "nl80211", Event: record.Absent}))
	f.Apply(note(record.Noted{Source: "bus", Event: record.Absent}))
	want := map[string]kerneltypes.Source{
		"wireguard": {Status: kerneltypes.SourceDenied, Right: "CAP_NET_ADMIN", Detail: "operation not permitted"},
		"nl80211":   {Status: kerneltypes.SourceAbsent},
	}
	if diff := cmp.Diff(want, f.State().Sources); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	bad := []record.Record{
		{Kind: record.Netlink, Raw: []byte{1}},
		{Kind: record.Netlink, Raw: make([]byte, 16)},
		message(unix.RTM_NEWLINK, 0, make([]byte, 3)),
		message(unix.RTM_NEWLINK, 0, ifinfo(0, 0, 0)),
		message(unix.RTM_NEWLINK, 0, ifinfo(0, 1, 0), raw(unix.IFLA_MTU, []byte{1})),
		message(unix.RTM_NEWLINK, 0, ifinfo(0, 1, 0), []byte{200, 0, 1, 0}),
		message(unix.RTM_NEWADDR, 0, ifaddr(unix.AF_INET, 33, 0, 1), raw(unix.IFA_LOCAL, []byte{1, 2, 3, 4})),
		message(unix.RTM_NEWADDR, 0, ifaddr(unix.AF_INET, 8, 0, 1), raw(unix.IFA_LOCAL, make([]byte, 16))),
		message(unix.RTM_NEWADDR, 0, ifaddr(unix.AF_INET, 8, 0, 0), raw(unix.IFA_LOCAL, []byte{1, 2, 3, 4})),
		message(unix.RTM_NEWADDR, 0, ifaddr(unix.AF_INET, 8, 0, 1)),
		message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_INET, 33, 254, 2, 1)),
		message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_INET, 0, 254, 2, 1), raw(unix.RTA_MULTIPATH, []byte{9, 0, 0, 0, 0, 0, 0, 0})),
		message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_INET, 0, 254, 2, 1), raw(unix.RTA_MULTIPATH, []byte{9, 0, 0})),
		message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_INET, 0, 254, 2, 1), raw(unix.RTA_OIF, []byte{9})),
		message(unix.RTM_NEWNEIGH, 0, []byte{unix.AF_INET}),
		{Kind: record.Rfkill, Raw: []byte{1, 2, 3}},
		{Kind: record.Rfkill, Raw: []byte{0, 0, 0, 0, 1, 9, 0, 0}},
		{Kind: record.Measurement, Raw: []byte("{")},
		{Kind: record.Measurement, Raw: []byte(`{"what":"ethtool","value":[]}`)},
		{Kind: record.Measurement, Raw: []byte(`{"what":"sysfs","value":[]}`)},
		{Kind: record.Measurement, Raw: []byte(`{"what":"rfkill-name","value":[]}`)},
		{Kind: record.Note, Raw: []byte("]")},
	}
	f := NewFold()
	var first string
	var early kerneltypes.State
	for i, r := range bad {
		if i == maxProblems {
			early = f.State()
			first = strings.Join(early.Problems, "\n")
		}
		if !f.Apply(r) {
			t.Errorf("record %d made no problem", i)
		}
		if got, want := len(f.State().Problems), min(i+1, maxProblems); got != want {
			t.Errorf("after record %d: %d problems, want %d", i, got, want)
		}
	}
	if then := strings.Join(early.Problems, "\n"); then != first {
		t.Errorf("the problems of an earlier state changed to:\n%s", then)
	}
	if s := f.State(); len(s.Links)+len(s.Addrs)+len(s.Routes)+len(s.Neighs) != 0 {
		t.Errorf("something bad got in: %s", brief(s))
	}
}

func TestRfkill(t *testing.T) {
	event := func(index uint32, kind, op, soft, hard byte) record.Record {
		b := append(binary.NativeEndian.AppendUint32(nil, index), kind, op, soft, hard)
		if index == 1 {
			b = append(b, 1) // newer kernels append the reasons of a hard block
		}
		return record.Record{Kind: record.Rfkill, Raw: b}
	}
	f := NewFold()
	for _, r := range []record.Record{
		up("rfkill"), event(0, 1, rfkillAdd, 0, 0), measured(whatRadioName, "rfkill0", kerneltypes.RadioName{Index: 0, Name: "phy0"}),
		event(1, 2, rfkillAdd, 1, 0), measured(whatRadioName, "rfkill1", kerneltypes.RadioName{Index: 1, Name: "hci0"}),
		event(2, 5, rfkillAdd, 1, 0), synced("rfkill"),
		event(0, 1, rfkillChange, 1, 1), event(2, 5, rfkillDel, 0, 0),
	} {
		f.Apply(r)
	}
	want := map[uint32]kerneltypes.Radio{
		0: {Index: 0, Name: "phy0", Type: 1, Soft: true, Hard: true},
		1: {Index: 1, Name: "hci0", Type: 2, Soft: true},
	}
	if diff := cmp.Diff(want, f.State().Rfkill); diff != "" {
		t.Error(diff)
	}
	for _, r := range []record.Record{up("rfkill"), event(1, 2, rfkillAdd, 0, 0), synced("rfkill")} {
		f.Apply(r)
	}
	want = map[uint32]kerneltypes.Radio{1: {Index: 1, Name: "hci0", Type: 2}}
	if diff := cmp.Diff(want, f.State().Rfkill); diff != "" {
		t.Error(diff)
	}
}

func TestMeasurements(t *testing.T) {
	f := NewFold()
	station := kerneltypes.Station{SSID: []byte("\xffcafé\x00"), Associated: true, SignalDBm: -60}
	for _, r := range []record.Record{
		measured(whatSpeed, "early", kerneltypes.Speed{Mbps: 10}), // before the links are known, it may exist
		measured(whatSpeed, "v0", kerneltypes.Speed{Mbps: 100, Duplex: "full"}),
		up("rtnetlink"), newLink(multi, 2, "v0"), newLink(multi, 3, "wlan0"), synced("rtnetlink"),
		measured(whatDevice, "wlan0", kerneltypes.Device{Index: 3, Driver: "iwlwifi", Phy: "phy0"}),
		measured(whatDevice, "v9", kerneltypes.Device{Index: 9, Driver: "x"}),
		measured(whatStation, "wlan0", station),
		measured(whatStation, "gone0", station),
		measured(whatWireGuard, "v0", kerneltypes.WireGuard{ListenPort: 51820}),
		newLink(0, 3, "wlan0", u32(unix.IFLA_MTU, 1400)),
	} {
		f.Apply(r)
	}
	s := f.State()
	want := kerneltypes.State{
		Speeds:    map[string]kerneltypes.Speed{"v0": {Mbps: 100, Duplex: "full"}},
		Stations:  map[string]kerneltypes.Station{"wlan0": station},
		WireGuard: map[string]kerneltypes.WireGuard{"v0": {ListenPort: 51820}},
	}
	if diff := cmp.Diff(want, kerneltypes.State{Speeds: s.Speeds, Stations: s.Stations, WireGuard: s.WireGuard}); diff != "" {
		t.Error(diff)
	}
	if l := s.Links[3]; l.Driver != "iwlwifi" || l.Phy != "phy0" || !l.Wireless || l.MTU != 1400 {
		t.Errorf("wlan0 is %+v", l)
	}
	f.Apply(newLink(0, 3, "wlp1s0"))
	f.Apply(delLink(2, "v0"))
	if s := f.State(); len(s.Stations)+len(s.Speeds)+len(s.WireGuard) != 0 || s.Links[3].Driver != "iwlwifi" {
		t.Errorf("after renaming and deleting: %+v", s)
	}
}
