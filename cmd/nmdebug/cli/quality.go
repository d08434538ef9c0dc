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
	"nmdebug/ui/text"
)

type qualityOptions struct {
	names []string
	every time.Duration
	count int
}

func (a *app) qualityCommand() *cobra.Command {
	var opts qualityOptions
	c := &cobra.Command{
		Use:   "quality [INTERFACE|CONNECTION…]",
		Short: "Show how good every link is: Wi-Fi, wire, Bluetooth side by side",
		Long: `Show signal, noise, rates, retries, losses and a score from 0 to 100 for every Wi-Fi card,
wire and network over Bluetooth, side by side. The one with the default route has a star.

The score is that of the weakest side of a link, and it says which that is:
100 nothing to complain · 70 good · 50 faults can be felt · 30 barely usable · 0 unusable.
Wi-Fi: signal (100 at -50 dBm, 0 at -90), signal to noise (100 at 40 dB), retries, failed
packets, lost beacons. Wire: carrier, speed (100 from 1 Gb/s, 80 at 100 Mb/s, 40 at 10),
duplex, errors and drops. Losses count from the first sample on. Bluetooth: signal (100 at
-55 dBm, 0 at -95); controllers that give no level give the distance from their best range
(100 inside, 0 at 20 dB below). Its signal needs CAP_NET_ADMIN, and is new every 1 to 3 s.

With --every it goes on, and averages, extremes and the trend are over the last 60 samples.
-o csv writes one line for each link and sample. Figures have the names and units of
node_exporter where it has them.`,
		Example: `  nmdebug quality
  nmdebug quality wlan0 wlan1 --every 1s
  nmdebug quality --every 5s -o csv > walk-through-the-house.csv`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			return a.quality(c.Context(), opts)
		},
	}
	c.Flags().DurationVar(&opts.every, "every", 0, "go on, and sample this often")
	c.Flags().IntVar(&opts.count, "count", 0, "with --every: end after so many samples")
	return c
}

// shortestInterval is as often as the counters of a driver are worth reading.
const shortestInterval = 100 * time.Millisecond

func (a *app) quality(ctx context.Context, opts qualityOptions) error {
	switch {
	case opts.every != 0 && opts.every < shortestInterval:
		return usage("--every must be at least %s, not %s", shortestInterval, opts.every)
	case opts.count < 0:
		return usage("--count must not be less than 0")
	case opts.count > 0 && opts.every == 0:
		return usage("--count goes with --every")
	}
	if opts.every == 0 {
		opts.every, opts.count = time.Hour, 1
	}
	var meter inspect.Meter
	show := a.qualityPrinter(opts)
	samples := 0
	err := observe.Sample(ctx, a.observed(), opts.every, func(s *inspect.Snapshot, p inspect.Pyramid) error {
		links, err := selected(meter.Measure(s, p), p, opts.names)
		if err != nil {
			return err
		}
		if err := show(s.At, links); err != nil {
			return err
		}
		if samples++; samples == opts.count {
			return doneError{}
		}
		return nil
	})
	if errors.Is(err, doneError{}) || errors.Is(err, context.Canceled) {
		return nil // who watches ends it by a signal
	}
	return err
}

// selected keeps the links that were named.
func selected(links []inspect.Quality, p inspect.Pyramid, names []string) ([]inspect.Quality, error) {
	if len(names) == 0 {
		return links, nil
	}
	narrowed, err := narrow(p, names)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(links, func(q inspect.Quality) bool {
		_, keep := narrowed.Stack(q.Interface)
		return !keep
	}), nil
}

// qualityPrinter gives the function that writes one sample in the form that was asked for.
func (a *app) qualityPrinter(opts qualityOptions) func(time.Time, []inspect.Quality) error {
	switch a.output {
	case "csv":
		return a.qualityCSV()
	case "text":
		return func(at time.Time, links []inspect.Quality) error { return a.drawQuality(at, links, opts) }
	}
	if opts.count != 1 {
		a.streams()
	}
	return func(at time.Time, links []inspect.Quality) error {
		_, err := a.structured(qualityAnswer{inspect.SchemaVersion, at, links})
		return err
	}
}

// qualityAnswer is one sample of all links.
type qualityAnswer struct {
	SchemaVersion int               `json:"schema_version"`
	At            time.Time         `json:"at"`
	Links         []inspect.Quality `json:"links"`
}

// drawQuality draws the table and the details. When it goes on, a terminal is drawn over, and a file gets the time.
func (a *app) drawQuality(at time.Time, links []inspect.Quality, opts qualityOptions) error {
	out := a.printer()
	if _, tty := a.terminal(); opts.count != 1 {
		if tty {
			if _, err := fmt.Fprint(a.out, "\x1b[H\x1b[J"); err != nil {
				return err
			}
		}
		out.Line("", render.Cell{Text: at.Local().Format("15:04:05.000"), Role: render.Dim})
	}
	if len(links) == 0 {
		out.Line("", render.Cell{Text: "There is no wire, no Wi-Fi card and no network over Bluetooth here."})
		return out.Err()
	}
	drawLinks(out, links, trendWidth)
	return out.Err()
}

// trendWidth is how many of the newest scores are drawn.
const trendWidth = 20

// drawLinks draws the table of all links, and the details of each.
func drawLinks(out *text.Printer, links []inspect.Quality, trend int) {
	out.Table(render.Quality(links, trend), nameWidth)
	for _, q := range links {
		details := render.QualityDetails(q)
		if len(details) == 0 {
			continue
		}
		out.Line("")
		out.Line("", render.Cell{Text: q.Interface, Role: render.Strong})
		for _, row := range details {
			out.Hanging([]render.Cell{{Text: " "}, row[0]}, labelWidth, row[1])
		}
	}
}
