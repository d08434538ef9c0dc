package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// up and synced frame a dump.
func up(source string) record.Record { return note(record.Noted{Source: source, Event: record.Up}) }

func synced(source string) record.Record {
	return note(record.Noted{Source: source, Event: record.Synced})
}

func newLink(flags uint16, index int, name string, attrs ...[]byte) record.Record {
	return message(unix.RTM_NEWLINK, flags, ifinfo(unix.AF_UNSPEC, index, unix.IFF_UP), append(attrs, text(unix.IFLA_IFNAME, name))...)
}

func delLink(index int, name string) record.Record {
	return message(unix.RTM_DELLINK, 0, ifinfo(unix.AF_UNSPEC, index, 0), text(unix.IFLA_IFNAME, name))
}

func addr4(kind, flags uint16, index int, prefix string) record.Record {
	p := netip.MustParsePrefix(prefix)
	return message(kind, flags, ifaddr(unix.AF_INET, uint8(p.Bits()), 0, index), raw(unix.IFA_LOCAL, p.Addr().AsSlice()), raw(unix.IFA_ADDRESS, p.Addr().AsSlice()))
}

func addr6(kind, flags uint16, index int, prefix string) record.Record {
	p := netip.MustParsePrefix(prefix)
	return message(kind, flags, ifaddr(unix.AF_INET6, uint8(p.Bits()), 0, index), raw(unix.IFA_ADDRESS, p.Addr().AsSlice()))
}

// routeVia builds a route message; every via is "gateway%index".
func routeVia(kind, flags uint16, dst string, metric uint32, via ...string) record.Record {
	p := netip.MustParsePrefix(dst)
	family := uint8(unix.AF_INET)
	if p.Addr().Is6() {
		family = unix.AF_INET6
	}
	hop := func(v string) (index uint32, gateway []byte) {
		ip, zone, _ := strings.Cut(v, "%")
		_, err := fmt.Sscan(zone, &index)
		if err != nil {
			panic(err)
		}
		if ip == "" {
			return index, nil
		}
		return index, raw(unix.RTA_GATEWAY, netip.MustParseAddr(ip).AsSlice())
	}
	attrs := [][]byte{raw(unix.RTA_DST, p.Addr().AsSlice()), u32(unix.RTA_PRIORITY, metric)}
	if len(via) == 1 {
		index, gateway := hop(via[0])
		attrs = append(attrs, u32(unix.RTA_OIF, index), gateway)
	} else {
		var paths []byte
		for _, v := range via {
			index, gateway := hop(v)
			b := []byte{0, 0, 0, 0, 0, 0, 0, 0}
			binary.NativeEndian.PutUint16(b, uint16(8+len(gateway)))
			binary.NativeEndian.PutUint32(b[4:], index)
			paths = append(append(paths, b...), gateway...)
		}
		attrs = append(attrs, raw(unix.RTA_MULTIPATH, paths))
	}
	return message(kind, flags, rtmsg(family, uint8(p.Bits()), unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, unix.RTN_UNICAST), attrs...)
}

func neigh4(kind, flags uint16, index int, ip string, state uint16) record.Record {
	return message(kind, flags, ndmsg(unix.AF_INET, index, state), raw(unix.NDA_DST, netip.MustParseAddr(ip).AsSlice()), raw(unix.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1}))
}

// brief writes a state in a few words.
func brief(s kerneltypes.State) string {
	var b strings.Builder
	for i := range 10 {
		if l, ok := s.Links[i]; ok {
			fmt.Fprintf(&b, "%s/%d", l.Name, i)
			if l.Controller != 0 || l.PortState != 0 {
				fmt.Fprintf(&b, "(%s of %d: %d)", l.PortKind, l.Controller, l.PortState)
			}
			b.WriteString(" ")
		}
		for _, a := range s.Addrs[i] {
			fmt.Fprintf(&b, "%v@%d ", a.Prefix, i)
		}
	}
	for _, r := range s.Routes {
		fmt.Fprintf(&b, "%v>%s%%%d ", r.Dst, maybe(r.Gateway), r.OIF)
	}
	for _, n := range s.Neighs {
		fmt.Fprintf(&b, "%v=%s ", n.IP, n.Address)
	}
	return strings.TrimSpace(b.String())
}

const (
	multi  = uint16(unix.NLM_F_MULTI)
	create = uint16(unix.NLM_F_CREATE | unix.NLM_F_EXCL)
)

