package tui

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/inspect/history"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/render"
)

// linesView shows lines of the timeline: all of them, or the traffic of the bus. The selected line is the moment that the whole
// panel shows; at the end it follows what happens.
type linesView struct {
	*tview.Box
	panel  *Panel
	sort   lineSort
	sheet  *sheet
	chosen *history.Selection
	number int    // of the selected line; byMoment for the last before the moment
	full   *sheet // the selected line as a whole
	fullOf int    // the number of that line

	search string
	asIs   bool // what is searched for is no regular expression
	faults bool
	own    bool
	lanes  laneSort
	tall   bool // half of the place is for the selected line
}

// lineSort says which lines a view shows, and how.
type lineSort struct {
	filter  timeline.Filter
	row     func(v *linesView, l record.Line, width int) render.Row
	details int // lines at the bottom for the whole of the selected one
	empty   string
	still   bool // nothing can be selected: the last ones are shown
	bare    bool // there are no lanes
}

// laneSort says what has a lane.
type laneSort int

const (
	laneOfProcess laneSort = iota
	laneOfInterface
	noLanes
	laneSorts
)

// byMoment is no line's number.
const byMoment = -1

// When a filter has changed, so many lines are looked at before it is asked whether there is time for more.
const atOnce = 500

func newLines(p *Panel, sort lineSort) *linesView {
	v := &linesView{Box: newBox(), panel: p, sort: sort, sheet: newSheet(p.pen), number: byMoment, full: newText(p.pen), fullOf: byMoment}
	v.sheet.follow = sort.still || p.moment.IsZero()
	if !sort.still {
		v.sheet.selected = 0
	}
	v.sheet.content, v.sheet.catches = v, true
	v.sheet.chosen = v.choose
	if sort.bare {
		v.lanes = noLanes
	}
	v.refilter()
	return v
}

// refilter begins a new selection, with the same line selected where it is kept.
func (v *linesView) refilter() {
	f := v.sort.filter
	f.Own = f.Own || v.own
	if v.faults {
		f.Severity = record.Warning
	}
	if v.asIs = false; v.search != "" {
		f, v.asIs = searching(f, v.search)
	}
	v.chosen = history.Select(f, v.lane())
	v.extend(v.panel.past, v.panel.Now().Add(lookFor/2)) // whoever types does not wait for more
	v.panel.nudge()
}

// lane gives each line its lane; nil for no lanes. Those who are known on the bus by a number alone share one.
func (v *linesView) lane() func(record.Line) string {
	switch v.lanes {
	case laneOfProcess:
		return func(l record.Line) string {
			if strings.HasPrefix(l.Process, ":") {
				return otherLane
			}
			return render.ByProcess(l)
		}
	case laneOfInterface:
		return render.ByInterface
	default:
		return nil
	}
}

// otherLane is for those who have no name.
const otherLane = "others"

// searching has a filter keep what was typed, as a regular expression, in any case; what is none is searched as it is.
func searching(f timeline.Filter, typed string) (_ timeline.Filter, asIs bool) {
	plain := regexp.QuoteMeta(typed)
	ascii := !strings.ContainsFunc(typed, func(r rune) bool { return r > unicode.MaxASCII })
	re, err := regexp.Compile("(?i)" + typed)
	switch {
	case ascii && (plain == typed || err != nil):
		f.Has = strings.ToLower(typed)
	case err != nil:
		f.Grep = regexp.MustCompile("(?i)" + plain)
	default:
		f.Grep = re
	}
	return f, err != nil
}

// extend takes what is new, and what it has not looked at yet as long as there is time. What is on the screen stays where it is.
func (v *linesView) extend(past history.Past, until time.Time) {
	at, before := v.sheet.selected, v.selectedNumber()
	for !v.chosen.Extend(past, atOnce) && v.panel.Now().Before(until) {
	}
	v.place()
	if !v.sheet.follow && v.selectedNumber() == before {
		v.sheet.top += v.sheet.selected - at
	}
}

// selectedNumber is the number of the line that is selected; byMoment where there is none.
func (v *linesView) selectedNumber() int {
	if i := v.sheet.selected; i >= 0 && i < v.chosen.Len() {
		return v.chosen.Number(i)
	}
	return byMoment
}

// place selects the line that is to be selected.
func (v *linesView) place() {
	switch {
	case v.sort.still:
	case v.sheet.follow:
		v.sheet.selected = v.Len() - 1
	case v.number < 0: // nobody has selected one: it is the last before the moment
		v.sheet.selected = max(0, v.chosen.After(v.panel.moment)-1)
	default:
		v.sheet.selected = max(0, min(v.chosen.Place(v.number), v.Len()-1))
	}
}

// goTo selects the last line before a moment; zero is the end.
func (v *linesView) goTo(at time.Time) {
	v.sheet.follow = v.sort.still || at.IsZero()
	v.number = byMoment
	v.place()
}

// choose is told which line was selected: the panel goes to its moment.
func (v *linesView) choose(i int) {
	number := v.chosen.Number(i)
	v.panel.travel(v.chosen.Line(i).At)
	v.number, v.sheet.selected = number, i
}

