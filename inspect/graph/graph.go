package graph

import (
	"slices"

	"nmdebug/inspect"
)

// SchemaVersion is the version of the JSON form of a Graph. It grows when a field goes or changes its meaning.
const SchemaVersion = 1

// Graph is what stands on what. It is immutable.
type Graph struct {
	SchemaVersion int    `json:"schema_version"`
	Nodes         []Node `json:"nodes"` // from the ground up: whatever a node stands on comes before it
	Edges         []Edge `json:"edges"`
	Omitted       int    `json:"omitted_routes"` // routes that are not shown because there are too many
}

// Node is one thing that something can stand on.
type Node struct {
	ID        string         `json:"id"` // the same in the next graph, as long as it is the same thing
	Sort      Sort           `json:"sort"`
	Class     string         `json:"class"`               // the word of the grammar: "bridge", "dhcp-client", "address"
	Name      string         `json:"name"`                // as people know it
	Detail    string         `json:"detail,omitempty"`    // some more words
	Interface string         `json:"interface,omitempty"` // the stack that it belongs to
	Level     inspect.Level  `json:"level"`               // the floor that it is a part of
	Status    inspect.Status `json:"status"`
	PID       int            `json:"pid,omitempty"`
	Unit      string         `json:"unit,omitempty"` // the systemd unit of a process
}

// Sort says what a node is.
type Sort string

// The sorts of nodes.
const (
	Link       Sort = "interface"
	Process    Sort = "process"
	Connection Sort = "connection"
	VPN        Sort = "vpn"
	Address    Sort = "address"
	Route      Sort = "route"
	DNS        Sort = "dns"
)

// Edge says that one node stands on another; a Peer edge says only that two belong together.
type Edge struct {
	Upper    string   `json:"upper"` // id
	Lower    string   `json:"lower"`
	Relation Relation `json:"relation"`
}

// Relation says how one node stands on another.
type Relation string

// The relations, in the words of "upper RELATION lower".
const (
	Joins     Relation = "joins"      // a bridge its ports
	RidesOn   Relation = "rides-on"   // a macvlan its parent, a VPN the address that carries it
	HeldBy    Relation = "held-by"    // a tunnel the process that has it open
	RunsOn    Relation = "runs-on"    // a process or a connection an interface
	RunsFor   Relation = "runs-for"   // a process a connection
	Needs     Relation = "needs"      // a connection its supplicant
	GivenBy   Relation = "given-by"   // an address its DHCP client or connection
	BelongsTo Relation = "belongs-to" // an address its interface, a route or name server its address
	Peer      Relation = "peer"       // the two ends of a veth; neither stands on the other
)

// Node finds a node by its id.
func (g Graph) Node(id string) (n Node, ok bool) {
	i := slices.IndexFunc(g.Nodes, func(n Node) bool { return n.ID == id })
	if i < 0 {
		return Node{}, false
	}
	return g.Nodes[i], true
}

// Lowers are the ids of what a node stands on.
func (g Graph) Lowers(id string) []string {
	var ids []string
	for _, e := range g.Edges {
		if e.Upper == id && e.Relation != Peer {
			ids = append(ids, e.Lower)
		}
	}
	return ids
}

// Uppers are the ids of what stands on a node, in the order of the nodes.
func (g Graph) Uppers(id string) []string {
	var ids []string
	for _, e := range g.Edges {
		if e.Lower == id && e.Relation != Peer {
			ids = append(ids, e.Upper)
		}
	}
	return ids
}

// Above is everything that stands on the named nodes, they included, from the ground up.
func (g Graph) Above(ids ...string) []Node { return g.reach(g.Uppers, ids) }

// Below is everything that the named nodes stand on, they included, from the ground up.
func (g Graph) Below(ids ...string) []Node { return g.reach(g.Lowers, ids) }

// reach walks along the edges; a loop is walked once.
func (g Graph) reach(next func(string) []string, ids []string) []Node {
	seen := map[string]bool{}
	for todo := slices.Clone(ids); len(todo) > 0; todo = todo[1:] {
		if !seen[todo[0]] {
			seen[todo[0]] = true
			todo = append(todo, next(todo[0])...)
		}
	}
	return slices.DeleteFunc(slices.Clone(g.Nodes), func(n Node) bool { return !seen[n.ID] })
}

// Around is the part of the graph that stands on the named interfaces and VPNs or carries them. Missing are the names
// that nothing has.
func (g Graph) Around(names []string) (part Graph, missing []string) {
	if len(names) == 0 {
		return g.withoutLoopback(), nil
	}
	var ids []string
	for _, name := range names {
		found := g.named(name)
		if len(found) == 0 {
			missing = append(missing, name)
		}
		ids = append(ids, found...)
	}
	keep := map[string]bool{}
	for _, n := range slices.Concat(g.Above(ids...), g.Below(ids...)) {
		keep[n.ID] = true
	}
	return g.only(func(n Node) bool { return keep[n.ID] }), missing
}

// named gives the ids of the interface of a name, or else of the interfaces of a connection or its UUID, or of a VPN.
func (g Graph) named(name string) []string {
	var links, others []string
	for _, n := range g.Nodes {
		switch {
		case n.Name != name && n.ID != connectionID(name, n.Interface):
		case n.Sort == Link:
			links = append(links, n.ID)
		case n.Sort == Connection:
			others = append(others, LinkID(n.Interface))
		case n.Sort == VPN:
			others = append(others, n.ID)
		}
	}
	if len(links) > 0 {
		return links
	}
	return others
}

// withoutLoopback leaves out what nobody looks for.
func (g Graph) withoutLoopback() Graph {
	loopback := map[string]bool{}
	for _, n := range g.Nodes {
		if n.Class == "loopback" {
			loopback[n.Interface] = true
		}
	}
	return g.only(func(n Node) bool { return n.Interface == "" || !loopback[n.Interface] })
}

// only keeps some nodes, and the edges between them.
func (g Graph) only(keep func(Node) bool) Graph {
	part := g
	part.Nodes, part.Edges = []Node{}, []Edge{}
	kept := map[string]bool{}
	for _, n := range g.Nodes {
		if keep(n) {
			part.Nodes = append(part.Nodes, n)
			kept[n.ID] = true
		}
	}
	for _, e := range g.Edges {
		if kept[e.Upper] && kept[e.Lower] {
			part.Edges = append(part.Edges, e)
		}
	}
	return part
}
