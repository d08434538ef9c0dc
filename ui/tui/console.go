package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

// console shows what a command of nmdebug's own prints, while it runs and afterwards. One runs at a time.
type console struct {
	*tview.Box
	panel *Panel
	sheet *sheet
	run   *commandRun // nil before there was one
	shown shownOutput
}

// shownOutput is what of a command's output is on the sheet.
type shownOutput struct {
	run        *commandRun
	age, width int
}

// commandRun is one command. Code may be read when done is closed.
type commandRun struct {
	args   []string
	paper  text.Paper
	cancel context.CancelFunc
	done   chan struct{}
	code   int
	after  func(code int) // is called by the goroutine of the screen; nil for nobody
	began  time.Time
	ending bool // it was told to end
	over   bool // the goroutine of the screen knows that it has ended
}

// keptRows is how much of a command's output is kept.
const keptRows = 10_000

func newConsole(p *Panel) *console {
	c := &console{Box: newBox(), panel: p, sheet: newText(p.pen)}
	c.sheet.catches = true
	return c
}

// begin runs a command. Then, after is called with its exit code. While another one runs it refuses: that one may be in the middle of
// something.
func (c *console) begin(args []string, after func(code int)) {
	if c.running() {
		c.panel.prompt.say("A command still runs: Esc ends it.")
		return
	}
	ctx, cancel := context.WithCancel(c.panel.ctx)
	run := &commandRun{args: args, cancel: cancel, done: make(chan struct{}), after: after, began: c.panel.Now()}
	run.paper.Most, run.paper.Told = keptRows, c.panel.nudge
	c.run, c.sheet.follow = run, true
	_, _, width, height := c.panel.frame.GetRect()
	c.panel.frame.ResizeItem(c, max(6, height*3/5), 0)
	command := Command{Args: args, At: c.panel.moment, Width: c.sheet.columns(width)}
	go func() {
		defer c.panel.nudge()
		defer close(run.done)
		run.code = c.panel.Actions.Run(ctx, command, &run.paper)
	}()
}

// open says whether the console is on the screen.
func (c *console) open() bool { return c.run != nil }

// running says whether a command runs.
func (c *console) running() bool {
	if c.run == nil {
		return false
	}
	select {
	case <-c.run.done:
		return false
	default:
		return true
	}
}

// look lets go on what waits for the end of the command. An answer is to be read from its beginning; what tells of something that goes
// on, from its end. What somebody has scrolled stays where it is.
func (c *console) look() {
	if c.run == nil || c.run.over || c.running() {
		return
	}
	c.run.over = true
	if c.sheet.follow && !c.panel.Actions.GoesOn(c.run.args) {
		c.sheet.follow, c.sheet.top = false, 0
	}
	if c.run.after != nil {
		c.run.after(c.run.code)
	}
}

// stop ends the command, and waits for its end.
func (c *console) stop() {
	if c.run != nil {
		c.run.cancel()
		<-c.run.done
	}
}

// end has the command end that runs, which may take some time: it puts back what it has changed.
func (c *console) end() {
	c.run.ending = true
	c.run.cancel()
}

// leave ends the command that runs, or else takes the console off the screen.
func (c *console) leave() {
	if c.running() {
		c.end()
		return
	}
	c.run = nil
	c.panel.frame.ResizeItem(c, 0, 0)
}

// lines are what the command has printed, for the clipboard.
func (c *console) lines() []string { return textOf(c.run.paper.Rows(), c.sheet.pen) }

// Draw draws which command it is and how it stands, and what it has printed.
func (c *console) Draw(screen tcell.Screen) {
	if c.run == nil {
		return
	}
	c.DrawForSubclass(screen, c)
	x, y, width, height := c.GetInnerRect()
	c.panel.pen.strip(screen, x, y, width).rule(c.title())
	if now := (shownOutput{c.run, c.run.paper.Age(), width}); now != c.shown {
		c.shown, c.sheet.content = now, rows(wrapped(c.run.paper.Rows(), c.sheet.pen, c.sheet.columns(width)))
	}
	c.sheet.SetRect(x, y+1, width, height-1)
	c.sheet.Draw(screen)
}

func (c *console) title() string {
	title := "nmdebug " + strings.Join(c.run.args, " ")
	switch {
	case c.running() && c.run.ending:
		return title + " … is being ended"
	case c.running():
		return fmt.Sprintf("%s … %d s (Esc ends it)", title, int(c.panel.Now().Sub(c.run.began).Seconds()))
	case c.run.code == 0:
		return title + ": done (Esc closes)"
	default:
		return fmt.Sprintf("%s: exit code %d (Esc closes)", title, c.run.code)
	}
}

// MouseHandler scrolls the output.
func (c *console) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return c.sheet.MouseHandler()
}

// wrapped breaks rows that are wider than the place, so that nothing is hidden of an answer.
func wrapped(all []render.Row, p pen, width int) []render.Row {
	var out []render.Row
	for _, row := range all {
		if rowWidth(p, row) <= width || len(row) == 0 {
			out = append(out, row)
			continue
		}
		last := row[len(row)-1]
		used := rowWidth(p, row[:len(row)-1])
		for i, line := range text.Wrap(p.safe(last.Text), width-used, width-2) {
			lead := render.Row{{Text: "  "}}
			if i == 0 {
				lead = row[: len(row)-1 : len(row)-1]
			}
			out = append(out, append(lead, render.Cell{Text: line, Role: last.Role}))
		}
	}
	return out
}
