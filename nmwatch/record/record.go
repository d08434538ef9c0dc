// Package record defines the record: one thing that was seen, with its time, its source and its raw form.
//
// Sources make records and nothing else reads the system; folds apply them to states and never look elsewhere.
// A live run, a recording and a test differ only in where the records come from.
package record

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Record is one thing that was seen. It is immutable once made; Raw is owned by the record.
type Record struct {
	Seq  uint64        // place in the stream, from 1; given by the one who owns the stream
	Time time.Time     // wall clock when it was seen, UTC
	Boot time.Duration // CLOCK_BOOTTIME when it was seen: the axis that survives clock changes and suspend
	Kind Kind
	Raw  []byte // the bytes as they were on the wire, the JSON of a Measurement or a Note, or the text of a Log
}

// Send hands a record to whoever owns the stream, and waits until it is taken or the context has ended, which is the error
// then. So a source reads no faster than its records are taken.
func Send(ctx context.Context, out chan<- Record, r Record) error {
	select {
	case out <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Kind says what Raw holds and who saw it.
type Kind uint8

// The kinds of records. The numbers are not stored anywhere; recordings have their own link types.
const (
	DBusSent     Kind = iota + 1 // a D-Bus message that we wrote to our own connection
	DBusReceived                 // a D-Bus message that came in on our own connection
	DBusSeen                     // a D-Bus message between others, seen by a monitor
	Netlink                      // one rtnetlink message with its header
	Rfkill                       // one struct rfkill_event of linux/rfkill.h
	Wireless                     // one nl80211 event: a generic netlink message with its two headers
	Measurement                  // JSON of a Measured: something that was polled
	Note                         // JSON of a Noted: something that a source says about itself
	Log                          // one entry of a log, in systemd's Journal Export Format without the empty line at its end
	Verdict                      // JSON of a Judged: nmdebug looked at all states at this moment
	Packet                       // a packet of EAPOL or DHCP, as LINKTYPE_LINUX_SLL2 defines it
)

// String names the kind in the words of the timeline.
func (k Kind) String() string {
	switch k {
	case DBusSent:
		return "dbus-sent"
	case DBusReceived:
		return "dbus-received"
	case DBusSeen:
		return "dbus-seen"
	case Netlink:
		return "netlink"
	case Rfkill:
		return "rfkill"
	case Wireless:
		return "nl80211"
	case Measurement:
		return "measurement"
	case Note:
		return "note"
	case Log:
		return "log"
	case Packet:
		return "packet"
	case Verdict:
		return "verdict"
	default:
		return fmt.Sprintf("unknown(%d)", uint8(k))
	}
}

// Measured is the content of a Measurement: Value is the JSON of the type that the measuring package documents for What.
type Measured struct {
	What  string          `json:"what"`            // "ethtool", "station", "wireguard", "sysfs"
	About string          `json:"about,omitempty"` // the interface, where the measurement is about one
	Value json.RawMessage `json:"value"`
}

// Measure makes a record of a measurement of something, as a value that has a JSON form. Boot is CLOCK_BOOTTIME, 0 where it
// was not read.
func Measure(what, about string, value any, at time.Time, boot time.Duration) (Record, error) {
	v, err := json.Marshal(value)
	if err != nil {
		return Record{}, fmt.Errorf("cannot write measurement %s of %q: %w", what, about, err)
	}
	raw, err := json.Marshal(Measured{What: what, About: about, Value: v})
	return Record{Time: at.UTC(), Boot: boot, Kind: Measurement, Raw: raw}, err
}

// Noted is the content of a Note: what a source says about itself.
type Noted struct {
	Source string    `json:"source"` // the name that the source gives itself
	Event  NoteEvent `json:"event"`
	Detail string    `json:"detail,omitempty"` // the error's text, the address that was dialled
	Right  string    `json:"right,omitempty"`  // the right that is missing, where one is
	Serial uint32    `json:"serial,omitempty"` // NoAnswer: the serial of the call that got no reply
	Lost   int       `json:"lost,omitempty"`   // Lost: how many records, 0 when it cannot be told
}

// The sources whose notes are looked at by others than their own folds.
const (
	SourceBus       = "bus"         // our own conversation
	SourceMonitor   = "monitor"     // what others say to each other on the bus
	SourceJournal   = "journal"     // the logs of all daemons
	SourceControl   = "wpa-control" // wpa_supplicant's control sockets
	SourceRecording = "recording"   // a file that cannot have all
	SourceRtnetlink = "rtnetlink"   // links, addresses, routes, neighbours
	SourceRfkill    = "rfkill"      // the switches of radios
	SourceEthtool   = "ethtool"     // the speed of links
	SourceNL80211   = "nl80211"     // Wi-Fi
	SourceWireGuard = "wireguard"   // WireGuard's peers
	SourceBluetooth = "bluetooth"   // the kernel's Bluetooth adapters and connections
)

// Record makes a record of the note. Boot is CLOCK_BOOTTIME, 0 where it was not read.
func (n Noted) Record(at time.Time, boot time.Duration) Record {
	raw, _ := json.Marshal(n) //nolint:errchkjson // strings and numbers always have a JSON form
	return Record{Time: at.UTC(), Boot: boot, Kind: Note, Raw: raw}
}

// Missing is how many records are missing where it notes that some are lost: one at least.
func (n Noted) Missing() int {
	if n.Event != Lost {
		return 0
	}
	return max(n.Lost, 1)
}

// NoteEvent says what happened to a source.
type NoteEvent string

// What can happen to a source.
const (
	Up       NoteEvent = "up"        // reached; what follows is a new conversation or a new dump
	Synced   NoteEvent = "synced"    // everything that existed when it came up has been reported
	Down     NoteEvent = "down"      // lost, or cannot be reached; Detail says why
	Absent   NoteEvent = "absent"    // this system does not have it (no nl80211, no rfkill): not a failure
	Denied   NoteEvent = "denied"    // a right is missing; Right names it
	NoAnswer NoteEvent = "no-answer" // a call got no reply within its deadline
	Lost     NoteEvent = "lost"      // records were lost; the source starts a new dump
)

// Judged is the content of a Verdict. It marks the moments at which a live run looked, so that whoever plays a recording
// looks at the same ones. It is empty when nothing had changed.
type Judged struct {
	Text    []string        `json:"text,omitempty"`    // what changed, in words
	Pyramid json.RawMessage `json:"pyramid,omitempty"` // JSON of the whole, where something changed
}
