package tui

import (
	"context"
	"strings"
	"time"
)

// visibleLines is the list of lines that is shown; nil where there is none.
func (p *Panel) visibleLines() *linesView {
	switch p.screen {
	case screenTimeline:
		return p.lines
	case screenTraffic:
		return p.traffic
	case screenConsole:
		return p.levels.lines
	default:
		return nil
	}
}

// visibleSheet is what scrolls: the output of a command before what is behind it.
func (p *Panel) visibleSheet() *sheet {
	if p.console.open() {
		return p.console.sheet
	}
	if v := p.visibleLines(); v != nil {
		return v.sheet
	}
	if page, ok := p.pages[p.screen]; ok {
		return page.sheet
	}
	if p.screen == screenHelp {
		return p.help
	}
	return p.floors.why
}

func (p *Panel) scroll(by int) { p.visibleSheet().move(by) }

// climb selects the floor above, or below; over the output of a command it scrolls.
func (p *Panel) climb(up int) {
	if p.console.open() {
		p.scroll(-up)
		return
	}
	p.floors.step(0, up)
}

// pause stays at the moment that is shown, or goes back to now.
func (p *Panel) pause() {
	if p.moment.IsZero() {
		p.travel(p.now())
		return
	}
	p.travel(time.Time{})
}

// back undoes the last thing that was opened.
func (p *Panel) back() {
	switch {
	case p.console.open():
		p.console.leave()
	case p.visibleLines() != nil && p.visibleLines().search != "":
		p.visibleLines().search = ""
		p.visibleLines().refilter()
	case p.screen != screenPyramid:
		p.show(screenPyramid)
	default:
		p.chosen = false
		p.travel(time.Time{})
	}
}

// interrupt ends the command that runs, as it does in a shell; where none does, or it takes its time, it leaves.
func (p *Panel) interrupt() {
	if p.console.running() && !p.console.run.ending {
		p.console.end()
		return
	}
	p.leave()
}

// leave ends the panel; a command that runs would end with it.
func (p *Panel) leave() {
	if !p.console.running() {
		p.quit()
		return
	}
	p.prompt.ask("A command still runs, and ends when you leave. Leave?  y yes · any other key no", map[rune]func(){'y': p.quit})
}

// suspend gives the terminal back, stops, and takes it again when somebody continues it.
func (p *Panel) suspend() {
	p.app.Suspend(func() {
		if err := p.Actions.Stop(); err != nil {
			p.prompt.say(err.Error())
		}
	})
}

// Suspend has the panel do what Ctrl+Z does, soon. It may be called from anywhere while it runs.
func (p *Panel) Suspend() { p.later(p.suspend) }

// again prints the page anew, or has everything read anew.
func (p *Panel) again() {
	page, printed := p.pages[p.screen]
	switch {
	case printed:
		page.turn++
		page.look()
	case p.Recording != "":
		p.prompt.say("This is a recording: it stays as it is.")
	default:
		p.beside("reading…", func() (string, error) { return p.Actions.Reread(p.ctx) })
	}
}

// beside does something beside the screen, and says then what came of it.
func (p *Panel) beside(meanwhile string, do func() (string, error)) {
	p.prompt.say(meanwhile)
	p.tasks++
	go func() {
		said, err := do()
		p.later(func() {
			p.tasks--
			if err != nil {
				said = err.Error()
			}
			p.prompt.say(said)
		})
	}()
}

// difference changes between the file and the differences.
func (p *Panel) difference() {
	page := p.pages[screenConf]
	page.diff = !page.diff
	page.page = p.Pages.Conf
	if page.diff {
		page.page = p.Pages.ConfDiff
	}
	p.again()
}

// restart shows what it would take to restart the selected floor and what stands on it, and does it when it is asked to.
func (p *Panel) restart() {
	if p.spot.iface == "" {
		p.prompt.say("There is no interface yet.")
		return
	}
	args := []string{"reconnect", p.spot.iface, "--from", strings.ToLower(p.spot.level.String())}
	p.console.begin(append(args, "--dry-run", "--brief"), func(code int) {
		switch {
		case code != 0:
			p.prompt.say("There is no such plan.")
		case p.Recording != "":
			p.prompt.say("That is what would have been done: this is a recording.")
		default:
			p.prompt.ask("Carry this out now?  y yes · any other key no", map[rune]func(){
				'y': func() { p.console.begin(append(args, "--yes"), nil) },
			})
		}
	})
}

// save writes the recording.
func (p *Panel) save() {
	if p.Recording != "" {
		p.prompt.say("This is a recording: it is saved already.")
		return
	}
	p.beside("saving…", p.Actions.Save)
}

// copy puts what is shown into the clipboard of the terminal, which needs not be the one of this machine (OSC 52).
func (p *Panel) copy() {
	var lines []string
	switch page, isPage := p.pages[p.screen]; {
	case p.console.open():
		lines = p.console.lines()
	case isPage:
		lines = page.lines()
	case p.visibleLines() != nil:
		l, ok := p.visibleLines().selected()
		if !ok {
			return
		}
		lines = textOf(rows{timelineText(p, l)}, p.pen)
	default:
		content, _ := p.floors.why.content.(rows)
		lines = textOf(content, p.pen)
	}
	p.Screen.SetClipboard([]byte(strings.Join(lines, "\n") + "\n"))
	p.prompt.say("copied to the clipboard of the terminal")
}

// command has a command line typed and runs it.
func (p *Panel) command() {
	p.prompt.read(":", "", nil, func(line string) {
		args := words(strings.TrimPrefix(strings.TrimSpace(line), "nmdebug "))
		if len(args) == 0 {
			return
		}
		p.prompt.remember(line)
		p.console.begin(args, nil)
	}, p.complete)
}

// offerPatience bounds the finding of what a line may become; a long recording may be read for it.
const offerPatience = 10 * time.Second

// complete gives the lines that the typed one may become.
func (p *Panel) complete(line string) []string {
	if line == "" {
		return nil
	}
	args := strings.Split(line, " ")
	ctx, cancel := context.WithTimeout(p.ctx, offerPatience)
	defer cancel()
	var lines []string
	for _, word := range p.Actions.Complete(ctx, args) {
		lines = append(lines, strings.Join(append(args[:len(args)-1:len(args)-1], word), " "))
	}
	return lines
}

// filter has a text typed that lines must have, and shows which do meanwhile.
func (p *Panel) filter() {
	if p.visibleLines() == nil {
		p.show(screenTimeline)
	}
	v := p.visibleLines()
	p.prompt.read("/", v.search, func(typed string) {
		v.search = typed
		v.refilter()
	}, nil, nil)
}
