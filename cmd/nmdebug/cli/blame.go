package cli

import (
	"context"
	"slices"
	"strings"
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
		Use:   "blame [INTERFACE|CONNECTION…]",
		Short: "Say where the seconds of the last activations went",
		Long: `Say for each time that a connection was brought up which step took how long: scan,
authenticate, associate, 4-way handshake, EAP, DHCP, addresses, scripts, VPN, and
which was the slowest. It reads the journal, or files with --file.`,
		Example: `  nmdebug blame
  nmdebug blame wlan0 --since 2h
  nmdebug blame office-vpn
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
	steps, since, err := a.pastSteps(ctx, opts)
	if err != nil {
		return err
	}
	all := a.meant(ctx, blame.Of(steps), opts.interfaces)
	if done, err := a.structured(blameAnswer{inspect.SchemaVersion, append([]blame.Activation{}, all...)}); done {
		return err
	}
	if len(all) == 0 {
		of := ""
		if len(opts.interfaces) > 0 {
			of = " of " + strings.Join(opts.interfaces, " or ")
		}
		a.complain("no activation" + of + " is " + a.within(since))
		return nil
	}
	return a.drawBlame(all)
}

// meant keeps the activations of what was named. A name that none of them has is looked for among the active connections: it may
// be a UUID, or of one whose name is not logged.
func (a *app) meant(ctx context.Context, all []blame.Activation, names []string) []blame.Activation {
	if len(names) == 0 {
		return slices.DeleteFunc(all, func(b blame.Activation) bool { return b.Interface == "lo" }) // which NetworkManager takes over as it finds it
	}
	var kept []blame.Activation
	for _, b := range all {
		if slices.ContainsFunc(names, b.Named) {
			kept = append(kept, b)
		}
	}
	if len(kept) > 0 {
		return kept
	}
	stacks := a.stacksOf(ctx, names)
	return slices.DeleteFunc(all, func(b blame.Activation) bool {
		return !slices.ContainsFunc(stacks, func(s inspect.Stack) bool {
			known := b.Connection != "" && s.Connection != nil
			return b.Interface == s.Interface && (!known || b.Connection == s.Connection.ID)
		})
	})
}

// pastSteps gives the lines that tell of steps, since a time or of a recording. They are few, however many lines there are.
func (a *app) pastSteps(ctx context.Context, opts logOptions) (steps []record.Line, since time.Time, err error) {
	s := stream{now: a.now, show: func(l record.Line) error {
		if l.Mark.Kind != 0 {
			l.Raw = nil // the larger part, at which nobody looks
			steps = append(steps, l)
		}
		return nil
	}}
	if a.recording != nil {
		err = s.replay(ctx, a.observed())
		return steps, since, err
	}
	if since, err = sinceWhen(opts, a.now()); err != nil {
		return nil, since, err
	}
	s.filter, s.sources = timeline.Filter{Since: since}, a.logSources(opts, since)
	err = s.past(ctx)
	return steps, since, err
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
		out.Flow(" ", headline...)
		out.Table(steps)
	}
	return out.Err()
}
