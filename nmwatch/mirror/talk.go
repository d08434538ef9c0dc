package mirror

import (
	"slices"
	"strings"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// maxCalls bounds the calls that wait for their answer: in a recording of a monitor there may be calls that never get
// one. The oldest is forgotten first.
const maxCalls = 8192

// Talk follows a conversation on a bus: it joins answers to their calls, knows who owns which name, and how the
// services fare. It is a pure fold of records; one goroutine owns it.
//
// It reads our own conversation (DBusSent, DBusReceived, the notes of a Bus) and that of others (DBusSeen) alike. When
// it has both, only our own makes state; see Event.Overheard.
type Talk struct {
	self     string // our unique name
	address  string // of the bus
	own      bool   // there is a connection of our own
	calls    map[callKey]wire.Message
	order    []callKey // oldest first; may name calls that have been answered
	services map[string]*service
	names    map[string][]string // unique name → well-known names, sorted
	problems problems
	events   []Event // reused
}

// callKey names a call: serials are per sender. Our own calls have the sender "".
type callKey struct {
	sender string
	serial uint32
}

// NewTalk makes a Talk that has heard nothing.
func NewTalk() *Talk {
	t := &Talk{}
	t.forget()
	t.services = make(map[string]*service)
	return t
}

func (t *Talk) forget() {
	t.self = ""
	t.calls = make(map[callKey]wire.Message)
	t.order = nil
	t.names = make(map[string][]string)
}

// Unique is our own unique name, "" before the bus has answered Hello.
func (t *Talk) Unique() string { return t.self }

// Pending is how many calls wait for their answer. dbus-daemon allows 128 to a connection: bound what you send.
func (t *Talk) Pending() int { return len(t.calls) }

// Service tells how a well-known name fares.
func (t *Talk) Service(name string) ServiceState {
	if s, ok := t.services[name]; ok {
		return s.ServiceState
	}
	return ServiceState{}
}

// Problems are the messages that could not be read.
func (t *Talk) Problems() []Problem { return t.problems.list() }

// Apply takes the next record of the stream and gives what it means, in order. Records of other sources mean nothing.
// The slice is valid until the next Apply.
func (t *Talk) Apply(r record.Record) []Event {
	t.events = t.events[:0]
	switch r.Kind {
	case record.Note:
		t.note(r)
	case record.DBusSent, record.DBusReceived, record.DBusSeen:
		m, err := wire.Parse(r.Raw)
		if err != nil {
			t.problems.add("", err.Error())
			break
		}
		t.own = t.own || r.Kind != record.DBusSeen
		t.message(r, m)
	default:
	}
	return t.events
}

func (t *Talk) emit(e Event) { t.events = append(t.events, e) }

// note follows what the Bus says about itself.
func (t *Talk) note(r record.Record) {
	n, err := record.NoteOf(r)
	if err != nil || n.Source != record.SourceBus {
		return
	}
	switch n.Event {
	case record.Up:
		if t.self != "" { // a recording may lack the end of the conversation before
			t.emit(Event{Kind: BusDown, Record: r})
		}
		t.reset(r, "")
		t.own, t.address = true, n.Detail
	case record.Down:
		t.reset(r, n.Detail)
		t.emit(Event{Kind: BusDown, Record: r, Detail: n.Detail})
	case record.NoAnswer:
		t.noAnswer(r, n)
	default:
	}
}

// reset forgets what was known by the connection.
func (t *Talk) reset(r record.Record, detail string) {
	t.forget()
	for _, s := range t.services {
		s.Owner, s.told = "", false
		s.become(Unknown, r.Time, detail)
	}
}

// noAnswer keeps the call: its answer may still come.
func (t *Talk) noAnswer(r record.Record, n record.Noted) {
	call, ok := t.calls[callKey{"", n.Serial}]
	if !ok {
		return // answered meanwhile
	}
	name := t.serviceOf(call.Destination)
	if s := t.service(name); name != "" && s.Status != Absent {
		s.become(Silent, r.Time, operation(call)+": "+n.Detail)
	}
	t.emit(Event{Kind: NoAnswer, Record: r, Service: name, Call: call, Detail: n.Detail})
}

// serviceOf maps a destination, which may be a unique name, to the well-known one.
func (t *Talk) serviceOf(destination string) string {
	if !isUnique(destination) {
		return destination
	}
	if names := t.names[destination]; len(names) > 0 {
		return names[0]
	}
	return ""
}

// NameOf gives the well-known name that the owner of a unique name is known by; the name itself where there is none.
func (t *Talk) NameOf(name string) string {
	if known := t.serviceOf(name); known != "" {
		return known
	}
	return name
}

func isUnique(name string) bool { return strings.HasPrefix(name, ":") }

func (t *Talk) message(r record.Record, m wire.Message) {
	switch m.Type {
	case wire.MethodCall:
		t.called(r, m)
	case wire.MethodReturn, wire.Error:
		t.answer(r, m)
	case wire.Signal:
		t.signal(r, m)
	default: // must be ignored ("Message Format")
	}
}

// called remembers a call that will be answered, and tells of one between others that will not. Calls to ourselves are
// none of our business.
func (t *Talk) called(r record.Record, m wire.Message) {
	answered := m.Flags&wire.NoReplyExpected == 0
	switch {
	case !answered && r.Kind == record.DBusSeen:
		t.emit(Event{Kind: OneWay, Record: r, Call: m, Overheard: t.own})
		return
	case !answered, r.Kind == record.DBusReceived:
		return
	}
	key := callKey{"", m.Serial}
	if r.Kind == record.DBusSeen {
		key.sender = m.Sender
	}
	t.calls[key] = m
	t.order = append(t.order, key)
	if len(t.order) > 2*maxCalls {
		t.forgetOldest()
	}
}

// forgetOldest drops what has been answered from the order, and the oldest calls that never were.
func (t *Talk) forgetOldest() {
	t.order = slices.DeleteFunc(t.order, func(key callKey) bool { _, waiting := t.calls[key]; return !waiting })
	for len(t.order) > maxCalls {
		delete(t.calls, t.order[0])
		t.order = t.order[1:]
	}
	t.order = slices.Clone(t.order)
}

// answer joins a reply or an error to its call.
func (t *Talk) answer(r record.Record, m wire.Message) {
	key := callKey{"", m.ReplySerial}
	overheard := false
	if r.Kind == record.DBusSeen {
		key.sender = m.Destination
		overheard = t.own
	}
	call, ok := t.calls[key]
	if !ok {
		return // a call from before the recording
	}
	delete(t.calls, key)
	e := Event{Kind: Reply, Record: r, Call: call, Message: m, Overheard: overheard}
	if m.Type == wire.Error {
		e.Kind, e.Err = Refused, newCallError(call, m)
	}
	if !overheard {
		t.learn(r, call, m)
		t.heard(r, m.Sender, true)
	}
	t.fillSender(&e, m.Sender)
	if m.Sender == busName {
		e.Service = t.serviceOf(call.Destination)
	}
	t.emit(e)
}

// fillSender sets the names that the sender owns.
func (t *Talk) fillSender(e *Event, sender string) {
	if !isUnique(sender) {
		e.Service = sender
		return
	}
	if names := t.names[sender]; len(names) > 0 {
		e.Service, e.Also = names[0], names[1:]
	}
}

func (t *Talk) signal(r record.Record, m wire.Message) {
	overheard := r.Kind == record.DBusSeen && t.own
	if !overheard {
		t.heard(r, m.Sender, false)
		if m.Sender == busName && m.Interface == busIface && m.Member == "NameOwnerChanged" {
			t.ownerChanged(r, m)
		}
	}
	e := Event{Kind: Signal, Record: r, Message: m, Overheard: overheard}
	t.fillSender(&e, m.Sender)
	t.emit(e)
}
