package pcapng

import (
	"encoding/binary"
	"time"

	"nmdebug/nmwatch/record"
)

// The magic numbers of classic pcap (draft-ietf-opsawg-pcap): time stamps in micro- and in nanoseconds.
const (
	magicMicro = 0xa1b2c3d4
	magicNano  = 0xa1b23c4d
)

// classic reads the head of a classic pcap file.
func (r *Reader) classic(magic []byte) error {
	i := iface{unit: time.Microsecond}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(magic) {
		case magicMicro:
			r.order = order
		case magicNano:
			r.order, i.unit = order, time.Nanosecond
		}
	}
	if r.order == nil {
		return &FormatError{0, "this is no recording: it begins neither like pcapng nor like pcap", false}
	}
	const head = 24
	b, err := r.take(head)
	if err != nil {
		return err
	}
	i.link = uint16(r.order.Uint32(b[20:])) // the upper half tells of the frame check sequence
	r.next = func() (record.Record, bool, error) { return r.nextClassic(&i) }
	return nil
}

// nextClassic reads one packet with its head: seconds, fraction, captured and original length.
func (r *Reader) nextClassic(i *iface) (rec record.Record, ok bool, err error) {
	if err := r.atEnd(); err != nil {
		return rec, false, err
	}
	b, err := r.take(16)
	if err != nil {
		return rec, false, err
	}
	at := time.Unix(int64(r.order.Uint32(b)), int64(r.order.Uint32(b[4:]))*int64(i.unit)).UTC()
	captured, original := r.order.Uint32(b[8:]), r.order.Uint32(b[12:])
	if captured > maxBlock {
		return rec, false, r.wrong("a packet of %d bytes", captured)
	}
	raw, err := r.take(int(captured))
	if err != nil {
		return rec, false, err
	}
	return r.link(i, at, raw, 0, original > captured)
}