func TestFold(t *testing.T) {
	port := func(kind uint16, index, master int, state uint8) record.Record {
		return message(kind, 0, ifinfo(unix.AF_BRIDGE, index, unix.IFF_UP), text(unix.IFLA_IFNAME, "not-its-name"),
			u32(unix.IFLA_MASTER, uint32(master)), nest(unix.IFLA_PROTINFO, u8(unix.IFLA_BRPORT_STATE, state)))
	}
	bridgePort := newLink(0, 2, "v0", u32(unix.IFLA_MASTER, 3),
		nest(unix.IFLA_LINKINFO, text(unix.IFLA_INFO_KIND, "veth"), text(unix.IFLA_INFO_SLAVE_KIND, "bridge"),
			nest(unix.IFLA_INFO_SLAVE_DATA, u8(unix.IFLA_BRPORT_STATE, 1))))
	tests := []struct {
		name    string
		records []record.Record
		want    string
	}{
		{"a bridge port's state", []record.Record{bridgePort, port(unix.RTM_NEWLINK, 2, 3, 3)}, "v0/2(bridge of 3: 3)"},
		{"a port leaves its bridge", []record.Record{bridgePort, port(unix.RTM_DELLINK, 2, 3, 3)}, "v0/2"},
		{"a bridge speaks of itself", []record.Record{
			newLink(0, 3, "br0"), message(unix.RTM_NEWLINK, 0, ifinfo(unix.AF_BRIDGE, 3, 0), text(unix.IFLA_IFNAME, "br0"), u32(unix.IFLA_MASTER, 3)),
		}, "br0/3"},
		{"a port that is not known", []record.Record{port(unix.RTM_NEWLINK, 2, 3, 3)}, ""},
		{"IPv6's view of a link", []record.Record{
			newLink(0, 2, "v0"), message(unix.RTM_DELLINK, 0, ifinfo(unix.AF_INET6, 2, 0), text(unix.IFLA_IFNAME, "v0")),
		}, "v0/2"},
		{"a link takes everything along", []record.Record{
			newLink(0, 2, "v0"), newLink(0, 3, "v1"), addr4(unix.RTM_NEWADDR, 0, 2, "10.0.0.1/24"), addr4(unix.RTM_NEWADDR, 0, 3, "10.0.1.1/24"),
			routeVia(unix.RTM_NEWROUTE, create, "0.0.0.0/0", 0, "10.0.0.2%2"), routeVia(unix.RTM_NEWROUTE, create, "10.9.0.0/16", 0, "10.0.0.2%2", "10.0.1.2%3"),
			neigh4(unix.RTM_NEWNEIGH, 0, 2, "10.0.0.2", unix.NUD_REACHABLE), neigh4(unix.RTM_NEWNEIGH, 0, 3, "10.0.1.2", unix.NUD_REACHABLE),
			delLink(2, "v0"),
		}, "v1/3 10.0.1.1/24@3 10.9.0.0/16>10.0.1.2%3 10.0.1.2=02:00:00:00:00:01"},
		{"a new dump confirms", []record.Record{
			up("rtnetlink"), newLink(multi, 1, "lo"), newLink(multi, 2, "v0"), addr4(unix.RTM_NEWADDR, multi, 1, "127.0.0.1/8"), addr4(unix.RTM_NEWADDR, multi, 2, "10.0.0.1/24"),
			routeVia(unix.RTM_NEWROUTE, multi, "10.1.0.0/16", 0, "10.0.0.2%2"), neigh4(unix.RTM_NEWNEIGH, multi, 1, "10.0.0.2", unix.NUD_STALE), synced("rtnetlink"),
			up("rtnetlink"), newLink(multi, 1, "lo"), synced("rtnetlink"),
		}, "lo/1"},
		{"a refresh of routes leaves the rest", []record.Record{
			up("rtnetlink"), newLink(multi, 1, "lo"), addr4(unix.RTM_NEWADDR, multi, 1, "127.0.0.1/8"), routeVia(unix.RTM_NEWROUTE, multi, "10.1.0.0/16", 0, "10.0.0.2%1"), synced("rtnetlink"),
			up("rtnetlink-routes"), routeVia(unix.RTM_NEWROUTE, multi, "10.2.0.0/16", 0, "10.0.0.2%1"), synced("rtnetlink-routes"),
		}, "lo/1 127.0.0.1/8@1 10.2.0.0/16>10.0.0.2%1"},
		{"a notification overtakes the dump", []record.Record{
			up("rtnetlink"), delLink(2, "v0"), newLink(multi, 2, "v0"),
			addr4(unix.RTM_DELADDR, 0, 1, "10.0.0.1/24"), addr4(unix.RTM_NEWADDR, multi, 1, "10.0.0.1/24"),
			addr4(unix.RTM_NEWADDR, 0, 1, "10.0.0.2/24"), addr4(unix.RTM_NEWADDR, multi, 1, "10.0.0.2/24"),
			routeVia(unix.RTM_DELROUTE, 0, "10.1.0.0/16", 0, "10.0.0.2%2"), routeVia(unix.RTM_NEWROUTE, multi, "10.1.0.0/16", 0, "10.0.0.2%2"),
			routeVia(unix.RTM_DELROUTE, 0, "fd01::/64", 0, "fd00::1%2"), routeVia(unix.RTM_NEWROUTE, multi, "fd01::/64", 0, "fd00::1%2", "fd00::2%2"),
			neigh4(unix.RTM_DELNEIGH, 0, 1, "10.0.0.2", unix.NUD_FAILED), neigh4(unix.RTM_NEWNEIGH, multi, 1, "10.0.0.2", unix.NUD_STALE),
			synced("rtnetlink"),
		}, "10.0.0.2/24@1 fd01::/64>fd00::2%2"},
		{"a replacement overtakes the dump", []record.Record{
			routeVia(unix.RTM_NEWROUTE, create, "10.1.0.0/16", 0, "10.0.0.2%2"),
			up("rtnetlink"), routeVia(unix.RTM_NEWROUTE, uint16(unix.NLM_F_REPLACE), "10.1.0.0/16", 0, "10.0.0.3%2"),
			routeVia(unix.RTM_NEWROUTE, multi, "10.1.0.0/16", 0, "10.0.0.2%2"), synced("rtnetlink"),
		}, "10.1.0.0/16>10.0.0.3%2"},
		{"more next hops overtake the dump", []record.Record{
			up("rtnetlink"), routeVia(unix.RTM_NEWROUTE, create, "fd01::/64", 0, "fd00::1%2", "fd00::2%2"),
			routeVia(unix.RTM_NEWROUTE, multi, "fd01::/64", 0, "fd00::1%2"), synced("rtnetlink"),
		}, "fd01::/64>fd00::1%2 fd01::/64>fd00::2%2"},
		{"deleted and made again during a dump", []record.Record{
			up("rtnetlink"), routeVia(unix.RTM_DELROUTE, 0, "10.1.0.0/16", 0, "10.0.0.2%2"), routeVia(unix.RTM_NEWROUTE, create, "10.1.0.0/16", 0, "10.0.0.2%2"),
			routeVia(unix.RTM_NEWROUTE, multi, "10.1.0.0/16", 0, "10.0.0.2%2"), synced("rtnetlink"),
		}, "10.1.0.0/16>10.0.0.2%2"},
		{"the order of IPv4 routes", []record.Record{
			routeVia(unix.RTM_NEWROUTE, create, "0.0.0.0/0", 0, "10.0.0.1%2"),
			routeVia(unix.RTM_NEWROUTE, uint16(unix.NLM_F_CREATE|unix.NLM_F_APPEND), "0.0.0.0/0", 0, "10.0.0.2%2"),
			routeVia(unix.RTM_NEWROUTE, uint16(unix.NLM_F_CREATE), "0.0.0.0/0", 0, "10.0.0.3%2"),
		}, "0.0.0.0/0>10.0.0.3%2 0.0.0.0/0>10.0.0.1%2 0.0.0.0/0>10.0.0.2%2"},
		{"the order of IPv6 addresses", []record.Record{
			addr6(unix.RTM_NEWADDR, 0, 1, "fe80::1/64"), addr6(unix.RTM_NEWADDR, 0, 1, "fd00::1/64"), addr6(unix.RTM_NEWADDR, 0, 1, "fd00::2/64"),
			addr6(unix.RTM_NEWADDR, 0, 1, "fe80::2/64"), addr6(unix.RTM_NEWADDR, 0, 1, "::1/128"), addr4(unix.RTM_NEWADDR, 0, 1, "10.0.0.1/8"),
		}, "10.0.0.1/8@1 fd00::2/64@1 fd00::1/64@1 fe80::2/64@1 fe80::1/64@1 ::1/128@1"},
		{"no neighbours of ours", []record.Record{
			neigh4(unix.RTM_NEWNEIGH, 0, 1, "224.0.0.1", unix.NUD_NOARP), neigh4(unix.RTM_NEWNEIGH, 0, 1, "0.0.0.0", unix.NUD_NOARP),
			message(unix.RTM_NEWNEIGH, 0, ndmsg(unix.AF_BRIDGE, 1, unix.NUD_PERMANENT), raw(unix.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1})),
		}, ""},
		{"a neighbour of which nothing is known", []record.Record{
			neigh4(unix.RTM_NEWNEIGH, 0, 1, "10.0.0.1", unix.NUD_REACHABLE), neigh4(unix.RTM_NEWNEIGH, 0, 1, "10.0.0.1", unix.NUD_NONE),
		}, ""},
		{"routes of no interest", []record.Record{
			message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_INET, 32, unix.RT_TABLE_LOCAL, 2, unix.RTN_UNICAST), raw(unix.RTA_DST, []byte{10, 0, 0, 1})),
			message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_INET, 32, 100, 2, unix.RTN_LOCAL), raw(unix.RTA_DST, []byte{10, 0, 0, 1})),
			message(unix.RTM_NEWROUTE, 0, rtmsg(unix.AF_MPLS, 20, 254, 2, unix.RTN_UNICAST), raw(unix.RTA_DST, []byte{0, 1, 0, 1})),
			message(unix.RTM_NEWROUTE, 0, []byte{unix.AF_INET6, 0, 0, 0, 254, 2, 0, 1, 0, 2, 0, 0}),
			{Kind: record.DBusSeen, Raw: []byte("x")},
			message(unix.RTM_NEWRULE, 0, make([]byte, 12)),
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := NewFold()
			for _, r := range tt.records {
				f.Apply(r)
			}
			if got := brief(f.State()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if p := f.State().Problems; len(p) != 0 {
				t.Errorf("problems: %q", p)
			}
		})
	}
}

