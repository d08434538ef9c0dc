package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"nmdebug/inspect/history"
	"nmdebug/ui/tui"
)

type panelOptions struct {
	logs  []string // files instead of the journal
	stats bool
}

func (a *app) panelCommand() *cobra.Command {
	var opts panelOptions
	c := &cobra.Command{
		Use:   "panel",
		Short: "Watch everything on one screen, walk back in time, mend",
		Long: `Watch the pyramid, the timeline, the quality of all links, the configuration in force,
what stands on what, and the traffic of the bus on one screen that one leaves open.
F1 to F8 or 1 to 8 choose what is seen, ? lists the keys, the mouse works too.

On a floor, R restarts it and in order all that stands on it: the plan is shown first,
and carried out when you say so. : runs any nmdebug command. s saves what was seen as a
recording. On the timeline the arrows take the whole panel back to that moment, [ and ]
go from change to change, and End is now.

With --replay it is the same on a recording. It needs no root; what a missing right
hides is said. When NetworkManager or the bus goes it stays, and says so.

Keys:
` + keyHelp(),
		Example: `  nmdebug panel
  nmdebug panel --replay demo
  nmdebug panel --replay wifi.pcapng --at +12s`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return a.panel(c.Context(), opts) },
	}
	c.Flags().StringArrayVar(&opts.logs, "log-file", nil, "read this log `file` instead of the journal; may be given again")
	c.Flags().BoolVar(&opts.stats, "stats", false, "tell at the end how fast it was and what it took")
	return c
}

// keptOf is the most that a panel keeps: so much of what happens that it can be left open for days, and more of a recording, of which
// all may be looked at. A line takes some 350 bytes; an interface of a moment some 6 kB, and 14 where the moments beside it are gone,
// with which it shared the most.
func keptOf(recording bool) history.Limits {
	if recording {
		return history.Limits{Bytes: 96 << 20, Stacks: 12_000, Even: true}
	}
	return history.Limits{Bytes: 64 << 20, Stacks: 10_000}
}

func (a *app) panel(ctx context.Context, opts panelOptions) error {
	if a.recording != nil && len(opts.logs) > 0 {
		return usage("a recording has its own logs: --log-file is for what happens now")
	}
	if _, tty := a.terminal(); !tty && a.screen == nil {
		return usage("panel needs a terminal: status --watch and log -f write into files and pipes")
	}
	began, past := a.now(), history.New(keptOf(a.recording != nil))
	config, err := a.panelConfig(ctx, past)
	if err != nil {
		return err
	}
	config.Actions.Stop = stopHere
	feed, levels := &feed{app: a, past: past, logs: opts.logs}, &levels{app: a}
	config.Actions.Reread = feed.reread
	config.Actions.Raise, config.Actions.Restore = levels.raise, levels.restore
	g, ctx := errgroup.WithContext(ctx)
	if a.recording == nil {
		tape, err := a.newTape(opts.logs)
		if err != nil {
			return err
		}
		defer func() { _ = tape.remove() }() // it is in the place for temporary files
		config.Actions.Save = tape.save
		g.Go(func() error { return tape.run(ctx) })
	}
	panel := tui.New(config)
	levels.tell = panel.Raised
	feed.came = func(_ context.Context, daemon string) {
		g.Go(func() error { levels.again(ctx, daemon); return nil }) // what happens is not to wait for an answer
	}
	g.Go(func() error { return heedStops(ctx, panel.Suspend) })
	g.Go(func() error { return feed.run(ctx) })
	g.Go(func() error {
		if err := panel.Run(ctx); err != nil {
			return err
		}
		return errLeft
	})
	err = g.Wait()
	if errors.Is(err, tui.ErrTerminal) {
		return usage("panel needs a terminal that it can draw on, and TERM=%s is none that is known; TERM=xterm may do", a.env("TERM"))
	}
	if errors.Is(err, errLeft) || errors.Is(err, context.Canceled) {
		err = nil
	}
	if opts.stats {
		err = errors.Join(err, a.printStats(a.now().Sub(began), panel.Figures(), feed))
	}
	return errors.Join(err, levels.restore(context.Background()))
}

// errLeft says that somebody has left the panel.
var errLeft = errors.New("left")

// panelConfig puts together what the panel shows and does.
func (a *app) panelConfig(ctx context.Context, past *history.History) (tui.Config, error) {
	at, recording := time.Time{}, ""
	if a.recording != nil {
		var err error
		recording = filepath.Base(a.replay)
		if at, err = a.recording.Moment(ctx); err != nil {
			return tui.Config{}, err
		}
	}
	return tui.Config{
		Screen: a.screen, Terminal: a.env("TERM"), Settled: a.settled, History: past, Recording: recording, At: at, Colour: a.coloured(true), ASCII: !a.utf8(),
		Zone: time.Local, Now: a.now,
		Pages:   tui.Pages{Why: a.whyPage, Quality: a.qualityPage, Conf: a.confPage, ConfDiff: a.diffPage, Graph: a.graphPage, Detail: a.detailPage},
		Actions: tui.Actions{Run: a.inside, GoesOn: goesOn, Complete: a.completed},
	}, nil
}

// keyHelp lists the keys, a line each.
func keyHelp() string {
	var lines strings.Builder
	for _, k := range tui.Keys() {
		fmt.Fprintf(&lines, "  %-12s %s", strings.Join(k.Names, ", "), k.Text)
		if k.Asks {
			lines.WriteString("; asks before")
		}
		if len(k.Screens) > 0 {
			fmt.Fprintf(&lines, " (%s)", strings.Join(k.Screens, ", "))
		}
		lines.WriteString("\n")
	}
	return strings.TrimRight(lines.String(), "\n")
}
