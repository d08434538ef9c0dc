package tui

import (
	"slices"
	"time"
)

// travel goes to a moment, with all screens; zero is the newest.
func (p *Panel) travel(to time.Time) {
	p.moment = to
	p.lines.goTo(to)
	p.traffic.goTo(to)
	p.floors.tail.goTo(to)
	p.keepSpot()
	p.refresh()
}

// change goes to the next moment, or the one before, at which a floor came to stand otherwise.
func (p *Panel) change(forward bool) {
	now, changes := p.now(), p.past.Changes()
	if !forward {
		slices.Reverse(changes)
	}
	for _, at := range changes {
		if forward && at.After(now) || !forward && at.Before(now) {
			p.travel(at)
			return
		}
	}
	switch {
	case forward:
		p.travel(time.Time{})
	case p.now().After(p.past.Start()):
		p.travel(p.past.Start())
	default:
		p.prompt.say("This is the beginning of what was seen.")
	}
}
