package history_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/inspect/history"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
)

// inUse is how much memory is in use by what is still reachable, in bytes.
func inUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// However many lines come, no more memory is used than for those that are kept, and by who looks at them.
func TestMemoryIsBounded(t *testing.T) {
	const kept, portion, portions = 5000, 500, 400
	h := history.New(history.Limits{Lines: kept})
	s := history.Select(timeline.Filter{}, func(l record.Line) string { return l.Process })
	before := inUse()
	for range portions {
		for i := range portion {
			message := strings.Repeat("p", 1000) // a name that is a part of it does not keep it
			h.Add(record.Line{Process: message[:1], Text: fmt.Sprintf("line %d of a portion, with some more words behind it", i)})
		}
		past, _ := h.Past()
		s.Extend(past, portion)
	}
	// A line takes some 300 bytes.
	if used, most := inUse()-before, kept*600; used > most {
		t.Errorf("%d lines of %d take %d bytes, more than %d", s.Len(), portion*portions, used, most)
	}
	runtime.KeepAlive(h)
}

// Few long lines are as much as many short ones.
func TestLinesAreBoundedByTheirSize(t *testing.T) {
	h := history.New(history.Limits{Bytes: 1 << 20})
	long := strings.Repeat("x", 10_000)
	for range 500 {
		h.Add(record.Line{Text: long})
	}
	past, _ := h.Past()
	if n := past.Lines.Len(); n < 90 || n > 105 || past.Lines.Dropped() != 500-n {
		t.Errorf("of 500 lines of 10 kB each %d are kept in 1 MB", n)
	}
	h.Add(record.Line{Text: strings.Repeat("x", 2<<20)})
	if past, _ = h.Past(); past.Lines.Len() != 1 {
		t.Errorf("beside one that is larger than what there is for all, %d are kept", past.Lines.Len()-1)
	}
}

// A past keeps what it has, over the borders of the pieces in which lines are kept.
func TestAPastKeepsItsLines(t *testing.T) {
	h := history.New(history.Limits{Lines: 3000})
	add := func(from, to int) {
		for i := from; i < to; i++ {
			h.Add(record.Line{Seq: uint64(i)})
		}
	}
	add(0, 5000)
	past, _ := h.Past()
	add(5000, 20_000)
	for number := past.Lines.Dropped(); number < past.Lines.End(); number++ {
		if got := past.Lines.Line(number).Seq; got != uint64(number) {
			t.Fatalf("line %d is %d", number, got)
		}
	}
	if past.Lines.Dropped() != 2000 || past.Lines.End() != 5000 {
		t.Errorf("it has the lines from %d to %d", past.Lines.Dropped(), past.Lines.End())
	}
}

// Frames of many interfaces are larger, and fewer. A change is noted at the first frame behind it that is kept.
func TestFramesAreBoundedByTheirSize(t *testing.T) {
	h := history.New(history.Limits{Stacks: 100})
	for second := range 1000 {
		p := pyramid(second, inspect.Up)
		if second%100 == 99 {
			p = pyramid(second, inspect.Failed)
		}
		for len(p.Stacks) < 10 {
			p.Stacks = append(p.Stacks, inspect.Stack{Interface: fmt.Sprint("veth", len(p.Stacks))})
		}
		h.Show(&inspect.Snapshot{At: p.At}, p)
	}
	past, _ := h.Past()
	if n := len(past.Frames); n < 4 || n > 10 || !past.Start().Equal(at(0)) || !past.End().Equal(at(999)) {
		t.Errorf("of a thousand frames of ten interfaces there are %d, from %v to %v", n, past.Start(), past.End())
	}
	if len(past.Changes()) == 0 {
		t.Error("no change is left")
	}
}

// Of a recording that is longer than what is kept all times can be looked at, and all changes of floors.
func TestFramesOfARecordingAreEven(t *testing.T) {
	const seconds, kept = 5000, 100
	h := history.New(history.Limits{Frames: kept, Even: true})
	broken := func(second int) bool { return second/250%2 == 1 }
	for second := range seconds {
		p := pyramid(second, inspect.Up)
		if broken(second) {
			p = pyramid(second, inspect.Failed)
		}
		h.Show(&inspect.Snapshot{At: p.At}, p)
	}
	past, _ := h.Past()
	if n := len(past.Frames); n > kept || !past.Start().Equal(at(0)) || !past.End().Equal(at(seconds-1)) {
		t.Errorf("of %d frames there are %d, from %v to %v", seconds, n, past.Start(), past.End())
	}
	for second := range seconds {
		f := past.At(at(second))
		if failed := f.Pyramid.Stacks[0].Floors[1].Status == inspect.Failed; failed != broken(second) {
			t.Fatalf("after %d s it is told that the floor has failed: %t", second, failed)
		}
		if age := at(second).Sub(f.Pyramid.At); age > 8*seconds/kept*time.Second {
			t.Fatalf("after %d s it is shown how everything stood %v before", second, age)
		}
	}
	if n := len(past.Changes()); n != seconds/250-1 {
		t.Errorf("%d changes", n)
	}
}

// A clock that was set back, frames of one instant, and nothing but changes end, too.
func TestFramesOfAStrangeRecordingAreBounded(t *testing.T) {
	for name, second := range map[string]func(i int) int{
		"set back at the end": func(i int) int { return i - i/99*1000 },
		"set back each time":  func(i int) int { return -i },
		"one instant":         func(int) int { return 0 },
		"in bursts":           func(i int) int { return i / 10 * 1000 },
	} {
		h := history.New(history.Limits{Frames: 10, Even: true})
		for i := range 200 {
			h.Show(&inspect.Snapshot{}, pyramid(second(i), []inspect.Status{inspect.Up, inspect.Failed}[i%2]))
		}
		if past, _ := h.Past(); len(past.Frames) > 10 {
			t.Errorf("%s: %d frames", name, len(past.Frames))
		}
	}
}
