package tui

import (
	"fmt"
	"slices"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/inspect/timeline"
	"nmdebug/ui/render"
)

// headHeight is how many lines the headline takes: the sources with the time, and the tabs.
const headHeight = 2

// headline is the top of the panel.
type headline struct {
	*tview.Box
	panel *Panel
	tabs  []span // where the tab of each screen is, from the first
}

// span is some columns of a line.
type span struct{ from, to int }

// Draw draws both lines.
func (h *headline) Draw(screen tcell.Screen) {
	h.DrawForSubclass(screen, h)
	x, y, width, _ := h.GetInnerRect()
	p := h.panel
	right := p.clock()
	at := x + width - rowWidth(p.pen, right)
	left := p.pen.strip(screen, x, y, at-x-1)
	left.write("nmdebug", tcell.StyleDefault.Bold(true))
	cells := render.Headline(p.at().Pyramid)
	if level := p.levels.raised; level != "" {
		cells = slices.Insert(cells, 0, render.Cell{Text: "logs at " + level, Role: render.Warn})
	}
	for _, c := range p.fitting(cells, left.width) {
		left.row(render.Row{{Text: " · ", Role: render.Dim}, c}, plain)
	}
	base := plain
	if !p.moment.IsZero() {
		base = reversed // nobody is to take the past for what is now
	}
	p.pen.strip(screen, at, y, width-at).row(right, base)
	h.drawTabs(screen, x, y+1, width)
}

// fitting leaves out what matters least, where there is no room for all.
func (p *Panel) fitting(cells render.Row, width int) render.Row {
	const separator = 3
	if rowWidth(p.pen, cells)+separator*len(cells) <= width {
		return cells
	}
	return slices.DeleteFunc(cells, func(c render.Cell) bool { return c.Role == render.Dim })
}

// drawTabs names the screens; where there is no room for all names, the one that is shown.
func (h *headline) drawTabs(screen tcell.Screen, x, y, width int) {
	h.tabs = h.tabs[:0]
	line := h.panel.pen.strip(screen, x, y, width)
	named := h.tabsWide() <= width
	for id := screenPyramid; id <= lastTab; id++ {
		base := plain
		if id == h.panel.screen {
			base = reversed
		}
		tab := render.Row{{Text: fmt.Sprintf("F%d", id), Role: render.Dim}}
		if named || id == h.panel.screen {
			tab = append(tab, render.Cell{Text: " " + id.name()})
		}
		from := line.x
		line.row(tab, base)
		h.tabs = append(h.tabs, span{from, line.x})
		line.write(" ", tcell.StyleDefault)
	}
}

// tabsWide is how many columns all names take.
func (h *headline) tabsWide() int {
	wide := 0
	for id := screenPyramid; id <= lastTab; id++ {
		wide += len(fmt.Sprintf("F%d %s ", id, id.name()))
	}
	return wide - 1
}

// MouseHandler shows the screen whose tab was clicked.
func (h *headline) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return h.WrapMouseHandler(func(action tview.MouseAction, event *tcell.EventMouse, _ func(tview.Primitive)) (bool, tview.Primitive) {
		x, y := event.Position()
		_, top, _, _ := h.GetInnerRect()
		if action != tview.MouseLeftClick || y != top+1 {
			return false, nil
		}
		for i, tab := range h.tabs {
			if x >= tab.from && x < tab.to {
				h.panel.show(screenID(i + 1))
				return true, nil
			}
		}
		return false, nil
	})
}

// clock tells which moment is seen.
func (p *Panel) clock() render.Row {
	at := render.Cell{Text: p.now().In(p.Zone).Format(render.ClockForm)}
	switch {
	case p.past.End().IsZero():
		return render.Row{{Text: "reading…", Role: render.Busy}}
	case p.Recording != "" && !p.past.Complete:
		return render.Row{{Text: "reading… ", Role: render.Busy}, at}
	case !p.moment.IsZero():
		return render.Row{{Text: "PAST ", Role: render.Warn}, at, {Text: " -" + behind(p.newest().Sub(p.moment)), Role: render.Warn}}
	case p.Recording != "":
		return render.Row{{Text: p.Recording + " ", Role: render.Dim}, at, {Text: " END", Role: render.Dim}}
	default:
		return render.Row{at, {Text: " LIVE", Role: render.Good}}
	}
}

// behind tells how long ago something was: "0.4 s", "1m12s".
func behind(d time.Duration) string {
	if d < time.Minute {
		return timeline.Duration(d)
	}
	return d.Round(time.Second).String()
}

// newest is the newest moment.
func (p *Panel) newest() time.Time {
	if p.Recording != "" {
		return p.past.End()
	}
	return p.Now()
}

func rowWidth(p pen, row render.Row) int {
	width := 0
	for _, c := range row {
		width += p.width(c.Text)
	}
	return width
}
