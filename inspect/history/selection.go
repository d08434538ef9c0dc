package history

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"

	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
)

// Selection is the lines that a filter keeps. It grows with the past, and looks at each line once: the newest first, because they are
// on the screen.
type Selection struct {
	filter timeline.Filter
	past   Past
	from   int            // the lines from this number on
	next   int            // to before this one were looked at
	older  []int          // numbers of those that were found on the way back, the newest first
	newer  []int          // numbers of those that came since, in order
	first  map[string]int // number of the first line of each lane
	lane   func(record.Line) string
}

// mostLanes is more than anybody can show: names may come from strangers.
const mostLanes = 1000

// Select begins a selection. Lane names the lane of a line; nil for no lanes.
func Select(f timeline.Filter, lane func(record.Line) string) *Selection {
	return &Selection{filter: f, lane: lane, from: -1, first: map[string]int{}}
}

// Extend looks at what is new in a past and then at what is older than all that was looked at, at most at so many lines, and says whether
// it has looked at all.
func (s *Selection) Extend(p Past, most int) bool {
	s.past = p
	if s.from < 0 {
		s.from, s.next = p.Lines.end, p.Lines.end
	}
	s.from, s.next = max(s.from, p.Lines.dropped), max(s.next, p.Lines.dropped)
	for ; s.next < p.Lines.end && most > 0; most-- {
		if s.keeps(s.next) {
			s.newer = append(s.newer, s.next)
		}
		s.next++
	}
	for ; s.from > p.Lines.dropped && most > 0; most-- {
		s.from--
		if s.keeps(s.from) {
			s.older = append(s.older, s.from)
		}
	}
	s.forget()
	return s.Whole()
}

// keeps looks at a line, and gives its lane its place.
func (s *Selection) keeps(number int) bool {
	l := s.past.Lines.at(number)
	if !s.filter.Keeps(*l) {
		return false
	}
	if s.lane != nil {
		name := s.lane(*l)
		if first, known := s.first[name]; number < first || !known && len(s.first) < mostLanes {
			s.first[name] = number
		}
	}
	return true
}

// forget lets go of what is dropped.
func (s *Selection) forget() {
	kept := sort.Search(len(s.older), func(i int) bool { return s.older[i] < s.past.Lines.dropped })
	s.older = s.older[:kept]
	if kept == 0 {
		s.older = nil
	}
	gone, _ := slices.BinarySearch(s.newer, s.past.Lines.dropped)
	s.newer = s.newer[gone:]
}

// Whole says whether all lines of the past that it was given last were looked at.
func (s *Selection) Whole() bool { return s.from <= s.past.Lines.dropped && s.next == s.past.Lines.end }

// Lanes are the names of all lanes, in the order in which they came up.
func (s *Selection) Lanes() []string {
	return slices.SortedFunc(maps.Keys(s.first), func(a, b string) int { return cmp.Compare(s.first[a], s.first[b]) })
}

// Len is how many lines are kept.
func (s *Selection) Len() int { return len(s.older) + len(s.newer) }

// Line gives a line by its place among those that are kept.
func (s *Selection) Line(i int) record.Line { return s.past.Lines.Line(s.Number(i)) }

// Number is what a line keeps when others before it are dropped.
func (s *Selection) Number(i int) int {
	if n := len(s.older); i < n {
		return s.older[n-1-i]
	}
	return s.newer[i-len(s.older)]
}

// Place is where a line of that number is, or the first behind it; [Selection.Len] when there is none.
func (s *Selection) Place(number int) int {
	return sort.Search(s.Len(), func(i int) bool { return s.Number(i) >= number })
}

// After is how many of the lines are not later than a time: the place of the first that is.
func (s *Selection) After(t time.Time) int {
	return sort.Search(s.Len(), func(i int) bool { return s.past.Lines.at(s.Number(i)).At.After(t) })
}
