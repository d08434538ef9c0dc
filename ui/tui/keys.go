package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"nmdebug/inspect"
	"nmdebug/ui/render"
)

// binding is what a key does. The help and the hints are made of the same table.
type binding struct {
	keys      []string // the first is the one that is shown
	text      string
	hint      string // a word for the last line; "" for none there
	over      string // the hint while the output of a command lies over the screen
	always    bool   // the hint is never left out
	past      bool   // the hint is the first one, and given of the past alone
	dangerous bool   // changes something: it shows what and asks first
	on        []screenID
	do        func(p *Panel)
}

// bindings are all keys. Those of a screen come before those of all.
func bindings() []binding {
	return slices.Concat(screenKeys(), actionKeys(), travelKeys(), globalKeys())
}

// lineScreens are those that show lines.
func lineScreens() []screenID { return []screenID{screenTimeline, screenTraffic, screenConsole} }

// screenKeys are those that mean something on some screens alone.
func screenKeys() []binding {
	floors, lines := []screenID{screenPyramid}, lineScreens()
	return []binding{
		{keys: []string{"Left", "h"}, text: "the interface on the left", on: floors, do: func(p *Panel) { p.floors.step(-1, 0) }},
		{keys: []string{"Right", "l"}, text: "the interface on the right", on: floors, do: func(p *Panel) { p.floors.step(1, 0) }},
		{keys: []string{"Up", "k"}, text: "the floor above", on: floors, do: func(p *Panel) { p.climb(1) }},
		{keys: []string{"Down", "j"}, text: "the floor below", on: floors, do: func(p *Panel) { p.climb(-1) }},
		{keys: []string{"Enter"}, text: "everything about the interface", hint: "detail", on: floors, do: func(p *Panel) { p.show(screenDetail) }},
		{keys: []string{"Left", "h"}, text: "the line before, and its moment", on: lines, do: func(p *Panel) { p.scroll(-1) }},
		{keys: []string{"Right", "l"}, text: "the next line, and its moment", on: lines, do: func(p *Panel) { p.scroll(1) }},
		{keys: []string{"Space"}, text: "pause, or follow again", hint: "pause", on: lines, do: (*Panel).pause},
		{keys: []string{"/"}, text: "filter: a text, or a regular expression", hint: "filter", on: lines, do: (*Panel).filter},
		{keys: []string{"z"}, text: "faults only, or everything", hint: "faults", on: lines, do: func(p *Panel) { v := p.visibleLines(); v.faults = !v.faults; v.refilter() }},
		{keys: []string{"L"}, text: "lanes of processes, of interfaces, or none", hint: "lanes", on: []screenID{screenTimeline}, do: func(p *Panel) { p.lines.lanes = (p.lines.lanes + 1) % laneSorts; p.lines.refilter() }},
		{keys: []string{"o"}, text: "nmdebug's own conversation, too", on: lines, do: func(p *Panel) { v := p.visibleLines(); v.own = !v.own; v.refilter() }},
		{keys: []string{"d"}, text: "the file, or how profile and supplicant differ", hint: "diff", on: []screenID{screenConf}, do: (*Panel).difference},
		{keys: []string{"d"}, text: "all daemons log at debug", hint: "debug", dangerous: true, on: []screenID{screenConsole}, do: func(p *Panel) { p.levels.press("debug") }},
		{keys: []string{"t"}, text: "all daemons log at trace", hint: "trace", dangerous: true, on: []screenID{screenConsole}, do: func(p *Panel) { p.levels.press("trace") }},
		{keys: []string{"b"}, text: "set the log levels back", hint: "back", on: []screenID{screenConsole}, do: func(p *Panel) { p.levels.press("") }},
		{keys: []string{"n", "Tab"}, text: "the next interface", hint: "next", on: []screenID{screenConf, screenDetail}, do: func(p *Panel) { p.floors.cycle() }},
		{keys: []string{"Enter"}, text: "more room for the selected line, or less", hint: "more", on: lines, do: func(p *Panel) { v := p.visibleLines(); v.tall = !v.tall }},
	}
}

