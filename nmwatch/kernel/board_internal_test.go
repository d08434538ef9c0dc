package kernel

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// countingProbe asks to be called again after a second, three times.
type countingProbe struct {
	mu     sync.Mutex
	looks  []int // guarded by mu
	closed bool
}

func (p *countingProbe) looked() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.looks)
}

func (p *countingProbe) blind() bool { return false }
func (p *countingProbe) close()      { p.closed = true }

func (p *countingProbe) look(_ context.Context, links map[int]sight) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks = append(p.looks, len(links))
	if len(p.looks) < 3 {
		return time.Second, nil
	}
	return 0, nil
}

// A probe waits for the links, looks again when it asked to or when they changed, and sleeps otherwise.
func TestBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newBoard(), &countingProbe{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.follow(ctx, p, false) }()
		synctest.Wait()
		looked := func(want ...int) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(want, p.looked(), cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		}
		looked()
		links := map[int]kerneltypes.Link{1: {Index: 1, Name: "lo"}}
		b.show(links)
		looked(1)
		links[1] = kerneltypes.Link{Index: 1, Name: "lo", RxBytes: 5} // nothing that a probe minds
		b.show(links)
		looked(1)
		time.Sleep(time.Second)
		looked(1, 1)
		time.Sleep(time.Hour)
		looked(1, 1, 1)
		b.show(map[int]kerneltypes.Link{1: {Index: 1, Name: "lo"}, 2: {Index: 2}})
		looked(1, 1, 1, 2)
		time.Sleep(time.Hour)
		looked(1, 1, 1, 2)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || !p.closed {
			t.Errorf("follow: %v, closed %t", err, p.closed)
		}
	})
}
