package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"

	"nmdebug/ui/render"
)

// binding is what a key does. The help and the hints are made of the same table.
type binding struct {
	keys      []string // the first is the one that is shown
	text      string
	hint      string // a word for the last line; "" for none there
	always    bool   // the hint is never left out
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
		{keys: []string{"Up", "k"}, text: "the floor above", on: floors, do: func(p *Panel) { p.floors.step(0, 1) }},
		{keys: []string{"Down", "j"}, text: "the floor below", on: floors, do: func(p *Panel) { p.floors.step(0, -1) }},
		{keys: []string{"Enter"}, text: "everything about the interface", hint: "detail", on: floors, do: func(p *Panel) { p.show(screenDetail) }},
		{keys: []string{"Left", "h"}, text: "the line before, and its moment", on: lines, do: func(p *Panel) { p.scroll(-1) }},
		{keys: []string{"Right", "l"}, text: "the next line, and its moment", on: lines, do: func(p *Panel) { p.scroll(1) }},
		{keys: []string{"Space"}, text: "pause, or follow again", hint: "pause", on: lines, do: (*Panel).pause},
		{keys: []string{"z"}, text: "faults only, or everything", hint: "faults", on: lines, do: func(p *Panel) { v := p.visibleLines(); v.faults = !v.faults; v.refilter() }},
		{keys: []string{"L"}, text: "lanes of processes, of interfaces, or none", hint: "lanes", on: []screenID{screenTimeline}, do: func(p *Panel) { p.lines.lanes = (p.lines.lanes + 1) % laneSorts; p.lines.refilter() }},
		{keys: []string{"o"}, text: "nmdebug's own conversation, too", on: lines, do: func(p *Panel) { v := p.visibleLines(); v.own = !v.own; v.refilter() }},
		{keys: []string{"d"}, text: "the file, or where profile and supplicant differ", hint: "diff", on: []screenID{screenConf}, do: (*Panel).difference},
		{keys: []string{"d"}, text: "all daemons log at debug", hint: "debug", dangerous: true, on: []screenID{screenConsole}, do: func(p *Panel) { p.levels.press("debug") }},
		{keys: []string{"t"}, text: "all daemons log at trace", hint: "trace", dangerous: true, on: []screenID{screenConsole}, do: func(p *Panel) { p.levels.press("trace") }},
		{keys: []string{"b"}, text: "set the log levels back", hint: "back", on: []screenID{screenConsole}, do: func(p *Panel) { p.levels.press("") }},
		{keys: []string{"n", "Tab"}, text: "the next interface", hint: "next", on: []screenID{screenConf, screenDetail}, do: func(p *Panel) { p.floors.cycle() }},
	}
}

// actionKeys do something about the selected floor.
func actionKeys() []binding {
	return []binding{
		{keys: []string{"R"}, text: "restart the floor and all services above", hint: "restart", dangerous: true, do: (*Panel).restart},
		{keys: []string{"r"}, text: "look again", hint: "refresh", do: (*Panel).again},
		{keys: []string{"w"}, text: "the wpa_supplicant configuration of the interface", hint: "wpa", do: func(p *Panel) { p.show(screenConf) }},
		{keys: []string{"s"}, text: "save what was seen as a recording", hint: "save", do: (*Panel).save},
		{keys: []string{"y"}, text: "copy what is shown", hint: "copy", do: (*Panel).copy},
		{keys: []string{":"}, text: "run any nmdebug command", hint: "command", do: (*Panel).command},
		{keys: []string{"/"}, text: "search the lines", hint: "filter", do: (*Panel).filter},
	}
}

// travelKeys go to other moments.
func travelKeys() []binding {
	return []binding{
		{keys: []string{"["}, text: "back to the last change of a floor", hint: "back", do: func(p *Panel) { p.change(false) }},
		{keys: []string{"]"}, text: "on to the next change of a floor", do: func(p *Panel) { p.change(true) }},
		{keys: []string{"Home", "g"}, text: "the beginning", do: func(p *Panel) { p.edge(false) }},
		{keys: []string{"End", "G"}, text: "the end, which is now where it is live", hint: "live", do: func(p *Panel) { p.edge(true) }},
		{keys: []string{"Up", "k"}, text: "a line up", do: func(p *Panel) { p.scroll(-1) }},
		{keys: []string{"Down", "j"}, text: "a line down", do: func(p *Panel) { p.scroll(1) }},
		{keys: []string{"PgUp"}, text: "a page up", do: func(p *Panel) { p.scroll(-p.visibleSheet().page()) }},
		{keys: []string{"PgDn"}, text: "a page down", do: func(p *Panel) { p.scroll(p.visibleSheet().page()) }},
	}
}

// globalKeys are for the panel as a whole; the screens have theirs beside them.
func globalKeys() []binding {
	all := []binding{
		{keys: []string{"Ctrl+L"}, text: "draw everything anew", do: func(p *Panel) { p.Screen.Sync() }},
		{keys: []string{"?"}, text: "the keys", hint: "help", always: true, do: func(p *Panel) { p.show(screenHelp) }},
		{keys: []string{"Tab"}, text: "the next screen", do: func(p *Panel) { p.show(p.screen%lastTab + 1) }},
		{keys: []string{"Backtab"}, text: "the screen before", do: func(p *Panel) { p.show((p.screen+lastTab-2)%lastTab + 1) }},
		{keys: []string{"Esc"}, text: "end a command, close it, go back to now", do: (*Panel).back},
		{keys: []string{"q", "Ctrl+C"}, text: "leave", hint: "quit", always: true, do: (*Panel).leave},
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
	case p.prompt.asked != nil:
		p.prompt.answer(ev)
		return nil
	}
	p.prompt.message = ""
	if b, ok := p.bound(name); ok {
		b.do(p)
	}
	return nil
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

// hints are the keys that one should know here, two cells each: those of the screen first, and apart those of the whole panel.
func (p *Panel) hints() (here, always render.Row) {
	for _, b := range p.keys {
		if b.hint == "" || len(b.on) > 0 && !slices.Contains(b.on, p.screen) {
			continue
		}
		role := render.Busy
		if b.dangerous {
			role = render.Warn
		}
		cells := render.Row{{Text: b.keys[0], Role: role}, {Text: " " + b.hint + "  ", Role: render.Dim}}
		if b.always {
			always = append(always, cells...)
		} else {
			here = append(here, cells...)
		}
	}
	return here, always
}

// The columns of the help.
const (
	keysWide = 12
	helpWide = 52
)

// helpRows are all keys, in the order of the table.
func (p *Panel) helpRows() rows {
	all := rows{{{Text: "The selected floor, interface and moment hold for all screens.", Role: render.Plain}}, {}}
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

// edge goes to the beginning or the end of what is shown, or of time.
func (p *Panel) edge(end bool) {
	switch s := p.visibleSheet(); {
	case s != nil && p.visibleLines() == nil:
		s.follow = false
		s.top = 0
		if end {
			s.top = s.content.Len()
			p.travel(time.Time{})
		}
	case end:
		p.travel(time.Time{})
	default:
		p.travel(p.past.Start())
	}
}
