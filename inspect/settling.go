package inspect

import "time"

// Track follows pyramids in time: it fills in since when each floor has had its status, and marks the floors that fell
// so recently that they may come back by themselves. It is a fold: the same pyramids in the same order give the same
// result. The zero value is ready.
type Track struct {
	floors map[place]standing
}

type place struct {
	iface string
	level Level
}

// standing is how long a floor has had its status.
type standing struct {
	status Status
	since  time.Time // zero when it was so in the first pyramid
}

// HoldOff is how long a floor may be down before it counts as more than a blip: a renegotiating switch, a roaming
// station, a renewed lease and a restarted tunnel come back within it.
func HoldOff(l Level) time.Duration {
	switch l {
	case L1:
		return 2 * time.Second
	case L2:
		return 3 * time.Second
	case L3:
		return 3 * time.Second
	default:
		return 5 * time.Second
	}
}

// Follow fills in what only history can tell.
func (t *Track) Follow(p Pyramid) Pyramid {
	first := t.floors == nil
	seen := map[place]standing{}
	for i := range p.Stacks {
		s := &p.Stacks[i]
		for j := range s.Floors {
			f := &s.Floors[j]
			at := place{s.Interface, f.Level}
			before, known := t.floors[at]
			now := standing{status: f.Status, since: before.since}
			if !known && !first || known && before.status != f.Status {
				now.since = p.At
			}
			seen[at] = now
			f.Since = now.since
			f.Settling = f.falling() && !f.Since.IsZero() && p.At.Sub(f.Since) < HoldOff(f.Level)
		}
	}
	t.floors = seen
	return p
}

// falling says whether the floor does not stand as it should.
func (f Floor) falling() bool {
	return f.Status == Failed || f.Status == Starting || f.Status == Blocked || f.Status == Degraded
}

// Restless says whether the pyramid can change by the passing of time alone: something is on its way, or settles.
func (p Pyramid) Restless() bool {
	for _, s := range p.Stacks {
		for _, f := range s.Floors {
			if f.Status == Starting || f.Settling || f.Code == WifiRoaming || f.Code == WifiRoamed {
				return true
			}
		}
	}
	return false
}
