package kernel

import (
	"context"
	"sync"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// sight is what the probes need of a link: when it changes, they look again.
type sight struct {
	index   int
	name    string
	kind    string
	up      bool
	carrier bool
	oper    kerneltypes.OperState
	changes uint32 // of the carrier: it may have gone and come back between two looks
	device  string
}

func sightOf(l kerneltypes.Link) sight {
	return sight{
		index: l.Index, name: l.Name, kind: l.Kind, up: l.Up(),
		carrier: l.Carrier, oper: l.OperState, changes: l.CarrierChanges,
		device: l.Hardware,
	}
}

// probe measures what rtnetlink does not tell.
type probe interface {
	// blind says whether the probe can look without knowing the links.
	blind() bool
	// look measures; it is called when the links changed, and again after the duration that it returned, if that is not 0.
	look(ctx context.Context, links map[int]sight) (again time.Duration, err error)
	close()
}

// board is where the reader of rtnetlink shows the links to the probes. A probe that is slow skips states.
type board struct {
	mu      sync.Mutex
	links   map[int]sight   // guarded by mu; the map itself is never changed
	waiting []chan struct{} // guarded by mu
}

func newBoard() *board { return &board{} }

// show publishes the links and wakes the probes if what they see has changed.
func (b *board) show(links map[int]kerneltypes.Link) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.links != nil && !differ(b.links, links) {
		return
	}
	b.links = make(map[int]sight, len(links))
	for i, l := range links {
		b.links[i] = sightOf(l)
	}
	for _, c := range b.waiting {
		select {
		case c <- struct{}{}:
		default: // it has not taken the last call yet
		}
	}
}

func differ(seen map[int]sight, links map[int]kerneltypes.Link) bool {
	if len(seen) != len(links) {
		return true
	}
	for i, l := range links {
		if seen[i] != sightOf(l) {
			return true
		}
	}
	return false
}

// subscribe returns a channel that gets a value when there is something new to see.
func (b *board) subscribe() <-chan struct{} {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, c)
	if b.links != nil {
		c <- struct{}{}
	}
	return c
}

// seen returns the links as they were shown last; nobody may change them.
func (b *board) seen() map[int]sight {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.links
}

// follow runs a probe: once when once is set, else as long as the context lasts.
func (b *board) follow(ctx context.Context, p probe, once bool) error {
	defer p.close()
	if once && p.blind() {
		_, err := p.look(ctx, nil)
		return err
	}
	changed := b.subscribe()
	var timer <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-timer:
		}
		again, err := p.look(ctx, b.seen())
		if err != nil || once {
			return err
		}
		timer = nil
		if again > 0 {
			timer = time.After(again)
		}
	}
}
