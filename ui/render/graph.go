package render

import (
	"fmt"

	"nmdebug/inspect/graph"
)

// Tree draws a graph as lines: each node under what it stands on, the ground first. One that stands on several is drawn
// under the first, and named under the others.
func Tree(g graph.Graph, symbols Symbols, branches Branches) []Row {
	t := tree{graph: g, symbols: symbols, branches: branches, drawn: map[string]bool{}}
	for _, n := range g.Nodes {
		if len(g.Lowers(n.ID)) == 0 && !t.drawn[n.ID] {
			t.draw(n, "", "", "")
		}
	}
	for _, n := range g.Nodes { // what stands in a loop has no ground
		if !t.drawn[n.ID] {
			t.draw(n, "", "", "")
		}
	}
	return t.rows
}

// Branches are the signs of a tree: of a branch, of the last one, and of what goes on below them.
type Branches struct{ Fork, Last, Through, Nothing string }

// BranchesFor gives the signs that fit to symbols.
func BranchesFor(unicode bool) Branches {
	if unicode {
		return Branches{"├─", "└─", "│  ", "   "}
	}
	return Branches{"|-", "`-", "|  ", "   "}
}

type tree struct {
	graph    graph.Graph
	symbols  Symbols
	branches Branches
	drawn    map[string]bool
	rows     []Row
}

// draw draws a node and what stands on it.
func (t *tree) draw(n graph.Node, lead, below, sign string) {
	row := Row{{t.symbols(n.Status), RoleOf(n.Status)}, {n.Name, nameRole(n)}}
	if sign != "" {
		row = append(Row{{lead + sign, Dim}}, row...)
	}
	if t.drawn[n.ID] {
		t.rows = append(t.rows, append(row, Cell{"(above)", Dim}))
		return
	}
	t.drawn[n.ID] = true
	t.rows = append(t.rows, append(row, Cell{kindOf(n), Dim}))
	uppers := t.graph.Uppers(n.ID)
	for i, id := range uppers {
		upper, ok := t.graph.Node(id)
		if !ok {
			continue
		}
		sign, through := t.branches.Fork, t.branches.Through
		if i == len(uppers)-1 {
			sign, through = t.branches.Last, t.branches.Nothing
		}
		t.draw(upper, below, below+through, sign)
	}
}

func nameRole(n graph.Node) Role {
	if n.Sort == graph.Link || n.Sort == graph.VPN {
		return Strong
	}
	return Plain
}

// kindOf says what a node is, where its name does not.
func kindOf(n graph.Node) string {
	text := n.Detail
	switch n.Sort {
	case graph.Connection:
		text = "connection, " + n.Detail
	case graph.VPN:
		text = "VPN, " + n.Status.String()
	case graph.Link:
		text = n.Class
	case graph.Process, graph.Address, graph.Route, graph.DNS:
	}
	return text
}

// Grammar is the table of what may stand on what.
func Grammar(rules []graph.Rule) []Row {
	var rows []Row
	for _, r := range rules {
		upper := r.Upper
		if upper == "*" {
			upper = "any other"
		}
		rows = append(rows, Row{{upper, Strong}, {string(r.Relation), Plain}, {mostText(r.Most), Dim}, {r.Why, Plain}})
	}
	return rows
}

func mostText(most int) string {
	switch most {
	case 0:
		return "any number"
	case 1:
		return "one"
	}
	return fmt.Sprintf("at most %d", most)
}
