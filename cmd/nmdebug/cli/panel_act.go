package cli

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"nmdebug/nmwatch/loglevel"
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
	one := a.nested(out, out, c.Width)
	one.colour = "always"
	return one.run(ctx, slices.Concat(a.recorded(c), c.Args))
}

// goesOn says whether a command tells of what goes on: its last lines are those that matter, and of an answer the first.
func goesOn(args []string) bool {
	answers := func(arg string) bool { return slices.Contains([]string{"--help", "-h", "--dry-run", "-n"}, arg) }
	watches := func(arg string) bool { return arg == "--watch" || arg == "-w" }
	return !slices.ContainsFunc(args, answers) &&
		(slices.Contains([]string{"heal", "log", "reconnect", "record", "wait"}, args[0]) || slices.ContainsFunc(args, watches))
}

// nested is an app for a command inside of the panel: what the panel was given is what it has where nothing else is said.
func (a *app) nested(out, complaints io.Writer, width int) *app {
	return &app{
		out: out, err: complaints, in: bytes.NewReader(nil), env: a.env, now: a.now, address: a.address, timeout: a.timeout,
		terminal: func() (int, bool) { return width, true },
	}
}

// recorded are the flags that have a command look at the recording of the panel, where it can and names no other.
func (a *app) recorded(c tui.Command) []string {
	named := func(flag string) bool {
		return slices.ContainsFunc(c.Args, func(arg string) bool { return arg == flag || strings.HasPrefix(arg, flag+"=") })
	}
	if a.recording == nil || named("--replay") || !slices.Contains(replayable(), c.Args[0]) {
		return nil
	}
	flags := []string{"--replay=" + a.replay}
	if !c.At.IsZero() && !named("--at") {
		flags = append(flags, "--at="+c.At.Format(time.RFC3339Nano))
	}
	return flags
}

// completed gives the words that may stand in the place of the last one.
func (a *app) completed(ctx context.Context, args []string) []string {
	var out bytes.Buffer
	asked := []string{"__complete"}
	if a.recording != nil {
		asked = append(asked, "--replay="+a.replay)
	}
	if a.nested(&out, io.Discard, 0).run(ctx, slices.Concat(asked, args)) != exitOK {
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
	app  *app
	tell func(daemon string, changes []string, err error) // of a daemon that came and was raised, too

	mu     sync.Mutex // guards what follows
	raised *raised    // nil when nothing is raised
}

// raise makes the daemons say more, and says what it has changed.
func (l *levels) raise(ctx context.Context, level string) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.app.raise(ctx, loglevel.Wish{Level: loglevel.Level(level)})
	if err != nil {
		return nil, err
	}
	l.raised = r
	return r.Changes(), nil
}

// again raises a daemon that has come: it begins with the level that the system has for it.
func (l *levels) again(ctx context.Context, daemon string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.raised == nil || !loglevel.Known(daemon) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, levelTimeout)
	defer cancel()
	err := l.raised.Again(ctx, daemon)
	l.tell(daemon, l.raised.Changes(), err)
}

// restore sets back what was raised.
func (l *levels) restore(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.raised == nil {
		return nil
	}
	err := l.raised.setBack()
	l.raised = nil
	return err
}
