package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

func (a *app) whyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "why [INTERFACE|CONNECTION…]",
		Short: "Say what is broken, with the evidence and the next command to type",
		Long: `Say for each named interface - without a name, for each that has a fault - what the
lowest broken floor is, how sure that is, which source said what, what is blocked
by it, and which command to type next.`,
		Example: `  nmdebug why
  nmdebug why eth0
  nmdebug why office-vpn -o json`,
		ValidArgsFunction: a.completeInterfaces,
		RunE:              func(c *cobra.Command, args []string) error { return a.why(c.Context(), args) },
	}
}

func (a *app) why(ctx context.Context, names []string) error {
	p, err := a.look(ctx)
	if err != nil {
		return err
	}
	asked, err := narrow(p, names)
	if err != nil {
		return fmt.Errorf("%w; of one that has ended, %s tells", err, a.faultsOfThePast())
	}
	if err := a.printExplained(inspect.Explain(p, asked, len(names) > 0), p.Network.Running); err != nil {
		return err
	}
	return a.needNM(p)
}

// faultsOfThePast is the command that tells what went wrong.
func (a *app) faultsOfThePast() string {
	if a.recording != nil {
		return a.again("log", "--faults")
	}
	return a.again("log", "--faults", "--since", "1h")
}

// printExplained writes all explanations; informed says whether NetworkManager told what is wanted.
func (a *app) printExplained(explained inspect.Explained, informed bool) error {
	if done, err := a.structured(explained); done {
		return err
	}
	out := a.printer()
	for i, e := range explained.Explanations {
		if i > 0 {
			out.Line("")
		}
		a.drawExplanation(out, e)
	}
	switch {
	case len(explained.Explanations) > 0:
	case informed:
		out.Line("", render.Cell{Text: "Nothing is broken: all floors that are wanted stand.", Role: render.Good})
	default:
		out.Line("", render.Cell{Text: "The kernel shows nothing broken; what is wanted NetworkManager could tell."})
	}
	return out.Err()
}

// labelWidth is where the texts of an explanation begin.
const labelWidth = 17

func (a *app) drawExplanation(out *text.Printer, e inspect.Explanation) {
	symbols := a.symbols()
	out.Line(" ",
		render.Cell{Text: symbols(e.Status), Role: render.RoleOf(e.Status)},
		render.Cell{Text: e.Interface, Role: render.Strong},
		render.Cell{Text: e.Headline, Role: render.RoleOf(e.Status)})
	for _, f := range e.Findings {
		a.drawFinding(out, f)
	}
	for _, b := range e.Blocked {
		labelled(out, labelWidth, "blocked", render.Dim, b)
	}
	for _, c := range e.Conflicts {
		labelled(out, labelWidth, "conflict", render.Warn, c.Text)
	}
	for _, r := range e.Rights {
		labelled(out, labelWidth, "not seen", render.Warn, r)
	}
	for _, n := range e.Next {
		suggest(out, labelWidth, n)
	}
}

// labelled writes a text behind its label, which has so many columns.
func labelled(out *text.Printer, columns int, label string, role render.Role, body string) {
	out.Hanging([]render.Cell{{Text: " "}, {Text: label, Role: role}}, columns, render.Cell{Text: body})
}

// suggest writes what to type next.
func suggest(out *text.Printer, columns int, command string) {
	labelled(out, columns, "next", render.Busy, command)
}

func (a *app) drawFinding(out *text.Printer, f inspect.Finding) {
	body := f.Text
	if f.Sure != inspect.Certain {
		body += fmt.Sprintf(" (%s)", f.Sure)
	}
	labelled(out, labelWidth, f.Level.String()+" "+f.Status.String(), render.RoleOf(f.Status), body)
	if f.Expected != "" {
		labelled(out, labelWidth, "expected", render.Dim, f.Expected+"; seen: "+f.Seen)
	}
	for _, e := range f.Evidence {
		body := e.Text
		if !e.At.IsZero() {
			body += e.At.Local().Format(" at 15:04:05.000")
		}
		labelled(out, labelWidth, e.Source, render.Dim, body)
	}
}
