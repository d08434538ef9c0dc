package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/ui/diagram"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

type graphOptions struct {
	names   []string
	check   bool
	grammar bool
}

func (a *app) graphCommand() *cobra.Command {
	var opts graphOptions
	c := &cobra.Command{
		Use:   "graph [INTERFACE|CONNECTION…]",
		Short: "Draw what stands on what, from links and processes up to VPNs",
		Long: `Draw what stands on what now: interfaces on ports and parents, the processes that
serve them, connections, addresses with what gave them, routes, name servers and
VPNs. With a name: what carries that interface or VPN and what stands on it.

-o tree is for the terminal; dot (Graphviz), mermaid (Markdown) and svg (a picture,
drawn without any other program) are for documents; json for programs.

--grammar shows what may stand on what. --check holds the graph against it and
looks for leftovers: routes and addresses that nobody configured, a tunnel without
its process, a DHCP client without its interface, two default routes alike. Exit
codes of --check: 0 nothing found · 11-14 the lowest floor with a finding. Without
root it is not told which process holds which tunnel.`,
		Example: `  nmdebug graph
  nmdebug graph tun0 -o svg > tun0.svg
  nmdebug graph -o dot | dot -Tpng > network.png
  nmdebug graph --check || nmdebug why`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			switch {
			case opts.grammar && opts.check:
				return usage("--check and --grammar exclude each other")
			case opts.grammar:
				return a.grammar()
			}
			return a.graph(c.Context(), opts)
		},
	}
	c.Flags().BoolVar(&opts.check, "check", false, "find what the grammar does not allow, and leftovers")
	c.Flags().BoolVar(&opts.grammar, "grammar", false, "show what may stand on what, and end")
	return c
}

// graph reads everything once and draws it.
func (a *app) graph(ctx context.Context, opts graphOptions) error {
	asked := a.observed()
	asked.Thorough, asked.Proc = true, true
	s, p, err := a.lookAt(ctx, asked)
	if err != nil {
		return err
	}
	whole := graph.Build(s, p)
	part, missing := whole.Around(opts.names)
	if len(missing) > 0 {
		return notFound(p, missing[0])
	}
	if opts.check {
		return a.checkGraph(within(graph.Check(whole, s, p), part, opts.names), p)
	}
	if err := a.printGraph(part); err != nil {
		return err
	}
	return a.needNM(p)
}

// within keeps the findings about the interfaces of a part.
func within(found []inspect.Finding, part graph.Graph, names []string) []inspect.Finding {
	if len(names) == 0 {
		return found
	}
	in := map[string]bool{}
	for _, n := range part.Nodes {
		in[n.Interface] = true
	}
	kept := []inspect.Finding{}
	for _, f := range found {
		if in[f.Interface] {
			kept = append(kept, f)
		}
	}
	return kept
}

func (a *app) printGraph(g graph.Graph) error {
	switch a.output {
	case "dot":
		return diagram.DOT(a.out, g)
	case "mermaid":
		return diagram.Mermaid(a.out, g)
	case "svg":
		return diagram.SVG(a.out, g)
	}
	if done, err := a.structured(g); done {
		return err
	}
	out := a.printer()
	a.drawGraph(out, g)
	return out.Err()
}

func (a *app) drawGraph(out *text.Printer, g graph.Graph) {
	for _, row := range render.Tree(g, a.symbols(), render.BranchesFor(a.utf8())) {
		out.Line(" ", row...)
	}
	if g.Omitted > 0 {
		out.Line("", render.Cell{Text: "Not all routes are shown.", Role: render.Warn})
	}
}

// checked is the answer of graph --check.
type checked struct {
	SchemaVersion int               `json:"schema_version"`
	OK            bool              `json:"ok"`
	Findings      []inspect.Finding `json:"findings"`
}

// checkGraph prints what is wrong; the lowest floor with a finding is the exit code.
func (a *app) checkGraph(found []inspect.Finding, p inspect.Pyramid) error {
	if done, err := a.structured(checked{graph.SchemaVersion, len(found) == 0, found}); done && err != nil {
		return err
	} else if !done {
		a.drawFindings(a.printer(), found)
	}
	lowest := inspect.Level(0)
	for _, f := range found {
		if lowest == 0 || f.Level < lowest {
			lowest = f.Level
		}
	}
	if lowest == 0 {
		return a.needNM(p)
	}
	return exitWith(floorCode(lowest))
}

func (a *app) drawFindings(out *text.Printer, found []inspect.Finding) {
	if len(found) == 0 {
		out.Line("", render.Cell{Text: "Nothing is left over, and everything stands on what it may stand on.", Role: render.Good})
	}
	symbols := a.symbols()
	for i, f := range found {
		if i > 0 {
			out.Line("")
		}
		out.Line(" ", render.Cell{Text: symbols(f.Status), Role: render.RoleOf(f.Status)}, render.Cell{Text: f.Interface, Role: render.Strong},
			render.Cell{Text: string(f.Code), Role: render.RoleOf(f.Status)})
		a.drawFinding(out, f)
		for _, next := range f.Next {
			suggest(out, labelWidth, next)
		}
	}
}

// grammarAnswer is the answer of graph --grammar.
type grammarAnswer struct {
	SchemaVersion int          `json:"schema_version"`
	Rules         []graph.Rule `json:"rules"`
}

// grammar prints what may stand on what.
func (a *app) grammar() error {
	rules := graph.Grammar()
	if done, err := a.structured(grammarAnswer{graph.SchemaVersion, rules}); done {
		return err
	}
	out := a.printer()
	for i, row := range render.Grammar(rules) {
		out.Line(" ", row[:len(row)-1]...)
		for _, body := range []render.Cell{{Text: strings.Join(rules[i].Lower, ", ")}, {Text: row[len(row)-1].Text, Role: render.Dim}} {
			out.Hanging([]render.Cell{{Text: "  "}}, verdictIndent, body)
		}
	}
	return out.Err()
}
