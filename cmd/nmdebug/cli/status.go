package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

type statusOptions struct {
	names []string
	watch bool
}

func (a *app) statusCommand() *cobra.Command {
	var opts statusOptions
	c := &cobra.Command{
		Use:   "status [INTERFACE|CONNECTION…]",
		Short: "Show which floors of which interface stand",
		Long: `Show, for every interface, which floors stand and which is the lowest broken one.
The interface with the default route comes first and has a star.

` + legend(a.symbols()) + `

With --watch it goes on and prints each change as it happens, one line each.`,
		Example: `  nmdebug status
  nmdebug status wlan0 --watch
  nmdebug status -o json | jq '.stacks[] | select(.cause) | .cause'`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			if opts.watch {
				return a.watchStatus(c.Context(), opts)
			}
			return a.status(c.Context(), opts)
		},
	}
	c.Flags().BoolVarP(&opts.watch, "watch", "w", false, "go on, and print changes as they happen")
	return c
}

// legend explains the signs.
func legend(symbols render.Symbols) string {
	return fmt.Sprintf(`  %s up   %s up with a fault   %s on its way   %s failed   %s blocked from below
  %s off, or not configured   %s no such floor   %s unknown`,
		symbols(inspect.Up), symbols(inspect.Degraded), symbols(inspect.Starting), symbols(inspect.Failed),
		symbols(inspect.Blocked), symbols(inspect.Down), symbols(inspect.Absent), symbols(inspect.Unknown))
}

func (a *app) status(ctx context.Context, opts statusOptions) error {
	p, err := a.look(ctx)
	if err != nil {
		return err
	}
	p, err = narrow(p, opts.names)
	if err != nil {
		return err
	}
	if err := a.printStatus(p); err != nil {
		return err
	}
	return a.needNM(p)
}

// narrow keeps the stacks that were named.
func narrow(p inspect.Pyramid, names []string) (inspect.Pyramid, error) {
	if len(names) == 0 {
		return p, nil
	}
	keep, missing := p.FindAll(names)
	if len(missing) > 0 {
		return p, notFound(p, missing[0])
	}
	p.Stacks = slices.DeleteFunc(slices.Clone(p.Stacks), func(s inspect.Stack) bool {
		return !slices.ContainsFunc(keep, func(k inspect.Stack) bool { return k.Interface == s.Interface })
	})
	return p, nil
}

// notFound says what there is instead.
func notFound(p inspect.Pyramid, name string) error {
	const most = 8
	var there []string
	for _, s := range p.Stacks {
		if s.Connection != nil && s.Connection.ID != s.Interface {
			there = append(there, s.Interface+" ("+s.Connection.ID+")")
		} else {
			there = append(there, s.Interface)
		}
	}
	if more := len(there) - most; more > 0 {
		there = append(there[:most], fmt.Sprintf("%d more", more))
	}
	return &exitError{exitNotFound, fmt.Errorf("no interface or active connection %q; there are %s", name, strings.Join(there, ", "))}
}

// needNM ends with the code for a missing NetworkManager, after the answer that goes without it.
func (a *app) needNM(p inspect.Pyramid) error {
	if p.Network.Running {
		return nil
	}
	return &exitError{exitNoNM, fmt.Errorf("%s; what you see is the kernel's view", missing(p))}
}

// missing says why there is no NetworkManager: what of the bus and of it is broken first.
func missing(p inspect.Pyramid) string {
	src := p.Source(inspect.SourceBus)
	if src.Status == inspect.SourceOK {
		src = p.Source(inspect.SourceNM)
	}
	if src.Detail == "" {
		return src.Condition()
	}
	return src.Condition() + ": " + src.Detail
}

func (a *app) printStatus(p inspect.Pyramid) error {
	if done, err := a.structured(p); done {
		return err
	}
	out := a.printer()
	a.drawStatus(out, p)
	return out.Err()
}

// What cells are not cut below, so that a table of all floors fits into 80 columns: the longest name of an interface,
// and the words of the checks.
const (
	nameWidth  = 15
	floorWidth = 14
)

// drawStacks writes the table of the floors.
func (a *app) drawStacks(out *text.Printer, stacks []inspect.Stack) {
	out.Table(render.Status(stacks, a.symbols()), 1, nameWidth, floorWidth, floorWidth, floorWidth, floorWidth)
}

// Where the further lines of a verdict and of a change begin.
const (
	verdictIndent = 4
	problemIndent = 2
	changeIndent  = 15
)

func (a *app) drawStatus(out *text.Printer, p inspect.Pyramid) {
	symbols := a.symbols()
	out.Flow(" · ", render.Headline(p)...)
	out.Line("")
	a.drawStacks(out, p.Stacks)
	verdicts := render.Verdicts(p.Stacks, symbols)
	if len(verdicts) > 0 {
		out.Line("")
	}
	for _, row := range verdicts {
		out.Hanging(row[:len(row)-1], verdictIndent, row[len(row)-1])
	}
	for _, problem := range p.Problems[:min(maxProblems, len(p.Problems))] {
		out.Hanging([]render.Cell{{Text: symbols(inspect.Degraded), Role: render.Warn}}, problemIndent, render.Cell{Text: problem})
	}
	if more := len(p.Problems) - maxProblems; more > 0 {
		out.Line(" ", render.Cell{Text: fmt.Sprintf("  %d more like these: nmdebug status -o json", more), Role: render.Dim})
	}
}

// maxProblems is how many of the things that a daemon said wrongly are shown.
const maxProblems = 3

// watchStatus prints the status and then each change. Lines for people have the time of day, lines for machines are JSON
// objects: the first a pyramid, the others changes.
func (a *app) watchStatus(ctx context.Context, opts statusOptions) error {
	a.streams()
	var before *inspect.Pyramid
	err := observe.Watch(ctx, a.observed(), func(_ *inspect.Snapshot, p inspect.Pyramid) error {
		if before == nil {
			before = &p
			first, err := narrow(p, opts.names)
			if err != nil {
				return err
			}
			return a.printStatus(first)
		}
		changes := inspect.Changes(*before, p)
		before = &p
		return a.printChanges(changes, opts.names, p)
	})
	if errors.Is(err, context.Canceled) {
		return nil // who watches ends it by a signal
	}
	return err
}

func (a *app) printChanges(changes []inspect.Change, names []string, p inspect.Pyramid) error {
	out := a.printer()
	for _, c := range changes {
		if !concerns(c, names, p) {
			continue
		}
		if done, err := a.structured(c); done {
			if err != nil {
				return err
			}
			continue
		}
		out.Hanging(render.Change(c, a.symbols()), changeIndent, render.Cell{Text: c.Text})
	}
	return out.Err()
}

// concerns says whether a change is about what was asked for; what the sources say of themselves always is.
func concerns(c inspect.Change, names []string, p inspect.Pyramid) bool {
	if len(names) == 0 || c.Interface == "" {
		return true
	}
	for _, name := range names {
		if name == c.Interface || slices.ContainsFunc(p.Find(name), func(s inspect.Stack) bool { return s.Interface == c.Interface }) {
			return true
		}
	}
	return false
}
