package mirror_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// spy runs a monitor in the background until the end of the test, and returns when it sees everything.
func spy(t *testing.T, m *mirror.Monitor, out chan record.Record) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	m.Take = func(r record.Record, _ wire.Message) {
		r.Raw = bytes.Clone(r.Raw)
		_ = record.Send(ctx, out, r) // it ends with the context
	}
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if n := noted(t, <-out); n.Event != record.Up {
		t.Fatalf("it begins with %+v", n)
	}
}

func noted(t *testing.T, r record.Record) record.Noted {
	t.Helper()
	if r.Kind != record.Note {
		t.Fatalf("%s instead of a note", describe(t, r))
	}
	n, err := record.NoteOf(r)
	if err != nil || n.Source != "monitor" {
		t.Fatalf("%s: %v", r.Raw, err)
	}
	return n
}

// TestMonitorShowsAService sees calls to a service and their answers, its signals, and who it is; nothing of others.
func TestMonitorShowsAService(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	caller := d.peer("")
	out := make(chan record.Record, 64)
	spy(t, &mirror.Monitor{Address: d.Address, Names: []string{service}, Rules: []string{"type='signal',interface='org.example.Plugin'"}}, out)
	server := d.peer(service)
	server.signal("/o", "org.example.I", "Changed", "text")
	caller.signal("/o", "org.example.I", "Unheard")
	caller.signal("/o", "org.example.Plugin", "Config")
	go server.serve(func(c wire.Message) {
		server.send(wire.Message{Type: wire.MethodReturn, ReplySerial: c.Serial, Destination: c.Sender}, "answer")
	})
	caller.call(wire.Call{Service: service, Path: "/o", Interface: "org.example.I", Member: "Get", Args: []any{"question"}})
	var seen []string
	for !strings.HasSuffix(strings.Join(seen, ""), "[answer]") {
		r := <-out
		m, err := wire.Parse(r.Raw)
		if err != nil || r.Kind != record.DBusSeen || r.Boot == 0 {
			t.Fatalf("%s: %v", describe(t, r), err)
		}
		args, err := m.Args()
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, fmt.Sprintf("%s %s %v", m.Sender, m.Member, args))
	}
	for _, want := range []string{
		fmt.Sprintf("%s NameOwnerChanged [%s  %s]", busName, service, server.unique), server.unique + " Changed [text]",
		caller.unique + " Config []", caller.unique + " Get [question]", server.unique + "  [answer]",
	} {
		if !slices.ContainsFunc(seen, func(s string) bool { return s == want }) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(seen, "\n"))
		}
	}
	if slices.ContainsFunc(seen, func(s string) bool { return strings.Contains(s, "Unheard") }) {
		t.Error("it sees what others say to others")
	}
}

// watched is a bus that lets us be a monitor, or not, and then does what the test says.
func watched(refusal string, then func(f *fakeBus)) *mirror.Monitor {
	return &mirror.Monitor{Names: []string{service}, Dial: dialFake(func(f *fakeBus) {
		if f.auth("OK 1234\r\nAGREE_UNIX_FD") != nil {
			return
		}
		for last := false; !last; {
			call, err := f.next()
			if err != nil {
				return
			}
			answer, text := wire.Message{Type: wire.MethodReturn, ReplySerial: call.Serial, Sender: busName}, us
			switch call.Member {
			case "GetNameOwner":
				text = owner
			case "BecomeMonitor":
				last = true
				if refusal != "" {
					answer.Type, answer.ErrorName = wire.Error, refusal
				}
			}
			if f.write(answer, text) != nil {
				return
			}
		}
		then(f)
		_ = f.drain()
	})}
}

// TestMonitorCountsLosses leaves serials out, as a bus does that throws messages away: those of a service are missed. Of
// others not all are shown, so that nothing can be said of them.
func TestMonitorCountsLosses(t *testing.T) {
	t.Parallel()
	out := make(chan record.Record)
	spy(t, watched("", func(f *fakeBus) {
		for _, m := range []wire.Message{
			{Sender: owner, Serial: 70},
			{Sender: owner, Serial: 71},
			{Sender: owner, Serial: 75},
			{Sender: owner, Serial: 3},
			{Sender: ":1.99", Serial: 1},
			{Sender: ":1.99", Serial: 5},
			{Sender: owner, Serial: 5},
		} {
			m.Type, m.Path, m.Interface, m.Member = wire.Signal, "/", "a.b", "C"
			raw, err := m.Encode()
			if err != nil {
				t.Error(err)
			}
			if _, err := f.nc.Write(raw); err != nil {
				return
			}
		}
	}), out)
	var got []string
	for range 9 {
		r := <-out
		if r.Kind == record.Note {
			got = append(got, fmt.Sprintf("lost %d", noted(t, r).Lost))
			continue
		}
		m, err := wire.Parse(r.Raw)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(m.Serial))
	}
	wantDiff(t, []string{"70", "71", "lost 3", "75", "3", "1", "5", "lost 1", "5"}, got)
}

func TestMonitorDenied(t *testing.T) {
	t.Parallel()
	out := make(chan record.Record, 1)
	m := watched("org.freedesktop.DBus.Error.AccessDenied", func(*fakeBus) {})
	m.Take = func(r record.Record, _ wire.Message) { out <- r }
	if err := m.Run(t.Context()); err != nil {
		t.Error(err)
	}
	if n := noted(t, <-out); n.Event != record.Denied || n.Right != "root" {
		t.Errorf("it notes %+v", n)
	}
}

// TestMonitorWithoutBus says it once, however often it tries.
func TestMonitorWithoutBus(t *testing.T) {
	t.Parallel()
	out := make(chan record.Record, 2)
	m := &mirror.Monitor{Address: "unix:path=" + t.TempDir() + "/none", Take: func(r record.Record, _ wire.Message) { out <- r }}
	for range 2 {
		if err := m.Run(t.Context()); err == nil {
			t.Error("it has no error")
		}
	}
	if n := noted(t, <-out); n.Event != record.Down || len(out) > 0 {
		t.Errorf("it notes %+v and %d more", n, len(out))
	}
}
