package tui

import (
	"time"

	"github.com/gdamore/tcell/v2"

	"nmdebug/ui/render"
)

// pageView shows a printed page. It is printed beside the screen, which shows what it has until there is something newer.
type pageView struct {
	*sheet
	panel *Panel
	page  Page
	slow  bool // asks daemons: it is printed anew when somebody wants to see it, and not whenever something changes
	wraps bool // its lines may be longer than the screen is wide, as those of a file

	diff    bool           // of the configuration: the differences are shown
	turn    int            // grows when it is to be printed anew although nothing has changed
	shown   asked          // what is on the screen
	printed []render.Row   // as it was, for the clipboard
	running bool           // it is being printed
	ready   chan printedAs // what was printed
}

// asked is what a page is printed for.
type asked struct {
	at    time.Time
	iface string
	width int
	turn  int
}

type printedAs struct {
	asked
	rows []render.Row
}

func newPage(p *Panel, page Page) *pageView {
	return &pageView{sheet: newText(p.pen), panel: p, page: page, ready: make(chan printedAs, 1)}
}

// Draw draws what was printed, and has it printed anew for another width.
func (v *pageView) Draw(screen tcell.Screen) {
	v.look()
	v.sheet.Draw(screen)
}

// look takes what was printed, and has it printed anew where it is about something else.
func (v *pageView) look() {
	select {
	case done := <-v.ready:
		if done.iface != v.shown.iface {
			v.top = 0
		}
		v.running, v.shown, v.printed, v.content = false, done.asked, done.rows, rows(done.rows)
		if v.wraps {
			v.content = rows(wrapped(done.rows, v.pen, done.width))
		}
	default:
	}
	wanted := v.wanted()
	if v.running || wanted == v.shown || wanted.width <= 0 {
		return
	}
	v.running = true
	p, at, page := v.panel, v.panel.instant(), v.page
	go func() {
		v.ready <- printedAs{wanted, p.printed(page, at, wanted)}
		p.nudge()
	}()
}

func (v *pageView) wanted() asked {
	_, _, width, _ := v.GetInnerRect()
	a := asked{v.panel.at().Pyramid.At, v.panel.spot.iface, v.columns(width), v.turn}
	if v.slow && v.panel.moment.IsZero() {
		a.at = time.Time{}
	}
	return a
}

// lines are what is on the page, for the clipboard: those of a file are not broken.
func (v *pageView) lines() []string { return textOf(v.printed, v.pen) }