// Len is how many lines there are; where nothing can be selected, until the moment that is shown.
func (v *linesView) Len() int {
	if v.sort.still && !v.panel.moment.IsZero() {
		return v.chosen.After(v.panel.moment)
	}
	return v.chosen.Len()
}

// Row is one of them.
func (v *linesView) Row(i, width int) render.Row { return v.sort.row(v, v.chosen.Line(i), width) }

// selected is the line that is selected; ok is false when there is none.
func (v *linesView) selected() (l record.Line, ok bool) {
	if i := v.sheet.selected; i >= 0 && i < v.Len() {
		return v.chosen.Line(i), true
	}
	return record.Line{}, false
}

// Draw draws what is shown of which lines, the lines, and the selected one as a whole.
func (v *linesView) Draw(screen tcell.Screen) {
	v.DrawForSubclass(screen, v)
	x, y, width, height := v.GetInnerRect()
	v.drawHeading(screen, x, y, width)
	body := v.body(height - 1)
	v.sheet.SetRect(x, y+1, width, body)
	v.sheet.Draw(screen)
	if v.Len() == 0 {
		v.drawEmpty(screen, x, y+1, width)
	}
	v.drawSelected(screen, x, y+1+body, width, height-1-body)
}

// body is how many rows of so many are for the lines; the others are for the selected one.
func (v *linesView) body(height int) int {
	body := height - v.sort.details
	if v.tall {
		body = min(body, height/2)
	}
	if body < 4 {
		return height
	}
	return body
}

// drawHeading names the lanes, and says which lines are left out.
func (v *linesView) drawHeading(screen tcell.Screen, x, y, width int) {
	p := v.panel.pen
	line := p.strip(screen, x, y, width)
	line.write(strings.Repeat(" ", clockWidth), tcell.StyleDefault)
	for _, name := range v.lanesShown() {
		line.write(pad(p, string([]rune(name + "-")[:1]), laneWidth), p.style(render.Busy))
	}
	said := v.said()
	at := max(line.x, x+width-p.width(said))
	p.strip(screen, at, y, x+width-at).write(said, p.style(render.Warn))
}

// said tells what is left out.
func (v *linesView) said() string {
	parts := []string{}
	if v.search != "" {
		parts = append(parts, "/"+strings.TrimRight(pad(v.panel.pen, v.search, searchWide), " "))
	}
	if v.asIs {
		parts = append(parts, "as text")
	}
	if v.faults {
		parts = append(parts, "faults only")
	}
	if !v.sheet.follow {
		parts = append(parts, "paused")
	}
	if n := v.panel.past.Lines.Dropped(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d older ones dropped", n))
	}
	if !v.chosen.Whole() {
		parts = append(parts, "searching…")
	}
	return strings.Join(append(parts, v.count()), " · ")
}

// searchWide is how much is shown of what is searched for.
const searchWide = 32

// count says how many lines there are, and which one of them is selected.
func (v *linesView) count() string {
	switch n := v.Len(); {
	case n == 1:
		return "1 line"
	case v.sheet.follow || n == 0:
		return fmt.Sprintf("%d lines", n)
	default:
		return fmt.Sprintf("line %d of %d", v.sheet.selected+1, n)
	}
}

// drawEmpty says why there is no line.
func (v *linesView) drawEmpty(screen tcell.Screen, x, y, width int) {
	p, why := v.panel, v.sort.empty
	switch {
	case p.past.End().IsZero() || p.Recording != "" && !p.past.Complete:
		why = "reading…"
	case !v.chosen.Whole():
		why = "searching…"
	case v.search != "" && v.faults:
		why = "There is no such line among the faults: Esc ends the filter, z shows everything."
	case v.search != "":
		why = "There is no such line: Esc ends the filter."
	case v.faults:
		why = "There is no fault: z shows everything."
	}
	p.pen.strip(screen, x, y, width).write(why, p.pen.style(render.Dim))
}

// drawSelected writes the selected line in full, as far as there is room.
func (v *linesView) drawSelected(screen tcell.Screen, x, y, width, height int) {
	l, ok := v.selected()
	v.full.SetRect(x, y+1, width, max(0, height-1))
	if !ok || height < 2 {
		return
	}
	p := v.panel.pen
	p.strip(screen, x, y, width).rule(strings.TrimSpace(l.Process + " " + l.Interface))
	if number := v.selectedNumber(); number != v.fullOf {
		v.fullOf, v.full.top = number, 0
	}
	v.full.content = rows(wrapped([]render.Row{{{Text: l.Text}}}, p, v.full.columns(width)))
	v.full.Draw(screen)
}

// MouseHandler hands on to the lines, and to the selected one.
func (v *linesView) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return func(action tview.MouseAction, event *tcell.EventMouse, focus func(tview.Primitive)) (bool, tview.Primitive) {
		if done, _ := v.full.MouseHandler()(action, event, focus); done {
			return true, nil
		}
		return v.sheet.MouseHandler()(action, event, focus)
	}
}
