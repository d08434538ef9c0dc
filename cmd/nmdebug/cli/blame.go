package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/inspect/blame"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/render"
)

func (a *app) blameCommand() *cobra.Command {
	var opts logOptions
	c := &cobra.Command{
		Use:   "blame [INTERFACE…]",
		Short: "Say where the seconds of the last activations went",
		Long: `Say for each time that a connection was brought up which step took how long: scan,
authenticate, associate, 4-way handshake, EAP, DHCP, addresses, scripts, VPN. The
slowest step stands out. It reads the journal, or files with --file.`,
		Example: `  nmdebug blame
  nmdebug blame wlan0 --since 2h
  nmdebug blame --file /var/log/syslog --since 2026-11-24`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.interfaces = args
			return a.blame(c.Context(), opts)
		},
	}
	c.Flags().StringVar(&opts.since, "since", "1h", "from when on: 10m, 20:15, 2026-11-24 20:15")
	c.Flags().StringArrayVar(&opts.files, "file", nil, "read this log file instead of the journal; may be given again")
	return c
}

// within says where there is nothing, and how to look further.
func (a *app) within(since time.Time) string {
	if a.recording != nil {
		return "in the recording"
	}
	return "logged since " + since.Local().Format(time.DateTime) + "; --since goes further back"
}

// blameAnswer is the JSON form of the answer.
type blameAnswer struct {
	SchemaVersion int                `json:"schema_version"`
	Activations   []blame.Activation `json:"activations"`
}

func (a *app) blame(ctx context.Context, opts logOptions) error {
	lines, since, err := a.pastLines(ctx, opts)
	if err != nil {
		return err
	}
	all := slices.DeleteFunc(blame.Of(lines), func(b blame.Activation) bool {
		if len(opts.interfaces) == 0 {
			return b.Interface == "lo" // which NetworkManager takes over as it finds it
		}
		return !slices.Contains(opts.interfaces, b.Interface) && !slices.Contains(opts.interfaces, b.VPN)
	})
	if done, err := a.structured(blameAnswer{inspect.SchemaVersion, append([]blame.Activation{}, all...)}); done {
		return err
	}
	if len(all) == 0 {
		a.complain("no activation of that is " + a.within(since))
		return nil
	}
	return a.drawBlame(all)
}

// pastLines gives the timeline of the past since a time, or that of a recording.
func (a *app) pastLines(ctx context.Context, opts logOptions) (lines []record.Line, since time.Time, err error) {
	s := stream{now: a.now, show: func(l record.Line) error { lines = append(lines, l); return nil }}
	if a.recording != nil {
		err = s.replay(ctx, a.observed())
		return lines, since, err
	}
	if since, err = sinceWhen(opts, a.now()); err != nil {
		return nil, since, err
	}
	s.filter, s.sources = timeline.Filter{Since: since}, a.logSources(opts, since)
	err = s.past(ctx)
	return lines, since, err
}

func (a *app) drawBlame(all []blame.Activation) error {
	out := a.printer()
	bar := "#"
	if a.utf8() {
		bar = "█"
	}
	for i, activation := range all {
		if i > 0 {
			out.Line("")
		}
		headline, steps := render.Activation(activation, activation.Began.Local().Format(time.DateTime), bar)
		out.Line(" ", headline...)
		out.Table(steps)
	}
	return out.Err()
}
