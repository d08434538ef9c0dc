package tui

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"nmdebug/inspect"
	"nmdebug/inspect/history"
)

// Panel is the whole screen.
type Panel struct {
	Config
	pen  pen
	app  *tview.Application
	keys []binding       // all that there are
	wake chan struct{}   // somebody has something new for the screen
	jobs chan func()     // to be done by the goroutine of the screen
	ctx  context.Context // of what is printed and run for this screen; ends with it
	quit func()

	past   history.Past
	moment time.Time // that is looked at; zero for the newest
	spot   spot
	chosen bool // somebody has chosen the spot
	tasks  int  // that run beside the screen

	behind atomic.Bool // there are lines that not all lists have looked at

	screen  screenID
	head    *headline
	views   *tview.Pages
	floors  *floorsView
	lines   *linesView
	traffic *linesView
	pages   map[screenID]*pageView
	levels  *levelsView
	help    *sheet
	console *console
	prompt  *prompt
	frame   *tview.Flex
	meter   *meter
}

// spot is the floor that is selected.
type spot struct {
	iface string
	level inspect.Level
}

// New makes a panel that is not on the screen yet.
func New(c Config) *Panel {
	p := &Panel{
		Config: c, pen: pen{c.Colour, c.ASCII}, app: tview.NewApplication(), keys: bindings(), wake: make(chan struct{}, 1), jobs: make(chan func(), 16),
		moment: c.At, meter: &meter{began: c.Now()},
	}
	p.build()
	return p
}

// build puts the parts together.
func (p *Panel) build() {
	p.head = &headline{Box: newBox(), panel: p}
	p.floors = newFloors(p)
	p.lines = newLines(p, timelineLines())
	p.traffic = newLines(p, trafficLines())
	p.levels = newLevels(p)
	p.help = newText(p.pen)
	p.console = newConsole(p)
	p.prompt = newPrompt(p)
	p.views = tview.NewPages()
	p.views.SetBackgroundColor(tcell.ColorDefault)
	p.views.AddPage(screenPyramid.name(), p.floors, true, true)
	p.views.AddPage(screenTimeline.name(), p.lines, true, false)
	p.views.AddPage(screenTraffic.name(), p.traffic, true, false)
	p.views.AddPage(screenConsole.name(), p.levels, true, false)
	p.views.AddPage(screenHelp.name(), p.help, true, false)
	p.pages = map[screenID]*pageView{
		screenQuality: newPage(p, p.Pages.Quality), screenConf: newPage(p, p.Pages.Conf),
		screenGraph: newPage(p, p.Pages.Graph), screenDetail: newPage(p, p.Pages.Detail),
	}
	p.pages[screenConf].slow, p.pages[screenConf].wraps = true, true
	for id, view := range p.pages {
		p.views.AddPage(id.name(), view, true, false)
	}
	p.frame = tview.NewFlex().SetDirection(tview.FlexRow).
		AddItem(p.head, headHeight, 0, false).
		AddItem(p.views, 0, 1, true).
		AddItem(p.console, 0, 0, false).
		AddItem(p.prompt, 1, 0, false)
	if p.Screen != nil {
		p.app.SetScreen(p.Screen)
	}
	p.frame.SetBackgroundColor(tcell.ColorDefault)
	p.app.SetRoot(p.frame, true).EnableMouse(true).EnablePaste(true) // what is pasted is text, and no keys
	p.app.SetInputCapture(p.key)
	p.app.SetMouseCapture(func(ev *tcell.EventMouse, action tview.MouseAction) (*tcell.EventMouse, tview.MouseAction) {
		if action == tview.MouseLeftDoubleClick { // that is two clicks, wherever the second is
			action = tview.MouseLeftClick
		}
		return ev, action
	})
	p.app.SetBeforeDrawFunc(func(s tcell.Screen) bool {
		p.meter.begin(p.Now())
		p.Screen = s
		s.Fill(' ', tcell.StyleDefault)
		return false
	})
	p.app.SetAfterDrawFunc(func(tcell.Screen) {
		p.meter.drawn(p.Now())
		if p.Settled != nil && p.settled() {
			p.Settled(p.meter.keys)
		}
	})
	p.show(screenPyramid)
}

// Run shows the panel until somebody leaves it or the context ends.
func (p *Panel) Run(ctx context.Context) error {
	if p.Screen == nil {
		screen, err := openTerminal(p.Terminal)
		if err != nil {
			return err
		}
		p.app.SetScreen(screen)
	}
	p.ctx, p.quit = context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.keepUp(p.ctx)
	}()
	err := p.app.Run()
	p.quit()
	<-ended
	p.console.stop()
	return err
}

