package observe

import (
	"context"
	"slices"
	"sync"
	"time"

	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus"
)

// portTimeout bounds the reading of one control socket; the supplicant answers in less than a millisecond.
const portTimeout = 500 * time.Millisecond

// ports reads the control sockets of the supplicant's wired interfaces, each once and again after each change: only
// there it tells whether the port is held after a refused re-authentication.
type ports struct {
	out     chan<- record.Record
	known   []string
	stale   bool
	running sync.WaitGroup
	mu      sync.Mutex
	pending int // guarded by mu
}

// heard notes that what was read may be old.
func (p *ports) heard(c changes) {
	p.stale = p.stale || c.supplicant
}

// read starts to read the sockets of the interfaces that are new or changed.
func (p *ports) read(ctx context.Context, wired []string) {
	if !p.stale && slices.Equal(p.known, wired) {
		return
	}
	p.known, p.stale = wired, false
	for _, iface := range wired {
		p.count(1)
		p.running.Go(func() {
			defer p.count(-1)
			limited, cancel := context.WithTimeout(ctx, portTimeout)
			defer cancel()
			select {
			case p.out <- wpadbus.ReadPAE(limited, wpadbus.ControlDir, iface, time.Now().UTC()):
			case <-ctx.Done():
			}
		})
	}
}

// count and reading know how many sockets are being read.
func (p *ports) count(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending += n
}

func (p *ports) reading() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pending > 0
}

func (p *ports) wait() { p.running.Wait() }
