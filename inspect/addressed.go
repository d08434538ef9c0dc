package inspect

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// addressed checks L3: addresses and their lease, the default route and its gateway, names, connectivity.
func (s *subject) addressed() []Finding {
	switch {
	case s.controller() != nil:
		return nil // a port has no addresses of its own
	case s.link == nil && s.snap.Kernel.Synced && s.dev != nil && s.dev.IPInterface == "":
		return []Finding{s.finding(L3, Down, NoAddress).saw(s.nmSays())}
	case !s.snap.Kernel.Synced:
		return []Finding{s.finding(L3, Unknown, KernelUnread)}
	}
	var found []Finding
	for _, check := range []func() []Finding{
		s.duplicate, s.leaseLost, s.appliedAddresses, s.ipFailure, s.gateway, s.names, s.connectivity,
	} {
		found = append(found, check()...)
	}
	return append([]Finding{s.hasAddress()}, found...)
}

// usable are the addresses that reach beyond the link; on a loopback, all of them.
func (s *subject) usable() []kerneltypes.Addr {
	const universe = 0 // RT_SCOPE_UNIVERSE
	if s.link == nil {
		return nil
	}
	var usable []kerneltypes.Addr
	for _, a := range s.snap.Kernel.Addrs[s.link.Index] {
		global := a.Scope == universe && !a.Prefix.Addr().IsLinkLocalUnicast()
		if (global || s.kind == kindLoopback) && !a.DadFailed() {
			usable = append(usable, a)
		}
	}
	return usable
}

// hasAddress is the finding about the addresses themselves.
func (s *subject) hasAddress() Finding {
	usable := s.usable()
	if len(usable) == 0 {
		return s.withoutAddress()
	}
	if !slices.ContainsFunc(usable, func(a kerneltypes.Addr) bool { return !a.Tentative() }) {
		return s.finding(L3, Starting, AddressTentative).saw(s.kernel("address %s is tentative", usable[0].Prefix))
	}
	f := s.finding(L3, Up, Addressed)
	f.Brief = usable[0].Prefix.String()
	f.Text = "It has the address " + f.Brief + "."
	for _, a := range usable {
		f = f.saw(s.kernel("address %s%s", a.Prefix, s.remaining(a)))
	}
	return f
}

// remaining writes how long an address stays valid.
func (s *subject) remaining(a kerneltypes.Addr) string {
	const forever = 0xffffffff // INFINITY_LIFE_TIME
	if a.Valid == forever || a.Valid == 0 {
		return ""
	}
	left := time.Duration(a.Valid)*time.Second - s.since(a.At)
	return fmt.Sprintf(", valid for %s", left.Round(time.Second))
}

// withoutAddress tells apart: not asked for, on its way, lost.
func (s *subject) withoutAddress() Finding {
	seen := s.kernel("no address of global scope")
	switch {
	case s.ipDisabled():
		return s.finding(L3, Absent, IPDisabled).saw(seen)
	case s.activating() && s.waitsForDHCP():
		return s.finding(L3, Starting, DHCPWaiting).saw(seen, s.nmSays())
	case s.activating():
		return s.finding(L3, Starting, IPWaiting).saw(seen, s.nmSays())
	case s.activated() && s.waitsForDHCP() && s.wanted():
		return s.finding(L3, Failed, LeaseLost).saw(seen, s.nmSays()).next(s.renew())
	case s.activated() && s.wanted() && s.dev.Applied != nil:
		return s.finding(L3, Failed, NoAddress).saw(seen, s.nmSays())
	case s.wanted() && s.dev.LastFailure != nil && floorOfReason(s.dev.LastFailure.Reason) == L3:
		return s.nmFailure(L3, IPFailed).saw(seen)
	default:
		return s.finding(L3, Down, NoAddress).saw(seen)
	}
}

// ipDisabled says whether the profile wants no addresses at all.
func (s *subject) ipDisabled() bool {
	if s.dev == nil || s.dev.Applied == nil {
		return false
	}
	off := func(method string) bool { return method == "disabled" || method == "ignore" || method == "link-local" }
	return off(s.dev.Applied.IP4Method) && off(s.dev.Applied.IP6Method)
}

