package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/shown"
)

// watch is a running nmdebug status --watch, with what it printed and when it arrived.
type watch struct {
	mu    sync.Mutex
	lines []line
	first shown.Pyramid
	ready chan struct{}
}

// line is one change as nmdebug prints it.
type line struct {
	shown.Change
	arrived time.Time
}

// startWatch runs the watch until the end of the test, and returns when it has shown its first pyramid.
func startWatch(t *testing.T, c *testenv.Cmd) *watch {
	t.Helper()
	out, err := c.StdoutPipe()
	must(t, err)
	var complaint strings.Builder
	c.Stderr = &complaint
	must(t, c.Start())
	w := &watch{ready: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for in := bufio.NewReader(out); ; {
			text, err := in.ReadBytes('\n')
			if err != nil {
				return
			}
			w.take(t, text, time.Now())
		}
	}()
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		<-ended
		if err := c.Wait(); err != nil {
			t.Errorf("the watch ended: %v", err)
		}
		if complaint.Len() > 0 {
			t.Errorf("the watch complained: %s", &complaint)
		}
	})
	select {
	case <-w.ready:
	case <-ended:
		t.Fatal("the watch shows nothing")
	case <-time.After(patience):
		t.Fatal("the watch shows nothing yet")
	}
	return w
}

// take takes a line that was printed: the first is a pyramid, the others are changes.
func (w *watch) take(t *testing.T, text []byte, at time.Time) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.ready:
		l := line{arrived: at}
		if err := json.Unmarshal(text, &l.Change); err != nil {
			t.Errorf("the watch printed %q: %v", text, err)
		}
		w.lines = append(w.lines, l)
	default:
		if err := json.Unmarshal(text, &w.first); err != nil {
			t.Errorf("the watch printed %q: %v", text, err)
		}
		close(w.ready)
	}
}

// await waits for a change since a time.
func (w *watch) await(t *testing.T, since time.Time, words string) (found line) {
	t.Helper()
	must(t, testenv.Await(deadline(t, patience), "the watch does not show "+words, func(context.Context) error {
		var ok bool
		if found, ok = w.find(since, words); !ok {
			return errors.New("it shows others")
		}
		return nil
	}))
	return found
}

// find gives the first such change since a time.
func (w *watch) find(since time.Time, words string) (line, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.lines {
		if !l.arrived.Before(since) && like(l.Words(), words) {
			return l, true
		}
	}
	return line{}, false
}

// path lists what a floor went through since a time.
func (w *watch) path(since time.Time, floor string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var steps []string
	for _, l := range w.lines {
		if l.Kind == "floor" && l.Interface+" "+l.Level == floor && !l.arrived.Before(since) {
			steps = append(steps, strings.TrimPrefix(l.Words(), floor+" "))
		}
	}
	return strings.Join(steps, ", ")
}

// quiet waits until nothing has been printed for longer than nmdebug takes to look again.
func (w *watch) quiet(ctx context.Context) error {
	const still = 700 * time.Millisecond
	began := time.Now()
	return testenv.Await(ctx, "the watch is not quiet", func(context.Context) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		last := began
		if n := len(w.lines); n > 0 && w.lines[n-1].arrived.After(last) {
			last = w.lines[n-1].arrived
		}
		if time.Since(last) < still {
			return fmt.Errorf("the last line is of %v", last)
		}
		return nil
	})
}

// floors gives the statuses after all changes so far, without those that are absent.
func (w *watch) floors() map[string]string { return w.floorsAt(time.Now()) }

// floorsAt gives the statuses after all changes up to a time.
func (w *watch) floorsAt(at time.Time) map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	floors := w.first.Floors()
	for _, l := range w.lines {
		switch {
		case l.At.After(at):
		case l.Kind == "interface" && l.To == "":
			maps.DeleteFunc(floors, func(floor, _ string) bool { return strings.HasPrefix(floor, l.Interface+" ") })
		case l.Kind == "floor" && l.To == "absent":
			delete(floors, l.Interface+" "+l.Level)
		case l.Kind == "floor":
			floors[l.Interface+" "+l.Level] = l.To
		}
	}
	return floors
}

// changed says whether a floor changed between two times.
func (w *watch) changed(floor string, from, to time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.lines {
		if l.At.After(from) && l.At.Before(to) && l.Interface+" "+l.Level == floor {
			return true
		}
	}
	return false
}

func (w *watch) dump(t *testing.T, from time.Time) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var text strings.Builder
	for _, l := range w.lines {
		fmt.Fprintf(&text, "%9.3f %s: %s\n", l.arrived.Sub(from).Seconds(), l.Words(), l.Text)
	}
	t.Logf("watch:\n%s", &text)
}
