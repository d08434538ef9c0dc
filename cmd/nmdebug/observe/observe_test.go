package observe_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noBus is the address of a bus that does not exist.
func noBus(t *testing.T) string {
	t.Helper()
	return "unix:path=" + filepath.Join(t.TempDir(), "bus")
}

// deafBus accepts connections and never says a word.
func deafBus(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return "unix:path=" + path
}

func TestOnceWithoutBusShowsTheKernel(t *testing.T) {
	s, err := observe.Once(t.Context(), observe.Options{Address: noBus(t), Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	p := inspect.Build(s)
	for name, want := range map[string]inspect.SourceStatus{
		inspect.SourceBus: inspect.SourceLost, inspect.SourceNM: inspect.SourceLost, inspect.SourceKernel: inspect.SourceOK,
	} {
		if got := p.Source(name).Status; got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if lo, ok := p.Stack("lo"); !ok || lo.Index == 0 {
		t.Errorf("the kernel's loopback is missing: %+v", lo)
	}
}

// A bus that hangs is no reason to hide what the kernel says, however short the patience.
func TestOnceWithDeafBusShowsTheKernel(t *testing.T) {
	began := time.Now()
	s, err := observe.Once(t.Context(), observe.Options{Address: deafBus(t), Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took >= time.Second {
		t.Errorf("it took %v, all of the timeout", took)
	}
	p := inspect.Build(s)
	if bus := p.Source(inspect.SourceBus); bus.Status != inspect.SourceLost || bus.Detail == "" {
		t.Errorf("the bus is %+v, want it lost, with the reason", bus)
	}
	if _, ok := p.Stack("lo"); !ok {
		t.Error("the kernel's loopback is missing")
	}
}

func TestOnceIsTimedOut(t *testing.T) {
	_, err := observe.Once(t.Context(), observe.Options{Address: noBus(t), Timeout: time.Nanosecond})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "within 1ns") {
		t.Errorf("got %v, want a timeout that says how long", err)
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := observe.Watch(ctx, observe.Options{Address: noBus(t), Timeout: 10 * time.Second}, func(_ *inspect.Snapshot, p inspect.Pyramid) error {
		if _, ok := p.Stack("lo"); !ok {
			t.Error("the first pyramid has no loopback")
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

func TestWatchGivesBackTheViewersError(t *testing.T) {
	enough := errors.New("enough")
	err := observe.Watch(t.Context(), observe.Options{Address: noBus(t), Timeout: 10 * time.Second}, func(*inspect.Snapshot, inspect.Pyramid) error {
		return enough
	})
	if !errors.Is(err, enough) {
		t.Errorf("got %v, want the viewer's own", err)
	}
}

func TestSampleTicks(t *testing.T) {
	enough := errors.New("enough")
	var at []time.Time
	err := observe.Sample(t.Context(), observe.Options{Address: noBus(t), Timeout: 10 * time.Second}, 20*time.Millisecond,
		func(s *inspect.Snapshot, _ inspect.Pyramid) error {
			if at = append(at, s.At); len(at) == 3 {
				return enough
			}
			return nil
		})
	if !errors.Is(err, enough) || len(at) != 3 || !at[0].Before(at[1]) || !at[1].Before(at[2]) {
		t.Errorf("got %v with samples at %v", err, at)
	}
}

// told is a source that tells one record.
type told struct{}

func (told) Run(ctx context.Context, out chan<- record.Record) error {
	out <- record.Record{Kind: record.Log, Time: time.Unix(1, 0), Raw: []byte("MESSAGE=x\n")}
	<-ctx.Done()
	return nil
}

// A tap sees what was sent and what was received, of all sources, each once and in order.
func TestTap(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	kinds := map[record.Kind]int{}
	last := uint64(0)
	opts := observe.Options{Address: noBus(t), Timeout: 10 * time.Second, More: []observe.Source{told{}}}
	opts.Tap = func(r record.Record) {
		if r.Seq != last+1 {
			t.Errorf("record %d comes after %d", r.Seq, last)
		}
		last = r.Seq
		if kinds[r.Kind]++; kinds[record.Log] > 0 && kinds[record.Netlink] > 0 && kinds[record.Note] > 0 {
			cancel()
		}
	}
	err := observe.Watch(ctx, opts, func(*inspect.Snapshot, inspect.Pyramid) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v with %v", err, kinds)
	}
}

// A conversation fails where there is nobody to talk to, and does not wait longer than it was told.
func TestConverseWithNobody(t *testing.T) {
	if _, err := observe.Converse(t.Context(), noBus(t), time.Second); !errors.Is(err, observe.ErrNoBus) {
		t.Errorf("without a bus: %v", err)
	}
	began := time.Now()
	if _, err := observe.Converse(t.Context(), deafBus(t), 200*time.Millisecond); !errors.Is(err, observe.ErrNoBus) {
		t.Errorf("with a deaf bus: %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v to give up on a deaf bus", took)
	}
}
