package wifi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/shown"
)

// watch is a running nmdebug status --watch, with what it printed.
type watch struct {
	ready chan struct{}

	mu     sync.Mutex // guards what follows
	raw    []byte
	lines  []shown.Change
	began  time.Time         // when the first pyramid was shown
	first  map[string]string // the floors in it, by card and level: "wlan0 l1"
	floors map[string]string // the same after all lines
}

// startWatch runs the watch until the end of the test, and returns when it has shown its first pyramid.
func (s *scene) startWatch() *watch {
	s.t.Helper()
	w := &watch{ready: make(chan struct{}), first: map[string]string{}}
	s.t.Cleanup(func() {
		if s.t.Failed() {
			s.t.Logf("the watch said:\n%s", w.said())
		}
	})
	s.follow(func(line []byte) { w.take(s.t, line) }, "status", "--watch", "-o", "jsonl")
	select {
	case <-w.ready:
	case <-deadline(s.t).Done():
		s.t.Fatal("the watch shows nothing")
	}
	return w
}

func (w *watch) take(t *testing.T, text []byte) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.raw = append(w.raw, text...)
	select {
	case <-w.ready:
		var c shown.Change
		if err := json.Unmarshal(text, &c); err != nil {
			t.Errorf("the watch printed %q: %v", text, err)
		}
		w.lines = append(w.lines, c)
		apply(c, w.floors)
	default:
		var first shown.Pyramid
		if err := json.Unmarshal(text, &first); err != nil {
			t.Errorf("the watch printed %q: %v", text, err)
		}
		for _, s := range first.Stacks {
			for _, f := range s.Floors {
				apply(shown.Change{Kind: "floor", Interface: s.Interface, Level: f.Level, To: f.Status, Code: f.Code}, w.first)
			}
		}
		w.began, w.floors = first.At, maps.Clone(w.first)
		close(w.ready)
	}
}

// apply changes floors as a line says.
func apply(c shown.Change, floors map[string]string) {
	switch floor, word := c.Interface+" "+c.Level, shown.Word(c.To, c.Code); {
	case c.Kind == "interface" && c.To == "":
		maps.DeleteFunc(floors, func(floor, _ string) bool { return strings.HasPrefix(floor, c.Interface+" ") })
	case c.Kind == "floor" && word == "":
		delete(floors, floor)
	case c.Kind == "floor":
		floors[floor] = word
	}
}

// floorsAt is how all floors stood after all lines up to a time.
func (w *watch) floorsAt(at time.Time) map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	floors := maps.Clone(w.first)
	for _, c := range w.lines {
		if !c.At.After(at) {
			apply(c, floors)
		}
	}
	return floors
}

// now is how all floors stand after all lines.
func (w *watch) now() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.floors)
}

// shows says whether a floor was so at about a time.
func (w *watch) shows(floor, word string, at time.Time, slack time.Duration) bool {
	return slices.Contains(w.words(floor, at.Add(-slack), at.Add(slack)), word)
}

// passes says whether what a floor was at a time came and went at about that time.
func (w *watch) passes(floor string, at time.Time, slack time.Duration) bool {
	return len(w.words(floor, at.Add(-slack), at)) > 1 && len(w.words(floor, at, at.Add(slack))) > 1
}

// words are all that a floor was between two times, one after the other.
func (w *watch) words(floor string, from, to time.Time) []string {
	floors := w.floorsAt(from)
	words := []string{floors[floor]}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.lines {
		if c.At.After(from) && !c.At.After(to) {
			apply(c, floors)
			if floors[floor] != words[len(words)-1] {
				words = append(words, floors[floor])
			}
		}
	}
	return words
}

// summary is how a card stands after all that was said, in the form of shown.Stack.Verdict without the cause.
func (w *watch) summary(card string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var parts []string
	for _, level := range []string{"l1", "l2", "l3", "vpn"} {
		if word := w.floors[card+" "+level]; word != "" {
			parts = append(parts, level+" "+word)
		}
	}
	return strings.Join(parts, ", ")
}

// awaits waits until a card stands as wanted.
func (s *scene) awaits(card, want string) {
	s.t.Helper()
	must(s.t, testenv.Await(deadline(s.t), "waiting for "+want, func(context.Context) error {
		if got := s.watch.summary(card); got != want {
			return fmt.Errorf("%s stands as %s", card, got)
		}
		return nil
	}))
}

// awaitsLine waits for a line that tells of a change and of its reason: "wlan0 l2 failed wifi-key", or "source iwd ok".
func (s *scene) awaitsLine(want, text string) {
	s.t.Helper()
	must(s.t, testenv.Await(deadline(s.t), "waiting for "+want+": "+text, func(context.Context) error {
		if !s.watch.has(want, text) {
			return fmt.Errorf("no such line")
		}
		return nil
	}))
}

// has says whether a line told of a change and of its reason.
func (w *watch) has(what, text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.lines {
		if strings.HasPrefix(c.Words(), what) && strings.Contains(c.Text, text) {
			return true
		}
	}
	return false
}

// output is all that it printed.
func (w *watch) output() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.raw)
}

// said is all of the lines, for people.
func (w *watch) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b strings.Builder
	for _, c := range w.lines {
		fmt.Fprintf(&b, "%s %s: %s\n", c.At.Format("15:04:05.000"), c.Words(), c.Text)
	}
	return b.String()
}
