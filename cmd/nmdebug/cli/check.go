package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/ui/render"
	"nmdebug/ui/verdict"
)

type checkOptions struct {
	names       []string
	require     []string
	noConflicts bool
	wait        time.Duration
	format      string
	minSignal   int
	minScore    int
}

func (a *app) checkCommand() *cobra.Command {
	opts := checkOptions{}
	c := &cobra.Command{
		Use:   "check [INTERFACE|CONNECTION…]",
		Short: "Check that the floors stand; the exit code says which does not",
		Long: `Check that the required floors stand. Without a name: on the interfaces of all
active or activating connections, of which there must be at least one. A floor
stands when it is up, if degraded too; one that this kind of interface does not
have is skipped, unless none of the interfaces has it. A floor that is blocked or
unknown because of another counts as that one, the cause, where that is required
too. A signal or score that is too low counts as L1.

Exit codes:
   0  all stand
  11  the lowest broken floor is L1 (12: L2, 13: L3, 14: VPN)
  10  no such interface or connection
   8  NetworkManager is not on the bus, and no name was given
   3  timeout
With --format nagios: 0 ok, 1 warning, 2 critical, 3 unknown.`,
		Example: `  nmdebug check
  nmdebug check eth0 --require l1,l2,l3 --no-conflicts --wait 30s
  nmdebug check wlan0 --min-signal -70 --min-score 40
  nmdebug check --require l3,vpn --format junit > network.xml`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			if err := opts.validate(c.Flags().Changed); err != nil {
				return err
			}
			return a.check(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.StringSliceVarP(&opts.require, "require", "r", []string{"l1", "l2", "l3"}, "`floors` that must stand, of l1, l2, l3 and vpn")
	f.BoolVar(&opts.noConflicts, "no-conflicts", false, "sources must not contradict each other either")
	f.IntVar(&opts.minSignal, "min-signal", 0, "Wi-Fi signals must be at least this strong: -70 `dBm`")
	f.IntVar(&opts.minScore, "min-score", 0, "links must have this `score`; see nmdebug quality")
	f.DurationVar(&opts.wait, "wait", 0, "wait up to this `time` for them to stand")
	f.StringVar(&opts.format, "format", "", "`form` text, json, junit, tap or nagios, instead of -o")
	fixed(c, "require", "l1", "l2", "l3", "vpn")
	fixed(c, "format", "text", "json", "junit", "tap", "nagios")
	return c
}

// validate refuses figures that make no sense; given tells which flags were.
func (o checkOptions) validate(given func(flag string) bool) error {
	_, known := verdict.ParseFormat(o.format)
	switch {
	case !known && o.format != "" && o.format != "text" && o.format != "json":
		return usage("unknown --format %q: use text, json, junit, tap or nagios", o.format)
	case given("min-signal") && o.minSignal >= 0:
		return usage("--min-signal is in dBm and below 0, such as -70, not %d", o.minSignal)
	case given("min-score") && (o.minScore < 1 || o.minScore > 100):
		return usage("--min-score is from 1 to 100, not %d", o.minScore)
	case o.wait < 0:
		return usage("--wait must not be negative, but is %s", o.wait)
	case len(o.require) == 0:
		return usage("--require: name at least one floor: l1, l2, l3 or vpn")
	}
	return nil
}

func (a *app) check(ctx context.Context, opts checkOptions) error {
	required := inspect.Requirement{Names: opts.names, NoConflicts: opts.noConflicts}
	for _, name := range opts.require {
		level, err := inspect.ParseLevel(strings.TrimSpace(name))
		if err != nil {
			return usage("--require: %w", err)
		}
		required.Levels = append(required.Levels, level)
	}
	if opts.minSignal < 0 {
		required.MinSignal = &opts.minSignal
	}
	if opts.minScore > 0 {
		required.MinScore = &opts.minScore
	}
	p, v, err := a.judge(ctx, required, opts.wait)
	if err == nil {
		err = uninformed(opts, p)
	}
	if err != nil && opts.format == "nagios" {
		return a.unknownToNagios(err)
	}
	if p.At.IsZero() {
		return err
	}
	return cmp.Or(a.printVerdict(opts.format, p, v), err, checkEnd(opts, p, v))
}

// uninformed is an error where the active connections are asked for and only NetworkManager could tell them.
func uninformed(opts checkOptions, p inspect.Pyramid) error {
	if len(opts.names) > 0 || p.Network.Running {
		return nil
	}
	return &exitError{exitNoNM, fmt.Errorf("%s; without it only named interfaces can be checked", missing(p))}
}

// unknownToNagios tells a monitor that there is no verdict: on the standard output, which is all that it reads.
func (a *app) unknownToNagios(err error) error {
	return cmp.Or(verdict.Unknown(a.out, err.Error()), exitWith(verdict.NagiosUnknown))
}

// checkAnswer is the answer of the check command.
type checkAnswer struct {
	SchemaVersion int              `json:"schema_version"`
	At            time.Time        `json:"at"`
	Sources       []inspect.Source `json:"sources"` // what could be asked
	inspect.Verdict
}

// printVerdict writes the answer in the form that --format names, else as -o says.
func (a *app) printVerdict(format string, p inspect.Pyramid, v inspect.Verdict) error {
	if f, ok := verdict.ParseFormat(format); ok {
		return verdict.Write(a.out, f, v, p.At)
	}
	if format != "" {
		a.output = format
	}
	if done, err := a.structured(checkAnswer{inspect.SchemaVersion, p.At, p.Sources, v}); done {
		return err
	}
	return a.drawVerdict(v)
}

// drawVerdict writes a line for each result, and what to type next. A line wraps on a terminal alone: elsewhere lines are searched.
func (a *app) drawVerdict(v inspect.Verdict) error {
	out := a.printer()
	if _, tty := a.terminal(); !tty {
		out.Width = 0
	}
	out.List(render.Check(v, a.symbols()))
	if r, broken := v.First(); broken && r.Code != inspect.NoFloor {
		out.Line(" ", render.Cell{Text: " "}, render.Cell{Text: "next", Role: render.Busy}, render.Cell{Text: a.explains(r)})
	}
	return out.Err()
}

// explains is the command that says more about what is not met.
func (a *app) explains(r inspect.Result) string {
	switch {
	case r.What == "signal", r.What == "score":
		return a.again("quality", r.Interface)
	case r.Interface == "":
		return a.again("why")
	default:
		return a.again("why", r.Interface)
	}
}

// judge holds the system against the requirement: once, or until it meets it or the time is over.
func (a *app) judge(ctx context.Context, required inspect.Requirement, wait time.Duration) (p inspect.Pyramid, v inspect.Verdict, err error) {
	if wait <= 0 {
		s, err := observe.Once(ctx, a.observed())
		if err != nil {
			return p, v, err
		}
		p = inspect.Build(s)
		return p, inspect.Check(p, measured(s, p, required), required), nil
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	seen := false
	err = observe.Watch(ctx, a.observed(), func(s *inspect.Snapshot, now inspect.Pyramid) error {
		p, v, seen = now, inspect.Check(now, measured(s, now, required), required), true
		if v.OK {
			return doneError{}
		}
		return nil
	})
	switch {
	case errors.Is(err, doneError{}), seen && errors.Is(err, context.DeadlineExceeded):
		return p, v, nil
	case errors.Is(err, context.DeadlineExceeded):
		return p, v, &exitError{exitTimeout, fmt.Errorf("not all sources had answered within %s", wait)}
	}
	return p, v, err
}

// measured gives the figures of the links where they are asked for.
func measured(s *inspect.Snapshot, p inspect.Pyramid, required inspect.Requirement) []inspect.Quality {
	if !required.Measures() {
		return nil
	}
	return new(inspect.Meter).Measure(s, p)
}

// checkEnd turns the verdict into an exit code. What was asked for and is not there comes first: it has no floors.
func checkEnd(opts checkOptions, p inspect.Pyramid, v inspect.Verdict) error {
	switch {
	case opts.format == "nagios":
		return exitWith(verdict.NagiosCode(v))
	case len(v.Missing) > 0:
		return notFound(p, v.Missing[0])
	case v.OK:
		return nil
	default:
		return exitWith(floorCode(v.Lowest))
	}
}