// actionKeys do something about the selected floor.
func actionKeys() []binding {
	return []binding{
		{keys: []string{"Esc"}, text: "end a command, close it, go back to now", over: "close", do: (*Panel).back},
		{keys: []string{"R"}, text: "restart the floor and all services above", hint: "restart", dangerous: true, do: (*Panel).restart},
		{keys: []string{"r"}, text: "look again", hint: "refresh", do: (*Panel).again},
		{keys: []string{"w"}, text: "the interface's wpa_supplicant configuration", hint: "wpa", do: func(p *Panel) { p.show(screenConf) }},
		{keys: []string{"s"}, text: "save what was seen as a recording", hint: "save", do: (*Panel).save},
		{keys: []string{"y"}, text: "copy what is shown", hint: "copy", over: "copy", do: (*Panel).copy},
		{keys: []string{":"}, text: "run any nmdebug command", hint: "command", over: "command", do: (*Panel).command},
		{keys: []string{"/"}, text: "filter the timeline", hint: "filter", do: (*Panel).filter},
	}
}

// travelKeys go to other moments.
func travelKeys() []binding {
	return []binding{
		{keys: []string{"["}, text: "back to the last change of a floor", hint: "change", do: func(p *Panel) { p.change(false) }},
		{keys: []string{"]"}, text: "on to the next change of a floor", do: func(p *Panel) { p.change(true) }},
		{keys: []string{"Home", "g"}, text: "the beginning", do: func(p *Panel) { p.edge(false) }},
		{keys: []string{"End", "G"}, text: "the end, which is now where it is live", hint: "live", past: true, do: func(p *Panel) { p.edge(true) }},
		{keys: []string{"Up", "k"}, text: "a line up", do: func(p *Panel) { p.scroll(-1) }},
		{keys: []string{"Down", "j"}, text: "a line down", do: func(p *Panel) { p.scroll(1) }},
		{keys: []string{"PgUp"}, text: "a page up", over: "up", do: func(p *Panel) { p.scroll(-p.visibleSheet().page()) }},
		{keys: []string{"PgDn"}, text: "a page down", over: "down", do: func(p *Panel) { p.scroll(p.visibleSheet().page()) }},
	}
}

// globalKeys are for the panel as a whole; the screens have theirs beside them.
func globalKeys() []binding {
	all := []binding{
		{keys: []string{"Ctrl+L"}, text: "draw everything anew", do: func(p *Panel) { p.Screen.Sync() }},
		{keys: []string{"?"}, text: "the keys", hint: "help", always: true, do: func(p *Panel) { p.show(screenHelp) }},
		{keys: []string{"Tab"}, text: "the next screen", do: func(p *Panel) { p.show(p.screen%lastTab + 1) }},
		{keys: []string{"Backtab"}, text: "the screen before", do: func(p *Panel) { p.show((p.screen+lastTab-2)%lastTab + 1) }},
		{keys: []string{"Ctrl+C"}, text: "end the command that runs, or leave", do: (*Panel).interrupt},
		{keys: []string{"Ctrl+Z"}, text: "back to the shell; fg goes on", do: (*Panel).suspend},
		{keys: []string{"q"}, text: "leave", hint: "quit", always: true, do: (*Panel).leave},
	}
	for id := screenPyramid; id <= lastTab; id++ {
		number := string(rune('0' + int(id)))
		all = append(all, binding{keys: []string{"F" + number, number}, text: id.name(), do: func(p *Panel) { p.show(id) }})
	}
	return all
}

// keyName names a key as the table does.
func keyName(ev *tcell.EventKey) string {
	switch ev.Key() {
	case tcell.KeyRune:
		if ev.Rune() == ' ' {
			return "Space"
		}
		return string(ev.Rune())
	case tcell.KeyCtrlC:
		return "Ctrl+C"
	case tcell.KeyCtrlZ:
		return "Ctrl+Z"
	case tcell.KeyCtrlL:
		return "Ctrl+L"
	default:
		return tcell.KeyNames[ev.Key()]
	}
}

// key is told of every key before anybody else; what it gives back goes to the line that is being typed.
func (p *Panel) key(ev *tcell.EventKey) *tcell.EventKey {
	p.meter.pressed(ev.When())
	name := keyName(ev)
	switch {
	case p.prompt.typing && name == "Ctrl+C":
		return tcell.NewEventKey(tcell.KeyEscape, 0, tcell.ModNone)
	case p.prompt.typing:
		return p.typed(ev, name)
	case p.prompt.asked != nil && !p.reads(name):
		p.prompt.answer(ev)
		return nil
	}
	p.prompt.message = ""
	if b, ok := p.bound(name); ok {
		b.do(p)
	}
	return nil
}

