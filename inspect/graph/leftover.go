package graph

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// leftovers finds what outlived its reason, or is there twice.
func leftovers(g Graph, s *inspect.Snapshot, p inspect.Pyramid) []inspect.Finding {
	l := leftover{g, s, p}
	return slices.Concat(l.processes(), l.tunnels(), l.addresses(), l.routes(), l.defaults())
}

type leftover struct {
	graph   Graph
	snap    *inspect.Snapshot
	pyramid inspect.Pyramid
}

// processes finds processes that serve an interface which is not there: a dhclient that was forgotten.
func (l leftover) processes() []inspect.Finding {
	var found []inspect.Finding
	for _, n := range l.graph.Nodes {
		if _, there := l.graph.Node(LinkID(n.Interface)); n.Sort != Process || there {
			continue
		}
		f := n.finding(inspect.LeftoverProcess, inspect.Degraded, "%s (pid %d) serves %s, and there is no such interface.", n.Name, n.PID, n.Interface)
		f.Evidence = append(f.Evidence, n.says(inspect.SourceProc, "%s: %s", n.Name, n.Detail), n.says(inspect.SourceKernel, "no interface %s", n.Interface))
		f.Next = append(f.Next, fmt.Sprintf("kill %d", n.PID))
		found = append(found, f)
	}
	return found
}

// tunnels finds tunnel interfaces that nobody holds any more and that still have addresses: their routes lead nowhere.
func (l leftover) tunnels() []inspect.Finding {
	var found []inspect.Finding
	for _, s := range l.pyramid.Stacks {
		link := l.snap.Kernel.Links[s.Index]
		if s.Index == 0 || link.Kind != "tun" || link.Carrier || len(l.snap.Kernel.Addrs[s.Index]) == 0 {
			continue
		}
		f := inspect.LeftoverTunnel.Finding(s.Interface, inspect.VPN, inspect.Degraded)
		f.Text = fmt.Sprintf("No process holds the tunnel %s, and its addresses and routes are still there: what goes that way is lost.", s.Interface)
		f.Evidence = append(f.Evidence, inspect.Evidence{Source: inspect.SourceKernel, Text: s.Interface + ": " + link.TunMode + " without carrier, " + l.snap.Kernel.Addrs[s.Index][0].Prefix.String()})
		for _, r := range l.snap.Kernel.Routes {
			if r.OIF == s.Index && r.Dst.Addr().Is4() {
				f.Evidence = append(f.Evidence, inspect.Evidence{Source: inspect.SourceKernel, Text: "route " + routeName(r) + " on " + s.Interface})
			}
		}
		f.Next = append(f.Next, inspect.Command("ip", "link", "delete", s.Interface))
		found = append(found, f)
	}
	return found
}

// addresses finds IPv4 addresses that nobody configured: on the interface of a VPN the addresses of a tunnel before, on
// an interface of NetworkManager's the addresses of another client.
func (l leftover) addresses() []inspect.Finding {
	var found []inspect.Finding
	for _, s := range l.pyramid.Stacks {
		owned, vpn, known := l.configured(s)
		if !known {
			continue
		}
		for _, a := range l.snap.Kernel.Addrs[s.Index] {
			if !a.Prefix.Addr().Is4() || slices.Contains(owned, a.Prefix.Addr()) {
				continue
			}
			f := inspect.LeftoverAddress.Finding(s.Interface, inspect.L3, inspect.Degraded)
			f.Sure = inspect.Likely
			f.Text = fmt.Sprintf("%s has the address %s, which NetworkManager did not give it: left by another client, or by hand.", s.Interface, a.Prefix)
			if vpn != "" {
				f.Level = inspect.VPN
				f.Text = fmt.Sprintf("%s has the address %s beside the one of the VPN %s: it was left by a tunnel before, and replies may go out from it.", s.Interface, a.Prefix, vpn)
			}
			f.Expected, f.Seen = joinAddrs(owned), a.Prefix.String()
			f.Evidence = append(f.Evidence,
				inspect.Evidence{Source: inspect.SourceKernel, Text: s.Interface + ": address " + a.Prefix.String()},
				inspect.Evidence{Source: inspect.SourceNM, Text: s.Interface + ": configured " + joinAddrs(owned)})
			f.Next = append(f.Next, inspect.Command("ip", "address", "delete", a.Prefix.String(), "dev", s.Interface))
			found = append(found, f)
		}
	}
	return found
}

