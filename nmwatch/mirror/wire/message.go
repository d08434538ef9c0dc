package wire

import (
	"fmt"
	"sync"
)

// Path is an object path ("Valid Object Paths").
type Path string

// Signature is a type signature ("Type System").
type Signature string

// FD is a value of type 'h': an index into the file descriptors sent beside the message, not a descriptor.
type FD uint32

// Type is the kind of a message ("Message Format").
type Type uint8

// The kinds of messages. Higher numbers are reserved and must be ignored by the receiver.
const (
	MethodCall   Type = 1
	MethodReturn Type = 2
	Error        Type = 3
	Signal       Type = 4
)

// String names the type in the words of the specification.
func (t Type) String() string {
	switch t {
	case MethodCall:
		return "method call"
	case MethodReturn:
		return "method return"
	case Error:
		return "error"
	case Signal:
		return "signal"
	default:
		return fmt.Sprintf("unknown(%d)", uint8(t))
	}
}

// Flags are the header's flag bits; unknown ones are kept.
type Flags uint8

// The flags of the specification.
const (
	NoReplyExpected               Flags = 0x1
	NoAutoStart                   Flags = 0x2
	AllowInteractiveAuthorization Flags = 0x4
)

// Message is the header of one message, with its body still undecoded. It may be copied; copies share the body.
type Message struct {
	Type        Type
	Flags       Flags
	Serial      uint32
	ReplySerial uint32 // the serial of the call that this answers; 0 in calls and signals
	Path        Path
	Interface   string
	Member      string
	ErrorName   string
	Destination string
	Sender      string
	Signature   Signature
	FDs         uint32 // how many file descriptors were sent beside it

	body *body // nil when there is none
}

// body is decoded once, on the first request, for all copies of the message.
type body struct {
	once   sync.Once
	raw    []byte
	offset int // of raw in the message, for errors
	big    bool
	args   []any
	err    error
}

// Args decodes the body. The values are shared by all who ask; they must not be modified.
func (m Message) Args() ([]any, error) {
	if m.body == nil {
		return nil, nil
	}
	b := m.body
	b.once.Do(func() { b.args, b.err = decodeBody(b, m.Signature) })
	return b.args, b.err
}

// Body gives the bytes of the body, which must not be changed; nil when there is none.
func (m Message) Body() []byte {
	if m.body == nil {
		return nil
	}
	return m.body.raw
}

// FormatError says what is wrong with the bytes of a message.
type FormatError struct {
	Offset int // in the message
	Text   string
}

// Error gives the text with its offset.
func (e *FormatError) Error() string {
	return fmt.Sprintf("invalid D-Bus message: byte %d: %s", e.Offset, e.Text)
}
