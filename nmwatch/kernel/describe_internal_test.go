package kernel

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// describe writes a state in lines that can also be made of what ip(8) prints. Names stand for indices, and what the
// kernel makes by itself at its own pace (link-local addresses and the like) is left out.
func describe(s kerneltypes.State) []string {
	var out []string
	name := func(i int) string { return s.Links[i].Name }
	for _, l := range s.Links {
		out = append(out, fmt.Sprintf("link %s kind=%s port=%s:%d up=%t oper=%d mtu=%d address=%s perm=%s master=%s link=%s netns=%t vni=%d tun=%s",
			l.Name, l.Kind, l.PortKind, l.PortState, l.Up(), l.OperState, l.MTU, l.Address, l.PermAddr,
			name(l.Controller), name(l.Parent), l.PeerNetns, l.VxlanID, l.TunMode))
	}
	for i, list := range s.Addrs {
		n := 0
		for _, a := range list {
			if a.Scope == 253 && a.Prefix.Addr().Is6() {
				continue
			}
			n++
			out = append(out, fmt.Sprintf("addr %s %d: %s peer=%s scope=%d", name(i), n, a.Prefix, maybe(a.Peer), a.Scope))
		}
	}
	order := map[routeKey]int{}
	for _, r := range s.Routes {
		if r.Dst.Addr().IsLinkLocalUnicast() || r.Dst.Addr().IsLoopback() {
			continue
		}
		n := 0 // the order of IPv6 routes of one key means nothing
		if r.Dst.Addr().Is4() {
			order[keyOf(r)]++
			n = order[keyOf(r)]
		}
		out = append(out, fmt.Sprintf("route %s %d: via=%s dev=%s src=%s table=%d proto=%d metric=%d type=%d linkdown=%t",
			r.Dst, n, maybe(r.Gateway), name(r.OIF), maybe(r.Source), r.Table, r.Protocol, r.Metric, r.Type, r.Flags&16 != 0))
	}
	for _, n := range s.Neighs {
		if n.State == kerneltypes.NeighPermanent {
			out = append(out, fmt.Sprintf("neigh %s %s %s", n.IP, name(n.Index), n.Address))
		}
	}
	slices.Sort(out)
	return out
}

func maybe(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// ipLink and the others are what ip -json prints.
type ipLink struct {
	Name    string   `json:"ifname"`
	Flags   []string `json:"flags"`
	MTU     int      `json:"mtu"`
	Oper    string   `json:"operstate"`
	Address string   `json:"address"`
	Perm    string   `json:"permaddr"`
	Master  string   `json:"master"`
	Link    string   `json:"link"`
	NetnsID *int     `json:"link_netnsid"`
	Info    struct {
		Kind  string `json:"info_kind"`
		Port  string `json:"info_slave_kind"`
		State struct {
			State string `json:"state"`
		} `json:"info_slave_data"`
		Data struct {
			ID   any    `json:"id"`
			Link string `json:"link"`
			Type string `json:"type"`
		} `json:"info_data"`
	} `json:"linkinfo"`
	Addrs []struct {
		Family, Local, Address, Scope string
		Bits                          int `json:"prefixlen"`
	} `json:"addr_info"`
}

type ipRoute struct {
	Type, Dst, Gateway, Dev, Table, Protocol, Prefsrc string
	Via                                               struct{ Host string }
	Metric                                            int
	Flags                                             []string
	Nexthops                                          []ipRoute
}

type ipNeigh struct {
	Dst, Dev, Lladdr string
	State            []string
}

// describeIP describes what ip(8) says now.
func describeIP(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, l := range ask[ipLink](t, "-d", "addr") {
		out = append(out, l.describe()...)
	}
	for _, family := range []string{"-4", "-6"} {
		order := map[string]int{}
		for _, r := range ask[ipRoute](t, "-N", family, "route", "show", "table", "all") {
			out = append(out, r.describe(family, order)...)
		}
	}
	for _, n := range ask[ipNeigh](t, "neigh") {
		if slices.Contains(n.State, "PERMANENT") {
			out = append(out, fmt.Sprintf("neigh %s %s %s", n.Dst, n.Dev, n.Lladdr))
		}
	}
	slices.Sort(out)
	return out
}

func ask[T any](t testing.TB, args ...string) []T {
	t.Helper()
	raw, err := exec.Command("ip", append([]string{"-json"}, args...)...).Output()
	if err != nil {
		t.Fatalf("ip %v: %v", args, err)
	}
	var out []T
	if err := json.Unmarshal(raw, &out); err != nil && len(raw) > 0 {
		t.Fatalf("ip %v: %v in %s", args, err, raw)
	}
	return out
}

func (l ipLink) describe() []string {
	oper := slices.Index([]string{"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"}, l.Oper)
	port := max(slices.Index([]string{"disabled", "listening", "learning", "forwarding", "blocking"}, l.Info.State.State), 0)
	vni, link, tun := "0", l.Link, ""
	switch l.Info.Kind {
	case "vxlan":
		vni, link = fmt.Sprint(l.Info.Data.ID), l.Info.Data.Link
	case "tun":
		tun = l.Info.Data.Type
	}
	if l.Oper == "" {
		oper = 0
	}
	out := []string{fmt.Sprintf("link %s kind=%s port=%s:%d up=%t oper=%d mtu=%d address=%s perm=%s master=%s link=%s netns=%t vni=%s tun=%s",
		l.Name, l.Info.Kind, l.Info.Port, port, slices.Contains(l.Flags, "UP"), oper, l.MTU, l.Address, l.Perm,
		l.Master, link, l.NetnsID != nil, vni, tun)}
	n := 0
	for _, a := range l.Addrs {
		if a.Family == "inet6" && a.Scope == "link" {
			continue
		}
		n++
		scope := map[string]int{"global": 0, "link": 253, "host": 254}[a.Scope]
		out = append(out, fmt.Sprintf("addr %s %d: %s/%d peer=%s scope=%d", l.Name, n, a.Local, a.Bits, a.Address, scope))
	}
	return out
}

func (r ipRoute) describe(family string, order map[string]int) []string {
	either := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	table, kind := either(r.Table, "254"), either(r.Type, "1")
	if table == "255" || slices.Contains([]string{"2", "3", "4", "5"}, kind) || strings.HasPrefix(r.Dst, "fe80::") || r.Dst == "::1" {
		return nil
	}
	dst, bits := r.Dst, "/32"
	if family == "-6" {
		bits = "/128"
	}
	switch {
	case dst == "default" && family == "-6":
		dst = "::/0"
	case dst == "default":
		dst = "0.0.0.0/0"
	case !strings.Contains(dst, "/"):
		dst += bits
	}
	hops := r.Nexthops
	if len(hops) == 0 {
		hops = []ipRoute{r}
	}
	var out []string
	for _, h := range hops {
		n := 0
		if family == "-4" {
			key := fmt.Sprint(dst, table, r.Metric)
			order[key]++
			n = order[key]
		}
		out = append(out, fmt.Sprintf("route %s %d: via=%s dev=%s src=%s table=%s proto=%s metric=%d type=%s linkdown=%t",
			dst, n, either(h.Gateway, h.Via.Host), h.Dev, r.Prefsrc, table, either(r.Protocol, "3"), r.Metric, kind, slices.Contains(h.Flags, "linkdown")))
	}
	return out
}
