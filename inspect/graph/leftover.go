package graph

import (
	"fmt"
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

// addresses finds IPv4 addresses that another client than NetworkManager put onto an interface of NetworkManager's, or
// that a tunnel before left on the interface of a VPN. NetworkManager takes them up into its own configuration, so what
// it says does not tell them apart; what does is that it gives each of its own the flag IFA_F_NOPREFIXROUTE.
func (l leftover) addresses() []inspect.Finding {
	const noPrefixRoute = 0x200
	var found []inspect.Finding
	for _, s := range l.pyramid.Stacks {
		vpn, ours := l.owned(s)
		var own []string
		var foreign []kerneltypes.Addr
		for _, a := range l.snap.Kernel.Addrs[s.Index] {
			switch {
			case !a.Prefix.Addr().Is4():
			case a.Flags&noPrefixRoute != 0:
				own = append(own, a.Prefix.String())
			default:
				foreign = append(foreign, a)
			}
		}
		if !ours || len(own) == 0 {
			continue
		}
		for _, a := range foreign {
			found = append(found, foreignAddress(s, a, vpn, strings.Join(own, " ")))
		}
	}
	return found
}

func foreignAddress(s inspect.Stack, a kerneltypes.Addr, vpn, own string) inspect.Finding {
	f := inspect.LeftoverAddress.Finding(s.Interface, inspect.L3, inspect.Degraded)
	f.Sure = inspect.Likely
	f.Text = fmt.Sprintf("%s has the address %s, which NetworkManager did not give it: left by another client, or by hand.", s.Interface, a.Prefix)
	if vpn != "" {
		f.Level = inspect.VPN
		f.Text = fmt.Sprintf("%s has the address %s beside the one of the VPN %s: it was left by a tunnel before, and replies may go out from it.", s.Interface, a.Prefix, vpn)
	}
	f.Expected, f.Seen = own, a.Prefix.String()
	f.Evidence = append(f.Evidence, inspect.Evidence{
		Source: inspect.SourceKernel, Text: fmt.Sprintf("%s: address %s without the flag noprefixroute, which NetworkManager's %s has", s.Interface, a.Prefix, own),
	})
	f.Next = append(f.Next, inspect.Command("ip", "address", "delete", a.Prefix.String(), "dev", s.Interface))
	return f
}

// owned says whether NetworkManager configures a stack, and the VPN that the stack is the interface of, if it is one.
func (l leftover) owned(s inspect.Stack) (vpn string, ours bool) {
	for _, t := range s.Tunnels {
		if t.Kind == "vpn" && t.Interface == s.Interface && t.Finding.Status.Stands() {
			return t.Name, true
		}
	}
	return "", s.Managed && s.Connection != nil && s.Connection.State == nmtypes.ActiveActivated.String()
}

// routes finds IPv4 routes through an interface of NetworkManager's that somebody else made: NetworkManager marks its
// own as static, dhcp or ra, a bare ip route add as boot, and so do the scripts of VPN programs.
func (l leftover) routes() []inspect.Finding {
	const boot = 3 // RTPROT_BOOT
	var found []inspect.Finding
	for _, r := range l.snap.Kernel.Routes {
		i := slices.IndexFunc(l.pyramid.Stacks, func(s inspect.Stack) bool { return s.Index == r.OIF })
		if i < 0 || r.Protocol != boot || !r.Dst.Addr().Is4() || !worthShowing(r) {
			continue
		}
		s := l.pyramid.Stacks[i]
		if _, ours := l.owned(s); !ours {
			continue
		}
		f := inspect.LeftoverRoute.Finding(s.Interface, inspect.L3, inspect.Degraded)
		f.Sure = inspect.Likely
		f.Text = fmt.Sprintf("The route %s through %s is not NetworkManager's: it was left by a VPN or another client, or made by hand.", routeName(r), s.Interface)
		f.Evidence = append(f.Evidence, inspect.Evidence{
			Source: inspect.SourceKernel, Text: fmt.Sprintf("route %s on %s, protocol boot, metric %d", routeName(r), s.Interface, r.Metric),
		})
		f.Next = append(f.Next, "ip route delete "+deletable(r)+" "+inspect.Command("dev", s.Interface))
		found = append(found, f)
	}
	return found
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
