// Package tape records what happens in the laboratory of real radios, and holds recordings to what was seen live.
package tape

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

// Tape is a running nmdebug record. What it has recorded so far can be looked at at any time, which disturbs nobody who is
// recorded: the laboratory hears nothing of it.
type Tape struct {
	cmd *wifilab.Cmd

	mu        sync.Mutex // guards what follows
	recorded  []byte
	complaint bytes.Buffer
}

// Start begins to record with the nmdebug that was installed. The recording ends by [Tape.End] or with ctx.
func Start(ctx context.Context, l *wifilab.Lab) (*Tape, error) {
	t := &Tape{cmd: l.Command(ctx, "nmdebug", "record", "-w", "-")}
	t.cmd.Stdout, t.cmd.Stderr = t, &t.complaint
	return t, t.cmd.Start()
}

// AwaitBegin waits until the full state is recorded, and says when that was.
func (t *Tape) AwaitBegin(ctx context.Context) (time.Time, error) {
	err := testenv.Await(ctx, "the recording does not begin", func(ctx context.Context) error {
		_, err := t.Now(ctx)
		return err
	})
	return time.Now(), err
}

// Write takes what is recorded.
func (t *Tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recorded = append(t.recorded, b...)
	return len(b), nil
}

// Bytes are what is recorded so far. They are never written to again.
func (t *Tape) Bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recorded
}

// Open gives what is recorded so far from its beginning.
func (t *Tape) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.Bytes())), nil }

// Now is how everything stands by what is recorded so far.
func (t *Tape) Now(ctx context.Context) (p inspect.Pyramid, err error) {
	recorded := t.Bytes() // the same for each reading
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(recorded)), nil }
	looks := 0
	err = observe.Watch(ctx, observe.Options{Replay: &observe.Replay{Name: "tape", Open: open}}, func(_ *inspect.Snapshot, now inspect.Pyramid) error {
		looks, p = looks+1, now
		return nil
	})
	if err == nil && looks < 2 { // the first may be one that was broken off
		err = errors.New("the full state is not recorded yet")
	}
	return p, err
}

// End ends the recording. One in which something is missing is an error.
func (t *Tape) End(ctx context.Context) error {
	err := t.cmd.End(ctx)
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		return fmt.Errorf("%w: %s", err, &t.complaint)
	}
	if said := t.complaint.String(); !strings.Contains(said, "; nothing lost, ") {
		return fmt.Errorf("the recorder said: %s", said)
	}
	return nil
}