// What Apply says must be true: nobody draws anew for nothing, and nobody misses a change.
func TestApplyTellsChanges(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		r    record.Record
		want bool
	}{
		{"a new link", newLink(0, 2, "v0"), true},
		{"the same again", newLink(0, 2, "v0"), false},
		{"a link that is not there", delLink(7, "v7"), false},
		{"an address", addr4(unix.RTM_NEWADDR, 0, 2, "10.0.0.1/24"), true},
		{"the same again", addr4(unix.RTM_NEWADDR, 0, 2, "10.0.0.1/24"), false},
		{"a route", routeVia(unix.RTM_NEWROUTE, create, "10.0.0.0/8", 0, "10.0.0.2%2"), true},
		{"the same again", routeVia(unix.RTM_NEWROUTE, create, "10.0.0.0/8", 0, "10.0.0.2%2"), false},
		{"a route that is not there", routeVia(unix.RTM_DELROUTE, 0, "10.0.0.0/9", 0, "10.0.0.2%2"), false},
		{"a dump begins", up("rtnetlink"), true},
		{"and does not confirm", synced("rtnetlink"), true},
		{"of the bus", note(record.Noted{Source: "bus", Event: record.Down}), false},
		{"rfkill is absent", note(record.Noted{Source: "rfkill", Event: record.Absent}), true},
		{"still absent", note(record.Noted{Source: "rfkill", Event: record.Absent}), false},
		{"a measurement of another package", measured("load", "", 3), false},
	}
	f := NewFold()
	for _, tt := range tests {
		tt.r.Time = at
		if got := f.Apply(tt.r); got != tt.want {
			t.Errorf("%s: changed is %t, want %t", tt.name, got, tt.want)
		}
	}
}

