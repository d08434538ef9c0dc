package pcapng

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"nmdebug/nmwatch/record"
)

// FormatError says what is wrong with a file, and where. What stands before has been given.
type FormatError struct {
	Offset int64 // in the file, of the block that cannot be read
	Text   string
	Cut    bool // the file ends there, in the middle of something: it was not written to its end
}

// Error gives the text with its offset.
func (e *FormatError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Text) }

// Reader reads the records of a recording, one after the other.
type Reader struct {
	in      *bufio.Reader
	offset  int64 // of what is read next
	block   int64 // the offset of the block that is being read
	buf     []byte
	next    func() (record.Record, bool, error) // reads one block; ok is false when it holds no record
	order   binary.ByteOrder
	ours    bool // the section was made by a Writer
	ifaces  []iface
	clock   time.Duration // see Writer
	clocked bool
	err     error
}

// iface is an interface of a section.
type iface struct {
	link uint16
	name string
	unit time.Duration // of the time stamps
	// fraction is how many units a second has where a unit is no whole number of nanoseconds.
	fraction uint64
	offset   time.Duration // added to all time stamps
}

// readSize is how much memory is asked for before the bytes for it have come.
const readSize = 64 << 10

// NewReader reads the begin of a recording: pcapng or classic pcap. The error of a file that is neither is a *FormatError.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, readSize)}
	head, err := r.in.Peek(4)
	switch {
	case errors.Is(err, io.EOF) && len(head) == 0:
		return nil, &FormatError{0, "the file is empty", true}
	case errors.Is(err, io.EOF):
		return nil, &FormatError{0, "the file ends after " + fmt.Sprint(len(head)) + " bytes", true}
	case err != nil:
		return nil, err
	case binary.LittleEndian.Uint32(head) == blockSection:
		r.next = r.nextBlock
		return r, nil
	}
	if err := r.classic(head); err != nil {
		return nil, err
	}
	return r, nil
}

