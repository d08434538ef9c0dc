package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// Call is a method call that somebody wants to be made.
type Call struct {
	Service   string // well-known or unique name
	Path      Path
	Interface string
	Member    string
	Args      []any // Go values, Path and Signature (alone or as a slice), or the types of godbus
}

// String names the call for errors and logs: "Interface.Member on Service Path".
func (c Call) String() string {
	return fmt.Sprintf("%s.%s on %s %s", c.Interface, c.Member, c.Service, c.Path)
}

// Encode writes the call with a serial. It carries NO_AUTO_START: asking must not start a daemon.
func (c Call) Encode(serial uint32) ([]byte, error) {
	m := Message{
		Type: MethodCall, Flags: NoAutoStart, Serial: serial,
		Destination: c.Service, Path: c.Path, Interface: c.Interface, Member: c.Member,
	}
	raw, err := m.Encode(c.Args...)
	if err != nil {
		return nil, fmt.Errorf("cannot encode %s: %w", c, err)
	}
	return raw, nil
}

// Encode writes a message in little endian, the header from m and the body from args; m's own Signature and body do
// not count. The same input always gives the same bytes.
func (m Message) Encode(args ...any) ([]byte, error) {
	if m.Serial == 0 {
		return nil, errors.New("the serial is 0")
	}
	body, sig, err := encodeBody(args)
	if err != nil {
		return nil, err
	}
	raw := []byte{'l', byte(m.Type), byte(m.Flags), 1}
	raw = binary.LittleEndian.AppendUint32(raw, uint32(len(body)))
	raw = binary.LittleEndian.AppendUint32(raw, m.Serial)
	raw = append(raw, 0, 0, 0, 0) // the length of the fields
	raw = appendText(raw, fieldPath, 'o', string(m.Path))
	raw = appendText(raw, fieldInterface, 's', m.Interface)
	raw = appendText(raw, fieldMember, 's', m.Member)
	raw = appendText(raw, fieldErrorName, 's', m.ErrorName)
	raw = appendNumber(raw, fieldReplySerial, m.ReplySerial)
	raw = appendText(raw, fieldDestination, 's', m.Destination)
	raw = appendText(raw, fieldSender, 's', m.Sender)
	raw = appendText(raw, fieldSignature, 'g', sig)
	raw = appendNumber(raw, fieldUnixFDs, m.FDs)
	binary.LittleEndian.PutUint32(raw[12:], uint32(len(raw)-MinLength))
	raw = append(pad(raw, 8), body...)
	if _, err := Parse(raw); err != nil {
		return nil, err // what we would not accept we do not send
	}
	return raw, nil
}

// encodeBody lets godbus write the body, by way of a message of which only the body is kept.
func encodeBody(args []any) (body []byte, sig string, err error) {
	if len(args) == 0 {
		return nil, "", nil
	}
	defer func() { // godbus panics on a type that D-Bus does not have
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = godbusValue(a)
	}
	signature := dbus.SignatureOf(values...)
	m := dbus.Message{Type: dbus.TypeMethodReply, Body: values, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(uint32(1)),
		dbus.FieldSignature:   dbus.MakeVariant(signature),
	}}
	var buf bytes.Buffer
	if err := m.EncodeTo(&buf, binary.LittleEndian); err != nil {
		return nil, "", err
	}
	raw := buf.Bytes()
	length := int(binary.LittleEndian.Uint32(raw[4:]))
	return raw[len(raw)-length:], signature.String(), nil
}

// godbusValue turns our named types, which godbus would take for strings, into its own.
func godbusValue(v any) any {
	switch v := v.(type) {
	case Path:
		return dbus.ObjectPath(v)
	case []Path:
		paths := make([]dbus.ObjectPath, len(v))
		for i, p := range v {
			paths[i] = dbus.ObjectPath(p)
		}
		return paths
	case Signature:
		sig, err := dbus.ParseSignature(string(v))
		if err != nil {
			panic(err) // becomes the error of encodeBody
		}
		return sig
	default:
		return v
	}
}

func pad(raw []byte, to int) []byte {
	for len(raw)%to != 0 {
		raw = append(raw, 0)
	}
	return raw
}

// appendText adds a header field with a string, an object path or a signature; an empty one is left out.
func appendText(raw []byte, field, code byte, text string) []byte {
	if text == "" {
		return raw
	}
	raw = append(pad(raw, 8), field, 1, code, 0)
	if code == 'g' {
		raw = append(raw, byte(len(text)))
	} else {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(len(text)))
	}
	return append(append(raw, text...), 0)
}

func appendNumber(raw []byte, field byte, n uint32) []byte {
	if n == 0 {
		return raw
	}
	raw = append(pad(raw, 8), field, 1, 'u', 0)
	return binary.LittleEndian.AppendUint32(raw, n)
}
