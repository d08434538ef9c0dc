package tui

import (
	"slices"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/inspect"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

// floorsView is the first screen: the pyramid, why it does not stand, and what happened last.
type floorsView struct {
	*tview.Box
	panel *Panel
	first int    // the interface in the first column
	cells []cell // as drawn, for the mouse
	why   *sheet
	whyOf string // the interface that it is about
	tail  *linesView
}

// cell is where a floor is drawn.
type cell struct {
	spot
	x, y, width int
}

const (
	levelColumn = 5  // the names of the floors
	narrowest   = 14 // an interface
	broadest    = 24
	gridHeight  = 6 // names, four floors, a blank line
	roomy       = 28
	comfortable = 18 // columns in which an interface's addresses are read
	reason      = 44 // and those in which its cause is

	// glow is how long a floor stays lit up that has changed.
	glow = 3 * time.Second
)

func newFloors(p *Panel) *floorsView {
	return &floorsView{Box: newBox(), panel: p, why: newText(p.pen), tail: newLines(p, tailLines())}
}

// Draw divides the place: the pyramid on the left, its cause beside it or, where there is no room, below; the last lines at the
// bottom.
func (f *floorsView) Draw(screen tcell.Screen) {
	f.DrawForSubclass(screen, f)
	x, y, width, height := f.GetInnerRect()
	grid, rest := width, height-gridHeight*f.tall(height)
	tail := max(0, min(rest/3, 12))
	if f.beside(width, height) {
		tail = max(0, rest)
		grid = min(levelColumn+broadest*max(2, len(f.stacks())), width/2)
		f.drawWhy(screen, x+grid+1, y, width-grid-1, height-tail)
	} else {
		f.drawWhy(screen, x, y+height-rest, width, rest-tail)
	}
	f.drawGrid(screen, x, y, grid, f.tall(height))
	if tail > 1 {
		f.panel.pen.strip(screen, x, y+height-tail, width).rule("Timeline")
		f.tail.SetRect(x, y+height-tail+1, width, tail-1)
		f.tail.sheet.SetRect(x, y+height-tail+1, width, tail-1)
		f.tail.sheet.Draw(screen)
	}
}

// beside says whether there is room for the cause beside the pyramid, and enough of it.
func (f *floorsView) beside(width, height int) bool {
	return f.tall(height) > 1 && width/2 >= reason && width-levelColumn-comfortable*len(f.stacks()) >= reason
}

// tall is how many lines a floor gets.
func (f *floorsView) tall(height int) int {
	if height >= roomy {
		return 2
	}
	return 1
}

func (f *floorsView) stacks() []inspect.Stack { return f.panel.at().Pyramid.Stacks }

// drawGrid draws a column for each interface, as many as there is room for.
func (f *floorsView) drawGrid(screen tcell.Screen, x, y, width, tall int) {
	p, stacks := f.panel, f.stacks()
	f.cells = f.cells[:0]
	columns, room := f.columns(width - levelColumn)
	f.scroll(room)
	levels := inspect.Levels()
	slices.Reverse(levels)
	for i, l := range levels {
		p.pen.strip(screen, x, y+tall*(i+1), levelColumn).write(" "+l.String(), p.pen.style(render.Dim))
	}
	at := x + levelColumn
	for i := f.first; i < len(stacks); i++ {
		column := columns(i)
		if at+column > x+width {
			p.pen.strip(screen, x+width-1, y, 1).write(">", p.pen.style(render.Warn))
			break
		}
		f.drawStack(p.pen.strip(screen, at, y, column-1), stacks[i], tall)
		at += column
	}
	if f.first > 0 {
		p.pen.strip(screen, x, y, 1).write("<", p.pen.style(render.Warn))
	}
}

// columns gives how wide each interface is, and how many there is room for. All are alike, unless what they say fits only when each has
// what it needs.
func (f *floorsView) columns(width int) (of func(i int) int, room int) {
	stacks := f.stacks()
	n := max(1, len(stacks))
	alike := max(narrowest, min(broadest, width/n))
	of, room = func(int) int { return alike }, width/alike
	if n*narrowest > width {
		return of, room
	}
	needs, sum, short := make([]int, len(stacks)), 0, false
	for i, s := range stacks {
		needs[i] = max(narrowest, min(broadest, f.needs(s)))
		sum, short = sum+needs[i], short || needs[i] > alike
	}
	if !short || sum > width {
		return of, room
	}
	spare := (width - sum) / n
	return func(i int) int { return min(broadest, needs[i]+spare) }, len(stacks)
}

// needs is how wide an interface is with all that it says, and a blank behind it.
func (f *floorsView) needs(s inspect.Stack) int {
	wide := 0
	for _, c := range f.says(s) {
		wide = max(wide, f.panel.pen.width(c.Text))
	}
	return wide + 1
}

// says is what stands in the column of an interface: its name, then its floors from the lowest.
func (f *floorsView) says(s inspect.Stack) render.Row {
	return render.Status([]inspect.Stack{s}, f.panel.pen.symbols())[1][1:]
}

// scroll keeps the selected interface among the so many that are seen.
func (f *floorsView) scroll(room int) {
	at := slices.IndexFunc(f.stacks(), func(s inspect.Stack) bool { return s.Interface == f.panel.spot.iface })
	f.first = max(0, min(f.first, at, len(f.stacks())-1), at-max(1, room)+1)
}

// drawStack draws one interface: its name on the strip, its floors below.
func (f *floorsView) drawStack(head *strip, s inspect.Stack, tall int) {
	p, x, y, width := f.panel, head.x, head.y, head.width
	below := func(lines, indent int) *strip { return p.pen.strip(head.screen, x+indent, y+lines, width-indent) }
	cells := f.says(s)
	head.row(cells[:1], plain)
	if tall > 1 && s.Connection != nil {
		below(1, 0).write(s.Connection.ID, p.pen.style(render.Dim))
	}
	for i, floor := range s.Floors {
		line, here := tall*(len(s.Floors)-i), spot{s.Interface, floor.Level}
		base := plain
		switch {
		case here == p.spot:
			base = reversed
			below(line, 0).fill(reversed(p.pen.style(cells[1+i].Role)))
		case f.lit(floor):
			base = func(st tcell.Style) tcell.Style { return st.Bold(true).Underline(true) }
		}
		below(line, 0).row(cells[1+i:2+i], base)
		if tall > 1 && floor.Status != inspect.Absent {
			below(line+1, 2).write(f.standing(floor), p.pen.style(render.Dim))
		}
		f.cells = append(f.cells, cell{here, x, y + line, width})
	}
}

// lit says whether a floor has changed just now.
func (f *floorsView) lit(floor inspect.Floor) bool {
	return !floor.Since.IsZero() && f.panel.now().Sub(floor.Since) < glow
}

// standing says how a floor stands and since when.
func (f *floorsView) standing(floor inspect.Floor) string {
	age := render.Age(f.panel.now(), floor.Since)
	if age == "" {
		return floor.Status.String()
	}
	return floor.Status.String() + " " + age
}

// drawWhy draws what is wrong with the selected interface. Where there is no room for a heading, it begins with the verdict.
func (f *floorsView) drawWhy(screen tcell.Screen, x, y, width, height int) {
	if height < 1 || width < 20 {
		return
	}
	if height > 2 {
		f.panel.pen.strip(screen, x, y, width).rule("Why")
		y, height = y+1, height-1
	}
	iface := f.panel.spot.iface
	if iface != f.whyOf {
		f.whyOf, f.why.top = iface, 0
	}
	f.why.content = rows(f.panel.printed(f.panel.Pages.Why, f.panel.instant(), asked{iface: iface, width: f.why.columns(width)}))
	f.why.SetRect(x, y, width, height)
	f.why.Draw(screen)
}

// printed has a page printed, for what is asked, as everything stood at an instant.
func (p *Panel) printed(page Page, at Instant, what asked) []render.Row {
	if at.Snapshot == nil {
		return []render.Row{{{Text: "Nothing was seen yet.", Role: render.Dim}}}
	}
	var paper text.Paper
	page(p.ctx, &text.Printer{Out: &paper, Colour: true, ASCII: p.pen.ascii, Width: what.width}, at, what.iface)
	return paper.Rows()
}

// MouseHandler selects the floor that was clicked, and scrolls what is under the wheel.
func (f *floorsView) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return f.WrapMouseHandler(func(action tview.MouseAction, event *tcell.EventMouse, focus func(tview.Primitive)) (bool, tview.Primitive) {
		x, y := event.Position()
		for _, c := range f.cells {
			if action == tview.MouseLeftClick && y == c.y && x >= c.x && x < c.x+c.width {
				f.panel.choose(c.spot)
				return true, nil
			}
		}
		for _, s := range []*sheet{f.why, f.tail.sheet} {
			if done, _ := s.MouseHandler()(action, event, focus); done {
				return true, nil
			}
		}
		return false, nil
	})
}

// step selects the next interface or floor.
func (f *floorsView) step(right, up int) {
	p, stacks := f.panel, f.stacks()
	if len(stacks) == 0 {
		return
	}
	at := slices.IndexFunc(stacks, func(s inspect.Stack) bool { return s.Interface == p.spot.iface })
	iface := stacks[max(0, min(at+right, len(stacks)-1))].Interface
	p.choose(spot{iface, inspect.Level(max(int(inspect.L1), min(int(p.spot.level)+up, int(inspect.VPN))))})
}

// cycle selects the next interface, and the first after the last.
func (f *floorsView) cycle() {
	p, stacks := f.panel, f.stacks()
	if len(stacks) == 0 {
		return
	}
	at := slices.IndexFunc(stacks, func(s inspect.Stack) bool { return s.Interface == p.spot.iface })
	p.choose(spot{stacks[(at+1)%len(stacks)].Interface, p.spot.level})
	p.refresh()
}
