package tui

import (
	"slices"
	"time"

	"nmdebug/inspect"
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

// spotChange selects the floor that came to stand otherwise at a moment: the lowest one of those that are worst.
func (p *Panel) spotChange(at time.Time) {
	before := p.past.At(at.Add(-time.Nanosecond))
	for _, c := range inspect.Changes(before.Pyramid, p.past.At(at).Pyramid) {
		if c.Kind == inspect.FloorChanged {
			p.choose(spot{c.Interface, c.Level})
			if c.To == inspect.Failed.String() {
				return
			}
		}
	}
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
			p.spotChange(at)
			p.refresh()
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