// waitsForDHCP says whether the IPv4 addresses are to come from a lease.
func (s *subject) waitsForDHCP() bool {
	return s.dev != nil && (s.dev.DHCP4 != nil || s.dev.Applied != nil && s.dev.Applied.IP4Method == "auto")
}

// renew is the command that asks for a new lease.
func (s *subject) renew() string { return "nmcli device up " + shellWord(s.name) }

// duplicate finds addresses that another host uses.
func (s *subject) duplicate() []Finding {
	if s.link == nil {
		return nil
	}
	var found []Finding
	for _, a := range s.snap.Kernel.Addrs[s.link.Index] {
		if a.DadFailed() {
			found = append(found, s.finding(L3, Failed, AddressDuplicate).saw(s.kernel("address %s: DADFAILED", a.Prefix)))
		}
	}
	return found
}

// leaseLost finds a DHCP lease that ran out while NetworkManager still says connected.
func (s *subject) leaseLost() []Finding {
	if s.dev == nil || s.dev.DHCP4 == nil || !s.activated() || len(s.usable()) == 0 {
		return nil
	}
	expiry, err := strconv.ParseInt(s.dev.DHCP4["expiry"], 10, 64)
	if err != nil || s.snap.At.Unix() <= expiry {
		return nil
	}
	over := s.snap.At.Sub(time.Unix(expiry, 0)).Round(time.Second)
	return []Finding{s.finding(L3, Failed, LeaseExpired).expected("a renewed lease", "expired "+over.String()+" ago").
		saw(Evidence{Source: SourceNM, Text: s.name + ": DHCP4 expiry " + time.Unix(expiry, 0).UTC().Format(time.RFC3339)}).
		next(s.renew())}
}

