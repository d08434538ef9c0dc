package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/ui/render"
)

// levelsView is the debug console: it makes the daemons say more, shows what they write, and sets back what it has raised.
type levelsView struct {
	*tview.Box
	panel   *Panel
	lines   *linesView
	raised  string   // the level; "" when nothing is raised
	changed []string // what was changed for it
	came    string   // who came since, and was raised, too; "" for nobody
	busy    bool
	failed  string
	buttons []button
}

// button is one that can be clicked, or pressed by its key.
type button struct {
	key   string
	text  string
	level string // "" to set back
	span
}

func newLevels(p *Panel) *levelsView {
	return &levelsView{Box: newBox(), panel: p, lines: newLines(p, logLines()), buttons: []button{
		{key: "d", text: "debug", level: "debug"}, {key: "t", text: "trace", level: "trace"}, {key: "b", text: "back as it was"},
	}}
}

// levelsHeight is the buttons, and what was changed.
const levelsHeight = 4

// Draw draws the buttons and the logs.
func (v *levelsView) Draw(screen tcell.Screen) {
	v.DrawForSubclass(screen, v)
	x, y, width, height := v.GetInnerRect()
	p := v.panel.pen
	line := p.strip(screen, x, y, width)
	line.write("Log level of all daemons: ", tcell.StyleDefault)
	for i := range v.buttons {
		b := &v.buttons[i]
		base := plain
		if b.level == v.raised {
			base = reversed
		}
		from := line.x
		line.row(render.Row{{Text: "[" + b.key + "] ", Role: render.Busy}, {Text: b.text, Role: render.Strong}}, base)
		b.span = span{from, line.x}
		line.write("  ", tcell.StyleDefault)
	}
	for i, row := range wrapped(v.state(), p, width) {
		if i < levelsHeight-1 {
			p.strip(screen, x, y+1+i, width).row(row, plain)
		}
	}
	v.lines.SetRect(x, y+levelsHeight, width, height-levelsHeight)
	v.lines.Draw(screen)
}

// state says what is raised.
func (v *levelsView) state() []render.Row {
	says := func(role render.Role, text string) render.Row { return render.Row{{Text: text, Role: role}} }
	var all []render.Row
	switch {
	case v.panel.Recording != "":
		return []render.Row{says(render.Dim, recordedLevels)}
	case v.busy:
		return []render.Row{says(render.Busy, "asking the daemons…")}
	case v.raised != "" && len(v.changed) == 0:
		all = append(all, says(render.Warn, "none of the daemons runs that can be raised; who comes is raised until you set it back or leave"))
	case v.raised != "":
		all = append(all, says(render.Warn, "raised until you set it back or leave: "+strings.Join(v.changed, ", ")))
	case v.failed == "":
		return []render.Row{says(render.Dim, "as the system has them; what is raised is set back at the end, keys are never logged")}
	}
	switch {
	case v.failed != "":
		all = append(all, says(render.Bad, v.failed))
	case v.came != "":
		all = append(all, says(render.Warn, v.came))
	}
	return all
}

// recordedLevels is why nothing is raised in a recording.
const recordedLevels = "This is a recording: its daemons wrote what they wrote."

// Raised tells the panel of a daemon that has come and that was raised, too, or could not be. It may be called from anywhere once
// something was raised.
func (p *Panel) Raised(daemon string, changes []string, err error) {
	p.later(func() {
		v := p.levels
		if v.raised == "" {
			return // it was set back meanwhile
		}
		v.changed, v.failed = changes, ""
		v.came = fmt.Sprintf("%s has come at %s and logs at %s, too", daemon, p.Now().In(p.Zone).Format(time.TimeOnly), v.raised)
		if err != nil {
			v.came, v.failed = "", err.Error()
		}
	})
}

// levelPatience bounds what is asked of the daemons.
const levelPatience = 10 * time.Second

// press raises the levels, after it has asked, or sets them back.
func (v *levelsView) press(level string) {
	switch {
	case v.busy:
		return
	case v.panel.Recording != "":
		v.panel.prompt.say(recordedLevels)
		return
	}
	if level == "" {
		v.set(level)
		return
	}
	v.panel.prompt.ask("Have all daemons log at "+level+" until you set it back or leave?  y yes · any other key no",
		map[rune]func(){'y': func() { v.set(level) }})
}

// set has the daemons asked, beside the screen.
func (v *levelsView) set(level string) {
	v.busy, v.failed, v.came = true, "", ""
	p := v.panel
	go func() {
		ctx, cancel := context.WithTimeout(p.ctx, levelPatience)
		defer cancel()
		var changed []string
		err := p.Actions.Restore(ctx)
		if err == nil && level != "" {
			changed, err = p.Actions.Raise(ctx, level)
		}
		p.later(func() {
			v.busy, v.raised, v.changed = false, level, changed
			if err != nil {
				v.failed, v.raised = err.Error(), ""
			}
		})
	}()
}

// MouseHandler presses the button that was clicked.
func (v *levelsView) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return v.WrapMouseHandler(func(action tview.MouseAction, event *tcell.EventMouse, focus func(tview.Primitive)) (bool, tview.Primitive) {
		x, y := event.Position()
		_, top, _, _ := v.GetInnerRect()
		for _, b := range v.buttons {
			if action == tview.MouseLeftClick && y == top && x >= b.from && x < b.to {
				v.press(b.level)
				return true, nil
			}
		}
		return v.lines.MouseHandler()(action, event, focus)
	})
}
