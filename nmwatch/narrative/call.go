package narrative

import (
	"fmt"
	"strings"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// callKey names a call that waits for its answer: serials are per sender. Our own calls have the sender "".
type callKey struct {
	sender string
	serial uint32
}

// asked is a call that waits for its answer.
type asked struct {
	seq uint64
	at  time.Time
}

// maxCalls bounds the calls that wait: some never get an answer.
const maxCalls = 8192

// called tells that somebody asks somebody for something.
func (n *Narrator) called(m wire.Message, own bool) {
	if m.Flags&wire.NoReplyExpected == 0 {
		if len(n.calls) >= maxCalls {
			clear(n.calls)
		}
		n.calls[keyOf(m, own)] = asked{n.now.Seq, n.now.Time}
	}
	about := n.names.of(m.Path)
	text := fmt.Sprintf("asks %s for %s", n.who(m.Destination), n.operation(m))
	n.add(record.Line{
		Process: n.caller(m.Sender, own), Interface: about.iface, Text: text, Severity: severityOfCall(m), Own: own,
	})
}

func keyOf(m wire.Message, own bool) callKey {
	if own {
		return callKey{"", m.Serial}
	}
	return callKey{m.Sender, m.Serial}
}

// operation tells what is asked for, of which object, with which arguments.
func (n *Narrator) operation(m wire.Message) string {
	parts := []string{m.Member}
	if about := n.names.of(m.Path); about.title != "" {
		parts = append(parts, "of "+about.title)
	} else if about.iface != "" {
		parts = append(parts, "on "+about.iface)
	}
	if args, err := m.Args(); err == nil {
		if text := n.arguments(args); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// severityOfCall puts reading behind doing.
func severityOfCall(m wire.Message) record.Severity {
	for _, reading := range []string{"Get", "Introspect", "Ping", "Hello", "AddMatch", "RemoveMatch", "NameHasOwner", "ListNames", "StartServiceByName"} {
		if strings.HasPrefix(m.Member, reading) {
			return record.Debug
		}
	}
	return record.Info
}

// answered tells an answer; the timeline may show it with its call.
func (n *Narrator) answered(e mirror.Event, own bool) {
	key := keyOf(e.Call, own)
	call, ok := n.calls[key]
	if !ok {
		return
	}
	delete(n.calls, key)
	l := record.Line{
		Process: n.sender(e), Interface: n.names.of(e.Call.Path).iface, Answers: call.seq, Took: e.Record.Time.Sub(call.at), Own: own,
		Severity: severityOfCall(e.Call), Outcome: "ok",
	}
	if e.Kind == mirror.Refused {
		l.Outcome = "refused: " + e.Err.Text
		if l.Severity != record.Debug {
			l.Severity = record.Warning
		}
	}
	l.Text = fmt.Sprintf("answers %s: %s", e.Call.Member, l.Outcome)
	n.add(l)
}

// caller names who asks.
func (n *Narrator) caller(unique string, own bool) string {
	if own {
		return processOwn
	}
	return n.who(unique)
}

// who names the owner of a bus name: the process where the name is known, else the name.
func (n *Narrator) who(bus string) string { return processOf(n.talk.NameOf(bus)) }

// sender names who sent what an event tells of.
func (n *Narrator) sender(e mirror.Event) string {
	if e.Service != "" && e.Message.Sender != "org.freedesktop.DBus" {
		return processOf(e.Service)
	}
	return n.who(e.Message.Sender)
}
