package kernel

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

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
	f.Apply(up(record.SourceRtnetlink))
	for _, protocol := range []uint8{unix.RTPROT_STATIC, unix.RTPROT_KERNEL} {
		f.Apply(route(unix.RTM_NEWROUTE, multi, protocol))
	}
	f.Apply(synced(record.SourceRtnetlink))
	f.Apply(route(unix.RTM_DELROUTE, 0, unix.RTPROT_STATIC))
	if d := cmp.Diff([]uint8{unix.RTPROT_KERNEL}, origins()); d != "" {
		t.Error(d)
	}
}
