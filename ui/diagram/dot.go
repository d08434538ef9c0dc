package diagram

import (
	"fmt"
	"io"
	"strings"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/ui/text"
)

// colours are the line and the filling of a node.
func colours(s inspect.Status) (line, fill string) {
	switch s {
	case inspect.Up:
		return "#2e7d32", "#e8f5e9"
	case inspect.Degraded:
		return "#b26a00", "#fff3e0"
	case inspect.Starting:
		return "#0277bd", "#e1f5fe"
	case inspect.Failed:
		return "#c62828", "#ffebee"
	case inspect.Unknown, inspect.Absent, inspect.Down, inspect.Blocked:
	}
	return "#616161", "#f5f5f5"
}

// word names a status where colour alone would say it: nothing for what is up.
func word(s inspect.Status) string {
	if s == inspect.Up || s == inspect.Absent {
		return ""
	}
	return s.String()
}

// lines are the texts of a node, escaped for a terminal, which is the least that every form needs.
func lines(n graph.Node) []string {
	all := []string{text.Escape(n.Name)}
	if n.Detail != "" {
		all = append(all, text.Escape(n.Detail))
	}
	if w := word(n.Status); w != "" {
		all = append(all, w)
	}
	return all
}

// names numbers the nodes: ids hold what came from strangers, numbers do not.
func names(g graph.Graph) map[string]string {
	numbered := make(map[string]string, len(g.Nodes))
	for i, n := range g.Nodes {
		numbered[n.ID] = fmt.Sprintf("n%d", i+1)
	}
	return numbered
}

// label is the text of a node in the form of a language: its lines, and what goes between them.
func label(n graph.Node, between string, escape func(string) string) string {
	all := lines(n)
	for i, l := range all {
		all[i] = escape(l)
	}
	return strings.Join(all, between)
}

// DOT writes a graph for Graphviz.
func DOT(out io.Writer, g graph.Graph) error {
	var b strings.Builder
	b.WriteString("digraph nmdebug {\n  rankdir=BT\n  node [shape=box style=\"rounded,filled\" fontname=sans fontsize=11]\n  edge [dir=back color=\"#757575\" fontname=sans fontsize=9]\n")
	named := names(g)
	for _, n := range g.Nodes {
		line, fill := colours(n.Status)
		fmt.Fprintf(&b, "  %s [label=\"%s\" color=\"%s\" fillcolor=\"%s\"]\n", named[n.ID], label(n, `\n`, dotEscape), line, fill)
	}
	for _, e := range g.Edges {
		extra := ""
		if e.Relation == graph.Peer {
			extra = " dir=none style=dashed constraint=false"
		}
		fmt.Fprintf(&b, "  %s -> %s [label=\"%s\"%s]\n", named[e.Lower], named[e.Upper], e.Relation, extra)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// dotEscape makes a text safe inside of a quoted string of DOT, where a backslash begins an escape sequence.
func dotEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// Mermaid writes a graph for Mermaid, which Markdown pages draw.
func Mermaid(out io.Writer, g graph.Graph) error {
	var b strings.Builder
	b.WriteString("flowchart BT\n")
	named := names(g)
	for _, n := range g.Nodes {
		line, fill := colours(n.Status)
		fmt.Fprintf(&b, "  %s[\"%s\"]\n  style %[1]s stroke:%[3]s,fill:%[4]s,color:#212121\n", named[n.ID], label(n, "<br/>", mermaidEscape), line, fill)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Relation == graph.Peer {
			arrow = "-.-"
		}
		fmt.Fprintf(&b, "  %s %s|%s| %s\n", named[e.Lower], arrow, e.Relation, named[e.Upper])
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// mermaidEscape makes a text safe inside of a quoted label of Mermaid, which is read as Markdown and HTML: all but
// letters, digits and a few signs is written as a character code.
func mermaidEscape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 0x80, r == ' ', r == '.', r == ':', r == '/', r == ',', r == '-', r == '(', r == ')',
			r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
