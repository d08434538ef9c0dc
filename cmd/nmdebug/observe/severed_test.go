package observe_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/testenv"
	"nmdebug/testenv/tape"
)

// TestRecordGoesOnWhereTheBusCutsItOff has a real bus end the connection on which the recorder hears what others say: the
// recording goes on, says what a service said in vain meanwhile, and how long that was.
func TestRecordGoesOnWhereTheBusCutsItOff(t *testing.T) {
	bus := newSeverable(t)
	iwd := bus.service("net.connman.iwd")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file, began, ended := &memory{}, make(chan struct{}), make(chan error, 1)
	var sum observe.Recorded
	go func() {
		var err error
		sum, err = observe.Record(ctx, observe.Options{Address: bus.address, Timeout: 10 * time.Second}, observe.Recording{
			Version: "1.0",
			Open:    func() (io.WriteCloser, error) { return file, nil },
			Began:   func(string) { close(began) },
		})
		ended <- err
	}()
	<-began
	iwd("Seen")
	bus.awaitMonitor("Seen")
	bus.cutMonitorOff()
	iwd("Unseen")
	iwd("Unseen")
	bus.awaitMonitor("") // another
	iwd("SeenAgain")
	bus.awaitMonitor("SeenAgain")
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if sum.Lost != 2 || sum.Blind < 500*time.Millisecond || sum.Monitor != "" {
		t.Errorf("the sum is %+v", sum)
	}
	want := "Seen, monitor down, monitor up, monitor lost 2, SeenAgain"
	if got := strings.Join(saidOfMonitor(t, file.Bytes()), ", "); !strings.HasSuffix(got, want) {
		t.Errorf("recorded is %s\nwant %s", got, want)
	}
}

// saidOfMonitor lists the signals that a recording's monitor heard, and what it noted itself.
func saidOfMonitor(t *testing.T, file []byte) (all []string) {
	t.Helper()
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
	err := tape.Each(open, func(r record.Record) error {
		m, unparsed := wire.Parse(r.Raw)
		n, unread := record.NoteOf(r)
		switch {
		case r.Kind == record.DBusSeen && unparsed == nil && m.Interface == "org.example.I":
			all = append(all, m.Member)
		case unread != nil || n.Source != "monitor":
		case n.Event == record.Lost:
			all = append(all, fmt.Sprintf("monitor lost %d", n.Lost))
		default:
			all = append(all, "monitor "+string(n.Event))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// severable is a real bus behind a relay, which knows the connection of a monitor.
type severable struct {
	t       *testing.T
	real    *testenv.PrivateBus
	address string

	mu      sync.Mutex // guards what follows
	monitor net.Conn   // to the bus; nil while there is none
	told    []byte     // to the monitor
}

func newSeverable(t *testing.T) *severable {
	t.Helper()
	s := &severable{t: t, real: testenv.StartPrivateBus(t)}
	path := filepath.Join(t.TempDir(), "relay")
	s.address = "unix:path=" + path
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { s.relay(near) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return s
}

// relay hands on what both ends say until one of them ends.
func (s *severable) relay(near net.Conn) {
	far, err := new(net.Dialer).DialContext(context.WithoutCancel(s.t.Context()), "unix", strings.TrimPrefix(s.real.Address, "unix:path="))
	if err != nil {
		s.t.Error(err)
		_ = near.Close()
		return
	}
	var both sync.WaitGroup
	pump := func(to, from net.Conn, see func([]byte)) func() {
		return func() {
			_, _ = io.Copy(to, io.TeeReader(from, seer(see)))
			_, _ = to.Close(), from.Close()
		}
	}
	both.Go(pump(far, near, func(b []byte) {
		if bytes.Contains(b, []byte("BecomeMonitor")) {
			s.becomes(far)
		}
	}))
	both.Go(pump(near, far, func(b []byte) { s.heard(far, b) }))
	both.Wait()
	s.leaves(far)
}

// seer is shown what passes by.
type seer func([]byte)

func (s seer) Write(b []byte) (int, error) {
	s(b)
	return len(b), nil
}

func (s *severable) becomes(far net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.monitor, s.told = far, nil
}

func (s *severable) heard(far net.Conn, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.monitor == far {
		s.told = append(s.told, b...)
	}
}

func (s *severable) leaves(far net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.monitor == far {
		s.monitor = nil
	}
}

// awaitMonitor waits until there is a monitor, and until it was told of a signal.
func (s *severable) awaitMonitor(signal string) {
	s.t.Helper()
	s.await("the monitor is told of "+signal, func() bool {
		// The bus bids the connection farewell when it becomes a monitor.
		return s.monitor != nil && bytes.Contains(s.told, []byte("NameLost")) && bytes.Contains(s.told, append([]byte(signal), 0))
	})
}

// cutMonitorOff sends the bus a message on the monitor's connection, which ends it.
func (s *severable) cutMonitorOff() {
	s.t.Helper()
	const someSerial = 1000
	raw, err := wire.Call{Service: "org.freedesktop.DBus", Path: "/org/freedesktop/DBus", Interface: "org.freedesktop.DBus", Member: "GetId"}.Encode(someSerial)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	_, err = s.monitor.Write(raw)
	s.mu.Unlock()
	if err != nil {
		s.t.Fatal(err)
	}
	s.await("the monitor is cut off", func() bool { return s.monitor == nil })
}

func (s *severable) await(what string, done func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	err := testenv.Await(ctx, what, func(context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !done() {
			return fmt.Errorf("not yet")
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// service owns a name on the bus and gives what makes it send a signal.
func (s *severable) service(name string) (emit func(member string)) {
	s.t.Helper()
	conn, err := dbus.Connect(s.real.Address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	if _, err := conn.RequestName(name, 0); err != nil {
		s.t.Fatal(err)
	}
	return func(member string) {
		s.t.Helper()
		if err := conn.Emit("/o", "org.example.I."+member); err != nil {
			s.t.Fatal(err)
		}
	}
}
