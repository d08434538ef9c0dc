package wire

import (
	"encoding/binary"
	"fmt"
)

// MinLength is the length of the fixed part of the header, which tells the length of the whole message.
const MinLength = 16

// The limits of "Message Format" and "Container types".
const (
	maxMessage = 1 << 27
	maxArray   = 1 << 26
)

// The header fields of "Header Fields".
const (
	fieldPath        = 1
	fieldInterface   = 2
	fieldMember      = 3
	fieldErrorName   = 4
	fieldReplySerial = 5
	fieldDestination = 6
	fieldSender      = 7
	fieldSignature   = 8
	fieldUnixFDs     = 9
)

// Length tells how many bytes the message has that begins with head, which must have at least MinLength bytes.
// After an error there is no telling where the next message begins: the connection is lost.
func Length(head []byte) (int, error) {
	if len(head) < MinLength {
		return 0, &FormatError{len(head), "the header is cut off"}
	}
	order, err := byteOrder(head[0])
	if err != nil {
		return 0, err
	}
	if head[3] != 1 {
		return 0, &FormatError{3, fmt.Sprintf("protocol version %d instead of 1", head[3])}
	}
	body, fields := int64(order.Uint32(head[4:])), int64(order.Uint32(head[12:]))
	if fields > maxArray {
		return 0, &FormatError{12, fmt.Sprintf("header fields of %d bytes, allowed are %d", fields, maxArray)}
	}
	total := MinLength + align(fields, 8) + body
	if total > maxMessage {
		return 0, &FormatError{4, fmt.Sprintf("a message of %d bytes, allowed are %d", total, maxMessage)}
	}
	return int(total), nil
}

func byteOrder(mark byte) (binary.ByteOrder, error) {
	switch mark {
	case 'l':
		return binary.LittleEndian, nil
	case 'B':
		return binary.BigEndian, nil
	default:
		return nil, &FormatError{0, fmt.Sprintf("byte order %q", mark)}
	}
}

func align[N int | int64](n, to N) N { return (n + to - 1) &^ (to - 1) }

// Parse reads the header of the one message that raw holds. The message refers to raw, which must not change.
func Parse(raw []byte) (Message, error) {
	length, err := Length(raw)
	if err != nil {
		return Message{}, err
	}
	if length != len(raw) {
		return Message{}, &FormatError{len(raw), fmt.Sprintf("%d bytes instead of the announced %d", len(raw), length)}
	}
	order, _ := byteOrder(raw[0]) // Length has checked it
	fieldsEnd := MinLength + int(order.Uint32(raw[12:]))
	bodyAt := align(fieldsEnd, 8)
	m := Message{Type: Type(raw[1]), Flags: Flags(raw[2]), Serial: order.Uint32(raw[8:])}
	d := newDecoder(string(raw[:fieldsEnd]), 0, raw[0] == 'B')
	d.pos = MinLength
	d.headerFields(&m)
	if d.err == nil {
		d.required(m)
	}
	if d.err != nil {
		return Message{}, d.err
	}
	if bodyAt < len(raw) {
		m.body = &body{raw: raw[bodyAt:], offset: bodyAt, big: raw[0] == 'B'}
	}
	return m, nil
}

// headerFields reads the array of (code, variant) that ends where the text ends.
func (d *decoder) headerFields(m *Message) {
	for d.err == nil && d.pos < len(d.text) {
		d.skipTo(8)
		code := d.byte()
		sig := d.signature()
		if d.err == nil {
			d.headerField(m, code, sig)
		}
	}
}

// headerField stores one field. Unknown fields are skipped, as "Header Fields" demands.
func (d *decoder) headerField(m *Message, code byte, sig string) {
	switch code {
	case fieldPath:
		m.Path = Path(d.headerText(sig, "o"))
	case fieldInterface:
		m.Interface = d.headerText(sig, "s")
	case fieldMember:
		m.Member = d.headerText(sig, "s")
	case fieldErrorName:
		m.ErrorName = d.headerText(sig, "s")
	case fieldReplySerial:
		m.ReplySerial = d.headerNumber(sig)
	case fieldDestination:
		m.Destination = d.headerText(sig, "s")
	case fieldSender:
		m.Sender = d.headerText(sig, "s")
	case fieldSignature:
		m.Signature = Signature(d.headerText(sig, "g"))
	case fieldUnixFDs:
		m.FDs = d.headerNumber(sig)
	default:
		d.variant(sig, 1)
	}
}

func (d *decoder) headerText(sig, want string) string {
	switch {
	case sig != want:
		d.fail("a header field of type %q instead of %q", sig, want)
		return ""
	case want == "o":
		return string(d.path())
	case want == "g":
		return d.signature()
	default:
		return d.string()
	}
}

func (d *decoder) headerNumber(sig string) uint32 {
	if sig != "u" {
		d.fail("a header field of type %q instead of %q", sig, "u")
		return 0
	}
	return d.uint32()
}

// required checks that the header has the fields that its type must have ("Header Fields").
func (d *decoder) required(m Message) {
	switch m.Type {
	case 0:
		d.fail("message type 0")
	case MethodCall:
		d.failIf(m.Path == "" || m.Member == "", "a method call without path or member")
	case MethodReturn:
		d.failIf(m.ReplySerial == 0, "a method return without reply serial")
	case Error:
		d.failIf(m.ReplySerial == 0 || m.ErrorName == "", "an error without reply serial or name")
	case Signal:
		d.failIf(m.Path == "" || m.Interface == "" || m.Member == "", "a signal without path, interface or member")
	default: // a type newer than we are
	}
}
