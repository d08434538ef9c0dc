package tui_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"
	"go.uber.org/goleak"

	"nmdebug/inspect"
	"nmdebug/inspect/history"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
	"nmdebug/ui/tui"
	"nmdebug/ui/tui/tuitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a panel on a screen that nobody sees.
type stage struct {
	*testing.T
	screen tcell.SimulationScreen
	past   *history.History
}

// deadline bounds each wait for the screen.
const deadline = 10 * time.Second

// clock is where the time of all stages stands.
func clock() time.Time { return second(60) }

func second(s int) time.Time { return time.Date(2026, 1, 1, 12, 0, s, 0, time.UTC) }

// show begins a panel of so many columns and rows.
func show(t *testing.T, width, height int, change func(*tui.Config)) *stage {
	t.Helper()
	s := &stage{T: t, screen: tcell.NewSimulationScreen("UTF-8"), past: history.New(history.Limits{})}
	c := tui.Config{
		Screen: s.screen, History: s.past, Colour: true, Zone: time.UTC, Now: clock,
		Pages: tui.Pages{Why: titled("why"), Quality: titled("quality"), Conf: titled("conf"), ConfDiff: titled("diff"), Graph: titled("graph"), Detail: titled("detail")},
	}
	c.Actions.GoesOn = func(args []string) bool { return args[0] == "log" }
	c.Actions.Complete = func(context.Context, []string) []string { return nil }
	if change != nil {
		change(&c)
	}
	panel := tui.New(c)
	s.screen.SetSize(width, height)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- panel.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	s.await("nmdebug")
	return s
}

// titled is a page that says what it is and of what.
func titled(title string) tui.Page {
	return func(_ context.Context, out *text.Printer, at tui.Instant, iface string) {
		out.Line(" ", render.Cell{Text: title}, render.Cell{Text: "of"}, render.Cell{Text: iface, Role: render.Strong},
			render.Cell{Text: at.Pyramid.At.Format("15:04:05")})
	}
}

// await waits until the screen has a text.
func (s *stage) await(wanted string) string {
	s.Helper()
	return s.until(fmt.Sprintf("%q on the screen", wanted), func(p string) bool { return strings.Contains(p, wanted) })
}

// until waits for a picture that is as wanted.
func (s *stage) until(what string, wanted func(picture string) bool) string {
	s.Helper()
	for end := time.Now().Add(deadline); ; time.Sleep(2 * time.Millisecond) {
		p := tuitest.Text(s.screen)
		if wanted(p) {
			return p
		}
		if time.Now().After(end) {
			s.Fatalf("there is no %s:\n%s", what, p)
		}
	}
}

// press types keys: names of keys, or text.
func (s *stage) press(keys ...string) { tuitest.Press(s.screen, keys...) }

// paste hands over a text as a terminal does that brackets it.
func (s *stage) paste(text string) {
	s.Helper()
	bracket := func(begins bool) {
		s.until("room for another event", func(string) bool { return s.screen.PostEvent(tcell.NewEventPaste(begins)) == nil })
	}
	bracket(true)
	s.press(text)
	bracket(false)
}

// click presses the left button on the first place that has a text.
func (s *stage) click(wanted string) {
	s.Helper()
	for y, line := range strings.Split(s.await(wanted), "\n") {
		if before, _, found := strings.Cut(line, wanted); found {
			x := len([]rune(before))
			s.screen.InjectMouse(x, y, tcell.Button1, tcell.ModNone)
			s.screen.InjectMouse(x, y, tcell.ButtonNone, tcell.ModNone)
			return
		}
	}
}

// stand is a pyramid of some interfaces, all of whose floors stand but L2 of the last.
func stand(s int, l2 inspect.Status, names ...string) (*inspect.Snapshot, inspect.Pyramid) {
	p := inspect.Pyramid{At: second(s)}
	for i, name := range names {
		stack := inspect.Stack{Interface: name, Status: inspect.Up}
		for _, l := range inspect.Levels() {
			f := inspect.Floor{Level: l, Status: inspect.Up, Brief: "fine", Since: second(s)}
			if l == inspect.L2 && i == len(names)-1 {
				f.Status, f.Brief = l2, l2.String()
			}
			stack.Floors = append(stack.Floors, f)
		}
		p.Stacks = append(p.Stacks, stack)
	}
	return &inspect.Snapshot{At: p.At}, p
}

// caused is a pyramid of eth0 and of an interface that has failed by itself.
func caused(s int, name string) (*inspect.Snapshot, inspect.Pyramid) {
	snapshot, p := stand(s, inspect.Failed, "eth0", name)
	p.Stacks[1].Cause = &inspect.Cause{Interface: name, Level: inspect.L2}
	return snapshot, p
}

// line is one of the timeline.
func line(s int, severity record.Severity, process, iface, text string) record.Line {
	return record.Line{At: second(s), Seq: uint64(s), Kind: record.Log, Process: process, Interface: iface, Severity: severity, Text: text}
}

// prints is an action that says so many numbered rows.
func prints(rows int) func(context.Context, tui.Command, io.Writer) int {
	return func(_ context.Context, _ tui.Command, out io.Writer) int {
		for i := range rows {
			_, _ = fmt.Fprintf(out, "row %d.\n", i+1)
		}
		return 0
	}
}

// runs is an action that says what it was asked to run.
func runs(code int) func(context.Context, tui.Command, io.Writer) int {
	return func(_ context.Context, c tui.Command, out io.Writer) int {
		_, _ = fmt.Fprintf(out, "ran %q\n", c.Args)
		return code
	}
}
