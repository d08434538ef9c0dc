package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/ui/render"
)

type waitOptions struct {
	names  []string
	floor  string
	stable time.Duration
}

// waitTimeout is how long wait waits when nothing else is said.
const waitTimeout = 60 * time.Second

func (a *app) waitCommand() *cobra.Command {
	opts := waitOptions{}
	c := &cobra.Command{
		Use:   "wait [INTERFACE|CONNECTION…]",
		Short: "Wait until the floors stand, and say what they wait for",
		Long: `Wait until all floors up to the one that is asked for stand, and tell meanwhile
which floor of which interface is in the way. Without a name: on the interfaces of
all active or activating connections, of which there must be at least one. With
--stable they must stand for so long without a break.

Exit codes: 0 they stand · 11 12 13 14 the time is over and L1 L2 L3 VPN is the
lowest that does not · 10 the time is over and there is no such interface or
connection · 3 the time is over and nothing could be seen.`,
		Example: `  nmdebug wait --for l3
  nmdebug wait eth0 --for l2 --timeout 20s && start-something
  nmdebug wait office-vpn --for vpn --stable 5s`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			if !c.Flags().Changed("timeout") {
				a.timeout = waitTimeout
			}
			return a.wait(c.Context(), opts)
		},
	}
	c.Flags().StringVar(&opts.floor, "for", "l3", "floor that must stand, with those below it: l1, l2, l3 or vpn")
	c.Flags().DurationVar(&opts.stable, "stable", 0, "they must stand for so long without a break")
	fixed(c, "for", "l1", "l2", "l3", "vpn")
	return c
}

// waited is the answer of wait.
type waited struct {
	SchemaVersion int             `json:"schema_version"`
	At            time.Time       `json:"at"`
	OK            bool            `json:"ok"`
	Seconds       float64         `json:"seconds"`
	Verdict       inspect.Verdict `json:"verdict"`
}

func (a *app) wait(ctx context.Context, opts waitOptions) error {
	level, err := inspect.ParseLevel(opts.floor)
	if err != nil {
		return usage("--for: %w", err)
	}
	if opts.stable < 0 {
		return usage("--stable must not be less than 0")
	}
	required := inspect.Requirement{Names: opts.names, Demanded: level, Levels: slices.DeleteFunc(inspect.Levels(), func(l inspect.Level) bool { return l > level })}
	began := a.now()
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	view, stop := observe.Follow(context.WithoutCancel(ctx), a.observed())
	defer func() { _ = stop() }() // it ends because we say so
	v, err := a.standing(ctx, view, required, opts.stable)
	if v == nil {
		return err
	}
	took := a.now().Sub(began)
	if done, err := a.structured(waited{inspect.SchemaVersion, a.now(), err == nil, took.Seconds(), *v}); done && err != nil {
		return err
	}
	switch {
	case err == nil && a.output == "text":
		a.printer().Line(" ", render.Cell{Text: a.symbols()(inspect.Up), Role: render.Good}, render.Cell{Text: fmt.Sprintf("stands after %.2f s", took.Seconds())})
		return nil
	case err == nil:
		return nil
	case len(v.Missing) > 0:
		return &exitError{exitNotFound, fmt.Errorf("not within %s: no interface or active connection %q", a.timeout, v.Missing[0])}
	case errors.Is(err, context.DeadlineExceeded):
		return &exitError{floorCode(v.Lowest), fmt.Errorf("not within %s%s", a.timeout, a.more(*v))}
	}
	return err
}

// more is the command that says more about what was in the way; "" where none does.
func (a *app) more(v inspect.Verdict) string {
	r, broken := v.First()
	if !broken {
		return ""
	}
	return "; " + a.explains(r) + " says more"
}

// standing waits until the requirement is met for long enough, and gives the last verdict; nil when nothing was seen.
func (a *app) standing(ctx context.Context, view *observe.View, required inspect.Requirement, stable time.Duration) (*inspect.Verdict, error) {
	var last *inspect.Verdict
	var since time.Time // since when it is met; zero while it is not
	said := ""
	for {
		_, p, changed := view.Look()
		if !p.At.IsZero() {
			v := inspect.Check(p, nil, required)
			last = &v
			said = a.sayBlocks(v, said)
			switch {
			case !v.OK:
				since = time.Time{}
			case since.IsZero():
				since = a.now()
			}
		}
		var enough <-chan time.Time
		if !since.IsZero() {
			left := stable - a.now().Sub(since)
			if left <= 0 {
				return last, nil
			}
			enough = time.After(left)
		}
		select {
		case <-changed:
		case <-enough:
		case <-ctx.Done():
			return last, context.Cause(ctx)
		}
	}
}

// sayBlocks tells what is in the way when that is news, and gives what was told.
func (a *app) sayBlocks(v inspect.Verdict, before string) string {
	now, row := "", render.Row{}
	if r, broken := v.First(); broken {
		now = r.Interface + r.Level.String() + r.Reason
		row = render.Row{{Text: a.symbols()(r.Status), Role: render.RoleOf(r.Status)}, {Text: r.Name(), Role: render.Strong}, {Text: r.Reason, Role: render.Plain}}
	}
	if len(v.Missing) > 0 {
		now = v.Missing[0]
		row = render.Row{{Text: a.symbols()(inspect.Unknown), Role: render.Plain}, {Text: v.Missing[0], Role: render.Strong}, {Text: "There is no such interface or active connection yet.", Role: render.Plain}}
	}
	if now != "" && now != before && a.output == "text" {
		a.printer().Hanging(row[:len(row)-1], verdictIndent, row[len(row)-1])
	}
	return now
}
