package plan

import (
	"cmp"
	"slices"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// above plans all that stands on an interface whose floors from a level upward go away and come back: the graph gives
// the order, from the ground up.
func (m *maker) above(base inspect.Stack, from inspect.Level) {
	gone := map[string]inspect.Level{graph.LinkID(base.Interface): from}
	for _, n := range m.graph.Above(graph.LinkID(base.Interface)) {
		level, cut := m.reached(n, gone)
		if !cut {
			continue
		}
		switch n.Sort {
		case graph.VPN:
			if m.vpn(n.Name) {
				gone[n.ID] = inspect.L1
			}
		case graph.Link:
			if stack, ok := m.pyramid.Stack(n.Interface); ok && m.upper(stack) {
				gone[n.ID] = inspect.L1
			}
		case graph.Process, graph.Connection, graph.Address, graph.Route, graph.DNS: // they go and come with what they stand on
			gone[n.ID] = level
		}
	}
}

// reached says whether a node stands on something that goes away, and from which floor of it: an interface needs its
// base up to a level only.
func (m *maker) reached(n graph.Node, gone map[string]inspect.Level) (from inspect.Level, cut bool) {
	for _, id := range m.graph.Lowers(n.ID) {
		level, ok := gone[id]
		lower, _ := m.graph.Node(id)
		switch {
		case !ok:
			continue
		case n.Sort == graph.Link && lower.Sort == graph.Link && inspect.Needs(n.Class) < level:
			continue
		case !cut || level < from:
			from, cut = level, true
		}
	}
	return from, cut
}

// upper plans an interface that stands on one that goes away; false when it is left alone.
func (m *maker) upper(s inspect.Stack) bool {
	d, known := m.device(s.Interface)
	switch {
	case s.Kind == "wireguard" && !m.req.Whole:
		m.keep(s.Interface, "WireGuard finds its peers again by itself")
		return false
	case m.isVPNsOwn(s):
		return true
	case !known || !s.Managed || s.Connection == nil:
		m.keep(s.Interface, "NetworkManager did not make it")
		return false
	case inspect.JoinsPorts(s.Kind):
		if m.otherPort(s) {
			m.keep(s.Interface, "it has another port")
			return false
		}
		m.touch(d)
		m.cut(s.Interface, "its only port is interrupted")
		m.raise(Step{Does: "Wait until " + s.Interface + " carries frames", Interface: s.Interface, Goal: stands(s, inspect.L2), Limit: l2Limit})
		m.third(s, d)
		return true
	}
	m.touch(d)
	m.cut(s.Interface, "it is taken down and made anew")
	m.anew(s, d)
	return true
}

// otherPort says whether a bridge or bond has a port that stays.
func (m *maker) otherPort(s inspect.Stack) bool {
	return slices.ContainsFunc(s.On, func(name string) bool {
		port, ok := m.pyramid.Stack(name)
		return ok && !slices.Contains(m.plan.Names, name) && port.Floor(inspect.L2).Status.Stands()
	})
}

// isVPNsOwn says whether an interface is the end of a VPN of a plugin, which makes and removes it.
func (m *maker) isVPNsOwn(s inspect.Stack) bool {
	return slices.ContainsFunc(s.Tunnels, func(t inspect.Tunnel) bool { return t.Kind == "vpn" && t.Interface == s.Interface })
}

// vpn plans an active VPN by its name; false when it is left alone.
func (m *maker) vpn(name string) bool {
	ac, ok := m.activeVPN(name)
	if !ok {
		return false
	}
	if p := m.profileOf(ac.UUID); p.Persistent && !m.req.Whole {
		m.keep(name, "a persistent VPN survives its base")
		return false
	}
	m.restart(ac)
	return true
}

// restart plans the end of a VPN and its new beginning.
func (m *maker) restart(ac nmtypes.ActiveConnection) {
	m.cut(ac.ID, "the VPN is disconnected and connected again")
	own := m.tunnelOf(ac)
	if own != "" {
		m.cut(own, "the tunnel of "+ac.ID)
	}
	if over := ac.State == nmtypes.ActiveDeactivated; !over {
		m.lower(Step{
			Does: "Disconnect the VPN " + ac.ID, Interface: m.baseOf(ac),
			Action: Action{Verb: Deactivate, Active: ac.Path}, Goal: Goal{Gone: ac.Path, Tunnel: own},
		})
	}
	m.connectVPN(Profile{Path: ac.Connection, ID: ac.ID, UUID: ac.UUID}, m.baseOf(ac), ac.Path)
}

// tunnelOf is the interface of a VPN; "" when it has none of its own.
func (m *maker) tunnelOf(ac nmtypes.ActiveConnection) string {
	for _, s := range m.pyramid.Stacks {
		for _, t := range s.Tunnels {
			if t.Name == ac.ID && t.Interface == s.Interface {
				return s.Interface
			}
		}
	}
	return ""
}

// connectVPN plans the beginning of a VPN; without a base NetworkManager takes its primary connection.
func (m *maker) connectVPN(p Profile, base, replaces string) {
	on := ""
	if base != "" {
		on = " on " + base
	}
	m.raise(Step{
		Does: "Connect the VPN " + p.ID + on, Interface: base,
		Action: Action{Verb: Activate, Profile: p.Path, Device: "/", Base: base}, Goal: Goal{VPN: p.UUID}, Replaces: replaces, Limit: vpnLimit,
	})
}

// baseOf is the interface that carries a VPN.
func (m *maker) baseOf(ac nmtypes.ActiveConnection) string {
	for _, path := range ac.Devices {
		if d, ok := m.snap.NM.Devices[path]; ok {
			return cmp.Or(d.IPInterface, d.Interface)
		}
	}
	return ""
}

// activeVPN finds a VPN by its name or UUID: an active one, or else the last that ended while we watched and NetworkManager
// has been the same.
func (m *maker) activeVPN(name string) (nmtypes.ActiveConnection, bool) {
	is := func(ac nmtypes.ActiveConnection) bool { return ac.VPN && (ac.ID == name || ac.UUID == name) }
	for _, ac := range m.snap.NM.Active {
		if is(ac) {
			return ac, true
		}
	}
	for _, ac := range slices.Backward(m.snap.NM.Ended) {
		if is(ac) && ac.Connection != "" {
			return ac, true
		}
	}
	return nmtypes.ActiveConnection{}, false
}

func (m *maker) profileOf(uuid string) Profile {
	for _, p := range m.req.Profiles {
		if p.UUID == uuid {
			return p
		}
	}
	return Profile{}
}

// oneVPN plans the VPN of a name, with what stands on it.
func (m *maker) oneVPN() {
	if ac, ok := m.activeVPN(m.req.VPN); ok {
		m.restart(ac)
		m.aboveVPN(ac)
		return
	}
	for _, p := range m.req.Profiles {
		if p.ID == m.req.VPN || p.UUID == m.req.VPN {
			m.connectVPN(p, m.req.Interface, "")
		}
	}
}

// vpnsOn plans all VPNs that an interface carries, also those that ended while we watched.
func (m *maker) vpnsOn(iface string) {
	stack, ok := m.pyramid.Stack(iface)
	if !ok {
		return
	}
	for _, t := range stack.Tunnels {
		if ac, ok := m.activeVPN(t.Name); ok && t.Kind == "vpn" {
			m.restart(ac)
			m.aboveVPN(ac)
		}
	}
}

// aboveVPN plans what stands on the interface of a VPN.
func (m *maker) aboveVPN(ac nmtypes.ActiveConnection) {
	if s, ok := m.pyramid.Stack(m.tunnelOf(ac)); ok {
		m.above(s, inspect.L1)
	}
}

func (m *maker) isWireGuard(iface string) bool {
	s, ok := m.pyramid.Stack(iface)
	return ok && s.Kind == "wireguard"
}

// wireGuard plans a WireGuard interface: made anew, it asks again where its peers are. A peer that is sent keepalives
// must answer.
func (m *maker) wireGuard(s inspect.Stack, d nmtypes.Device) {
	m.anew(s, d)
	peers := m.snap.Kernel.WireGuard[s.Interface].Peers
	if slices.ContainsFunc(peers, func(p kerneltypes.WireGuardPeer) bool { return p.KeepaliveSec > 0 }) {
		m.raise(Step{Does: "Wait until a peer of " + s.Interface + " answers", Interface: s.Interface, Goal: stands(s, inspect.VPN), Limit: l2Limit})
	}
	m.above(s, inspect.L1)
}

// guard refuses what would cut off the one who asks.
func (m *maker) guard() {
	cuts := map[string]bool{}
	for _, c := range m.plan.Cuts {
		cuts[c.Name] = true
	}
	for _, address := range m.req.Sessions {
		for _, s := range m.pyramid.Stacks {
			for _, a := range m.snap.Kernel.Addrs[s.Index] {
				if s.Index != 0 && a.Prefix.Addr() == address.Unmap() && cuts[s.Interface] {
					m.refuse(CutsSession, "Your own session goes over "+s.Interface+" ("+address.Unmap().String()+"): it would be cut.", "--yes", "--rollback")
				}
			}
		}
	}
	owner, other := "", false
	for _, r := range m.snap.Kernel.Routes {
		i := slices.IndexFunc(m.pyramid.Stacks, func(s inspect.Stack) bool { return s.Index == r.OIF })
		if i < 0 || !r.Default() || r.Type != 1 {
			continue
		}
		if name := m.pyramid.Stacks[i].Interface; cuts[name] {
			owner = name
		} else {
			other = true
		}
	}
	if owner != "" && !other {
		m.refuse(CutsDefault, owner+" has the only default route: nothing beyond it can be reached meanwhile.", "--yes", "--rollback")
	}
}
