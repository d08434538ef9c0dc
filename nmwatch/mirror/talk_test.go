package mirror_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/mirrortest"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	serviceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown"
	noOwner        = "org.freedesktop.DBus.Error.NameHasNoOwner"
	accessDenied   = "org.freedesktop.DBus.Error.AccessDenied"
	noReply        = "org.freedesktop.DBus.Error.NoReply"
)

// script applies records to a Talk and collects what they mean.
type script struct {
	*mirrortest.Stream
	talk   *mirror.Talk
	events []mirror.Event
}

// newScript begins with a connection that is up.
func newScript(tb testing.TB) *script {
	tb.Helper()
	s := &script{Stream: newStream(tb), talk: mirror.NewTalk()}
	s.apply(s.Hello()...)
	s.events = nil
	return s
}

func (s *script) apply(records ...record.Record) {
	for _, r := range records {
		s.events = append(s.events, s.talk.Apply(r)...)
	}
}

// said says what happened since the last time.
func (s *script) said() []string {
	var all []string
	for _, e := range s.events {
		text := e.Kind.String() + " " + e.Service
		switch e.Kind {
		case mirror.OwnerGained, mirror.OwnerLost, mirror.OwnerChanged:
			text += fmt.Sprintf(" %s→%s", e.OldOwner, e.Owner)
		case mirror.Signal:
			text += " " + e.Message.Member
		case mirror.Reply, mirror.NoAnswer, mirror.OneWay:
			text += " " + e.Call.Member
		case mirror.Refused:
			text += " " + e.Call.Member + ": " + e.Err.Text
		}
		if e.Overheard {
			text += " (overheard)"
		}
		all = append(all, strings.Join(strings.Fields(text), " "))
	}
	s.events = nil
	return all
}

func (s *script) wantStatus(status mirror.ServiceStatus, detail string) {
	s.Helper()
	got := s.talk.Service(service)
	if got.Status != status || got.Detail != detail {
		s.Errorf("status %v (%s), want %v (%s)", got.Status, got.Detail, status, detail)
	}
}

func ownerCall(name string) wire.Call {
	return wire.Call{
		Service: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: "GetNameOwner", Args: []any{name},
	}
}

func TestTalkHello(t *testing.T) {
	s := newStream(t)
	talk := mirror.NewTalk()
	var events []mirror.Event
	for _, r := range s.Hello() {
		events = append(events, talk.Apply(r)...)
	}
	if len(events) != 2 || events[0].Kind != mirror.BusUp || events[0].Detail != "unix:path=/test" ||
		events[0].Owner != us || !events[1].Answers(busName, "Hello") {
		t.Errorf("got %+v", events)
	}
	if talk.Unique() != us || talk.Pending() != 0 {
		t.Errorf("unique name %q, %d pending", talk.Unique(), talk.Pending())
	}
	talk.Apply(s.Call(ping(service)))
	if talk.Pending() != 1 {
		t.Errorf("%d pending", talk.Pending())
	}
	down := talk.Apply(s.Note(record.Down, 0, "gone"))
	if len(down) != 1 || down[0].Kind != mirror.BusDown || down[0].Detail != "gone" {
		t.Errorf("got %+v", down)
	}
	if talk.Unique() != "" || talk.Pending() != 0 {
		t.Errorf("unique name %q, %d pending after the end", talk.Unique(), talk.Pending())
	}
}

// A recording may lack the end of a conversation: it has ended when the next begins.
func TestTalkBeginsAnew(t *testing.T) {
	s := newScript(t)
	s.apply(s.Hello()...)
	wantDiff(t, []string{"bus-down", "bus-up org.freedesktop.DBus", "reply org.freedesktop.DBus Hello"}, s.said())
}

