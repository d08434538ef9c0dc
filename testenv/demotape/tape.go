package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

// tape is a running nmdebug record. What it has recorded so far can be looked at: that disturbs nobody who is recorded.
type tape struct {
	cmd   *wifilab.Cmd
	began time.Time // when the full state was recorded

	mu        sync.Mutex // guards what follows
	recorded  []byte
	complaint bytes.Buffer
}

// startTape begins to record, and returns when the full state is recorded.
func startTape(ctx context.Context, l *wifilab.Lab) (*tape, error) {
	t := &tape{cmd: l.Command(ctx, "nmdebug", "record", "-w", "-")}
	t.cmd.Stdout, t.cmd.Stderr = t, &t.complaint
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	err := testenv.Await(ctx, "the recording does not begin", func(ctx context.Context) error {
		_, err := t.now(ctx)
		return err
	})
	t.began = time.Now()
	return t, err
}

// Write takes what is recorded.
func (t *tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recorded = append(t.recorded, b...)
	return len(b), nil
}

func (t *tape) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recorded
}

// now is how everything stands by what is recorded so far.
func (t *tape) now(ctx context.Context) (p inspect.Pyramid, err error) {
	recorded := t.bytes()
	replay := &observe.Replay{
		Name: "the tape", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(recorded)), nil },
	}
	looks := 0
	err = observe.Watch(ctx, observe.Options{Replay: replay}, func(_ *inspect.Snapshot, now inspect.Pyramid) error {
		looks, p = looks+1, now
		return nil
	})
	if err == nil && looks < 2 { // the first may be of what was broken off
		err = fmt.Errorf("nothing is recorded yet")
	}
	return p, err
}

// end ends the recording.
func (t *tape) end() error {
	if err := t.cmd.Signal(syscall.SIGINT); err != nil {
		return err
	}
	if err := t.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, &t.complaint)
	}
	return nil
}