// appliedAddresses finds addresses that NetworkManager configured and the kernel does not have.
func (s *subject) appliedAddresses() []Finding {
	if s.dev == nil || s.dev.IP4 == nil || !s.activated() || s.link == nil || len(s.usable()) == 0 {
		return nil
	}
	var gone []string
	for _, text := range s.dev.IP4.Addresses {
		if !slices.ContainsFunc(s.snap.Kernel.Addrs[s.link.Index], func(a kerneltypes.Addr) bool { return a.Prefix.String() == text }) {
			gone = append(gone, text)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return []Finding{s.finding(L3, Degraded, AddressMissing).expected(strings.Join(gone, " "), "not on the link").
		saw(Evidence{Source: SourceNM, Text: s.name + ": configured " + strings.Join(gone, " ")}, s.kernel("has no such address")).
		next("nmcli device reapply " + shellWord(s.name))}
}

// ipFailure reports what NetworkManager gave up on at this floor, where an address of another family still stands.
func (s *subject) ipFailure() []Finding {
	if s.dev == nil || s.dev.LastFailure == nil || len(s.usable()) == 0 || !s.wanted() || s.activated() {
		return nil
	}
	if floorOfReason(s.dev.LastFailure.Reason) != L3 {
		return nil
	}
	return []Finding{s.nmFailure(L3, IPFailed)}
}

// defaults are the default routes of one family that leave through the subject, best first.
func (s *subject) defaults(ipv4 bool) []kerneltypes.Route {
	if s.link == nil {
		return nil
	}
	return slices.DeleteFunc(defaultRoutes(s.snap, ipv4), func(r kerneltypes.Route) bool { return r.OIF != s.link.Index })
}

// defaultRoutes are the default routes of one family in the main table, the one in use first.
func defaultRoutes(s *Snapshot, ipv4 bool) []kerneltypes.Route {
	const main = 254 // RT_TABLE_MAIN
	var routes []kerneltypes.Route
	for _, r := range s.Kernel.Routes {
		if r.Default() && r.Table == main && r.Dst.Addr().Is4() == ipv4 {
			routes = append(routes, r)
		}
	}
	slices.SortStableFunc(routes, func(a, b kerneltypes.Route) int { return int(a.Metric) - int(b.Metric) })
	return routes
}

// ownsDefaultRoute says whether traffic to everywhere leaves here.
func (s *subject) ownsDefaultRoute() bool {
	for _, ipv4 := range []bool{true, false} {
		if all := defaultRoutes(s.snap, ipv4); s.link != nil && len(all) > 0 && all[0].OIF == s.link.Index {
			return true
		}
	}
	return false
}

// gateway checks the neighbour entries of the gateways: a router that ignores ping is fine, one that does not answer
// ARP or neighbour solicitations is not.
func (s *subject) gateway() []Finding {
	var found []Finding
	for _, ipv4 := range []bool{true, false} {
		for _, r := range s.defaults(ipv4) {
			if r.Gateway.IsValid() {
				found = append(found, s.neighbour(r.Gateway)...)
			}
		}
	}
	return found
}

func (s *subject) neighbour(gateway netip.Addr) []Finding {
	i := slices.IndexFunc(s.snap.Kernel.Neighs, func(n kerneltypes.Neigh) bool { return n.Index == s.link.Index && n.IP == gateway })
	if i < 0 {
		return nil
	}
	n := s.snap.Kernel.Neighs[i]
	seen := s.kernel("gateway %s: neighbour %s", gateway, n.State)
	seen.At = n.At
	switch {
	case n.State&kerneltypes.NeighFailed != 0:
		f := s.finding(L3, Failed, GatewaySilent).expected("a link-layer address of "+gateway.String(), "none").
			saw(seen, s.nmSays()).next("ping -c1 "+gateway.String(), "ip neigh show dev "+s.name)
		f.Text = fmt.Sprintf("The gateway %s does not answer on this link.", gateway)
		return []Finding{f}
	case n.State&kerneltypes.NeighIncomplete != 0:
		return []Finding{s.finding(L3, Starting, GatewayAsked).saw(seen)}
	default:
		return []Finding{s.finding(L3, Up, GatewayKnown).saw(seen)}
	}
}

// names checks that the owner of the default route leaves somebody to ask for names.
func (s *subject) names() []Finding {
	if !s.managed() || !s.activated() || !s.ownsDefaultRoute() || !s.snap.NM.Synced {
		return nil
	}
	for _, entry := range s.snap.NM.DNS {
		if len(entry.Nameservers) > 0 {
			return nil
		}
	}
	return []Finding{s.finding(L3, Degraded, NoDNS).sure(Likely).
		saw(Evidence{Source: SourceNM, Text: "DnsManager: no name server"}).next("cat /etc/resolv.conf")}
}

// connectivity passes on what NetworkManager measured, where it measured.
func (s *subject) connectivity() []Finding {
	if s.dev == nil || !s.activated() || !s.snap.NM.Manager.ConnectivityCheck {
		return nil
	}
	seen := Evidence{Source: SourceNM, Text: fmt.Sprintf("%s: Ip4Connectivity %s (%d), Ip6Connectivity %s (%d)",
		s.name, s.dev.IP4Connectivity, s.dev.IP4Connectivity, s.dev.IP6Connectivity, s.dev.IP6Connectivity)}
	best := max(s.dev.IP4Connectivity, s.dev.IP6Connectivity)
	switch {
	case s.dev.IP4Connectivity == nmtypes.ConnectivityPortal || s.dev.IP6Connectivity == nmtypes.ConnectivityPortal:
		return []Finding{s.finding(L3, Degraded, Portal).saw(seen).next("xdg-open http://nmcheck.gnome.org")}
	case best == nmtypes.ConnectivityLimited || best == nmtypes.ConnectivityNone:
		return []Finding{s.finding(L3, Degraded, NoInternet).saw(seen).next("nmcli networking connectivity check")}
	case best == nmtypes.ConnectivityFull:
		return []Finding{s.finding(L3, Up, Internet).saw(seen)}
	}
	return nil
}
