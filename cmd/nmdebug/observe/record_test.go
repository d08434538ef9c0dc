package observe_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// news is told to all who listen when it comes. Who comes to listen is told the last of it, as a log does that is read
// from a moment ago on.
type news struct {
	mu        sync.Mutex
	last      []record.Record
	listeners map[chan<- record.Record]<-chan struct{}
}

func (n *news) Run(ctx context.Context, out chan<- record.Record) error {
	n.mu.Lock()
	for _, r := range n.last {
		out <- r
	}
	n.listeners[out] = ctx.Done()
	n.mu.Unlock()
	<-ctx.Done()
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.listeners, out)
	return nil
}

func (n *news) tell(i int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	raw := fmt.Appendf(nil, "MESSAGE=news %d\nPADDING=%s\n", i, strings.Repeat("x", 4096))
	r := record.Record{Time: time.Now().UTC(), Kind: record.Log, Raw: raw}
	n.last = append(n.last, r)
	n.last = n.last[max(0, len(n.last)-100):]
	for out, ended := range n.listeners {
		select {
		case out <- r:
		case <-ended:
		}
	}
}

// memory is a file that is held for the test.
type memory struct {
	bytes.Buffer
	closed bool
}

func (m *memory) Close() error {
	m.closed = true
	return nil
}

// TestRecordRotates fills several files: nothing is missing between them, and each stands alone.
func TestRecordRotates(t *testing.T) {
	n := &news{listeners: map[chan<- record.Record]<-chan struct{}{}}
	ctx, cancel := context.WithCancel(t.Context())
	var files []*memory
	began, told, full := make(chan struct{}), 0, make(chan struct{})
	rec := observe.Recording{
		Version: "1.0", Most: 256 << 10,
		Open: func() (io.WriteCloser, error) {
			files = append(files, &memory{})
			if len(files) == 4 {
				close(full)
			}
			return files[len(files)-1], nil
		},
		More:  func() []observe.Source { return []observe.Source{n} },
		Began: func(string) { close(began) },
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		<-began
		ticks := time.NewTicker(time.Millisecond)
		defer ticks.Stop()
		for limit := time.After(30 * time.Second); ; told++ {
			select {
			case <-full:
				return
			case <-limit:
				return
			case <-ticks.C:
				n.tell(told)
			}
		}
	}()
	sum, err := observe.Record(ctx, observe.Options{Address: noBus(t), Timeout: 10 * time.Second}, rec)
	<-done
	if err != nil || sum.Files != len(files) || len(files) < 4 || sum.Lost != 0 {
		t.Fatalf("%+v, %v", sum, err)
	}
	heard := map[string]bool{}
	for i, f := range files {
		whole := i < len(files)-1 // the last was ended when it began
		stands(t, f, heard, whole)
	}
	for i := range told {
		if !heard[fmt.Sprintf("MESSAGE=news %d", i)] {
			t.Errorf("news %d of %d is in no file", i, told)
		}
	}
}

// stands holds a file to being closed, complete, and enough for a verdict by itself; it notes what is in it.
func stands(t *testing.T, f *memory, heard map[string]bool, whole bool) {
	t.Helper()
	if !f.closed {
		t.Error("a file was not closed")
	}
	file := f.Bytes()
	err := pcapng.Each(bytes.NewReader(file), func(r record.Record) error {
		if r.Kind == record.Log {
			message, _, _ := strings.Cut(string(r.Raw), "\n")
			heard[message] = true
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if !whole {
		return
	}
	replay := &observe.Replay{Name: "memory", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }}
	s, err := observe.Once(t.Context(), observe.Options{Replay: replay})
	if err != nil {
		t.Fatal(err)
	}
	if lo, ok := inspect.Build(s).Stack("lo"); !ok || lo.Index == 0 {
		t.Errorf("the kernel's loopback is missing: %+v", lo)
	}
}

// TestRecordTellsThatItCannotWrite ends with the error of the file.
func TestRecordTellsThatItCannotWrite(t *testing.T) {
	full := errors.New("no space left")
	_, err := observe.Record(t.Context(), observe.Options{Address: noBus(t), Timeout: 10 * time.Second}, observe.Recording{
		Open: func() (io.WriteCloser, error) { return failing{full}, nil },
	})
	if !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}

// failing is a file on a full disk.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error              { return nil }
