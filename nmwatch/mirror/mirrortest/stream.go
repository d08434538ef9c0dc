// Package mirrortest lets a test speak for a daemon on a bus, so that a fold hears it message by message.
package mirrortest

import (
	"strings"
	"testing"
	"time"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	// Us is our own unique name on the bus.
	Us = ":1.42"

	// Bus is the bus's own name.
	Bus = "org.freedesktop.DBus"

	busPath = "/org/freedesktop/DBus"
)

// Stream makes records as a Bus makes them of a conversation. It counts all serials up.
type Stream struct {
	testing.TB
	Now    time.Time     // of the last record
	Step   time.Duration // from each record to the next
	Serial uint32        // of our last call
	Theirs uint32        // the serial of the last message from others
}

// Record is the next record.
func (s *Stream) Record(kind record.Kind, raw []byte) record.Record {
	s.Now = s.Now.Add(s.Step)
	return record.Record{Time: s.Now, Kind: kind, Raw: raw}
}

// Note is what the bus says about itself.
func (s *Stream) Note(event record.NoteEvent, serial uint32, detail string) record.Record {
	return s.Record(record.Note, record.Noted{Source: record.SourceBus, Event: event, Serial: serial, Detail: detail}.Record(s.Now, 0).Raw)
}

// Call is a call of ours; its serial is Serial then.
func (s *Stream) Call(c wire.Call) record.Record {
	s.Helper()
	s.Serial++
	raw, err := c.Encode(s.Serial)
	if err != nil {
		s.Fatal(err)
	}
	return s.Record(record.DBusSent, raw)
}

// Seen is a message between others; its serial is Theirs then.
func (s *Stream) Seen(m wire.Message, args ...any) record.Record {
	s.Helper()
	return s.Record(record.DBusSeen, s.encode(m, args))
}

// Received is a message to us; its serial is Theirs then.
func (s *Stream) Received(m wire.Message, args ...any) record.Record {
	s.Helper()
	m.Destination = Us
	return s.Record(record.DBusReceived, s.encode(m, args))
}

func (s *Stream) encode(m wire.Message, args []any) []byte {
	s.Helper()
	s.Theirs++
	m.Serial = s.Theirs
	raw, err := m.Encode(args...)
	if err != nil {
		s.Fatal(err)
	}
	return raw
}

// Reply answers the call of a serial.
func (s *Stream) Reply(sender string, to uint32, args ...any) record.Record {
	s.Helper()
	return s.Received(wire.Message{Type: wire.MethodReturn, Sender: sender, ReplySerial: to}, args...)
}

// Refusal answers the call of a serial with an error.
func (s *Stream) Refusal(sender string, to uint32, name, text string) record.Record {
	s.Helper()
	return s.Received(wire.Message{Type: wire.Error, Sender: sender, ReplySerial: to, ErrorName: name}, text)
}

// Signal is a signal; member is its whole name, with the interface.
func (s *Stream) Signal(sender string, path wire.Path, member string, args ...any) record.Record {
	s.Helper()
	dot := strings.LastIndexByte(member, '.')
	return s.Received(wire.Message{Type: wire.Signal, Sender: sender, Path: path, Interface: member[:dot], Member: member[dot+1:]}, args...)
}

// OwnerChanged is the bus saying who owns a name; "" is nobody.
func (s *Stream) OwnerChanged(name, before, after string) record.Record {
	s.Helper()
	return s.Signal(Bus, busPath, Bus+".NameOwnerChanged", name, before, after)
}

// Hello is the beginning of a conversation.
func (s *Stream) Hello() []record.Record {
	s.Helper()
	up := s.Note(record.Up, 0, "unix:path=/test")
	hello := s.Call(wire.Call{Service: Bus, Path: busPath, Interface: Bus, Member: "Hello"})
	return []record.Record{up, hello, s.Reply(Bus, s.Serial, Us)}
}