func TestTalkOwners(t *testing.T) {
	s := newScript(t)
	s.wantStatus(mirror.Unknown, "")
	s.apply(s.Call(ownerCall(service)))
	s.apply(s.Refusal(busName, s.Serial, noOwner, "no such name"))
	wantDiff(t, []string{"refused org.freedesktop.DBus GetNameOwner: no such name"}, s.said())
	s.wantStatus(mirror.Absent, "nobody owns the name")

	s.apply(s.OwnerChanged(service, "", owner))
	wantDiff(t, []string{
		"owner-gained org.example.Service →:1.7", "signal org.freedesktop.DBus NameOwnerChanged",
	}, s.said())
	s.wantStatus(mirror.Present, "")
	if got := s.talk.Service(service); got.Owner != owner || got.Since != s.Now {
		t.Errorf("got %+v", got)
	}

	s.apply(s.Signal(owner, "/", "a.b.Sig"), s.Signal(":1.8", "/", "a.b.Sig"), s.OwnerChanged(service, owner, ":1.8"))
	s.apply(s.Signal(owner, "/", "a.b.Sig"), s.Signal(":1.8", "/", "a.b.Sig"), s.OwnerChanged(service, ":1.8", ""))
	wantDiff(t, []string{
		"signal org.example.Service Sig", "signal Sig",
		"owner-changed org.example.Service :1.7→:1.8", "signal org.freedesktop.DBus NameOwnerChanged",
		"signal Sig", "signal org.example.Service Sig",
		"owner-lost org.example.Service :1.8→", "signal org.freedesktop.DBus NameOwnerChanged",
	}, s.said())
	s.wantStatus(mirror.Absent, "nobody owns the name")

	s.apply(s.Call(ownerCall(service)))
	s.apply(s.Reply(busName, s.Serial, owner))
	wantDiff(t, []string{
		"owner-gained org.example.Service →:1.7", "reply org.freedesktop.DBus GetNameOwner",
	}, s.said())
}

// One process may own several names: its messages are from all of them.
func TestTalkSeveralNames(t *testing.T) {
	s := newScript(t)
	s.apply(s.OwnerChanged("org.example.B", "", owner), s.OwnerChanged("org.example.A", "", owner))
	s.events = nil
	s.apply(s.Signal(owner, "/", "a.b.Sig"))
	e := s.events[0]
	if e.Service != "org.example.A" || !e.From("org.example.A") || !e.From("org.example.B") || e.From("org.example.C") {
		t.Errorf("got %q and %q", e.Service, e.Also)
	}
	s.apply(s.OwnerChanged("org.example.A", owner, ""), s.Signal(owner, "/", "a.b.Sig"))
	if e := s.events[len(s.events)-1]; e.Service != "org.example.B" || len(e.Also) != 0 {
		t.Errorf("got %q and %q", e.Service, e.Also)
	}
}

// Without anybody telling the owner, who answers a call to a name owns it; once told, an answer proves nothing.
func TestTalkImpliedOwner(t *testing.T) {
	s := newScript(t)
	s.apply(s.Call(ping(service)))
	s.apply(s.Reply(owner, s.Serial))
	wantDiff(t, []string{"owner-gained org.example.Service →:1.7", "reply org.example.Service Ping"}, s.said())
	s.apply(s.Call(ping(service)))
	s.apply(s.Refusal(":1.8", s.Serial, "a.b.Failed", "no"))
	wantDiff(t, []string{"owner-changed org.example.Service :1.7→:1.8", "refused org.example.Service Ping: no"}, s.said())
	s.apply(s.Call(ping(service)), s.OwnerChanged(service, ":1.8", ":1.9"))
	s.events = nil
	s.apply(s.Reply(":1.8", s.Serial))
	wantDiff(t, []string{"reply Ping"}, s.said())
	s.apply(s.Call(ping(":1.9")))
	s.apply(s.Reply(":1.9", s.Serial))
	wantDiff(t, []string{"reply org.example.Service Ping"}, s.said())
}

