package graph

import (
	"fmt"
	"slices"
	"strings"

	"nmdebug/inspect"
)

// Check holds a graph against the grammar and finds what was left over; s and p are what the graph was built from.
func Check(g Graph, s *inspect.Snapshot, p inspect.Pyramid) []inspect.Finding {
	found := []inspect.Finding{}
	for _, check := range []func() []inspect.Finding{
		g.loops, g.violations, g.rivals,
		func() []inspect.Finding { return leftovers(g, s, p) },
	} {
		found = append(found, check()...)
	}
	return found
}

// finding begins a finding about a node.
func (n Node) finding(code inspect.Code, status inspect.Status, format string, args ...any) inspect.Finding {
	f := code.Finding(n.Interface, n.Level, status)
	f.Text = fmt.Sprintf(format, args...)
	return f
}

// says is evidence about a node.
func (n Node) says(source, format string, args ...any) inspect.Evidence {
	return inspect.Evidence{Source: source, Text: fmt.Sprintf(format, args...)}
}

// loops finds what stands on itself, by way of others.
func (g Graph) loops() []inspect.Finding {
	var found []inspect.Finding
	seen := map[string]bool{}
	for _, n := range g.Nodes {
		if seen[n.ID] {
			continue
		}
		var loop []Node
		for _, upper := range g.Above(n.ID) {
			if upper.ID != n.ID && slices.Contains(ids(g.Above(upper.ID)), n.ID) {
				loop = append(loop, upper)
			}
		}
		if len(loop) == 0 {
			continue
		}
		names := []string{n.Name}
		seen[n.ID] = true
		for _, other := range loop {
			seen[other.ID] = true
			names = append(names, other.Name)
		}
		f := n.finding(inspect.StackLoop, inspect.Failed, "%s stands on itself: %s.", n.Name, strings.Join(names, " → "))
		f.Evidence = append(f.Evidence, n.says(inspect.SourceKernel, "%s stand on each other", strings.Join(names, ", ")))
		found = append(found, f)
	}
	return found
}

func ids(nodes []Node) []string {
	var all []string
	for _, n := range nodes {
		all = append(all, n.ID)
	}
	return all
}

// violations finds what no rule allows, and what there is too much of.
func (g Graph) violations() []inspect.Finding {
	var found []inspect.Finding
	rules := Grammar()
	for _, n := range g.Nodes {
		for relation, lowers := range g.byRelation(n.ID) {
			rule, ok := ruleFor(rules, n.Class, relation)
			for _, lower := range lowers {
				if !ok || !slices.Contains(rule.Lower, lower.Class) {
					found = append(found, n.forbidden(relation, lower, rule))
				}
			}
			if ok && rule.Most > 0 && len(lowers) > rule.Most {
				found = append(found, n.tooMany(relation, lowers, rule))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b inspect.Finding) int { return strings.Compare(a.Interface+a.Text, b.Interface+b.Text) })
	return found
}

// byRelation are the nodes that a node stands on.
func (g Graph) byRelation(id string) map[Relation][]Node {
	all := map[Relation][]Node{}
	for _, e := range g.Edges {
		if lower, ok := g.Node(e.Lower); ok && e.Upper == id {
			all[e.Relation] = append(all[e.Relation], lower)
		}
	}
	return all
}

func (n Node) forbidden(relation Relation, lower Node, rule Rule) inspect.Finding {
	f := n.finding(inspect.GrammarForbidden, inspect.Degraded, "%s (%s) %s %s (%s), which the grammar does not allow.",
		n.Name, n.Class, relation, lower.Name, lower.Class)
	if rule.Why != "" {
		f.Text += " " + sentence(rule.Why)
	}
	f.Evidence = append(f.Evidence, n.says(inspect.SourceKernel, "%s %s %s", n.Name, relation, lower.Name))
	return f
}

func (n Node) tooMany(relation Relation, lowers []Node, rule Rule) inspect.Finding {
	names := []string{}
	for _, l := range lowers {
		names = append(names, l.Name)
	}
	f := n.finding(inspect.GrammarTooMany, inspect.Degraded, "%s %s %d at a time (%s), at most %d is right. %s",
		n.Name, relation, len(lowers), strings.Join(names, ", "), rule.Most, sentence(rule.Why))
	f.Evidence = append(f.Evidence, n.says(inspect.SourceKernel, "%s %s %s", n.Name, relation, strings.Join(names, " and ")))
	return f
}

// sentence makes a sentence of a reason.
func sentence(why string) string {
	return strings.ToUpper(why[:1]) + why[1:] + "."
}

// rivals finds processes that fight over one interface.
func (g Graph) rivals() []inspect.Finding {
	var found []inspect.Finding
	for _, rule := range serversPerLink() {
		for _, link := range g.Nodes {
			if link.Sort != Link {
				continue
			}
			servers := slices.DeleteFunc(slices.Clone(g.Nodes), func(n Node) bool {
				return n.Sort != Process || n.Class != rule.Upper || n.Interface != link.Name
			})
			if len(servers) <= rule.Most {
				continue
			}
			f := link.finding(inspect.GrammarTooMany, inspect.Degraded, "%d processes of the kind %s serve %s. %s", len(servers), rule.Upper, link.Name, sentence(rule.Why))
			for _, s := range servers {
				f.Level = s.Level
				f.Evidence = append(f.Evidence, s.says(inspect.SourceProc, "%s (%s) serves %s", s.Name, s.Detail, link.Name))
			}
			found = append(found, f)
		}
	}
	return found
}