// A state that was handed out never changes.
func TestStatesAreImmutable(t *testing.T) {
	for _, s := range scenarios() {
		records, _ := s.load(t)
		f := NewFold()
		var states []kerneltypes.State
		var then [][]string
		for _, r := range records {
			f.Apply(r)
			states = append(states, f.State())
			then = append(then, describe(f.State()))
		}
		for i, state := range states {
			if diff := cmp.Diff(then[i], describe(state)); diff != "" {
				t.Fatalf("%s: the state after record %d changed later (-then +now):\n%s", s.name, i, diff)
			}
		}
	}
}

func TestUnchangedPartsAreShared(t *testing.T) {
	f := NewFold()
	f.Apply(newLink(0, 2, "v0"))
	f.Apply(routeVia(unix.RTM_NEWROUTE, create, "10.0.0.0/8", 0, "10.0.0.2%2"))
	before := f.State()
	f.Apply(addr4(unix.RTM_NEWADDR, 0, 2, "10.0.0.1/24"))
	after := f.State()
	if &before.Routes[0] != &after.Routes[0] {
		t.Error("routes were copied although none changed")
	}
	if n := testing.AllocsPerRun(100, func() { f.State() }); n != 0 {
		t.Errorf("State of an unchanged fold allocates %v times", n)
	}
}