// reads says whether a key scrolls the output that a question is about, which is to be read before it is answered.
func (p *Panel) reads(name string) bool {
	return p.console.open() && slices.Contains([]string{"Up", "Down", "k", "j", "PgUp", "PgDn", "Home", "End"}, name)
}

// typed lets the arrows go through the commands that were typed before.
func (p *Panel) typed(ev *tcell.EventKey, name string) *tcell.EventKey {
	switch name {
	case "Enter":
		p.prompt.decline()
		return ev
	case "Ctrl-P":
		p.prompt.recall(1)
	case "Ctrl-N":
		p.prompt.recall(-1)
	default:
		return ev
	}
	return nil
}

// bound finds what a key does on the screen that is shown.
func (p *Panel) bound(name string) (binding, bool) {
	for _, b := range p.keys {
		if slices.Contains(b.keys, name) && (len(b.on) == 0 || slices.Contains(b.on, p.screen)) {
			return b, true
		}
	}
	return binding{}, false
}

// hint is a key in the last line, and what it does.
type hint struct {
	binding
	word string
	span // where it is
}

func (h hint) row() render.Row {
	role := render.Busy
	if h.dangerous {
		role = render.Warn
	}
	return render.Row{{Text: h.keys[0], Role: role}, {Text: " " + h.word + "  ", Role: render.Dim}}
}

// hints are the keys that one should know here: those of the screen first, or those of what lies over it, and apart those of the whole
// panel. In the past the first is the way back.
func (p *Panel) hints() (here, always []hint) {
	for _, b := range p.keys {
		h := hint{binding: b, word: p.word(b)}
		switch {
		case h.word == "" || !p.does(b):
		case b.always:
			always = append(always, h)
		case b.past:
			here = append([]hint{h}, here...)
		default:
			here = append(here, h)
		}
	}
	return here, always
}

// does says whether a binding is what its first key does on the screen that is shown.
func (p *Panel) does(b binding) bool {
	first, ok := p.bound(b.keys[0])
	return ok && first.text == b.text
}

// word is that for a key in the last line; "" for none.
func (p *Panel) word(b binding) string {
	switch {
	case p.console.open() && !b.always:
		if b.over == "close" && p.console.running() {
			return "end"
		}
		return b.over
	case b.past && p.moment.IsZero():
		return ""
	case b.past && p.Recording != "":
		return "newest"
	default:
		return b.hint
	}
}

// The columns of the help.
const (
	keysWide = 12
	helpWide = 48
)

// legend says what the signs of the pyramid are.
func (p *Panel) legend() render.Row {
	row := render.Row{}
	for _, s := range []inspect.Status{inspect.Up, inspect.Degraded, inspect.Starting, inspect.Failed, inspect.Blocked, inspect.Down, inspect.Unknown, inspect.Absent} {
		if len(row) > 0 {
			row = append(row, render.Cell{Text: "  "})
		}
		row = append(row, render.Cell{Text: p.pen.symbols()(s), Role: render.RoleOf(s)}, render.Cell{Text: " " + s.String()})
	}
	return row
}

// helpRows are all keys, in the order of the table.
func (p *Panel) helpRows() rows {
	all := rows{
		{{Text: "The selected floor, interface and moment hold for all screens."}},
		{},
		p.legend(),
		{{Text: "*", Role: render.Strong}, {Text: " has the default route"}},
		{},
	}
	for _, b := range p.keys {
		where := render.Cell{}
		if len(b.on) > 0 {
			for _, id := range b.on {
				where.Text += " " + id.name()
			}
			where.Role = render.Dim
		}
		text := render.Cell{Text: b.text}
		if b.dangerous {
			text.Role = render.Warn
			text.Text += " (asks)"
		}
		text.Text = pad(p.pen, text.Text, helpWide)
		names := pad(p.pen, strings.Join(b.keys, ", "), keysWide)
		all = append(all, render.Row{{Text: names, Role: render.Busy}, text, where})
	}
	return all
}

// edge goes to the beginning or the end: of a text where one is read, else of time. The end of time is now.
func (p *Panel) edge(end bool) {
	reads := p.console.open() || p.screen != screenPyramid && p.visibleLines() == nil
	if reads {
		p.visibleSheet().edge(end)
	}
	switch {
	case p.console.open():
		p.console.sheet.follow = end && p.console.running()
	case end:
		p.travel(time.Time{})
	case !reads:
		p.travel(p.past.Start())
	}
}
