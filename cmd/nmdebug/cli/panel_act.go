package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"nmdebug/nmwatch/act"
	"nmdebug/nmwatch/loglevel"
	"nmdebug/nmwatch/mirror"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
	"nmdebug/ui/tui"
)

// inside runs a command line for the panel: it looks at the same bus, or at the same moment of the same recording.
func (a *app) inside(ctx context.Context, c tui.Command, out io.Writer) int {
	if len(c.Args) > 0 && c.Args[0] == "panel" {
		complaint := text.Printer{Out: out, Colour: true}
		complaint.Line("", render.Cell{Text: "The panel is open already.", Role: render.Warn})
		return exitUsage
	}
	one := app{
		out: out, err: out, in: bytes.NewReader(nil), env: a.env, now: a.now,
		terminal: func() (int, bool) { return c.Width, true },
	}
	return one.run(ctx, slices.Concat(c.Args, a.inherited(c)))
}

// inherited are the flags of the panel that its commands have, too.
func (a *app) inherited(c tui.Command) []string {
	at := slices.Index(c.Args, "--") // what follows it is not for us
	if at >= 0 {
		return nil
	}
	flags := []string{"--color=always"}
	if a.address != "" {
		flags = append(flags, "--address="+a.address)
	}
	named := func(flag string) bool {
		return slices.ContainsFunc(c.Args, func(arg string) bool { return arg == flag || strings.HasPrefix(arg, flag+"=") })
	}
	if !named("--timeout") {
		flags = append(flags, "--timeout="+a.timeout.String())
	}
	if a.recording == nil || named("--replay") || !slices.Contains(replayable(), c.Args[0]) {
		return flags
	}
	flags = append(flags, "--replay="+a.replay)
	if !c.At.IsZero() && !named("--at") {
		flags = append(flags, "--at="+c.At.Format(time.RFC3339Nano))
	}
	return flags
}

// source are the flags that name what the panel looks at.
func (a *app) source() []string {
	if a.recording != nil {
		return []string{"--replay=" + a.replay}
	}
	return []string{"--address=" + a.address}
}

// completed gives the words that may stand in the place of the last one.
func (a *app) completed(ctx context.Context, args []string) []string {
	var out bytes.Buffer
	one := app{out: &out, err: io.Discard, in: bytes.NewReader(nil), env: a.env, now: a.now, terminal: func() (int, bool) { return 0, false }}
	if one.run(ctx, slices.Concat([]string{"__complete"}, a.source(), args)) != exitOK {
		return nil
	}
	var found []string
	for line := range strings.Lines(out.String()) {
		word, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if word != "" && !strings.HasPrefix(word, ":") && strings.HasPrefix(word, args[len(args)-1]) {
			found = append(found, word)
		}
	}
	return found
}

// levels are the log levels that the panel has raised.
type levels struct {
	app *app

	mu     sync.Mutex // guards what follows
	bus    *act.Bus
	raised *loglevel.Raised // nil when nothing is raised
}

// raise makes the daemons say more, and says what it has changed.
func (l *levels) raise(ctx context.Context, level string) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bus, err := act.Dial(l.app.address)
	if err != nil {
		return nil, err
	}
	raised, err := loglevel.Raise(ctx, bus, loglevel.Wish{Level: loglevel.Level(level), Bus: l.app.address, Ledger: loglevel.Ledger})
	if err != nil {
		if errors.Is(err, mirror.ErrDenied) || errors.Is(err, fs.ErrPermission) {
			err = errors.New("raising log levels needs root")
		}
		return nil, errors.Join(err, bus.Close())
	}
	l.bus, l.raised = bus, raised
	return raised.Changes(), nil
}

// restore sets back what was raised.
func (l *levels) restore(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.raised == nil {
		return nil
	}
	err := errors.Join(l.raised.Restore(ctx), l.bus.Close())
	l.raised, l.bus = nil, nil
	return err
}

// end sets back what is still raised when the panel is left.
func (l *levels) end() error {
	ctx, cancel := context.WithTimeout(context.Background(), levelTimeout)
	defer cancel()
	return l.restore(ctx)
}
