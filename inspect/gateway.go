package inspect

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// defaults are the default routes of one family that leave through the subject, best first.
func (s *subject) defaults(ipv4 bool) []kerneltypes.Route {
	if s.link == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.exits(ipv4)), func(r kerneltypes.Route) bool { return r.OIF != s.link.Index })
}

func (s *subject) exits(ipv4 bool) []kerneltypes.Route {
	if ipv4 {
		return s.all.exits[0]
	}
	return s.all.exits[1]
}

// defaultRoutes are the default routes of one family in the main table, the one in use first.
func defaultRoutes(s *Snapshot, ipv4 bool) []kerneltypes.Route {
	const (
		main    = 254 // RT_TABLE_MAIN
		unicast = 1   // RTN_UNICAST
		dead    = 1   // RTNH_F_DEAD
	)
	var routes []kerneltypes.Route
	for _, r := range s.Kernel.Routes {
		if r.Default() && r.Table == main && r.Type == unicast && r.Flags&dead == 0 && r.Dst.Addr().Is4() == ipv4 {
			routes = append(routes, r)
		}
	}
	slices.SortStableFunc(routes, func(a, b kerneltypes.Route) int { return cmp.Compare(a.Metric, b.Metric) })
	return routes
}

// ownsDefaultRoute says whether traffic to everywhere leaves here.
func (s *subject) ownsDefaultRoute() bool {
	for _, ipv4 := range []bool{true, false} {
		if all := s.exits(ipv4); s.link != nil && len(all) > 0 && all[0].OIF == s.link.Index {
			return true
		}
	}
	return false
}

// gateway checks the neighbour entries of the gateways in use: a router that ignores ping is fine, one that does not
// answer ARP or neighbour solicitations is not. Where another gateway is there, the floor stands.
func (s *subject) gateway() []Finding {
	var found []Finding
	for _, ipv4 := range []bool{true, false} {
		routes := s.defaults(ipv4)
		for _, r := range routes {
			if r.Gateway.IsValid() && r.Metric == routes[0].Metric {
				found = append(found, s.neighbour(r.Gateway)...)
			}
		}
	}
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Status == Up }) {
		for i := range found {
			found[i] = found[i].spared()
		}
	}
	return found
}

// spared is a finding about a gateway beside one that answers.
func (f Finding) spared() Finding {
	switch f.Status {
	case Failed:
		f.Status = Degraded
	case Starting:
		f.Status = Up
	default:
	}
	return f
}

// neighbour judges the neighbour entry of a gateway. One that is not there, or has no state, says nothing; a link
// without ARP needs none.
func (s *subject) neighbour(gateway netip.Addr) []Finding {
	i := slices.IndexFunc(s.snap.Kernel.Neighs, func(n kerneltypes.Neigh) bool { return n.Index == s.link.Index && n.IP == gateway })
	if i < 0 {
		return nil
	}
	const known = kerneltypes.NeighReachable | kerneltypes.NeighStale | kerneltypes.NeighDelay | kerneltypes.NeighProbe | kerneltypes.NeighPermanent
	n := s.snap.Kernel.Neighs[i]
	seen := s.kernel("gateway %s: neighbour %s", gateway, n.State)
	seen.At = n.At
	switch {
	case n.State&kerneltypes.NeighFailed != 0, s.unanswered(n):
		f := s.finding(L3, Failed, GatewaySilent).expected("a link-layer address of "+gateway.String(), "none").
			saw(seen, s.nmSays()).next("ping -c1 "+gateway.String(), "ip neigh show dev "+shellWord(s.name))
		f.Text = fmt.Sprintf("The gateway %s does not answer on this link.", gateway)
		return []Finding{f}
	case n.State&kerneltypes.NeighIncomplete != 0:
		return []Finding{s.finding(L3, Starting, GatewayAsked).saw(seen)}
	case n.State&known != 0:
		return []Finding{s.finding(L3, Up, GatewayKnown).saw(seen)}
	}
	return nil
}

// neighbourAnswersWithin is how long a neighbour may take to answer. One that lives takes milliseconds; the kernel asks
// three times, a second apart, before it gives up, and begins anew with the next packet.
const neighbourAnswersWithin = time.Second

// unanswered says whether a neighbour that is being asked has had its time, or did not answer before.
func (s *subject) unanswered(n kerneltypes.Neigh) bool {
	return n.State&kerneltypes.NeighIncomplete != 0 && (n.Again || s.since(n.Since) > neighbourAnswersWithin)
}
