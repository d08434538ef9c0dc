package observe

import (
	"context"
	"sync"

	"nmdebug/inspect"
)

// View is the newest of what a watch shows. Look and Changed may be called from one goroutine, Show from another.
type View struct {
	mu       sync.Mutex // guards what follows
	snapshot *inspect.Snapshot
	pyramid  inspect.Pyramid
	changed  chan struct{} // closed when something newer is shown
}

// NewView makes a view that shows nothing yet.
func NewView() *View { return &View{changed: make(chan struct{})} }

// Show takes what a watch shows.
func (v *View) Show(s *inspect.Snapshot, p inspect.Pyramid) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.snapshot, v.pyramid = s, p
	close(v.changed)
	v.changed = make(chan struct{})
}

// Look gives the newest, nil before there is one, and a channel that is closed when there is something newer.
func (v *View) Look() (*inspect.Snapshot, inspect.Pyramid, <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.snapshot, v.pyramid, v.changed
}

// Follow shows what happens until the context ends or stop is called, which waits for the end of the watch.
func Follow(ctx context.Context, opts Options) (v *View, stop func() error) {
	v = NewView()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- Watch(ctx, opts, func(s *inspect.Snapshot, p inspect.Pyramid) error {
			v.Show(s, p)
			return nil
		})
	}()
	return v, func() error {
		cancel()
		return <-ended
	}
}

// Await waits until what is shown is as wanted; when the context ends first, the error says what was in the way.
func (v *View) Await(ctx context.Context, met func(*inspect.Snapshot, inspect.Pyramid) (bool, string, error)) error {
	blocks := "nothing was seen yet"
	for {
		s, p, changed := v.Look()
		if s != nil {
			ok, why, err := met(s, p)
			if ok || err != nil {
				return err
			}
			blocks = why
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return &blockedError{blocks, context.Cause(ctx)}
		}
	}
}

// First waits until there is something to see: what happens before would be missed.
func (v *View) First(ctx context.Context) error {
	return v.Await(ctx, func(*inspect.Snapshot, inspect.Pyramid) (bool, string, error) { return true, "", nil })
}

// blockedError says what was in the way when the time was over.
type blockedError struct {
	blocks string
	cause  error
}

func (e *blockedError) Error() string { return e.blocks }

func (e *blockedError) Unwrap() error { return e.cause }