const (
	// breath is how long nothing is drawn after something was: ten times a second is as often as anybody can read. What a
	// key does is drawn at once.
	breath = 100 * time.Millisecond

	// firstBreath is how long it is before there is anything to see, and while lists are looked through: somebody waits for that.
	firstBreath = 10 * time.Millisecond

	// lookFor is how long lists are looked through for one picture.
	lookFor = 10 * time.Millisecond

	// tick is how often the clock is drawn.
	tick = time.Second
)

// keepUp is the only one that hands something over to the goroutine of the screen, and that stops it: nobody can be left
// waiting for a screen that has gone.
func (p *Panel) keepUp(ctx context.Context) {
	clock := time.NewTicker(tick)
	defer clock.Stop()
	defer p.app.Stop()
	for {
		past, changed := p.History.Past()
		p.app.QueueUpdateDraw(func() { p.take(past) })
		select {
		case <-time.After(p.rest(past)):
		case <-ctx.Done():
			return
		}
		select {
		case <-changed:
		case <-p.wake:
		case <-clock.C:
		case <-ctx.Done():
			return
		}
	}
}

// rest is how long nothing is drawn after this was.
func (p *Panel) rest(shown history.Past) time.Duration {
	if len(shown.Frames) == 0 || p.behind.Load() {
		return firstBreath
	}
	return breath
}

// nudge has the screen drawn soon. It may be called from anywhere.
func (p *Panel) nudge() {
	select {
	case p.wake <- struct{}{}:
	default: // it will be
	}
}

// later has something done by the goroutine of the screen, soon.
func (p *Panel) later(do func()) {
	select {
	case p.jobs <- do:
		p.nudge()
	case <-p.ctx.Done():
	}
}

// take is given the newest past.
func (p *Panel) take(past history.Past) {
	if past.Complete && !p.past.Complete && !p.chosen {
		p.spot = spot{} // how far a recording was read when it was looked at makes no difference
	}
	p.past = past
	p.keepSpot()
	p.search(past)
	for len(p.jobs) > 0 {
		(<-p.jobs)()
	}
	p.console.look()
	p.refresh()
}

// search lets all lists look at what they have not looked at yet, the visible one first, for as long as nobody feels it.
func (p *Panel) search(past history.Past) {
	until := p.Now().Add(lookFor)
	lists := p.lists()
	if i := slices.Index(lists, p.visibleLines()); i > 0 {
		lists[0], lists[i] = lists[i], lists[0]
	}
	whole := true
	for _, v := range lists {
		v.extend(past, until)
		whole = whole && v.chosen.Whole()
	}
	p.behind.Store(!whole)
	if !whole {
		p.nudge()
	}
}

// lists are all lists of lines.
func (p *Panel) lists() []*linesView {
	return []*linesView{p.lines, p.traffic, p.floors.tail, p.levels.lines}
}

// refresh has the visible screen look again.
func (p *Panel) refresh() {
	if page, ok := p.pages[p.screen]; ok {
		page.look()
	}
}

// now is the moment that is shown.
func (p *Panel) now() time.Time {
	switch {
	case !p.moment.IsZero():
		return p.moment
	case p.Recording != "":
		return p.past.End()
	}
	return p.Now()
}

// at is how everything stood at the moment that is shown.
func (p *Panel) at() history.Frame {
	if p.moment.IsZero() {
		return p.past.Last()
	}
	return p.past.At(p.moment)
}

// instant is what pages are printed for.
func (p *Panel) instant() Instant {
	return Instant{p.at(), p.moment.IsZero() && p.Recording == ""}
}

// show brings a screen to the front.
func (p *Panel) show(id screenID) {
	p.prompt.drop()
	p.screen = id
	p.views.SwitchToPage(id.name())
	if page, ok := p.pages[id]; ok && page.slow {
		page.turn++
	}
	if id == screenHelp {
		p.help.content = p.helpRows()
	}
	p.app.SetFocus(p.views)
	p.refresh()
}

// keepSpot keeps a floor selected that exists: the one that somebody chose, or else that of the cause. Where nothing is broken it is the
// one that was, and in the beginning the lowest of the first interface.
func (p *Panel) keepSpot() {
	stacks := p.at().Pyramid.Stacks
	_, exists := p.at().Pyramid.Stack(p.spot.iface)
	if exists && p.chosen || len(stacks) == 0 {
		return
	}
	p.chosen = false
	for _, s := range stacks {
		if s.Cause != nil && s.Cause.Interface == s.Interface {
			p.spot = spot{s.Interface, s.Cause.Level}
			return
		}
	}
	if !exists {
		p.spot = spot{stacks[0].Interface, inspect.L1}
	}
}

// choose selects a floor, which stays selected from now on.
func (p *Panel) choose(s spot) { p.spot, p.chosen = s, true }
