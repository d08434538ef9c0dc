package tui

import (
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/ui/render"
)

// content is the rows of a sheet. Only those that are seen are asked for, so that there may be any number.
type content interface {
	Len() int
	Row(i, width int) render.Row
}

// rows are content that is there already.
type rows []render.Row

func (r rows) Len() int                { return len(r) }
func (r rows) Row(i, _ int) render.Row { return r[i] }

// sheet shows content that is longer than the screen. It follows the end until somebody scrolls or selects.
type sheet struct {
	*tview.Box
	pen
	content  content
	top      int
	selected int  // -1 where nothing can be selected
	follow   bool // the end is kept in sight
	chosen   func(i int)
	catches  bool // whoever scrolls to the end follows it again
	marked   bool // the last column says whether there is more above or below
}

func newSheet(p pen) *sheet {
	return &sheet{Box: newBox(), pen: p, content: rows(nil), selected: -1}
}

// newText makes a sheet for a text, which says whether there is more of it.
func newText(p pen) *sheet {
	s := newSheet(p)
	s.marked = true
	return s
}

// columns are those that a row has of a width.
func (s *sheet) columns(width int) int {
	if s.marked {
		width--
	}
	return max(0, width)
}

// Draw draws the rows that are seen.
func (s *sheet) Draw(screen tcell.Screen) {
	s.DrawForSubclass(screen, s)
	x, y, width, height := s.GetInnerRect()
	s.settle(height)
	s.mark(screen, x+width-1, y, height)
	width = s.columns(width)
	for i := range height {
		at := s.top + i
		if at >= s.content.Len() {
			break
		}
		base := plain
		if at == s.selected {
			base = reversed
			s.strip(screen, x, y+i, width).fill(tcell.StyleDefault.Reverse(true))
		}
		s.strip(screen, x, y+i, width).row(s.content.Row(at, width), base)
	}
}

// mark says in a column whether there is more above or below.
func (s *sheet) mark(screen tcell.Screen, x, y, height int) {
	above, below := '▲', '▼'
	if s.ascii {
		above, below = '^', 'v'
	}
	style := s.style(render.Busy)
	if s.marked && s.top > 0 {
		screen.SetContent(x, y, above, nil, style)
	}
	if s.marked && s.top+height < s.content.Len() && height > 0 {
		screen.SetContent(x, y+height-1, below, nil, style)
	}
}

// settle keeps in sight what is to be seen.
func (s *sheet) settle(height int) {
	n := s.content.Len()
	if s.selected >= 0 {
		if s.follow {
			s.selected = n - 1
		}
		s.selected = max(0, min(s.selected, n-1))
		s.top = max(min(s.top, s.selected), s.selected-height+1)
	}
	last := max(0, n-height)
	if s.follow {
		s.top = last
	}
	s.top = max(0, min(s.top, last))
}

// move scrolls, or selects where something can be selected.
func (s *sheet) move(by int) {
	s.follow = false
	if s.selected < 0 {
		_, _, _, height := s.GetInnerRect()
		s.top = max(0, s.top+by) // and not beyond the end, when it is drawn
		s.follow = s.catches && s.top+height >= s.content.Len()
		return
	}
	s.choose(s.selected + by)
}

func (s *sheet) choose(i int) {
	s.follow = false
	s.selected = max(0, min(i, s.content.Len()-1))
	if s.chosen != nil && s.content.Len() > 0 {
		s.chosen(s.selected)
	}
}

// edge goes to the first row, or to the last.
func (s *sheet) edge(end bool) {
	s.follow, s.top = false, 0
	if end {
		s.top = s.content.Len() // and not beyond it, when it is drawn
	}
}

// page is how far a page key goes.
func (s *sheet) page() int {
	_, _, _, height := s.GetInnerRect()
	return max(1, height-1)
}

// MouseHandler selects with a click and scrolls with the wheel.
func (s *sheet) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return s.WrapMouseHandler(func(action tview.MouseAction, event *tcell.EventMouse, _ func(tview.Primitive)) (bool, tview.Primitive) {
		if !s.InRect(event.Position()) {
			return false, nil
		}
		const wheel = 3
		switch action {
		case tview.MouseScrollUp:
			s.move(-wheel)
		case tview.MouseScrollDown:
			s.move(wheel)
		case tview.MouseLeftClick:
			_, y := event.Position()
			_, top, _, _ := s.GetInnerRect()
			if at := s.top + y - top; s.selected >= 0 && at < s.content.Len() {
				s.choose(at)
			}
		default:
			return false, nil
		}
		return true, nil
	})
}

// textOf writes rows as lines of text.
func textOf(r []render.Row, p pen) []string {
	var lines []string
	for _, row := range r {
		var line strings.Builder
		for _, c := range row {
			line.WriteString(p.safe(c.Text))
		}
		lines = append(lines, line.String())
	}
	return lines
}
