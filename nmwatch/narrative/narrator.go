package narrative

import (
	"net"
	"time"

	"nmdebug/nmwatch/kernel"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/packets"
	"nmdebug/nmwatch/record"
)

// Narrator tells the records of one stream. One goroutine owns it.
type Narrator struct {
	talk   *mirror.Talk
	names  names
	calls  map[callKey]asked
	kernel *kernel.Fold
	before kerneltypes.State // of the kernel, when it was last told
	blind  time.Time         // since when what others say is not seen, after it had been; zero when it is
	lines  []record.Line     // reused
	now    record.Record     // what is being told
}

// New makes a narrator that has heard nothing.
func New() *Narrator {
	return &Narrator{talk: mirror.NewTalk(), names: names{}, calls: map[callKey]asked{}, kernel: kernel.NewFold()}
}

// Tell takes the next record and gives its lines, mostly one or none. They are valid until the next call.
func (n *Narrator) Tell(r record.Record) []record.Line {
	n.lines, n.now = n.lines[:0], r
	switch r.Kind {
	case record.DBusSent, record.DBusReceived, record.DBusSeen:
		n.message(r)
	case record.Log:
		n.log(r)
	case record.Packet:
		n.packet(r)
	case record.Note:
		n.note(r)
		for range n.talk.Apply(r) {
		}
		n.fold(r)
	default:
		n.fold(r)
	}
	return n.lines
}

// add adds a line about the record that is being told.
func (n *Narrator) add(l record.Line) {
	l.At, l.Seq, l.Kind, l.Raw = n.now.Time, n.now.Seq, n.now.Kind, n.now.Raw
	if l.Severity == 0 {
		l.Severity = record.Info
	}
	n.lines = append(n.lines, l)
}

// message tells a D-Bus message.
func (n *Narrator) message(r record.Record) {
	m, err := wire.Parse(r.Raw)
	if err != nil {
		n.add(record.Line{Process: processBus, Severity: record.Warning, Text: err.Error()})
		return
	}
	own := r.Kind != record.DBusSeen
	if self := n.talk.Unique(); !own && self != "" && (m.Sender == self || m.Destination == self) {
		return // told when it was sent and received
	}
	if m.Type == wire.MethodCall && r.Kind != record.DBusReceived {
		n.called(m, own)
	}
	for _, e := range n.talk.Apply(r) {
		n.names.learn(e)
		switch e.Kind {
		case mirror.Signal:
			n.signal(e)
		case mirror.Reply, mirror.Refused:
			n.answered(e, own)
		case mirror.OwnerGained, mirror.OwnerLost, mirror.OwnerChanged:
			n.owner(e)
		default:
		}
	}
}

// log tells an entry of a log as the process wrote it.
func (n *Narrator) log(r record.Record) {
	e, err := logs.ParseEntry(r.Raw)
	if err != nil {
		n.add(record.Line{Process: "log", Severity: record.Warning, Text: err.Error()})
		return
	}
	n.add(record.Line{
		Process: string(e.Process()), Interface: e.Interface(), Text: e.Said(), Mark: e.Mark(),
		Severity: min(max(record.Severity(e.Priority()), record.Error), record.Debug),
	})
}

// packet tells a packet that this machine sent (→) or received (←).
func (n *Narrator) packet(r record.Record) {
	p, err := packets.Parse(r.Raw)
	if err != nil {
		n.add(record.Line{Process: processPacket, Severity: record.Warning, Text: err.Error()})
		return
	}
	text := "← " + p.Words()
	switch {
	case p.Outgoing:
		text = "→ " + p.Words()
	case len(p.Address) > 0:
		text += " from " + net.HardwareAddr(p.Address).String()
	}
	n.add(record.Line{Process: processPacket, Interface: n.before.Links[p.Index].Name, Floor: p.Floor(), Text: text})
}

// fold tells what a record changes in the kernel.
func (n *Narrator) fold(r record.Record) {
	if !n.kernel.Apply(r) {
		return
	}
	after := n.kernel.State()
	if n.before.Synced {
		n.changes(n.before, after)
	}
	n.before = after
}
