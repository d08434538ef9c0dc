package history

import (
	"slices"
	"sort"
	"sync"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
)

// Frame is how everything stood at one instant.
type Frame struct {
	Snapshot *inspect.Snapshot // nil before anything was seen
	Pyramid  inspect.Pyramid
	Links    []inspect.Quality // the figures of all links, measured against what came before
}

// Limits bound what is kept. Zero means without a limit, as for a recording, which has an end.
type Limits struct {
	Lines  int
	Frames int
}

// History is what was seen so far.
type History struct {
	limits Limits
	meter  inspect.Meter // of the one who adds

	mu      sync.Mutex // guards what follows
	past    Past
	changed chan struct{} // closed when there is more
}

// New makes a history in which nothing was seen.
func New(limits Limits) *History {
	return &History{limits: limits, changed: make(chan struct{})}
}

// Add takes the next line of the timeline.
func (h *History) Add(l record.Line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.past.Lines = append(h.past.Lines, l)
	// What is cut off in front goes when the slice next moves to a larger place: a Past may still look at it.
	if over := len(h.past.Lines) - h.limits.Lines; h.limits.Lines > 0 && over > 0 {
		h.past.Lines = h.past.Lines[over:]
		h.past.Dropped += over
	}
	h.tell()
}

// Show takes how everything stands from now on.
func (h *History) Show(s *inspect.Snapshot, p inspect.Pyramid) {
	links := h.meter.Measure(s, p)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.past.Frames = append(h.past.Frames, Frame{s, p, links})
	if h.limits.Frames > 0 && len(h.past.Frames) > h.limits.Frames {
		h.past.Frames = thinned(h.past.Frames)
	}
	h.tell()
}

// thinned leaves out every other frame of the older half, so that a long past gets coarser and keeps its beginning.
func thinned(frames []Frame) []Frame {
	half := len(frames) / 2
	kept := make([]Frame, 0, cap(frames))
	for i := 0; i < half; i += 2 {
		kept = append(kept, frames[i])
	}
	return append(kept, frames[half:]...)
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
	close(h.changed)
	h.changed = make(chan struct{})
}

// Past gives what was seen so far, and a channel that is closed when there is more.
func (h *History) Past() (Past, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.past, h.changed
}

// Past is what was seen up to some moment. It is immutable.
type Past struct {
	Lines    []record.Line // in order
	Dropped  int           // lines before them that are not kept any more
	Frames   []Frame       // in order, at least one when anything was seen
	Complete bool          // nothing comes after it
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
func (p Past) Start() time.Time { return p.edge(0, 0, time.Time.Before) }

// End is when the last thing was seen; zero when nothing was.
func (p Past) End() time.Time { return p.edge(len(p.Frames)-1, len(p.Lines)-1, time.Time.After) }

// edge is the time of a frame or of a line, whichever is further.
func (p Past) edge(frame, line int, further func(time.Time, time.Time) bool) time.Time {
	var at time.Time
	if len(p.Frames) > 0 {
		at = p.Frames[frame].Pyramid.At
	}
	if len(p.Lines) > 0 && (at.IsZero() || further(p.Lines[line].At, at)) {
		at = p.Lines[line].At
	}
	return at
}

// Changes are the times of the frames in which a floor stands otherwise than in the one before.
func (p Past) Changes() []time.Time {
	var times []time.Time
	for i := 1; i < len(p.Frames); i++ {
		changes := inspect.Changes(p.Frames[i-1].Pyramid, p.Frames[i].Pyramid)
		if slices.ContainsFunc(changes, func(c inspect.Change) bool { return c.Kind == inspect.FloorChanged }) {
			times = append(times, p.Frames[i].Pyramid.At)
		}
	}
	return times
}
