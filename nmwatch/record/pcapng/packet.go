package pcapng

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/record"
)

// packet reads an Enhanced Packet Block.
func (r *Reader) packet(body []byte) (rec record.Record, ok bool, err error) {
	const fixed = 20
	if len(body) < fixed {
		return rec, false, r.wrong("a packet block of %d bytes", len(body))
	}
	index, captured, original := r.order.Uint32(body), r.order.Uint32(body[12:]), r.order.Uint32(body[16:])
	if int64(index) >= int64(len(r.ifaces)) {
		return rec, false, r.wrong("a packet of interface %d, which was not described", index)
	}
	if int64(captured) > int64(len(body)-fixed) {
		return rec, false, r.wrong("a packet of %d bytes in a block of %d", captured, len(body))
	}
	i := &r.ifaces[index]
	at := i.time(uint64(r.order.Uint32(body[4:]))<<32 | uint64(r.order.Uint32(body[8:])))
	raw, options := body[fixed:fixed+captured], body[min(len(body), fixed+int(captured+3)&^3):]
	direction := byte(0)
	err = r.options(options, func(code uint16, value []byte) {
		if code == optFlags && len(value) == 4 {
			direction = byte(r.order.Uint32(value) & 3)
		}
	})
	if err != nil {
		return rec, false, err
	}
	return r.link(i, at, raw, direction, original > captured)
}

// link makes a record of a packet; ok is false for a link type that says nothing to us.
func (r *Reader) link(i *iface, at time.Time, raw []byte, direction byte, cut bool) (rec record.Record, ok bool, err error) {
	rec.Time, rec.Boot = at, r.boot(at)
	switch {
	case i.link != linkDBus && i.link != linkNetlink && (i.link != linkCooked || !r.ours): // what others capture is not cleaned
		return rec, false, nil
	case cut:
		note := record.Noted{
			Source: record.SourceRecording, Event: record.Lost, Lost: 1, Detail: fmt.Sprintf("a packet was captured to its first %d bytes only", len(raw)),
		}
		return note.Record(rec.Time, rec.Boot), true, nil
	case i.link == linkCooked:
		rec.Kind, rec.Raw = record.Packet, bytes.Clone(raw)
		return rec, true, nil
	case i.link == linkDBus:
		rec.Kind, rec.Raw = r.conversation(i, direction), bytes.Clone(raw)
		return rec, true, nil
	case len(raw) < cookedLength:
		return rec, false, r.wrong("a netlink packet of %d bytes", len(raw))
	}
	rec.Raw = bytes.Clone(raw[cookedLength:])
	switch binary.BigEndian.Uint16(raw[cookedFamily:]) {
	case familyRoute:
		rec.Kind = record.Netlink
	case familyGeneric:
		rec.Kind = record.Wireless
		if len(rec.Raw) >= netlinkHeader && binary.NativeEndian.Uint16(rec.Raw[4:]) == typeControl {
			return rec, false, nil
		}
	default:
		return rec, false, nil
	}
	return rec, true, nil
}

// conversation says whose a D-Bus message is: only our own files have our own conversation in them.
func (r *Reader) conversation(i *iface, direction byte) record.Kind {
	switch {
	case !r.ours || i.name != nameOwn:
		return record.DBusSeen
	case direction == outbound:
		return record.DBusSent
	default:
		return record.DBusReceived
	}
}

// boot gives the boot time for a wall clock; 0 when no entry of kind clock has come.
func (r *Reader) boot(at time.Time) time.Duration {
	if !r.clocked {
		return 0
	}
	return time.Duration(at.UnixNano()) - r.clock
}

// entry reads an entry of the journal: our own, or that of a log.
func (r *Reader) entry(body []byte) (rec record.Record, ok bool, err error) {
	e, err := logs.ParseEntry(bytes.TrimRight(body, "\x00"))
	if err != nil {
		return rec, false, r.wrong("%v", err)
	}
	kind := e.Text(fieldKind)
	if kind == "" || !r.ours {
		rec = e.Record(time.Time{})
		rec.Boot = r.boot(rec.Time)
		return rec, true, nil
	}
	ns, err := strconv.ParseInt(e.Text(fieldTime), 10, 64)
	if err != nil {
		return rec, false, r.wrong("an entry without a time: %v", err)
	}
	boot, _ := strconv.ParseInt(e.Text(fieldBoot), 10, 64) // 0 where the source did not know it
	rec.Time, rec.Boot, rec.Raw = time.Unix(0, ns).UTC(), time.Duration(boot), []byte(e.Text(fieldRaw))
	if kind == kindClock {
		r.clock, r.clocked = time.Duration(ns-boot), true
		return rec, false, nil
	}
	if boot == 0 {
		rec.Boot = r.boot(rec.Time)
	}
	for _, k := range []record.Kind{record.Note, record.Measurement, record.Rfkill, record.Verdict} {
		if k.String() == kind {
			rec.Kind = k
			return rec, true, nil
		}
	}
	return rec, false, nil // of a newer nmdebug
}