func TestTalkHealth(t *testing.T) {
	s := newScript(t)
	call := func() { s.apply(s.Call(ping(service))) }
	call()
	s.apply(s.Refusal(busName, s.Serial, serviceUnknown, "not provided"))
	wantDiff(t, []string{"refused org.example.Service Ping: not provided"}, s.said())
	s.wantStatus(mirror.Absent, "nobody owns the name")

	s.apply(s.OwnerChanged(service, "", owner))
	call()
	s.apply(s.Note(record.NoAnswer, s.Serial, "no answer in 5s"))
	s.wantStatus(mirror.Silent, "org.freedesktop.DBus.Peer.Ping: no answer in 5s")
	since := s.talk.Service(service).Since
	call()
	s.apply(s.Note(record.NoAnswer, s.Serial, "no answer in 5s"))
	if s.talk.Service(service).Since != since {
		t.Error("silent since the second time only")
	}
	s.apply(s.Reply(owner, s.Serial-1)) // late
	s.wantStatus(mirror.Present, "")
	s.apply(s.Note(record.NoAnswer, s.Serial-1, "no answer in 5s")) // overtaken by the answer
	s.wantStatus(mirror.Present, "")
	s.apply(s.Note(record.NoAnswer, s.Serial, "again"), s.Signal(owner, "/", "a.b.Sig"))
	s.wantStatus(mirror.Present, "")

	call()
	s.apply(s.Refusal(busName, s.Serial, accessDenied, "rejected send message"))
	s.wantStatus(mirror.Denied, "rejected send message")
	s.apply(s.Signal(owner, "/", "a.b.Sig"))
	s.wantStatus(mirror.Denied, "rejected send message")
	call()
	s.apply(s.Refusal(owner, s.Serial, accessDenied, "the service itself"))
	s.wantStatus(mirror.Present, "")

	call()
	s.apply(s.Refusal(busName, s.Serial, noReply, "timeout"))
	s.wantStatus(mirror.Silent, "timeout")
	s.apply(s.OwnerChanged(service, owner, ""))
	s.wantStatus(mirror.Absent, "nobody owns the name")
	call()
	s.apply(s.Refusal(busName, s.Serial, noReply, "went away"), s.Note(record.Up, 0, ""))
	s.wantStatus(mirror.Unknown, "")
	s.apply(s.Note(record.Down, 0, "why"))
	s.wantStatus(mirror.Unknown, "why")
}

func TestTalkNoAnswer(t *testing.T) {
	s := newScript(t)
	s.apply(s.Call(ping(service)))
	s.apply(s.Note(record.NoAnswer, s.Serial, "no answer in 5s"))
	s.apply(s.Note(record.NoAnswer, 99, "unknown"))
	s.apply(s.Call(ping(":1.99")))
	s.apply(s.Note(record.NoAnswer, s.Serial, "no answer in 5s"))
	wantDiff(t, []string{"no-answer org.example.Service Ping", "no-answer Ping"}, s.said())
	s.apply(s.Reply(owner, s.Serial-1))
	wantDiff(t, []string{"owner-gained org.example.Service →:1.7", "reply org.example.Service Ping"}, s.said())
}

func TestCallError(t *testing.T) {
	tests := []struct {
		name, text, want string
		is               error
	}{
		{"a.b.Failed", "it broke", "it broke", nil},
		{"a.b.Failed", "", "a.b.Failed", nil},
		{serviceUnknown, "x", "x", mirror.ErrAbsent},
		{noOwner, "x", "x", mirror.ErrAbsent},
		{"org.freedesktop.NetworkManager.Settings.PermissionDenied", "x", "x", mirror.ErrDenied},
		{accessDenied, "x", "x", mirror.ErrDenied},
		{"org.freedesktop.DBus.Error.UnknownObject", "x", "x", mirror.ErrNoObject},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScript(t)
			s.apply(s.Call(ping(service)))
			s.apply(s.Refusal(busName, s.Serial, tt.name, tt.text))
			err := s.events[len(s.events)-1].Err
			want := "cannot call org.freedesktop.DBus.Peer.Ping on org.example.Service /: " + tt.want
			if err.Error() != want || err.Name != tt.name {
				t.Errorf("got %v, want %s", err, want)
			}
			if errors.Unwrap(err) != tt.is { //nolint:errorlint // just this one, and nil among them
				t.Errorf("it is %v, want %v", errors.Unwrap(err), tt.is)
			}
		})
	}
}

// A recording of a monitor tells who owns what, and what answers what, although serials are not unique in it.
func TestTalkMonitor(t *testing.T) {
	s := &script{Stream: newStream(t), talk: mirror.NewTalk()}
	conversation(s)
	wantDiff(t, []string{
		"one-way Forget", "owner-gained org.example.Service →:1.7", "reply org.example.Service Ping",
		"refused org.example.Service Pong: no", "signal org.example.Service Sig",
		"owner-lost org.example.Service :1.7→", "signal org.freedesktop.DBus NameOwnerChanged",
		"signal org.freedesktop.DBus NameOwnerChanged",
	}, s.said())
	if s.talk.Pending() != 0 {
		t.Errorf("%d calls pending of somebody who is gone", s.talk.Pending())
	}
}

// Beside a connection of our own the same is only overheard: it makes no state.
func TestTalkOverheard(t *testing.T) {
	s := newScript(t)
	conversation(s)
	wantDiff(t, []string{
		"one-way Forget (overheard)", "reply Ping (overheard)", "refused Pong: no (overheard)", "signal Sig (overheard)",
		"signal org.freedesktop.DBus NameOwnerChanged (overheard)", "signal org.freedesktop.DBus NameOwnerChanged (overheard)",
	}, s.said())
	s.wantStatus(mirror.Unknown, "")
}

