package kernel

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// watcher runs a source and applies its records to a fold.
type watcher struct {
	t       testing.TB
	fold    *Fold
	out     chan record.Record
	seen    []record.Record // all records, when keep is set
	keep    bool
	lost    int
	sentry  int
	timeout <-chan time.Time
}

// watch follows the kernel until the test ends. It has read the first dump when it returns.
func watch(t testing.TB, s *Source) *watcher {
	t.Helper()
	w := &watcher{t: t, fold: NewFold(), out: make(chan record.Record), timeout: time.After(time.Minute)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, w.out) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	w.until("the first dump", func(r record.Record) bool { return noted(r, record.SourceRtnetlink, record.Synced) })
	return w
}

// until applies records up to the one for which stop is true.
func (w *watcher) until(what string, stop func(record.Record) bool) {
	w.t.Helper()
	for {
		select {
		case r := <-w.out:
			w.fold.Apply(r)
			if w.keep {
				w.seen = append(w.seen, r)
			}
			if noted(r, record.SourceRtnetlink, record.Lost) {
				w.lost++
			}
			if stop(r) {
				return
			}
		case <-w.timeout:
			w.t.Fatalf("%s did not come; state:\n%+v", what, w.fold.State())
		}
	}
}

// settle makes a link and removes it, and waits for what follows from that: everything that happened before is known
// then, also what the kernel does not announce.
func (w *watcher) settle() kerneltypes.State {
	w.t.Helper()
	for !w.sentryPassed() {
	}
	return w.fold.State()
}

// sentryPassed is false when something was lost, perhaps the sentry itself.
func (w *watcher) sentryPassed() bool {
	w.t.Helper()
	w.sentry++
	name := fmt.Sprintf("sentry%d", w.sentry)
	made := make(chan struct{})
	go func() {
		defer close(made)
		try("link add "+name+" type bridge", "link del "+name)
	}()
	defer func() { <-made }()
	missing := map[string]bool{sourceLinks: false, sourceAddrs: false, sourceRoutes: false} // true: begun
	gone, lost := false, w.lost
	w.until("the sentry "+name, func(r record.Record) bool {
		gone = gone || deleted(r, name)
		for source, begun := range missing {
			switch {
			case gone && noted(r, source, record.Up):
				missing[source] = true
			case begun && noted(r, source, record.Synced):
				delete(missing, source)
			}
		}
		if w.lost > lost {
			return noted(r, record.SourceRtnetlink, record.Synced)
		}
		return gone && len(missing) == 0
	})
	return w.lost == lost
}

func deleted(r record.Record, name string) bool {
	if r.Kind != record.Netlink {
		return false
	}
	h, msg, _, err := cut(r.Raw)
	if err != nil || h.kind != unix.RTM_DELLINK {
		return false
	}
	m, err := parseLink(msg[unix.NLMSG_HDRLEN:])
	return err == nil && m.link.Name == name && m.family == unix.AF_UNSPEC
}

func noted(r record.Record, source string, event record.NoteEvent) bool {
	n, err := record.NoteOf(r)
	return err == nil && n.Source == source && n.Event == event
}

// snapshot runs a one-shot source and returns what it told.
func snapshot(t testing.TB) kerneltypes.State {
	t.Helper()
	f := NewFold()
	for _, r := range oneShot(t) {
		f.Apply(r)
	}
	return f.State()
}

func oneShot(t testing.TB) []record.Record {
	t.Helper()
	out := make(chan record.Record)
	done := make(chan error, 1)
	go func() {
		done <- (&Source{OneShot: true}).Run(t.Context(), out)
		close(out)
	}()
	var all []record.Record
	for r := range out {
		all = append(all, r)
	}
	if err := <-done; err != nil {
		t.Fatalf("Run: %v", err)
	}
	return all
}

// sameAsDumped waits until the watched state equals what a fresh dump tells. Some changes need a moment inside the
// kernel (net/core/link_watch.c), so the first comparison may fail; a change that was missed would fail each.
func (w *watcher) sameAsDumped() {
	w.t.Helper()
	var diff string
	for range 40 {
		followed := w.settle()
		diff = cmp.Diff(snapshot(w.t), followed, likeness())
		if diff == "" {
			return
		}
	}
	w.t.Fatalf("followed state differs from a fresh dump (-dumped +followed):\n%s", diff)
}

// likeness leaves out what differs between two looks at the same thing: counters and times, and neighbours that
// the kernel made by itself, whose making it does not announce.
func likeness() cmp.Options {
	return cmp.Options{
		cmpopts.IgnoreFields(kerneltypes.Link{}, "RxBytes", "TxBytes", "RxErrors", "TxErrors", "RxDropped", "TxDropped", "CarrierAt"),
		cmpopts.IgnoreFields(kerneltypes.Addr{}, "At"),
		cmpopts.IgnoreFields(kerneltypes.Neigh{}, "At", "Since"),
		cmpopts.IgnoreFields(kerneltypes.State{}, "Sources", "Speeds"),
		cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{}),
		cmpopts.IgnoreSliceElements(func(n kerneltypes.Neigh) bool { return n.State != kerneltypes.NeighPermanent }),
		cmpopts.EquateEmpty(),
	}
}
