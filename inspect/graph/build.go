package graph

import (
	"net/netip"
	"slices"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// builder collects nodes and edges.
type builder struct {
	snap    *inspect.Snapshot
	pyramid inspect.Pyramid
	links   map[string]kerneltypes.Link // by name
	devices map[string]nmtypes.Device   // by the name of the stack
	nodes   []Node
	known   map[string]bool
	edges   []Edge
	omitted int
}

// Build makes the graph of a snapshot; the pyramid is the one of the same snapshot.
func Build(s *inspect.Snapshot, p inspect.Pyramid) Graph {
	b := &builder{
		snap: s, pyramid: p, known: map[string]bool{},
		links: map[string]kerneltypes.Link{}, devices: map[string]nmtypes.Device{},
	}
	for _, l := range s.Kernel.Links {
		b.links[l.Name] = l
	}
	for _, d := range s.NM.Devices {
		b.devices[d.Interface] = d
	}
	for _, d := range s.NM.Devices {
		if d.IPInterface != "" {
			b.devices[d.IPInterface] = d
		}
	}
	for _, stack := range p.Stacks {
		b.link(stack)
		b.served(stack)
		b.connection(stack)
		b.leased(stack)
	}
	for _, stack := range p.Stacks {
		b.addresses(stack)
	}
	b.routes()
	b.vpns()
	b.wireGuards()
	b.names()
	b.otherProcesses()
	return b.graph()
}

// graph puts the nodes into order, from the ground up.
func (b *builder) graph() Graph {
	g := Graph{SchemaVersion: SchemaVersion, Nodes: b.nodes, Edges: []Edge{}, Omitted: b.omitted}
	seen := map[Edge]bool{}
	for _, e := range b.edges {
		if b.known[e.Upper] && b.known[e.Lower] && !seen[e] {
			seen[e] = true
			g.Edges = append(g.Edges, e)
		}
	}
	g.Nodes = groundUp(g)
	return g
}

// groundUp orders the nodes so that each comes after what it stands on, and near it. What stands in a loop comes last.
func groundUp(g Graph) []Node {
	waits := map[string]int{}
	for _, n := range g.Nodes {
		waits[n.ID] = len(g.Lowers(n.ID))
	}
	ordered := make([]Node, 0, len(g.Nodes))
	done := map[string]bool{}
	var take func(n Node)
	take = func(n Node) {
		if done[n.ID] {
			return
		}
		done[n.ID] = true
		ordered = append(ordered, n)
		for _, id := range g.Uppers(n.ID) {
			if waits[id]--; waits[id] == 0 {
				upper, _ := g.Node(id)
				take(upper)
			}
		}
	}
	for _, n := range g.Nodes {
		if waits[n.ID] == 0 {
			take(n)
		}
	}
	for _, n := range g.Nodes {
		if !done[n.ID] {
			ordered = append(ordered, n)
		}
	}
	return ordered
}

// add adds a node unless it is there.
func (b *builder) add(n Node) {
	if !b.known[n.ID] {
		b.known[n.ID] = true
		b.nodes = append(b.nodes, n)
	}
}

// stand says that one node stands on another.
func (b *builder) stand(upper string, relation Relation, lower string) {
	if upper != lower {
		b.edges = append(b.edges, Edge{upper, lower, relation})
	}
}

// link adds an interface and the interfaces that it stands on. A VPN's interface stands on its VPN, see vpns.
func (b *builder) link(s inspect.Stack) {
	id := LinkID(s.Interface)
	b.add(Node{
		ID: id, Sort: Link, Class: b.classOf(s), Name: s.Interface, Detail: s.Kind, Interface: s.Interface,
		Level: inspect.L1, Status: s.Floor(inspect.L1).Status,
	})
	link := b.links[s.Interface]
	for _, below := range s.On {
		lower := b.links[below]
		switch {
		case lower.Controller == link.Index && link.Index != 0:
			b.stand(id, Joins, LinkID(below))
		case !isTunnelOn(s, below):
			b.stand(id, RidesOn, LinkID(below))
		}
	}
	if link.Kind == "veth" && link.Parent != 0 && !link.PeerNetns {
		if peer, ok := b.snap.Kernel.Links[link.Parent]; ok && peer.Name > link.Name {
			b.stand(id, Peer, LinkID(peer.Name))
		}
	}
}

// isTunnelOn says whether a stack stands on another because it is the interface of a VPN.
func isTunnelOn(s inspect.Stack, base string) bool {
	return slices.ContainsFunc(s.Tunnels, func(t inspect.Tunnel) bool { return t.Interface == s.Interface && t.Base == base && t.Kind == "vpn" })
}

// classOf is the grammar's word for an interface.
func (b *builder) classOf(s inspect.Stack) string {
	const accessPoint = 3 // NM_802_11_MODE_AP
	if w := b.devices[s.Interface].Wireless; w != nil && w.Mode == accessPoint {
		return "access-point"
	}
	return s.Kind
}

// LinkID is the id of an interface's node.
func LinkID(name string) string { return "interface:" + name }

// connectionID is the id of the node of a connection on an interface.
func connectionID(uuid, iface string) string { return "connection:" + uuid + "@" + iface }

// connection adds the connection of a stack that NetworkManager made; what it merely mirrors carries nothing.
func (b *builder) connection(s inspect.Stack) {
	if s.Connection == nil || !s.Managed {
		return
	}
	id := connectionID(s.Connection.UUID, s.Interface)
	b.add(Node{
		ID: id, Sort: Connection, Class: "connection", Name: s.Connection.ID, Detail: s.Connection.State,
		Interface: s.Interface, Level: inspect.L2, Status: statusOfConnection(s.Connection.State),
	})
	if supplicant := b.supplicant(s.Interface); supplicant != "" {
		b.stand(id, Needs, supplicant)
		return
	}
	b.stand(id, RunsOn, LinkID(s.Interface))
}

func statusOfConnection(state string) inspect.Status {
	switch state {
	case nmtypes.ActiveActivated.String():
		return inspect.Up
	case nmtypes.ActiveActivating.String():
		return inspect.Starting
	case nmtypes.ActiveUnknown.String():
		return inspect.Unknown
	}
	return inspect.Down
}

// base is what an address of a stack stands on when nothing gave it: the connection, else the interface.
func (b *builder) base(s inspect.Stack) string {
	if s.Connection != nil && s.Managed {
		return connectionID(s.Connection.UUID, s.Interface)
	}
	return LinkID(s.Interface)
}

// vpns adds the VPNs of NetworkManager's plugins: each rides on an address of the interface that carries it; its own
// interface is held by a process that runs for it.
func (b *builder) vpns() {
	seen := map[string]bool{}
	for _, s := range b.pyramid.Stacks {
		for _, t := range s.Tunnels {
			id := vpnID(t.Name)
			if t.Kind != "vpn" || seen[id] {
				continue
			}
			seen[id] = true
			iface := t.Interface
			if iface == "" {
				iface = t.Base
			}
			b.add(Node{ID: id, Sort: VPN, Class: "vpn", Name: t.Name, Detail: "VPN", Interface: iface, Level: inspect.VPN, Status: t.Finding.Status})
			if base, ok := b.pyramid.Stack(t.Base); ok {
				b.stand(id, RidesOn, b.foothold(base))
			}
			b.tunnelLink(t.Interface, id)
		}
	}
}

// vpnID is the id of a VPN's node.
func vpnID(name string) string { return "vpn:" + name }

// tunnelLink puts a VPN's interface on the process that holds it, and that on the VPN.
func (b *builder) tunnelLink(iface, vpn string) {
	if iface == "" {
		return
	}
	holders := b.holders(iface)
	for _, p := range holders {
		b.stand(b.process(p, iface, inspect.VPN), RunsFor, vpn)
	}
	if len(holders) == 0 {
		b.stand(LinkID(iface), RidesOn, vpn)
	}
}

// foothold is what something that needs L3 of a stack stands on: its first address that reaches beyond the link.
func (b *builder) foothold(s inspect.Stack) string {
	for _, a := range b.snap.Kernel.Addrs[s.Index] {
		if !a.Prefix.Addr().IsLinkLocalUnicast() {
			return addressID(s.Interface, a.Prefix)
		}
	}
	return b.base(s)
}

// addressID is the id of the node of an address.
func addressID(iface string, prefix netip.Prefix) string {
	return "address:" + iface + " " + prefix.String()
}
