package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/record"
)

type logOptions struct {
	follow     bool
	since      string
	length     time.Duration
	files      []string
	processes  []string
	interfaces []string
	floors     []string
	grep       string
	lanes      string
	faults     bool
	all        bool
	raw        bool
	own        bool
	level      string
	domains    string
	command    []string
}

func (a *app) logCommand() *cobra.Command {
	var opts logOptions
	c := &cobra.Command{
		Use:   "log [INTERFACE|CONNECTION…] [-- COMMAND…]",
		Short: "Show what all processes did, on one timeline",
		Long: `Show on one clock, in true order, what NetworkManager, wpa_supplicant, DHCP clients, VPN
programs and the kernel said and did. Without -f that is what their logs tell of the
past; with it the timeline goes on, and has the messages on the bus, what the kernel
signals, the packets of EAPOL and DHCP where they may be seen (root), and what all that
does to the floors. A connection is shown by its interfaces, a VPN by its tunnel and what
carries it.

Logs are read from the journal, and from files with --file. Secrets are left out.

--level makes NetworkManager, wpa_supplicant and ModemManager log more for as long as it
runs (root), and sets back exactly what was there: also when it is interrupted, and when a daemon
comes back. If nmdebug itself dies, its next run sets it back. Keys are never logged.

With a command it follows until that has ended, and ends with its exit code.`,
		Example: `  nmdebug log --since 10m
  nmdebug log -f wlan0
  nmdebug log -f --faults
  nmdebug log --since 20:15 --process wpa_supplicant --process NetworkManager
  nmdebug log -f --lanes process
  sudo nmdebug log --level trace wlan0 -- nmcli connection up home`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			if dash := c.ArgsLenAtDash(); dash >= 0 {
				args, opts.command = args[:dash], args[dash:]
			}
			opts.interfaces = append(opts.interfaces, args...)
			return a.log(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.BoolVarP(&opts.follow, "follow", "f", false, "go on, with the bus, the kernel and the floors")
	f.StringVar(&opts.since, "since", "", "from when on: 10m, 20:15, 2026-11-24 20:15 (default 10m, with -f from now on)")
	f.DurationVar(&opts.length, "for", 0, "with -f: end after this time")
	f.StringArrayVar(&opts.files, "file", nil, "read this log file instead of the journal; may be given again")
	f.StringArrayVar(&opts.processes, "process", nil, "only this process, or those whose names begin so")
	f.StringArrayVar(&opts.interfaces, "interface", nil, "only what is about this interface, or those of this connection")
	f.StringArrayVar(&opts.floors, "floor", nil, "only what is about this floor: l1, l2, l3 or vpn")
	f.StringVar(&opts.grep, "grep", "", "only lines that match this regular expression")
	f.StringVar(&opts.lanes, "lanes", "", "a column for each: process or interface")
	f.BoolVar(&opts.faults, "faults", false, "only what went wrong")
	f.BoolVar(&opts.all, "all", false, "also what matters to nobody unless one looks for it")
	f.BoolVar(&opts.own, "own", false, "also what nmdebug itself asks")
	f.BoolVar(&opts.raw, "raw", false, "with the raw form of each record")
	f.StringVar(&opts.level, "level", "", "raise how much the daemons log to debug or trace while it runs, and follow")
	f.StringVar(&opts.domains, "domains", "", "with --level: these of NetworkManager's domains, such as WIFI,DHCP4:TRACE")
	_ = c.RegisterFlagCompletionFunc("interface", a.completeInterfaces) // as with fixed, the only error is a flag that does not exist
	fixed(c, "level", "debug", "trace")
	fixed(c, "floor", "l1", "l2", "l3", "vpn")
	fixed(c, "lanes", "process", "interface")
	return c
}

// defaultPast is how far back a timeline of the past goes.
const defaultPast = 10 * time.Minute

func (a *app) log(ctx context.Context, opts logOptions) error {
	if err := a.settle(&opts); err != nil {
		return err
	}
	companion, err := a.newCompanion(opts.command)
	if err != nil {
		return err
	}
	filter, err := a.filter(opts)
	if err != nil {
		return err
	}
	show, err := a.linePrinter(opts)
	if err != nil {
		return err
	}
	if opts.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.length)
		defer cancel()
	}
	s := stream{filter: filter, names: opts.interfaces, show: show, sources: a.logSources(opts, filter.Since), now: a.now}
	s.unknown = a.expect
	none := "nothing of that is in the recording"
	switch {
	case a.recording != nil:
		err = s.replay(ctx, a.observed())
	case opts.follow:
		return a.followed(ctx, opts, &s, companion)
	default:
		s.means(a.stacksOf(ctx, opts.interfaces))
		err = s.past(ctx)
		none = "nothing of that is logged since " + filter.Since.Local().Format(time.DateTime) + "; --since goes further back, -f shows what happens"
	}
	if err == nil && s.shown == 0 {
		a.complain(none)
	}
	return err
}

