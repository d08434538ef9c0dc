package history_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/inspect/history"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
)

func at(second int) time.Time { return time.Date(2026, 1, 1, 0, 0, second, 0, time.UTC) }

func pyramid(second int, l2 inspect.Status) inspect.Pyramid {
	floors := []inspect.Floor{}
	for _, l := range inspect.Levels() {
		floors = append(floors, inspect.Floor{Level: l, Status: inspect.Up})
	}
	floors[1].Status = l2
	return inspect.Pyramid{At: at(second), Stacks: []inspect.Stack{{Interface: "eth0", Floors: floors}}}
}

func TestAnInstantIsTheFrameBefore(t *testing.T) {
	h := history.New(history.Limits{})
	for _, second := range []int{10, 20, 30} {
		h.Show(&inspect.Snapshot{At: at(second)}, pyramid(second, inspect.Up))
	}
	past, _ := h.Past()
	for second, want := range map[int]int{5: 10, 10: 10, 19: 10, 20: 20, 99: 30} {
		if got := past.At(at(second)).Pyramid.At; !got.Equal(at(want)) {
			t.Errorf("at %d it is as at %v, want %d", second, got, want)
		}
	}
	if !past.Start().Equal(at(10)) || !past.End().Equal(at(30)) {
		t.Errorf("it is from %v to %v", past.Start(), past.End())
	}
}

func TestNothingWasSeen(t *testing.T) {
	past, _ := history.New(history.Limits{}).Past()
	if past.At(at(1)).Snapshot != nil || past.Last().Snapshot != nil || !past.Start().IsZero() || !past.End().IsZero() || past.Changes() != nil {
		t.Errorf("nothing is %+v", past)
	}
}

func TestChangesAreThoseOfFloors(t *testing.T) {
	h := history.New(history.Limits{})
	for second, l2 := range []inspect.Status{inspect.Up, inspect.Up, inspect.Failed, inspect.Failed, inspect.Up} {
		h.Show(&inspect.Snapshot{At: at(second)}, pyramid(second, l2))
	}
	past, _ := h.Past()
	if d := cmp.Diff([]time.Time{at(2), at(4)}, past.Changes()); d != "" {
		t.Error(d)
	}
}

// A long past is bounded: lines go from the front, frames get coarser and keep the beginning.
func TestThePastIsBounded(t *testing.T) {
	h := history.New(history.Limits{Lines: 3, Frames: 8})
	for second := range 50 {
		h.Add(record.Line{At: at(second), Text: strconv.Itoa(second)})
		h.Show(&inspect.Snapshot{At: at(second)}, pyramid(second, inspect.Up))
	}
	past, _ := h.Past()
	if past.Lines.Len() != 3 || past.Lines.Dropped() != 47 || past.Lines.Line(47).Text != "47" {
		t.Errorf("kept %d lines, dropped %d", past.Lines.Len(), past.Lines.Dropped())
	}
	if n := len(past.Frames); n > 8 || !past.Frames[0].Pyramid.At.Equal(at(0)) || !past.Last().Pyramid.At.Equal(at(49)) {
		t.Errorf("kept %d frames from %v to %v", n, past.Frames[0].Pyramid.At, past.Last().Pyramid.At)
	}
}

// Who took a past is not disturbed by what comes.
func TestAPastDoesNotChange(t *testing.T) {
	h := history.New(history.Limits{Lines: 2})
	h.Add(record.Line{Text: "a"})
	past, changed := h.Past()
	for _, text := range []string{"b", "c", "d"} {
		h.Add(record.Line{Text: text})
	}
	if past.Lines.Len() != 1 || past.Lines.Line(0).Text != "a" {
		t.Errorf("it has become %+v", past.Lines)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told that there is more")
	}
}

// A selection looks at each line once, keeps its numbers, and forgets what is dropped.
func TestASelectionGrows(t *testing.T) {
	h := history.New(history.Limits{Lines: 6})
	s := history.Select(timeline.Filter{Severity: record.Warning}, func(l record.Line) string { return l.Process })
	texts := func() (all []string) {
		for i := range s.Len() {
			all = append(all, s.Line(i).Text)
		}
		return all
	}
	add := func(from, to int) history.Past {
		for i := from; i < to; i++ {
			severity := record.Info
			if i%2 == 1 {
				severity = record.Error
			}
			h.Add(record.Line{At: at(i), Severity: severity, Process: "p" + strconv.Itoa(i%4), Text: strconv.Itoa(i)})
		}
		past, _ := h.Past()
		return past
	}
	past := add(0, 6)
	if d := cmp.Diff([]string{"3", "5"}, texts()); s.Extend(past, 4) || d == "" {
		t.Errorf("it has kept something before it has looked: %v", texts())
	}
	if d := cmp.Diff([]string{"3", "5"}, texts()); d != "" { // the newest ones first
		t.Error(d)
	}
	if !s.Extend(past, 4) {
		t.Error("it has not looked at all lines")
	}
	if d := cmp.Diff([]string{"1", "3", "5"}, texts()); d != "" {
		t.Error(d)
	}
	number := s.Number(2)
	s.Extend(add(6, 10), 100)
	if d := cmp.Diff([]string{"5", "7", "9"}, texts()); d != "" {
		t.Error(d)
	}
	if place := s.Place(number); place != 0 || s.After(at(7)) != 2 || s.After(at(0)) != 0 {
		t.Errorf("line 5 is at %d, %d lines until 7, %d until 0", place, s.After(at(7)), s.After(at(0)))
	}
	if d := cmp.Diff([]string{"p1", "p3"}, s.Lanes()); d != "" {
		t.Error(d)
	}
}
