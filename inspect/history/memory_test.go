package history_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

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
