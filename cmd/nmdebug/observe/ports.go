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
// there it tells whether the port is held after a refused re-authentication. One goroutine owns it.
type ports struct {
	out     chan<- record.Record
	read    chan struct{} // gets one for each socket that was read, after its record
	pending int           // how many are still to come from read
	known   []string
	stale   bool
	running sync.WaitGroup
}

func newPorts(out chan<- record.Record) ports { return ports{out: out, read: make(chan struct{})} }

// heard notes that what was read may be old.
func (p *ports) heard(c changes) {
	p.stale = p.stale || c.supplicant
}

// ask starts to read the sockets of the interfaces that are new or changed.
func (p *ports) ask(ctx context.Context, wired []string) {
	if !p.stale && slices.Equal(p.known, wired) {
		return
	}
	p.known, p.stale = wired, false
	for _, iface := range wired {
		p.pending++
		p.running.Go(func() {
			limited, cancel := context.WithTimeout(ctx, portTimeout)
			defer cancel()
			r := wpadbus.ReadPAE(limited, wpadbus.ControlDir, iface, time.Now().UTC())
			select {
			case p.out <- r:
			case <-ctx.Done():
				return
			}
			select {
			case p.read <- struct{}{}:
			case <-ctx.Done():
			}
		})
	}
}

// reading says whether an answer is awaited.
func (p *ports) reading() bool { return p.pending > 0 }

func (p *ports) wait() { p.running.Wait() }