// Each gives all records of a recording to take, until that gives an error, which is the error then. Where the recording is
// damaged or is none it gives a *FormatError after the last record that can be read.
func Each(in io.Reader, take func(record.Record) error) error {
	r, err := NewReader(in)
	for err == nil {
		var rec record.Record
		if rec, err = r.Next(); err == nil {
			err = take(rec)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Next gives the next record; its Raw is the caller's. At the end it gives io.EOF, or a *FormatError when something is
// wrong with the file: nothing more can be read then. Packets that others cut off when they captured them come as notes
// of a loss.
func (r *Reader) Next() (record.Record, error) {
	for r.err == nil {
		r.block = r.offset
		rec, ok, err := r.next()
		if ok && err == nil {
			return rec, nil
		}
		r.err = err
	}
	return record.Record{}, r.err
}

// take reads so many bytes of a block, in steps: a length that is only claimed takes no memory. The bytes are valid until
// the next take.
func (r *Reader) take(n int) ([]byte, error) {
	r.buf = r.buf[:0]
	for len(r.buf) < n {
		step := min(n-len(r.buf), max(readSize, len(r.buf)))
		at := len(r.buf)
		r.buf = append(r.buf, make([]byte, step)...)
		got, err := io.ReadFull(r.in, r.buf[at:])
		r.offset += int64(got)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, &FormatError{r.block, "the file ends in the middle of what begins here", true}
		}
		if err != nil {
			return nil, err
		}
	}
	return r.buf, nil
}

// atEnd says whether the file ends here, where it may.
func (r *Reader) atEnd() error {
	_, err := r.in.Peek(1)
	return err
}

func (r *Reader) wrong(format string, args ...any) error {
	return &FormatError{r.block, fmt.Sprintf(format, args...), false}
}

// nextBlock reads one block of pcapng.
func (r *Reader) nextBlock() (rec record.Record, ok bool, err error) {
	if err := r.atEnd(); err != nil {
		return rec, false, err
	}
	kind, body, err := r.body()
	if err != nil {
		return rec, false, err
	}
	switch kind {
	case blockSection:
		return rec, false, r.section(body)
	case blockInterface:
		return rec, false, r.addInterface(body)
	case blockPacket:
		return r.packet(body)
	case blockJournal:
		return r.entry(body)
	default: // a block that others add
		return rec, false, nil
	}
}

// body reads a block and gives what is between its lengths.
func (r *Reader) body() (kind uint32, body []byte, err error) {
	head, err := r.in.Peek(12)
	if err != nil {
		_, err = r.take(12) // says that the file ends
		return 0, nil, err
	}
	if binary.LittleEndian.Uint32(head) == blockSection {
		if err := r.byteOrder(head[8:]); err != nil {
			return 0, nil, err
		}
	}
	kind = r.order.Uint32(head)
	length := r.order.Uint32(head[4:])
	if length < blockOverhead || length%4 != 0 || length > maxBlock {
		return 0, nil, r.wrong("a block of %d bytes", length)
	}
	raw, err := r.take(int(length))
	if err != nil {
		return 0, nil, err
	}
	if again := r.order.Uint32(raw[length-4:]); again != length {
		return 0, nil, r.wrong("a block of %d bytes says at its end that it has %d", length, again)
	}
	return kind, raw[8 : length-4], nil
}

// byteOrder finds how a section writes its numbers; that of its head, too.
func (r *Reader) byteOrder(magic []byte) error {
	switch {
	case binary.LittleEndian.Uint32(magic) == byteOrderMagic:
		r.order = binary.LittleEndian
	case binary.BigEndian.Uint32(magic) == byteOrderMagic:
		r.order = binary.BigEndian
	default:
		return r.wrong("a section in no byte order")
	}
	return nil
}

// section begins a section: nothing of the one before holds in it.
func (r *Reader) section(body []byte) error {
	const fixed = 16
	if len(body) < fixed {
		return r.wrong("a section head of %d bytes", len(body))
	}
	if major := r.order.Uint16(body[4:]); major != 1 {
		return r.wrong("version %d of pcapng", major)
	}
	r.ifaces, r.ours, r.clocked = nil, false, false
	return r.options(body[fixed:], func(code uint16, value []byte) {
		if code == optUserAppl && bytes.HasPrefix(value, []byte(application)) {
			r.ours = true
		}
	})
}

// options calls each for every option.
func (r *Reader) options(b []byte, each func(code uint16, value []byte)) error {
	for len(b) >= 4 {
		code, length := r.order.Uint16(b), int(r.order.Uint16(b[2:]))
		if code == optEnd {
			return nil
		}
		if 4+length > len(b) {
			return r.wrong("an option of %d bytes where %d are left", length, len(b)-4)
		}
		each(code, b[4:4+length])
		b = b[min(len(b), 4+(length+3)&^3):]
	}
	return nil
}

// mostInterfaces bounds what is kept of a section.
const mostInterfaces = 4096

func (r *Reader) addInterface(body []byte) error {
	const fixed = 8
	if len(body) < fixed || len(r.ifaces) == mostInterfaces {
		return r.wrong("an interface of %d bytes, or too many of them", len(body))
	}
	i := iface{link: r.order.Uint16(body), unit: time.Microsecond}
	valid := true
	err := r.options(body[fixed:], func(code uint16, value []byte) {
		switch {
		case code == optName:
			i.name = string(value)
		case code == optResolution && len(value) == 1:
			valid = i.resolution(value[0])
		case code == optOffset && len(value) == 8:
			i.offset = time.Duration(r.order.Uint64(value)) * time.Second
		}
	})
	if err == nil && !valid {
		err = r.wrong("time stamps in a unit that is no power of ten down to nanoseconds, nor a power of two")
	}
	r.ifaces = append(r.ifaces, i)
	return err
}

// resolution takes the unit of the time stamps: a negative power of ten, or of two.
func (i *iface) resolution(code byte) bool {
	power := code & 0x7f
	if code&0x80 != 0 {
		i.fraction = 1 << power
		return power < 64
	}
	i.unit = time.Second
	for range power {
		i.unit /= 10
	}
	return i.unit > 0
}

// time reads a time stamp.
func (i *iface) time(stamp uint64) time.Time {
	if i.fraction == 0 {
		perSecond := uint64(time.Second / i.unit)
		return time.Unix(int64(stamp/perSecond), int64(stamp%perSecond)*int64(i.unit)).Add(i.offset).UTC()
	}
	rest := float64(stamp%i.fraction) / float64(i.fraction) * float64(time.Second)
	return time.Unix(int64(stamp/i.fraction), int64(rest)).Add(i.offset).UTC()
}
