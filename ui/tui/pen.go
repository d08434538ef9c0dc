package tui

import (
	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"
	"github.com/rivo/uniseg"

	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

// pen is the only one that writes text on the screen. What it writes is escaped, and has no tags: a name cannot be more than
// a name.
type pen struct {
	colour bool
	ascii  bool
}

// style is how a role looks. Without colours there are still bold, dim and reverse.
func (p pen) style(r render.Role) tcell.Style {
	s := tcell.StyleDefault
	switch r {
	case render.Dim:
		return s.Dim(true)
	case render.Strong:
		return s.Bold(true)
	case render.Bad:
		s = s.Bold(true)
	default:
	}
	colour, coloured := map[render.Role]tcell.Color{
		render.Good: tcell.ColorGreen, render.Warn: tcell.ColorOlive, render.Bad: tcell.ColorMaroon, render.Busy: tcell.ColorTeal,
	}[r]
	if !p.colour || !coloured {
		return s
	}
	return s.Foreground(colour)
}

// safe makes a text from outside safe for the screen.
func (p pen) safe(s string) string {
	if p.ascii {
		return text.ASCII(s)
	}
	return text.Escape(s)
}

// strip is what is left of a line of the screen. Writing uses it up.
type strip struct {
	pen
	screen      tcell.Screen
	x, y, width int
	from        int // where it began
}

func (p pen) strip(screen tcell.Screen, x, y, width int) *strip {
	return &strip{p, screen, x, y, max(0, width), x}
}

// write writes a text, cut where the strip ends.
func (s *strip) write(text string, style tcell.Style) {
	rest, state := s.safe(text), -1
	for rest != "" {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if w > s.width {
			s.cut(style)
			return
		}
		if runes := []rune(cluster); w > 0 {
			s.screen.SetContent(s.x, s.y, runes[0], runes[1:], style)
		}
		s.x, s.width = s.x+w, s.width-w
	}
}

// more is the sign for what there was no room for.
func (p pen) more() rune {
	if p.ascii {
		return '>'
	}
	return '…'
}

// cut says that there is more than there was room for.
func (s *strip) cut(style tcell.Style) {
	if s.x > s.from {
		s.screen.SetContent(s.x-1+s.width, s.y, s.more(), nil, style)
	}
	s.x, s.width = s.x+s.width, 0
}

// row writes cells one after the other. Each is laid over the base, which is the style of what is selected or lit up.
func (s *strip) row(row render.Row, base func(tcell.Style) tcell.Style) {
	for _, c := range row {
		s.write(c.Text, base(s.style(c.Role)))
	}
}

// fill makes all of the strip blank, and leaves it to be written on.
func (s *strip) fill(style tcell.Style) {
	for i := range s.width {
		s.screen.SetContent(s.x+i, s.y, ' ', nil, style)
	}
}

// rule draws a line with a title.
func (s *strip) rule(title string) {
	line := '─'
	if s.ascii {
		line = '-'
	}
	dim := s.style(render.Dim)
	for i := range s.width {
		s.screen.SetContent(s.x+i, s.y, line, nil, dim)
	}
	s.x, s.width = s.x+1, s.width-2
	s.write(" "+title+" ", dim)
}

// plain leaves a style as it is; reversed is for what is selected.
func plain(s tcell.Style) tcell.Style { return s }

func reversed(s tcell.Style) tcell.Style { return s.Reverse(true) }

// width is how many columns a text takes.
func (p pen) width(s string) int { return uniseg.StringWidth(p.safe(s)) }

// newBox makes a box that leaves the terminal its background.
func newBox() *tview.Box { return tview.NewBox().SetBackgroundColor(tcell.ColorDefault) }