// settle sets what options imply, and refuses those that do not go together.
func (a *app) settle(opts *logOptions) error {
	live := opts.level != "" || opts.follow || len(opts.command) > 0
	switch {
	case a.recording != nil && (live || opts.since != "" || len(opts.files) > 0):
		return usage("a recording is shown whole: -f, --since, --file, --level and commands are for what happens now")
	case opts.domains != "" && opts.level == "":
		return usage("--domains goes with --level")
	case opts.length > 0 && !live:
		return usage("--for goes with -f")
	}
	opts.follow = live
	opts.all = opts.all || opts.level != "" && !opts.faults
	return nil
}

// followed shows what happens until it is interrupted, or the command that it was given has ended.
func (a *app) followed(ctx context.Context, opts logOptions, s *stream, beside *companion) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	s.ready = func() { beside.begin(ctx, end) }
	live := func() error { return s.live(ctx, a.observed()) }
	if opts.level != "" {
		live = func() error { return a.withLevel(ctx, opts, s) }
	}
	err := live()
	end()
	if code := beside.wait(); err == nil {
		err = exitWith(code)
	}
	return err
}

// filter reads the options that choose lines.
func (a *app) filter(opts logOptions) (timeline.Filter, error) {
	f := timeline.Filter{Processes: opts.processes, Interfaces: opts.interfaces, Floors: opts.floors, Own: opts.own, Severity: record.Info}
	switch {
	case opts.faults && opts.all:
		return f, usage("--faults and --all exclude each other")
	case opts.faults:
		f.Severity = record.Warning
	case opts.all:
		f.Severity = record.Debug
	}
	for _, floor := range opts.floors {
		if _, err := inspect.ParseLevel(floor); err != nil {
			return f, usage("--floor: %w", err)
		}
	}
	if opts.grep != "" {
		var err error
		if f.Grep, err = regexp.Compile(opts.grep); err != nil {
			return f, usage("--grep: %w", err)
		}
	}
	if a.recording != nil {
		return f, nil
	}
	since, err := sinceWhen(opts, a.now())
	f.Since = since
	return f, err
}

// sinceWhen reads --since: a time that has passed, the time of day, or a day with it. It is zero for from now on.
func sinceWhen(opts logOptions, now time.Time) (time.Time, error) {
	if opts.since == "" {
		if opts.follow {
			return time.Time{}, nil
		}
		return now.Add(-defaultPast), nil
	}
	if d, err := time.ParseDuration(opts.since); err == nil {
		if d < 0 {
			d = -d
		}
		return now.Add(-d), nil
	}
	if at, err := time.Parse(time.RFC3339, opts.since); err == nil {
		return at, nil
	}
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(form, opts.since, time.Local); err == nil {
			return at, nil
		}
	}
	for _, form := range []string{"15:04:05", "15:04"} {
		if at, err := time.ParseInLocation(form, opts.since, time.Local); err == nil {
			at = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.Local)
			if at.After(now) { // yesterday's
				at = at.AddDate(0, 0, -1)
			}
			return at, nil
		}
	}
	return time.Time{}, usage("--since %q is neither a duration (10m) nor a time (20:15, 2026-11-24 20:15)", opts.since)
}

// logSources are the journal, or the files that were named.
func (a *app) logSources(opts logOptions, since time.Time) []logSource {
	if len(opts.files) == 0 {
		return []logSource{&logs.Journal{Since: since, Follow: opts.follow, Now: a.now}}
	}
	var sources []logSource
	for _, path := range slices.Compact(slices.Sorted(slices.Values(opts.files))) {
		sources = append(sources, &logs.File{Path: path, Since: since, Follow: opts.follow, Now: a.now})
	}
	return sources
}

// logSource is a source that has a past.
type logSource interface {
	fmt.Stringer
	Run(ctx context.Context, out chan<- record.Record) error
}
