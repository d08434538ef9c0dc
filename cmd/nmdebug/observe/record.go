package observe

import (
	"context"
	"errors"
	"io"
	"time"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
	"nmdebug/wpadbus"
)

// Recording says how Record is to write.
type Recording struct {
	Version string                         // of the program
	Open    func() (io.WriteCloser, error) // begins the next file
	Most    int64                          // bytes after which a file is full and the next is begun; 0 for never
	More    func() []Source                // gives further sources for each file; nil for none
	Began   func(monitor string)           // called once, when the first file has the full state; see Recorded.Monitor
}

// Recorded is what a recording has become.
type Recorded struct {
	Files   int
	Records int
	Bytes   int64
	Lost    int           // records that were lost, as far as the sources could tell
	Removed int           // secrets
	Blind   time.Duration // how long what others said was not seen, after it had been: the bus had cut the monitor off
	Monitor string        // why only our own conversation was seen; "" when that of others was seen, too
}

// Record writes what all sources say into files until the context ends, which is no error. Each file begins with the full
// state. While one file is finished the next has begun already, so that nothing falls between them.
func Record(ctx context.Context, opts Options, rec Recording) (sum Recorded, err error) {
	var last *part
	defer func() {
		if last != nil {
			err = errors.Join(err, last.end(&sum))
		}
	}()
	for {
		next, err := newPart(ctx, opts, rec)
		if err != nil {
			return sum, err
		}
		next.begun()
		if last == nil && rec.Began != nil && ctx.Err() == nil {
			rec.Began(next.monitorSays())
		}
		if last != nil {
			if err := last.end(&sum); err != nil {
				last = next
				return sum, err
			}
		}
		last = next
		select {
		case <-next.full:
		case <-next.ended:
			return sum, nil
		}
	}
}

// spied are the services of which a monitor shows everything. VPN plugins have names of their own for each connection:
// what they say to NetworkManager is seen as its own, and their signals are let in by their interface.
func spied() []string { return []string{nmwatch.Service, wpadbus.Service, iwdService, "org.bluez"} }

// spy shows what others say on the bus to a part, until the context ends, and tries again where that fails.
func spy(ctx context.Context, opts Options, p *part) {
	m := newMonitor(opts)
	m.Take, m.Skip = p.spied, p.ours
	for m.Run(ctx) != nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

func newMonitor(opts Options) *mirror.Monitor {
	return &mirror.Monitor{
		Address: opts.Address, Timeout: opts.Timeout, Names: spied(),
		Rules: []string{"type='signal',interface='org.freedesktop.NetworkManager.VPN.Plugin'"},
	}
}
