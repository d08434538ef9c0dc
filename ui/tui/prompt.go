package tui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/ui/render"
)

// prompt is the last line: what can be typed here, a question, a message, or the line that is being typed.
type prompt struct {
	*tview.Flex
	panel   *Panel
	field   *tview.InputField
	typing  bool
	message string
	asked   *question
	past    []string // commands that were typed, the newest last
	back    int      // how far back in them one is
	offers  offers
	hints   []hint // as drawn, for the mouse
}

// offers are the lines that what is typed may become. They are found beside the screen: a daemon may be asked for them.
type offers struct {
	find   func(line string) []string // nil where nothing is offered
	asking bool
	line   string // of which there is an answer
	found  []string
}

// question is answered by one key.
type question struct {
	text    string
	answers map[rune]func()
}

func newPrompt(p *Panel) *prompt {
	field := tview.NewInputField().SetFieldStyle(tcell.StyleDefault).SetLabelStyle(tcell.StyleDefault.Bold(true))
	field.SetBackgroundColor(tcell.ColorDefault)
	field.SetAutocompleteStyles(tcell.ColorDefault, tcell.StyleDefault, tcell.StyleDefault.Reverse(true))
	q := &prompt{panel: p, field: field}
	field.SetAutocompleteFunc(q.offer)
	line := tview.NewFlex().AddItem(field, 0, 1, true)
	line.SetBackgroundColor(tcell.ColorDefault)
	q.Flex = line
	return q
}

// offer gives what is known of a line, and finds out what is not.
func (q *prompt) offer(line string) []string {
	o := &q.offers
	switch {
	case o.find == nil:
		return nil
	case o.line == line:
		return o.found
	case o.asking:
		return nil // the answer asks for what was typed meanwhile
	}
	o.asking = true
	q.panel.tasks++
	find := o.find
	go func() {
		found := find(line)
		q.panel.later(func() {
			q.panel.tasks--
			q.offers.asking = false
			if q.typing && q.offers.find != nil {
				q.offers.line, q.offers.found = line, found
				q.field.Autocomplete()
			}
		})
	}()
	return nil
}

// decline takes the offers away, so that Enter means the line as it is. One is taken by Tab, or by the arrows.
func (q *prompt) decline() {
	q.offers.find = nil
	q.field.Autocomplete()
}

// Draw draws what the line is at the moment.
func (q *prompt) Draw(screen tcell.Screen) {
	if q.typing {
		q.makeRoom(screen)
		q.Flex.Draw(screen)
		return
	}
	x, y, width, _ := q.GetInnerRect()
	p := q.panel.pen
	line := p.strip(screen, x, y, width)
	switch {
	case q.asked != nil:
		line.write(q.asked.text, p.style(render.Warn).Bold(true))
	case q.message != "":
		line.write(q.message, p.style(render.Strong))
	default:
		q.drawHints(line)
	}
}

// makeRoom takes away what is behind the offers, which lie over the screen: otherwise they could not be told apart.
func (q *prompt) makeRoom(screen tcell.Screen) {
	if q.offers.find == nil || q.offers.line != q.field.GetText() {
		return
	}
	x, y, _, _ := q.GetInnerRect()
	wide := 0
	for _, o := range q.offers.found {
		wide = max(wide, q.panel.pen.width(o))
	}
	const margin = 2
	for i := range min(len(q.offers.found), y) {
		q.panel.pen.strip(screen, x, y-1-i, wide+margin).fill(tcell.StyleDefault)
	}
}

// drawHints draws as many hints as there is room for; those that lead to all others are always there.
func (q *prompt) drawHints(line *strip) {
	first, last := q.panel.hints()
	q.hints = q.hints[:0]
	end := line.strip(line.screen, line.x+line.width, line.y, 0)
	for _, h := range last {
		end.x, end.width = end.x-rowWidth(line.pen, h.row()), end.width+rowWidth(line.pen, h.row())
	}
	room := line.width - end.width
	for _, h := range first {
		if room -= rowWidth(line.pen, h.row()); room < 0 {
			break
		}
		q.drawHint(line, h)
	}
	for _, h := range last {
		q.drawHint(end, h)
	}
}

func (q *prompt) drawHint(line *strip, h hint) {
	h.from = line.x
	line.row(h.row(), plain)
	h.to = line.x
	q.hints = append(q.hints, h)
}

// MouseHandler does what the key does whose hint was clicked.
func (q *prompt) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return q.WrapMouseHandler(func(action tview.MouseAction, event *tcell.EventMouse, focus func(tview.Primitive)) (bool, tview.Primitive) {
		if q.typing {
			return q.Flex.MouseHandler()(action, event, focus)
		}
		x, y := event.Position()
		_, top, _, _ := q.GetInnerRect()
		if action != tview.MouseLeftClick || y != top || q.asked != nil || q.message != "" {
			return false, nil
		}
		for _, h := range q.hints {
			if x >= h.from && x < h.to {
				h.do(q.panel)
				return true, nil
			}
		}
		return false, nil
	})
}

// say shows a message until the next key.
func (q *prompt) say(message string) { q.message = message }

// ask shows a question; any other key than the answers is no.
func (q *prompt) ask(text string, answers map[rune]func()) { q.asked = &question{text, answers} }

// answer takes the key after a question.
func (q *prompt) answer(ev *tcell.EventKey) {
	asked := q.asked
	q.asked = nil
	if do, ok := asked.answers[ev.Rune()]; ok && ev.Key() == tcell.KeyRune {
		do()
		return
	}
	q.say("Nothing was done.")
}

// read has a line typed. Changed is told while it is, entered when it is complete; both may be nil.
func (q *prompt) read(label, text string, changed, entered func(string), complete func(string) []string) {
	q.typing, q.back, q.message = true, 0, ""
	q.offers = offers{find: complete, asking: q.offers.asking} // what was found before may have changed
	q.field.SetLabel(label).SetText(text)
	q.field.SetChangedFunc(changed)
	q.field.SetDoneFunc(func(key tcell.Key) {
		if key == tcell.KeyTab || key == tcell.KeyBacktab {
			return
		}
		q.typing = false
		q.panel.app.SetFocus(q.panel.views)
		if key == tcell.KeyEnter && entered != nil {
			entered(q.field.GetText())
		} else if changed != nil && key == tcell.KeyEscape {
			changed("")
		}
	})
	q.panel.app.SetFocus(q.field)
}

// drop leaves the line that is being typed as it is.
func (q *prompt) drop() {
	if q.typing {
		q.decline()
		q.typing = false
	}
}

// remember keeps a command for the arrow keys.
func (q *prompt) remember(line string) {
	q.past = append(slices.DeleteFunc(q.past, func(l string) bool { return l == line }), line)
}

// recall puts an older command, or a newer one, into the line.
func (q *prompt) recall(by int) {
	q.back = max(0, min(q.back+by, len(q.past)))
	line := ""
	if q.back > 0 {
		line = q.past[len(q.past)-q.back]
	}
	q.field.SetText(line)
}

// words divides a command line as a shell does, as far as quotes go.
func words(line string) []string {
	var all []string
	var word strings.Builder
	quote, begun := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && unicode.IsSpace(r):
			if begun {
				all = append(all, word.String())
				word.Reset()
			}
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		all = append(all, word.String())
	}
	return all
}
