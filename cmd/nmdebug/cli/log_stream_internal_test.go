package cli

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// recorded is a recording of some notes, a second apart.
func recorded(t *testing.T, notes int) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := pcapng.NewWriter(&file, "test")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range notes {
		if err := w.Write(record.Noted{Source: "test", Event: record.Up}.Record(at.Add(time.Duration(i)*time.Second), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// A recording is shown while it is read: whoever waits for its end has lines before.
func TestReplayShowsWhileItReads(t *testing.T) {
	const notes = 200
	file := recorded(t, notes)
	shown, held := make(chan struct{}), 0
	s := stream{filter: timeline.Filter{}, show: func(record.Line) error {
		if held++; held == 1 {
			close(shown)
		}
		return nil
	}}
	readings := 0
	open := func() (io.ReadCloser, error) {
		if readings++; readings == 1 { // how long it is
			return io.NopCloser(bytes.NewReader(file)), nil
		}
		half := len(file) / 2
		return io.NopCloser(io.MultiReader(bytes.NewReader(file[:half]), gate{shown}, bytes.NewReader(file[half:]))), nil
	}
	if err := s.replay(t.Context(), observe.Options{Replay: &observe.Replay{Name: "test", Open: open}}); err != nil {
		t.Fatal(err)
	}
	if held != notes {
		t.Errorf("of %d lines %d were shown", notes, held)
	}
}

// gate is nothing, and is read when a channel is closed.
type gate struct{ opened <-chan struct{} }

var errShut = errors.New("nothing was shown before the end")

func (g gate) Read([]byte) (int, error) {
	select {
	case <-g.opened:
		return 0, io.EOF
	case <-time.After(10 * time.Second):
		return 0, errShut
	}
}
