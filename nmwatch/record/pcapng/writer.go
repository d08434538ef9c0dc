package pcapng

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/redact"
)

// Writer writes a recording. It is buffered: Flush brings everything out. One goroutine owns it.
type Writer struct {
	out      *bufio.Writer
	block    []byte // reused
	size     int64
	records  int
	redactor redact.Redactor
	clock    time.Duration // the wall clock when the system was started
	clocked  bool
	family   bool // nl80211's family has been named
}

// buffered is how much is written at once.
const buffered = 256 << 10

// clockSlack is how far the two clocks of a record may be apart from those of others: they are read one after the other.
const clockSlack = time.Millisecond

// NewWriter begins a recording. Version says which nmdebug writes it.
func NewWriter(out io.Writer, version string) (*Writer, error) {
	w := &Writer{out: bufio.NewWriterSize(out, buffered)}
	b := w.begin(blockSection)
	b = binary.LittleEndian.AppendUint32(b, byteOrderMagic)
	b = append(b, 1, 0, 0, 0)                             // version 1.0
	b = append(b, 255, 255, 255, 255, 255, 255, 255, 255) // the section's length is not known
	b = option(b, optUserAppl, application+" "+version)
	if err := w.end(append(b, optEnd, 0, 0, 0)); err != nil {
		return nil, err
	}
	for _, i := range []struct {
		link       uint16
		name, desc string
	}{
		{linkDBus, nameOwn, "nmdebug's own conversation on D-Bus"},
		{linkDBus, nameMonitor, "D-Bus as a monitor sees it"},
		{linkNetlink, nameNetlink, "netlink"},
		{linkCooked, namePackets, "EAPOL and DHCP"},
	} {
		b := append(binary.LittleEndian.AppendUint16(w.begin(blockInterface), i.link), 0, 0, 0, 0, 0, 0) // no limit to the length of packets
		b = option(b, optName, i.name)
		b = option(b, optDesc, i.desc)
		b = option(b, optResolution, "\x09")
		if err := w.end(append(b, optEnd, 0, 0, 0)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Size is how many bytes have been written, those in the buffer included.
func (w *Writer) Size() int64 { return w.size }

// Records is how many records have been written.
func (w *Writer) Records() int { return w.records }

// Removed is how many secrets were taken out.
func (w *Writer) Removed() int { return w.redactor.Removed() }

// Flush writes what is in the buffer.
func (w *Writer) Flush() error { return w.out.Flush() }

// Write adds a record, without its secrets. An error is that of the underlying writer, and final.
func (w *Writer) Write(r record.Record) error { return w.write(w.redactor.Clean(r)) }

// WriteMessage is Write for a D-Bus message that has been parsed already.
func (w *Writer) WriteMessage(r record.Record, m wire.Message) error {
	return w.write(w.redactor.CleanMessage(r, m))
}

func (w *Writer) write(r record.Record) error {
	if err := w.setClock(r); err != nil {
		return err
	}
	w.records++
	switch r.Kind {
	case record.DBusSent:
		return w.packet(ifaceOwn, r, outbound)
	case record.DBusReceived:
		return w.packet(ifaceOwn, r, inbound)
	case record.DBusSeen:
		return w.packet(ifaceMonitor, r, 0)
	case record.Netlink:
		return w.netlink(r, familyRoute)
	case record.Wireless:
		return w.wireless(r)
	case record.Packet:
		return w.packet(ifacePackets, r, 0)
	case record.Log:
		return w.end(append(w.begin(blockJournal), r.Raw...))
	default:
		r = small(r)
		return w.entry(r, r.Kind.String(), inWords(r))
	}
}

// mostRaw bounds what is written of our own: entries of a journal are read up to 1 MiB.
const mostRaw = 400 << 10

// small gives the record, or a note in its place when it is larger than what can be read again.
func small(r record.Record) record.Record {
	if len(r.Raw) <= mostRaw {
		return r
	}
	note := record.Noted{
		Source: record.SourceRecording, Event: record.Lost, Lost: 1, Detail: fmt.Sprintf("a %s of %d bytes was left out", r.Kind, len(r.Raw)),
	}.Record(r.Time, r.Boot)
	note.Seq = r.Seq
	return note
}

// setClock writes both clocks down where what a reader takes for the boot time would be wrong.
func (w *Writer) setClock(r record.Record) error {
	if r.Boot == 0 {
		return nil
	}
	clock := time.Duration(r.Time.UnixNano()) - r.Boot
	if w.clocked && (clock-w.clock).Abs() < clockSlack {
		return nil
	}
	w.clock, w.clocked = clock, true
	return w.entry(record.Record{Time: r.Time, Boot: r.Boot}, kindClock, "the clocks")
}

// packet writes an Enhanced Packet Block.
func (w *Writer) packet(iface uint32, r record.Record, direction byte) error {
	b := w.packetHeader(iface, r, len(r.Raw))
	b = pad(append(b, r.Raw...))
	if direction != 0 {
		b = option(b, optFlags, string([]byte{direction, 0, 0, 0}))
		b = append(b, optEnd, 0, 0, 0)
	}
	return w.end(b)
}

// wireless writes an event of nl80211. The number of that family is the kernel's choice: before the first event stands
// what the kernel says when it is asked for the family by name, so that Wireshark knows it, too.
func (w *Writer) wireless(r record.Record) error {
	if len(r.Raw) >= netlinkHeader && !w.family {
		w.family = true
		said := record.Record{Time: r.Time, Raw: familyMessage(binary.NativeEndian.Uint16(r.Raw[4:]))}
		if err := w.netlink(said, familyGeneric); err != nil {
			return err
		}
	}
	return w.netlink(r, familyGeneric)
}

// familyMessage is a CTRL_CMD_NEWFAMILY of linux/genetlink.h with the number and the name of a family.
func familyMessage(number uint16) []byte {
	const newFamily, attrNumber, attrName = 1, 1, 2
	b := make([]byte, netlinkHeader, 64)
	binary.NativeEndian.PutUint16(b[4:], typeControl)
	b = append(b, newFamily, 2, 0, 0) // struct genlmsghdr
	b = binary.NativeEndian.AppendUint16(binary.NativeEndian.AppendUint16(b, 6), attrNumber)
	b = pad(binary.NativeEndian.AppendUint16(b, number))
	b = binary.NativeEndian.AppendUint16(binary.NativeEndian.AppendUint16(b, 4+8), attrName)
	b = append(b, "nl80211\x00"...)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	return b
}

// netlink writes a packet with its cooked header (libpcap's pcap-netlink-linux.c).
func (w *Writer) netlink(r record.Record, family byte) error {
	b := w.packetHeader(ifaceNetlink, r, cookedLength+len(r.Raw))
	cooked := make([]byte, cookedLength)
	binary.BigEndian.PutUint16(cooked[cookedHardware:], hardwareNetlink)
	cooked[cookedFamily+1] = family
	return w.end(pad(append(append(b, cooked...), r.Raw...)))
}

func (w *Writer) packetHeader(iface uint32, r record.Record, length int) []byte {
	at := uint64(r.Time.UnixNano())
	b := binary.LittleEndian.AppendUint32(w.begin(blockPacket), iface)
	b = binary.LittleEndian.AppendUint32(b, uint32(at>>32))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	b = binary.LittleEndian.AppendUint32(b, uint32(length))
	return binary.LittleEndian.AppendUint32(b, uint32(length))
}

// entry writes a record as an entry of the journal.
func (w *Writer) entry(r record.Record, kind, text string) error {
	at := r.Time.UnixNano()
	fields := []logs.Field{
		{Name: fieldJournalTime, Value: strconv.AppendInt(nil, at/1000, 10)},
		{Name: "SYSLOG_IDENTIFIER", Value: []byte(application)},
		{Name: "PRIORITY", Value: []byte("6")},
		{Name: fieldMessage, Value: []byte(text)},
		{Name: fieldKind, Value: []byte(kind)},
		{Name: fieldTime, Value: strconv.AppendInt(nil, at, 10)},
	}
	if r.Boot != 0 {
		fields = append(fields, logs.Field{Name: fieldBoot, Value: strconv.AppendInt(nil, int64(r.Boot), 10)})
	}
	if kind != kindClock {
		fields = append(fields, logs.Field{Name: fieldRaw, Value: r.Raw})
	}
	return w.end(logs.Entry{Fields: fields}.Append(w.begin(blockJournal)))
}

// inWords says what a record of our own is, for those who read the file with other programs.
func inWords(r record.Record) string {
	if n, err := record.NoteOf(r); err == nil {
		return strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", n.Source, n.Event, n.Detail, n.Right))
	}
	if m, err := record.MeasurementOf(r); err == nil {
		return strings.TrimSpace(fmt.Sprintf("measured %s %s: %s", m.What, m.About, m.Value))
	}
	if j, err := record.VerdictOf(r); err == nil {
		return "verdict: " + strings.Join(j.Text, "; ")
	}
	return r.Kind.String()
}

// begin gives the buffer with the head of a block; the length comes at the end.
func (w *Writer) begin(kind uint32) []byte {
	return append(binary.LittleEndian.AppendUint32(w.block[:0], kind), 0, 0, 0, 0)
}

// end completes a block and writes it.
func (w *Writer) end(b []byte) error {
	b = pad(b)
	length := uint32(len(b) + 4)
	binary.LittleEndian.PutUint32(b[4:], length)
	w.block = binary.LittleEndian.AppendUint32(b, length)
	w.size += int64(length)
	_, err := w.out.Write(w.block)
	if cap(w.block) > buffered {
		w.block = nil
	}
	return err
}

// option adds an option to a block.
func option(b []byte, code uint16, value string) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return pad(append(b, value...))
}

// pad fills up to a multiple of four bytes, counted from the begin of the block.
func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
