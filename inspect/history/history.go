package history

import (
	"slices"
	"sort"
	"sync"
	"time"
	"unique"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
)

// Frame is how everything stood at one instant.
type Frame struct {
	Snapshot *inspect.Snapshot // nil before anything was seen
	Pyramid  inspect.Pyramid
	Links    []inspect.Quality // the figures of all links, measured against what came before
	Changed  bool              // a floor stands otherwise than in the frame before
}

// Limits bound what is kept; zero means without a limit.
type Limits struct {
	Lines  int
	Bytes  int // of the lines
	Frames int
	Stacks int  // of all frames together: how large a frame is depends on how many interfaces there are
	Even   bool // no time is worth more than another, as in a recording; else the past gets coarser with its age
}

// History is what was seen so far.
type History struct {
	limits Limits
	meter  inspect.Meter // of the one who adds

	mu      sync.Mutex // guards what follows
	past    Past
	bytes   int           // of the lines
	stacks  int           // of the frames
	changed chan struct{} // closed when there is more; nil when nobody waits for that
}

// New makes a history in which nothing was seen.
func New(limits Limits) *History {
	return &History{limits: limits}
}

// Add takes the next line of the timeline.
func (h *History) Add(l record.Line) {
	// A name may be a part of the message that it came with, and would keep all of it.
	l.Process, l.Interface = unique.Make(l.Process).Value(), unique.Make(l.Interface).Value()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.past.Lines.add(l)
	h.bytes += sizeOf(l)
	for h.full() {
		h.bytes -= sizeOf(*h.past.Lines.at(h.past.Lines.dropped))
		h.past.Lines.drop()
	}
	h.tell()
}

// full says whether there are more lines than there may be. The newest is kept in any case.
func (h *History) full() bool {
	n := h.past.Lines.Len()
	return n > 1 && (h.limits.Lines > 0 && n > h.limits.Lines || h.limits.Bytes > 0 && h.bytes > h.limits.Bytes)
}

// Show takes how everything stands from now on.
func (h *History) Show(s *inspect.Snapshot, p inspect.Pyramid) {
	links := h.meter.Measure(s, p)
	h.mu.Lock()
	defer h.mu.Unlock()
	changed := len(h.past.Frames) > 0 && floorsDiffer(h.past.Last().Pyramid, p)
	h.past.Frames = append(h.past.Frames, Frame{s, p, links, changed})
	h.stacks += len(p.Stacks)
	for h.crowded() {
		if h.limits.Even {
			h.past.Frames = spread(h.past.Frames)
		} else {
			h.past.Frames = thinned(h.past.Frames)
		}
		h.stacks = 0
		for _, f := range h.past.Frames {
			h.stacks += len(f.Pyramid.Stacks)
		}
	}
	h.tell()
}

// crowded says whether there are more frames than there may be. The first and the last few are kept in any case.
func (h *History) crowded() bool {
	const few = 4
	n := len(h.past.Frames)
	return n > few && (h.limits.Frames > 0 && n > h.limits.Frames || h.limits.Stacks > 0 && h.stacks > h.limits.Stacks)
}

func floorsDiffer(before, after inspect.Pyramid) bool {
	return slices.ContainsFunc(inspect.Changes(before, after), func(c inspect.Change) bool { return c.Kind == inspect.FloorChanged })
}

// thinned leaves out every other frame of the older half, so that a long past gets coarser and keeps its beginning.
func thinned(frames []Frame) []Frame {
	half := len(frames) / 2
	return without(frames, func(i int) bool { return i < half && i%2 == 1 })
}

// spread leaves frames out so that those that are left are as far apart everywhere. A change of a floor is kept as long as there is
// enough else to leave out.
func spread(frames []Frame) []Frame {
	n := len(frames)
	apart := 2 * frames[n-1].Pyramid.At.Sub(frames[0].Pyramid.At) / time.Duration(n)
	for _, changes := range []bool{false, true} {
		last := frames[0].Pyramid.At
		kept := without(frames, func(i int) bool {
			f := frames[i]
			if near := f.Pyramid.At.Sub(last) <= apart; near && i > 0 && i < n-1 && (changes || !f.Changed) {
				return true
			}
			last = f.Pyramid.At
			return false
		})
		if len(kept) <= n*3/4 {
			return kept
		}
	}
	return thinned(frames) // they are few, or the clock was set back
}

// without leaves frames out.
func without(frames []Frame, out func(i int) bool) []Frame {
	kept := make([]Frame, 0, cap(frames))
	left := false // a change is left out, and the frame behind it is the first that shows it
	for i, f := range frames {
		if out(i) {
			left = left || f.Changed
			continue
		}
		f.Changed, left = f.Changed || left, false
		kept = append(kept, f)
	}
	return kept
}

// Complete says that all was seen: nothing is added any more.
func (h *History) Complete() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.past.Complete = true
	h.tell()
}

// tell wakes those who wait for more.
func (h *History) tell() {
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// Past gives what was seen so far, and a channel that is closed when there is more.
func (h *History) Past() (Past, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.changed == nil {
		h.changed = make(chan struct{})
	}
	return h.past, h.changed
}

// Past is what was seen up to some moment. It is immutable.
type Past struct {
	Lines    Lines
	Frames   []Frame // in order, at least one when anything was seen
	Complete bool    // nothing comes after it
}

// At gives how everything stood at a time: the frame before it, or the first one.
func (p Past) At(t time.Time) Frame {
	after := sort.Search(len(p.Frames), func(i int) bool { return p.Frames[i].Pyramid.At.After(t) })
	switch {
	case len(p.Frames) == 0:
		return Frame{}
	case after == 0:
		return p.Frames[0]
	}
	return p.Frames[after-1]
}

// Last gives how everything stood when it was last seen.
func (p Past) Last() Frame {
	if len(p.Frames) == 0 {
		return Frame{}
	}
	return p.Frames[len(p.Frames)-1]
}

// Start is when the first thing was seen, End when the last; zero when nothing was.
func (p Past) Start() time.Time { return p.edge(0, p.Lines.dropped, time.Time.Before) }

// End is when the last thing was seen; zero when nothing was.
func (p Past) End() time.Time { return p.edge(len(p.Frames)-1, p.Lines.end-1, time.Time.After) }

// edge is the time of a frame or of a line, whichever is further.
func (p Past) edge(frame, line int, further func(time.Time, time.Time) bool) time.Time {
	var at time.Time
	if len(p.Frames) > 0 {
		at = p.Frames[frame].Pyramid.At
	}
	if p.Lines.Len() > 0 && (at.IsZero() || further(p.Lines.at(line).At, at)) {
		at = p.Lines.at(line).At
	}
	return at
}

// Changes are the times of the frames in which a floor stands otherwise than in the one before.
func (p Past) Changes() []time.Time {
	var times []time.Time
	for _, f := range p.Frames {
		if f.Changed {
			times = append(times, f.Pyramid.At)
		}
	}
	return times
}
