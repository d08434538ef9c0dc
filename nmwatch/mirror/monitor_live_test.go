package mirror_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// TestLiveMonitorFallsBehind does not read while a service sends many times as much as the bus lets anybody have unread.
// dbus-daemon does not hold a monitor to that limit: it keeps everything for it, and nothing is lost.
func TestLiveMonitorFallsBehind(t *testing.T) {
	t.Parallel()
	const signals, most = 2000, 1 << 16
	d := newDaemon(t, fmt.Sprintf(`<limit name="max_outgoing_bytes">%d</limit>`, most))
	out := make(chan record.Record)
	spy(t, &mirror.Monitor{Address: d.Address, Names: []string{service}}, out)
	server := d.peer(service)
	text := strings.Repeat("x", 1000)
	for range signals {
		server.signal("/o", "org.example.I", "Changed", text)
	}
	server.call(ownBus("GetId")) // the bus has dealt with all of them by now
	for seen := 0; seen < signals; {
		r := <-out
		if r.Kind == record.Note {
			t.Fatalf("it notes %+v after %d", noted(t, r), seen)
		}
		if m, err := wire.Parse(r.Raw); err == nil && m.Member == "Changed" {
			seen++
		}
	}
}

// TestLiveMonitorIsCutOff has the bus cut the monitor off, as it does with one that says something: what a service sent until
// the monitor was there again is counted, unless the bus is another one by then.
func TestLiveMonitorIsCutOff(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	server := d.peer(service)
	changed := func(count int) {
		for range count {
			server.signal("/o", "org.example.I", "Changed")
		}
		server.call(ownBus("GetId"))
	}
	s := newSevered(t, d.Address)
	s.begins()
	changed(3)
	s.expect("4 signals or calls of the service, nothing lost", 4, 0)
	const unseen = 6 // the five signals, and the call
	for range 2 {    // the second time is told as the first
		s.cutOff()
		changed(unseen - 1)
		s.begins()
		changed(1)
		s.expect("what was sent meanwhile is counted", 2, unseen)
	}
	s.cutOff()
	d.Kill()
	d.Start()
	server = d.peer(service)
	changed(40)
	s.begins()
	changed(1)
	s.expect("another bus counts anew", 2, 0)
}

// severed is a monitor whose connection can be cut off by the bus.
type severed struct {
	t       *testing.T
	monitor *mirror.Monitor
	nc      net.Conn // its connection
	out     chan record.Record
	ended   chan error
}

func newSevered(t *testing.T, address string) *severed {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &severed{t: t, out: make(chan record.Record), ended: make(chan error, 1)}
	s.monitor = &mirror.Monitor{
		Address: address, Names: []string{service}, Timeout: settled,
		Dial: func(ctx context.Context, address string) (nc net.Conn, err error) {
			s.nc, err = mirror.Dial(ctx, address)
			return s.nc, err
		},
		Take: func(r record.Record, _ wire.Message) {
			r.Raw = bytes.Clone(r.Raw)
			_ = record.Send(ctx, s.out, r) // it ends with the context
		},
	}
	t.Cleanup(func() {
		cancel()
		_ = s.nc.Close()
		<-s.ended
	})
	return s
}

// next gives the next record, within a time that is long on any machine.
func (s *severed) next() record.Record {
	s.t.Helper()
	select {
	case r := <-s.out:
		return r
	case <-time.After(settled):
		s.t.Fatal("it shows nothing more")
		return record.Record{}
	}
}

// begins runs the monitor until it sees everything.
func (s *severed) begins() {
	s.t.Helper()
	go func() { s.ended <- s.monitor.Run(context.WithoutCancel(s.t.Context())) }()
	if n := noted(s.t, s.next()); n.Event != record.Up {
		s.t.Fatalf("it begins with %+v", n)
	}
}

// cutOff sends the bus a message, which a monitor must not ("org.freedesktop.DBus.Monitoring.BecomeMonitor").
func (s *severed) cutOff() {
	s.t.Helper()
	const someSerial = 1000
	raw, err := ownBus("GetId").Encode(someSerial)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.nc.Write(raw); err != nil {
		s.t.Fatal(err)
	}
	for {
		r := s.next()
		if r.Kind != record.Note {
			continue // what was said before
		}
		if n := noted(s.t, r); n.Event != record.Down {
			s.t.Fatalf("it notes %+v", n)
		}
		break
	}
	if err := <-s.ended; err == nil {
		s.t.Error("it ends without an error")
	}
}

// expect waits for so many messages of the service, and holds what is noted meanwhile to so many lost ones.
func (s *severed) expect(what string, messages, lost int) {
	s.t.Helper()
	for messages > 0 {
		r := s.next()
		if r.Kind == record.Note {
			n := noted(s.t, r)
			if n.Event != record.Lost {
				s.t.Fatalf("%s: it notes %+v", what, n)
			}
			lost -= n.Lost
			continue
		}
		if m, err := wire.Parse(r.Raw); err == nil && m.Sender != busName {
			messages--
		}
	}
	if lost != 0 {
		s.t.Errorf("%s: %d are missing in what is noted as lost", what, lost)
	}
}
