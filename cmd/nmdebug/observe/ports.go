package observe

import (
	"context"
	"slices"
	"sync"
	"time"

	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/roomy"
	"nmdebug/wpadbus"
)

// portTimeout bounds the reading of one control socket; the supplicant answers in less than a millisecond. What was
// negotiated takes some twenty questions.
const (
	portTimeout       = 500 * time.Millisecond
	negotiatedTimeout = answerWithin
)

// ports reads the supplicant's control sockets, each once and again after each change: only there it tells whether a wired
// port is held after a refused re-authentication, and what was negotiated. One goroutine owns it.
type ports struct {
	out     chan<- record.Record
	read    chan struct{} // gets one for each socket that was read, after its record
	pending int           // how many are still to come from read
	known   []port
	stale   bool
	running sync.WaitGroup
}

func newPorts(out chan<- record.Record) ports { return ports{out: out, read: make(chan struct{})} }

// port is one reading: of the state of a wired port, or of what was negotiated with a network block.
type port struct {
	wpadbus.Socket
	negotiated bool
}

// portsOf lists the readings that a state wants; only a thorough one wants all.
func portsOf(f *wpadbus.Fold, thorough bool) []port {
	var ports []port
	for _, iface := range f.Wired() {
		ports = append(ports, port{Socket: wpadbus.Socket{Interface: iface}})
	}
	if thorough {
		for _, s := range f.Sockets() {
			ports = append(ports, port{Socket: s, negotiated: true})
		}
	}
	return ports
}

func (p port) patience() time.Duration {
	if p.negotiated {
		return negotiatedTimeout
	}
	return portTimeout
}

func (p port) record(ctx context.Context) record.Record {
	if p.negotiated {
		return wpadbus.ReadAssociation(ctx, wpadbus.ControlDir, p.Interface, p.Network, time.Now().UTC())
	}
	return wpadbus.ReadPAE(ctx, wpadbus.ControlDir, p.Interface, time.Now().UTC())
}

// heard notes that what was read may be old.
func (p *ports) heard(c changes) {
	p.stale = p.stale || c.supplicant
}

// ask starts to read the sockets of the interfaces that are new or changed.
func (p *ports) ask(ctx context.Context, wanted []port) {
	if !p.stale && slices.Equal(p.known, wanted) {
		return
	}
	p.known, p.stale = wanted, false
	for _, port := range wanted {
		p.pending++
		p.running.Go(func() {
			roomy.Stack()
			limited, cancel := context.WithTimeout(ctx, port.patience())
			defer cancel()
			if record.Send(ctx, p.out, port.record(limited)) != nil {
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
