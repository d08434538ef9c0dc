// Package sent sees what NetworkManager really sends to wpa_supplicant, and reads what was derived, so that tests can
// hold the one to the other.
package sent

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"nmdebug/testenv"
)

const wpaInterface = "fi.w1.wpa_supplicant1.Interface"

// Spy sees the calls on a bus, as root may who makes a connection a monitor.
type Spy struct {
	tb    testing.TB
	mu    sync.Mutex
	calls []*dbus.Message
}

// Network is a network block as it was sent.
type Network struct {
	Dict map[string]any
	Set  []string // "NAME=VALUE": the properties of the interface that were set before, in their order
}

// Watch makes a connection a monitor, and closes it at the end of the test. Its context must not end before.
func Watch(ctx context.Context, tb testing.TB, conn *dbus.Conn) *Spy {
	tb.Helper()
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, []string{}, uint32(0)).Err; err != nil {
		tb.Fatal(err)
	}
	seen, stop, ended := make(chan *dbus.Message, 1<<14), make(chan struct{}), make(chan struct{})
	conn.Eavesdrop(seen)
	s := &Spy{tb: tb}
	go func() {
		defer close(ended)
		for {
			select {
			case m := <-seen:
				s.note(m)
			case <-stop:
				return
			}
		}
	}()
	tb.Cleanup(func() {
		conn.Eavesdrop(nil) // or closing would close the channel, into which more may come
		_ = conn.Close()
		close(stop)
		<-ended
	})
	return s
}

func (s *Spy) note(m *dbus.Message) {
	if m.Type != dbus.TypeMethodCall {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, m)
}

// Network waits for the next network block.
func (s *Spy) Network(ctx context.Context) Network {
	s.tb.Helper()
	args, before := s.await(ctx, "AddNetwork")
	dict, ok := args[0].(map[string]dbus.Variant)
	if !ok {
		s.tb.Fatalf("AddNetwork has a %T", args[0])
	}
	n := Network{Dict: map[string]any{}}
	for key, value := range dict {
		n.Dict[key] = value.Value()
	}
	for _, m := range before {
		if member(m) != "Set" || len(m.Body) != 3 || m.Body[0] != wpaInterface {
			continue
		}
		if value, ok := m.Body[2].(dbus.Variant); ok {
			n.Set = append(n.Set, fmt.Sprintf("%v=%v", m.Body[1], value.Value()))
		}
	}
	return n
}

// Blobs waits until the network is selected, and gives the blobs that were added before.
func (s *Spy) Blobs(ctx context.Context) map[string]string {
	s.tb.Helper()
	_, before := s.await(ctx, "SelectNetwork")
	blobs := map[string]string{}
	for _, m := range before {
		if member(m) != "AddBlob" || len(m.Body) != 2 {
			continue
		}
		if content, ok := m.Body[1].([]byte); ok {
			blobs[fmt.Sprint(m.Body[0])] = string(content)
		}
	}
	return blobs
}

// await waits for the next call of a method and gives its arguments and all calls before it; they are forgotten then.
func (s *Spy) await(ctx context.Context, method string) (args []any, before []*dbus.Message) {
	s.tb.Helper()
	err := testenv.Await(ctx, "NetworkManager never calls "+method, func(context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, m := range s.calls {
			if member(m) == method {
				args, before, s.calls = m.Body, s.calls[:i], s.calls[i+1:]
				return nil
			}
		}
		return fmt.Errorf("%d other calls", len(s.calls))
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return args, before
}

func member(m *dbus.Message) string {
	name, _ := m.Headers[dbus.FieldMember].Value().(string)
	return name
}

// Logged reads NetworkManager's log: what it says of all network blocks up to now, "KEY=VALUE".
func Logged(log string) []string {
	var lines []string
	for _, m := range regexp.MustCompile(`Config: added '([^']+)' value '(.*)'`).FindAllStringSubmatch(log, -1) {
		lines = append(lines, m[1]+"="+m[2])
	}
	return lines
}