func conversation(s *script) {
	const a, b = ":1.50", ":1.51"
	call := wire.Message{Type: wire.MethodCall, Path: "/", Interface: "a.b", Destination: service}
	for _, client := range []struct{ name, member string }{{a, "Ping"}, {b, "Pong"}} {
		call.Sender, call.Member = client.name, client.member
		s.Theirs = 100 // both use the same serials
		s.apply(s.Seen(call))
	}
	call.Member, call.Flags = "Forget", wire.NoReplyExpected
	s.apply(s.Seen(call))
	call.Member, call.Flags = "Unanswered", 0
	s.apply(s.Seen(call))
	s.apply(s.Seen(wire.Message{Type: wire.MethodReturn, Sender: owner, Destination: a, ReplySerial: 101}))
	s.apply(s.Seen(wire.Message{Type: wire.MethodReturn, Sender: owner, Destination: ":1.52", ReplySerial: 101}))
	s.apply(s.Seen(wire.Message{Type: wire.Error, ErrorName: "a.b.C", Sender: owner, Destination: b, ReplySerial: 101}, "no"))
	s.apply(s.Seen(wire.Message{Type: wire.Signal, Path: "/", Interface: "a.b", Member: "Sig", Sender: owner}))
	changed := wire.Message{
		Type: wire.Signal, Path: "/org/freedesktop/DBus", Interface: busName, Member: "NameOwnerChanged", Sender: busName,
	}
	s.apply(s.Seen(changed, service, owner, ""), s.Seen(changed, b, b, ""))
}

// Calls that nobody answers do not pile up for ever.
func TestTalkForgetsCalls(t *testing.T) {
	talk, s := mirror.NewTalk(), newStream(t)
	const many = 40_000
	for range many {
		talk.Apply(s.Call(ping(service)))
	}
	if talk.Pending() > many/2 {
		t.Errorf("%d calls pending", talk.Pending())
	}
	if got := talk.Apply(s.Reply(owner, many)); len(got) != 2 {
		t.Errorf("the newest call was forgotten: %v", got)
	}
}

func TestTalkProblems(t *testing.T) {
	s := newScript(t)
	s.apply(s.Record(record.DBusReceived, []byte("nonsense")))
	s.apply(s.Record(record.Note, []byte("{")), s.Record(record.Netlink, []byte{1}))
	s.apply(s.Signal(busName, "/", "org.freedesktop.DBus.NameOwnerChanged", uint32(1)))
	s.apply(s.Signal(busName, "/", "org.freedesktop.DBus.NameOwnerChanged", "a", "b", uint32(1)))
	s.apply(s.Call(ownerCall(service)))
	s.apply(s.Reply(busName, s.Serial, uint32(1)))
	s.apply(s.Received(wire.Message{Type: wire.MethodCall, Path: "/", Member: "CallsUs", Sender: owner}))
	s.apply(s.Received(wire.Message{Type: 77, Sender: owner}))
	wantDiff(t, []mirror.Problem{
		{Text: "invalid D-Bus message: byte 8: the header is cut off"},
		{Path: "/org/freedesktop/DBus", Text: "NameOwnerChanged does not carry three strings"},
		{Path: "/org/freedesktop/DBus", Text: "the answer to GetNameOwner is not a string"},
	}, s.talk.Problems())
	s.wantStatus(mirror.Unknown, "")
	for range 3 {
		for i := range 200 {
			s.apply(s.Record(record.DBusReceived, make([]byte, i%16)))
		}
	}
	if n := len(s.talk.Problems()); n > 128 {
		t.Errorf("%d problems", n)
	}
}

func TestNames(t *testing.T) {
	var kinds, statuses []string
	for k := range mirror.OneWay + 2 {
		kinds = append(kinds, k.String())
	}
	for s := range mirror.Denied + 2 {
		statuses = append(statuses, s.String())
	}
	wantDiff(t, []string{
		"unknown(0)", "bus-up", "bus-down", "owner-gained", "owner-lost", "owner-changed", "signal", "reply", "refused",
		"no-answer", "one-way", "unknown(11)",
	}, kinds)
	wantDiff(t, []string{"unknown", "absent", "present", "silent", "denied", "unknown(5)"}, statuses)
}
