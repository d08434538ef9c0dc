package tui

import (
	"context"
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
	for i, row := range wrapped([]render.Row{v.state()}, p, width) {
		if i < levelsHeight-1 {
			p.strip(screen, x, y+1+i, width).row(row, plain)
		}
	}
	v.lines.SetRect(x, y+levelsHeight, width, height-levelsHeight)
	v.lines.Draw(screen)
}

// state says what is raised.
func (v *levelsView) state() render.Row {
	switch {
	case v.panel.Recording != "":
		return render.Row{{Text: "This is a recording: its daemons wrote what they wrote.", Role: render.Dim}}
	case v.busy:
		return render.Row{{Text: "asking the daemons…", Role: render.Busy}}
	case v.failed != "":
		return render.Row{{Text: v.failed, Role: render.Bad}}
	case v.raised != "":
		return render.Row{{Text: "raised until you set it back or leave: " + strings.Join(v.changed, ", "), Role: render.Warn}}
	default:
		return render.Row{{Text: "as the system has them; what is raised is set back at the end, keys are never logged", Role: render.Dim}}
	}
}

// levelPatience bounds what is asked of the daemons.
const levelPatience = 10 * time.Second

// press raises the levels, after it has asked, or sets them back.
func (v *levelsView) press(level string) {
	if v.busy || v.panel.Recording != "" {
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
	v.busy, v.failed = true, ""
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
