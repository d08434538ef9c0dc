package mirror_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/mirrortest"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	busName  = mirrortest.Bus
	service  = "org.example.Service"
	owner    = ":1.7"
	us       = mirrortest.Us
	deadline = time.Second // of calls in tests with a fake bus, where time is not real
)

// fakeBus is the far end of a connection, for one goroutine.
type fakeBus struct {
	nc     net.Conn
	r      *bufio.Reader
	serial uint32
}

// auth reads the authentication up to BEGIN and answers a line.
func (f *fakeBus) auth(answer string) error {
	if err := f.begun(); err != nil {
		return err
	}
	return f.agree(answer)
}

// begun reads up to the end of the client's part of the authentication.
func (f *fakeBus) begun() error {
	for {
		line, err := f.r.ReadString('\n')
		if err != nil || strings.HasPrefix(line, "BEGIN") {
			return err
		}
	}
}

func (f *fakeBus) agree(answer string) error {
	_, err := io.WriteString(f.nc, answer+"\r\n")
	return err
}

// next reads the next message.
func (f *fakeBus) next() (wire.Message, error) {
	head, err := f.r.Peek(wire.MinLength)
	if err != nil {
		return wire.Message{}, err
	}
	length, err := wire.Length(head)
	if err != nil {
		return wire.Message{}, err
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(f.r, raw); err != nil {
		return wire.Message{}, err
	}
	return wire.Parse(raw)
}

func (f *fakeBus) write(m wire.Message, args ...any) error {
	f.serial++
	m.Serial, m.Destination = f.serial, us
	raw, err := m.Encode(args...)
	if err != nil {
		return err
	}
	_, err = f.nc.Write(raw)
	return err
}

func (f *fakeBus) reply(to wire.Message, args ...any) error {
	return f.write(wire.Message{Type: wire.MethodReturn, ReplySerial: to.Serial, Sender: busName}, args...)
}

// welcome authenticates and answers Hello.
func (f *fakeBus) welcome() error {
	if err := f.auth("OK 1234"); err != nil {
		return err
	}
	hello, err := f.next()
	if err != nil {
		return err
	}
	return f.reply(hello, us)
}

// drain reads whatever comes until the connection ends.
func (f *fakeBus) drain() error {
	_, err := io.Copy(io.Discard, f.r)
	return err
}

// pause reads and forgets whatever comes for a while, or until the connection ends.
func (f *fakeBus) pause(d time.Duration) {
	_ = f.nc.SetReadDeadline(time.Now().Add(d))
	_ = f.drain()
	_ = f.nc.SetReadDeadline(time.Time{})
}

// dialFake gives a Config.Dial: each dial runs serve at the far end of a pipe, which is closed when serve returns.
func dialFake(serve func(f *fakeBus)) func(context.Context, string) (net.Conn, error) {
	return func(context.Context, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			serve(&fakeBus{nc: far, r: bufio.NewReader(far)})
		}()
		return near, nil
	}
}

// describe says in a few words what a record is.
func describe(tb testing.TB, r record.Record) string {
	tb.Helper()
	if r.Kind == record.Note {
		n, err := record.NoteOf(r)
		if err != nil || n.Source != "bus" {
			tb.Fatalf("note %s: %v", r.Raw, err)
		}
		if n.Event == record.NoAnswer {
			return fmt.Sprintf("%s to %d: %s", n.Event, n.Serial, n.Detail)
		}
		return fmt.Sprintf("%s: %s", n.Event, n.Detail)
	}
	m, err := wire.Parse(r.Raw)
	if err != nil {
		tb.Fatal(err)
	}
	args, err := m.Args()
	if err != nil {
		tb.Fatal(err)
	}
	about := m.Member
	if m.ReplySerial != 0 {
		about = fmt.Sprintf("to %d", m.ReplySerial)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d %s %s %v", strings.TrimPrefix(r.Kind.String(), "dbus-"), m.Serial, m.Type, about, args))
}

// run runs a bus in the background; stop ends it and gives its error.
func run(tb testing.TB, cfg mirror.Config) (bus *mirror.Bus, stop func() error) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	bus = mirror.NewBus(cfg)
	ended := make(chan error, 1)
	go func() { ended <- bus.Run(ctx) }()
	return bus, func() error {
		cancel()
		return <-ended
	}
}

// ping is a call that nobody minds.
func ping(service string) wire.Call {
	return wire.Call{Service: service, Path: "/", Interface: "org.freedesktop.DBus.Peer", Member: "Ping"}
}

// newStream makes records for the folds, a second after each other.
func newStream(tb testing.TB) *mirrortest.Stream {
	return &mirrortest.Stream{TB: tb, Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Step: time.Second}
}
