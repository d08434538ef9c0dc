package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
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
		Short: "Hold the floors against what is required; the exit code says which is broken",
		Long: `Check that the required floors stand. Without a name: on the interfaces of all active
or activating connections, of which there must be at least one. A floor stands when
it is up, if degraded too; one that this kind of interface does not have is skipped,
unless none of the interfaces has it. A signal or score that is too low counts as L1.

Exit codes: 0 all stand · 11 12 13 14 the lowest broken one is L1 L2 L3 VPN · 10 no
such interface or connection · 8 NetworkManager is not on the bus and no name was
given · 3 timeout. With --format nagios: 0 ok · 1 warning · 2 critical · 3 unknown.`,
		Example: `  nmdebug check
  nmdebug check eth0 --require l1,l2,l3 --no-conflicts --wait 30s
  nmdebug check wlan0 --min-signal -70 --min-score 40
  nmdebug check --require l3,vpn --format junit > network.xml`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			if c.Flags().Changed("min-signal") && opts.minSignal >= 0 {
				return usage("--min-signal is in dBm and below 0, such as -70, not %d", opts.minSignal)
			}
			return a.check(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.StringSliceVarP(&opts.require, "require", "r", []string{"l1", "l2", "l3"}, "floors that must stand: l1, l2, l3, vpn")
	f.BoolVar(&opts.noConflicts, "no-conflicts", false, "sources must not contradict each other either")
	f.IntVar(&opts.minSignal, "min-signal", 0, "Wi-Fi signals must be at least this strong, in dBm: -70")
	f.IntVar(&opts.minScore, "min-score", 0, "links must have at least this score; see nmdebug quality")
	f.DurationVar(&opts.wait, "wait", 0, "wait up to this long for them to stand")
	f.StringVar(&opts.format, "format", "", "form of the answer: text, json, junit, tap or nagios (default: as -o says)")
	fixed(c, "require", "l1", "l2", "l3", "vpn")
	fixed(c, "format", "text", "json", "junit", "tap", "nagios")
	return c
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
	format, err := a.verdictFormat(opts.format)
	if err != nil {
		return err
	}
	p, v, err := a.judge(ctx, required, opts.wait)
	if err != nil {
		return nagiosError(opts.format, err)
	}
	if err := verdict.Write(a.out, format, v, p.At); err != nil {
		return err
	}
	return checkEnd(opts, p, v)
}

// verdictFormat chooses the form of the answer: --format, or what -o says.
func (a *app) verdictFormat(format string) (verdict.Format, error) {
	if format == "" {
		format = a.output
	}
	f, err := verdict.ParseFormat(format)
	if err != nil {
		return 0, usage("--format: %w", err)
	}
	return f, nil
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
	if errors.Is(err, doneError{}) || seen && errors.Is(err, context.DeadlineExceeded) {
		err = nil
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
	case len(opts.names) == 0 && !p.Network.Running:
		return &exitError{exitNoNM, fmt.Errorf("NetworkManager: %s: it is needed to know which connections there are", p.Source(inspect.SourceNM).Status)}
	default:
		return exitWith(floorCode(v.Lowest))
	}
}

// nagiosError makes any failure "unknown" for a monitor that knows four codes.
func nagiosError(format string, err error) error {
	if format != "nagios" {
		return err
	}
	return &exitError{nagiosUnknown, err}
}