// configured are the IPv4 addresses that NetworkManager gave to a stack, and the VPN that the stack is, if it is one;
// known is false where NetworkManager does not say.
func (l leftover) configured(s inspect.Stack) (owned []netip.Addr, vpn string, known bool) {
	for _, ac := range l.snap.NM.Active {
		own := slices.ContainsFunc(s.Tunnels, func(t inspect.Tunnel) bool { return t.Name == ac.ID && t.Interface == s.Interface })
		if ac.VPN && own && ac.IP4 != nil {
			return addressesIn(ac.IP4), ac.ID, true
		}
	}
	for _, d := range l.snap.NM.Devices {
		if d.IPInterface == s.Interface && s.Managed && d.State == nmtypes.DeviceActivated && d.IP4 != nil && len(d.IP4.Addresses) > 0 {
			return addressesIn(d.IP4), "", true
		}
	}
	return nil, "", false
}

func addressesIn(c *nmtypes.IPConfig) []netip.Addr {
	var all []netip.Addr
	for _, text := range c.Addresses {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p.Addr())
		}
	}
	return all
}

func joinAddrs(all []netip.Addr) string {
	var words []string
	for _, a := range all {
		words = append(words, a.String())
	}
	return strings.Join(words, " ")
}

// routes finds IPv4 routes through an interface of NetworkManager's that NetworkManager does not know: those of a VPN
// that has ended, or made by hand.
func (l leftover) routes() []inspect.Finding {
	var found []inspect.Finding
	for _, s := range l.pyramid.Stacks {
		known := l.routesOf(s)
		if known == nil {
			continue
		}
		for _, r := range l.snap.Kernel.Routes {
			if r.OIF != s.Index || !r.Dst.Addr().Is4() || !worthShowing(r) || slices.Contains(known, r.Dst.String()) {
				continue
			}
			f := inspect.LeftoverRoute.Finding(s.Interface, inspect.L3, inspect.Degraded)
			f.Sure = inspect.Likely
			f.Text = fmt.Sprintf("The route %s through %s is not NetworkManager's: it was left by a VPN or another client, or made by hand.", routeName(r), s.Interface)
			f.Evidence = append(f.Evidence,
				inspect.Evidence{Source: inspect.SourceKernel, Text: fmt.Sprintf("route %s on %s, protocol %d, metric %d", routeName(r), s.Interface, r.Protocol, r.Metric)},
				inspect.Evidence{Source: inspect.SourceNM, Text: s.Interface + ": routes " + strings.Join(known, " ")})
			f.Next = append(f.Next, "ip route delete "+deletable(r)+" "+inspect.Command("dev", s.Interface))
			found = append(found, f)
		}
	}
	return found
}

// routesOf are the destinations that NetworkManager routes through a stack; nil where it does not say.
func (l leftover) routesOf(s inspect.Stack) []string {
	for _, d := range l.snap.NM.Devices {
		if d.IPInterface != s.Interface || !s.Managed || d.State != nmtypes.DeviceActivated || d.IP4 == nil || len(d.IP4.Routes) == 0 {
			continue
		}
		known := []string{}
		for _, r := range d.IP4.Routes {
			known = append(known, r.Destination)
		}
		return known
	}
	return nil
}

// deletable is a route in the words of ip route delete.
func deletable(r kerneltypes.Route) string {
	text := r.Dst.String()
	if r.Gateway.IsValid() {
		text += " via " + r.Gateway.String()
	}
	return fmt.Sprintf("%s metric %d", text, r.Metric)
}

// defaults finds default routes of one family that have the same metric: which one is taken is chance.
func (l leftover) defaults() []inspect.Finding {
	type key struct {
		ipv4   bool
		metric uint32
	}
	same := map[key][]Node{}
	var order []key
	for _, r := range l.snap.Kernel.Routes {
		i := slices.IndexFunc(l.pyramid.Stacks, func(s inspect.Stack) bool { return s.Index == r.OIF })
		if i < 0 || !r.Default() || !worthShowing(r) || r.Type != 1 || r.TOS != 0 || r.From.IsValid() && r.From.Bits() > 0 {
			continue
		}
		k := key{r.Dst.Addr().Is4(), r.Metric}
		if len(same[k]) == 0 {
			order = append(order, k)
		}
		iface := l.pyramid.Stacks[i].Interface
		same[k] = append(same[k], Node{Name: routeName(r), Interface: iface, Level: inspect.L3})
	}
	var found []inspect.Finding
	for _, k := range order {
		routes := same[k]
		several := slices.ContainsFunc(routes, func(n Node) bool { return n.Interface != routes[0].Interface })
		if len(routes) < 2 || !several && !k.ipv4 { // several routers on one link are IPv6's normal case
			continue
		}
		f := routes[0].finding(inspect.DefaultRouteTwice, inspect.Degraded, "%d default routes have the metric %d: which of them is taken is chance.", len(routes), k.metric)
		f.Sure = inspect.Likely
		for _, r := range routes {
			f.Evidence = append(f.Evidence, r.says(inspect.SourceKernel, "%s on %s, metric %d", r.Name, r.Interface, k.metric))
		}
		found = append(found, f)
	}
	return found
}
