package graph

import (
	"fmt"
	"net/netip"
	"slices"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// maxRoutes bounds the routes that are shown: a router can have a million.
const maxRoutes = 200

// addresses adds the addresses of a stack. Those that the kernel makes for the link alone are left out.
func (b *builder) addresses(s inspect.Stack) {
	for _, a := range b.snap.Kernel.Addrs[s.Index] {
		if s.Index == 0 || a.Prefix.Addr().IsLinkLocalUnicast() && a.Prefix.Addr().Is6() {
			continue
		}
		id := addressID(s.Interface, a.Prefix)
		b.add(Node{
			ID: id, Sort: Address, Class: "address", Name: a.Prefix.String(), Detail: "on " + s.Interface, Interface: s.Interface,
			Level: inspect.L3, Status: statusOfAddress(s, a),
		})
		lower, relation := b.giver(s, a.Prefix)
		b.stand(id, relation, lower)
	}
}

func statusOfAddress(s inspect.Stack, a kerneltypes.Addr) inspect.Status {
	switch {
	case a.DadFailed():
		return inspect.Failed
	case a.Tentative():
		return inspect.Starting
	}
	return carried(s)
}

// carried is the status of a part of L3 that is there: blocked where the floors below do not carry it.
func carried(s inspect.Stack) inspect.Status {
	if s.Floor(inspect.L3).Status == inspect.Blocked {
		return inspect.Blocked
	}
	return inspect.Up
}

// giver is what an address comes from: the DHCP client's lease, the connection's profile, or whoever put it onto the
// interface.
func (b *builder) giver(s inspect.Stack, prefix netip.Prefix) (lower string, relation Relation) {
	d := b.devices[s.Interface]
	leased := d.DHCP4["ip_address"] == prefix.Addr().String() || d.DHCP6["ip6_address"] == prefix.Addr().String()
	if dhcp := b.dhcp(s); leased && dhcp != "" {
		return dhcp, GivenBy
	}
	if s.Managed && s.Connection != nil && slices.ContainsFunc(configsOf(d), func(c *nmtypes.IPConfig) bool { return slices.Contains(c.Addresses, prefix.String()) }) {
		return connectionID(s.Connection.UUID, s.Interface), GivenBy
	}
	return LinkID(s.Interface), BelongsTo
}

// configsOf are what NetworkManager configured on a device, by family.
func configsOf(d nmtypes.Device) []*nmtypes.IPConfig {
	return slices.DeleteFunc([]*nmtypes.IPConfig{d.IP4, d.IP6}, func(c *nmtypes.IPConfig) bool { return c == nil })
}

// routes adds the routes of the main table that are more than the network of an address.
func (b *builder) routes() {
	for _, r := range b.snap.Kernel.Routes {
		s, ok := b.stackOf(r.OIF)
		if !ok || !worthShowing(r) {
			continue
		}
		if b.omitted > 0 || b.count(Route) >= maxRoutes {
			b.omitted++
			continue
		}
		id := routeID(s.Interface, r)
		b.add(Node{
			ID: id, Sort: Route, Class: "route", Name: routeName(r), Detail: fmt.Sprintf("on %s, metric %d", s.Interface, r.Metric),
			Interface: s.Interface, Level: inspect.L3, Status: statusOfRoute(s, r),
		})
		b.stand(id, BelongsTo, b.source(s, r))
	}
}

func routeID(iface string, r kerneltypes.Route) string {
	return fmt.Sprintf("route:%s %s metric %d", iface, routeName(r), r.Metric)
}

// worthShowing says whether somebody wanted the route: those that the kernel makes with an address go with it.
func worthShowing(r kerneltypes.Route) bool {
	const (
		main   = 254 // RT_TABLE_MAIN
		kernel = 2   // RTPROT_KERNEL
	)
	return r.Table == main && r.Protocol != kernel && !r.Dst.Addr().IsMulticast() && !r.Dst.Addr().IsLinkLocalUnicast()
}

func (b *builder) count(sort Sort) int {
	n := 0
	for _, node := range b.nodes {
		if node.Sort == sort {
			n++
		}
	}
	return n
}

// stackOf finds the stack of an interface's index.
func (b *builder) stackOf(index int) (inspect.Stack, bool) {
	i := slices.IndexFunc(b.pyramid.Stacks, func(s inspect.Stack) bool { return s.Index == index })
	if i < 0 || index == 0 {
		return inspect.Stack{}, false
	}
	return b.pyramid.Stacks[i], true
}

// routeName is a route as people write it.
func routeName(r kerneltypes.Route) string {
	name := r.Dst.String()
	switch {
	case r.Default() && r.Dst.Addr().Is4():
		name = "default"
	case r.Default():
		name = "default (IPv6)"
	}
	if r.Gateway.IsValid() {
		name += " via " + r.Gateway.String()
	}
	return name
}

func statusOfRoute(s inspect.Stack, r kerneltypes.Route) inspect.Status {
	const unusable = 1 | 16 // RTNH_F_DEAD, RTNH_F_LINKDOWN
	if r.Flags&unusable != 0 {
		return inspect.Failed
	}
	return carried(s)
}

// source is the address that a route stands on: its preferred source, or the one whose network has the gateway, or any
// of the family.
func (b *builder) source(s inspect.Stack, r kerneltypes.Route) string {
	best, rank := LinkID(s.Interface), 0
	for _, a := range b.snap.Kernel.Addrs[s.Index] {
		if a.Prefix.Addr().Is4() != r.Dst.Addr().Is4() || !b.known[addressID(s.Interface, a.Prefix)] {
			continue
		}
		fit := 1
		switch {
		case a.Prefix.Addr() == r.Source:
			fit = 3
		case r.Gateway.IsValid() && a.Prefix.Contains(r.Gateway):
			fit = 2
		}
		if fit > rank {
			best, rank = addressID(s.Interface, a.Prefix), fit
		}
	}
	return best
}

// names adds the name servers that NetworkManager gives to the resolver.
func (b *builder) names() {
	for _, entry := range b.snap.NM.DNS {
		for _, server := range entry.Nameservers {
			id := "dns:" + entry.Interface + " " + server
			status := inspect.Up
			s, ok := b.pyramid.Stack(entry.Interface)
			if ok {
				status = carried(s)
				b.stand(id, BelongsTo, b.foothold(s))
			}
			b.add(Node{ID: id, Sort: DNS, Class: "dns", Name: server, Detail: dnsDetail(entry), Interface: entry.Interface, Level: inspect.L3, Status: status})
		}
	}
}

func dnsDetail(entry nmtypes.DNSEntry) string {
	text := "name server"
	if entry.VPN {
		text += " of a VPN"
	}
	for i, domain := range entry.Domains {
		if i == 3 {
			return text + " …"
		}
		text += " " + domain
	}
	return text
}