func TestCarrierAtOfTheRecord(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f := NewFold()
	apply := func(second int, attrs ...[]byte) time.Time {
		r := newLink(0, 2, "v0", attrs...)
		r.Time = at.Add(time.Duration(second) * time.Second)
		f.Apply(r)
		return f.State().Links[2].CarrierAt
	}
	if got := apply(1, u8(unix.IFLA_CARRIER, 1)); !got.IsZero() {
		t.Errorf("first seen: %v, want zero", got)
	}
	apply(2, u8(unix.IFLA_CARRIER, 1))
	if got := apply(3, u8(unix.IFLA_CARRIER, 0)); got != at.Add(3*time.Second) {
		t.Errorf("lost: %v", got)
	}
	if got := apply(4, u8(unix.IFLA_CARRIER, 0)); got != at.Add(3*time.Second) {
		t.Errorf("still lost: %v", got)
	}
}

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

func TestTellsOfLink(t *testing.T) {
	for _, tt := range []struct {
		r    record.Record
		want bool
	}{
		{newLink(0, 2, "v0"), true},
		{delLink(2, "v0"), true},
		{newLink(multi, 2, "v0"), false},
		{addr4(unix.RTM_NEWADDR, 0, 2, "10.0.0.1/24"), false},
		{up("rtnetlink"), false},
		{record.Record{Kind: record.Netlink, Raw: []byte{1}}, false},
	} {
		if got := TellsOfLink(tt.r); got != tt.want {
			t.Errorf("%+v: got %t", tt.r, got)
		}
	}
}

// A wireless driver's event comes as a link message that has a name and nothing else of the link.
func TestWirelessEventsAreNoLinks(t *testing.T) {
	f := NewFold()
	whole := newLink(0, 3, "wlan0", u32(unix.IFLA_MTU, 1500), raw(unix.IFLA_ADDRESS, []byte{2, 0, 0, 0, 0, 1}))
	f.Apply(whole)
	before := f.State()
	if f.Apply(newLink(0, 3, "wlan0", raw(unix.IFLA_WIRELESS, make([]byte, 16)))) {
		t.Error("an event changes the link")
	}
	if d := cmp.Diff(before.Links, f.State().Links); d != "" {
		t.Error(d)
	}
}

// Two IPv4 routes that differ in who made them alone are two: so are the one of an address and NetworkManager's for a peer of WireGuard.
func TestRoutesOfTwoOrigins(t *testing.T) {
	route := func(kind, flags uint16, protocol uint8) record.Record {
		attrs := [][]byte{raw(unix.RTA_DST, []byte{10, 66, 0, 0}), u32(unix.RTA_PRIORITY, 50), u32(unix.RTA_OIF, 7)}
		if protocol == unix.RTPROT_KERNEL {
			attrs = append(attrs, raw(unix.RTA_PREFSRC, []byte{10, 66, 0, 2}))
		}
		return message(kind, flags, rtmsg(unix.AF_INET, 24, unix.RT_TABLE_MAIN, protocol, unix.RTN_UNICAST), attrs...)
	}
	f := NewFold()
	origins := func() (found []uint8) {
		for _, r := range f.State().Routes {
			found = append(found, r.Protocol)
		}
		return found
	}
	f.Apply(route(unix.RTM_NEWROUTE, create, unix.RTPROT_STATIC))
	f.Apply(route(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_APPEND, unix.RTPROT_KERNEL))
	if d := cmp.Diff([]uint8{unix.RTPROT_STATIC, unix.RTPROT_KERNEL}, origins()); d != "" {
		t.Error(d)
	}
	f.Apply(up(sourceRtnetlink))
	for _, protocol := range []uint8{unix.RTPROT_STATIC, unix.RTPROT_KERNEL} {
		f.Apply(route(unix.RTM_NEWROUTE, multi, protocol))
	}
	f.Apply(synced(sourceRtnetlink))
	f.Apply(route(unix.RTM_DELROUTE, 0, unix.RTPROT_STATIC))
	if d := cmp.Diff([]uint8{unix.RTPROT_KERNEL}, origins()); d != "" {
		t.Error(d)
	}
}
