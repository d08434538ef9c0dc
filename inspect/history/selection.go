package history

import (
	"slices"
	"sort"
	"time"

	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
)

// Selection is the lines that a filter keeps. It grows with the past, and looks at each line once.
type Selection struct {
	filter timeline.Filter
	kept   []int // numbers of lines, counted from the first that ever was
	next   int   // number of the line to be looked at next
	past   Past
	lanes  []string
	lane   func(record.Line) string
}

// Select begins a selection. Lane names the lane of a line; nil for no lanes.
func Select(f timeline.Filter, lane func(record.Line) string) *Selection {
	return &Selection{filter: f, lane: lane}
}

// Extend looks at what is new in a past, at most at so many lines, and says whether it has looked at all.
func (s *Selection) Extend(p Past, most int) bool {
	s.past = p
	s.next = max(s.next, p.Dropped)
	end := min(p.Dropped+len(p.Lines), s.next+most)
	for ; s.next < end; s.next++ {
		if l := p.Lines[s.next-p.Dropped]; s.filter.Keeps(l) {
			s.kept = append(s.kept, s.next)
			s.see(l)
		}
	}
	gone, _ := slices.BinarySearch(s.kept, p.Dropped)
	s.kept = s.kept[gone:]
	return s.Whole()
}

// Whole says whether all lines of the past that it was given last were looked at.
func (s *Selection) Whole() bool { return s.next == s.past.Dropped+len(s.past.Lines) }

// see gives the lane of a line its place.
func (s *Selection) see(l record.Line) {
	if s.lane == nil {
		return
	}
	if name := s.lane(l); !slices.Contains(s.lanes, name) {
		s.lanes = append(slices.Clip(s.lanes), name)
	}
}

// Lanes are the names of all lanes, in the order in which they came up.
func (s *Selection) Lanes() []string { return s.lanes }

// Len is how many lines are kept.
func (s *Selection) Len() int { return len(s.kept) }

// Line gives a line by its place among those that are kept.
func (s *Selection) Line(i int) record.Line { return s.past.Lines[s.kept[i]-s.past.Dropped] }

// Number is what a line keeps when others before it are dropped.
func (s *Selection) Number(i int) int { return s.kept[i] }

// Place is where a line of that number is, or the first behind it; [Selection.Len] when there is none.
func (s *Selection) Place(number int) int {
	i, _ := slices.BinarySearch(s.kept, number)
	return i
}

// After is how many of the lines are not later than a time: the place of the first that is.
func (s *Selection) After(t time.Time) int {
	return sort.Search(s.Len(), func(i int) bool { return s.Line(i).At.After(t) })
}
