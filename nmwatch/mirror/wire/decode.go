package wire

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// decoder reads values from text. The first error sticks: later reads give zero values and do not move.
//
// The bytes are held as one string, of which all strings in the result are parts: one allocation instead of one per
// string. The price is that a string that outlives the others keeps the whole body; bodies of signals are small, and
// that of a snapshot lives as long as the replica made from it.
type decoder struct {
	text   string
	pos    int
	offset int // of text in the message, for errors; alignment counts from the start of text
	big    bool
	err    error
	budget int // bytes that may still be allocated

	types   map[string]*typ // signatures of variants met so far
	entries []entry         // stack: entries of the dictionaries being read
	values  []any           // stack: elements of the arrays being read
}

type entry struct {
	key   string
	value any
}

// What a byte of body may cost, and a small body at least: deeply nested one-byte structs would cost 160.
const (
	costFactor = 32
	costFloor  = 64 << 10
)

// Rough costs in bytes of a value in an interface, a slice in one, a map.
const (
	costValue = 24
	costSlice = 40
	costMap   = 64
)

func newDecoder(text string, offset int, big bool) decoder {
	return decoder{text: text, offset: offset, big: big, budget: costFloor + costFactor*len(text)}
}

func decodeBody(b *body, sig Signature) ([]any, error) {
	types, err := compile(string(sig))
	if err != nil {
		return nil, &FormatError{b.offset, err.Error()}
	}
	d := newDecoder(string(b.raw), b.offset, b.big)
	args := make([]any, 0, len(types))
	for _, t := range types {
		args = append(args, d.value(t, 0))
	}
	d.failIf(d.pos != len(d.text), "the body goes on after its signature %q", sig)
	if d.err != nil {
		return nil, d.err
	}
	return args, nil
}

// fail notes the first error.
func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = &FormatError{d.offset + d.pos, fmt.Sprintf(format, args...)}
	}
}

func (d *decoder) failIf(wrong bool, format string, args ...any) {
	if wrong {
		d.fail(format, args...)
	}
}

// spend charges an allocation to the budget.
func (d *decoder) spend(bytes int) bool {
	d.budget -= bytes
	if d.budget < 0 {
		d.fail("the body expands to more than %d times its size", costFactor)
	}
	return d.err == nil
}

// take moves over n bytes and tells where they begin.
func (d *decoder) take(n int) (int, bool) {
	if d.err != nil || n > len(d.text)-d.pos {
		d.fail("the message ends inside a value of %d bytes", n)
		return 0, false
	}
	at := d.pos
	d.pos += n
	return at, true
}

// skipTo moves to a multiple of n. What the padding holds is not looked at: the specification wants zeroes, but
// nothing depends on it.
func (d *decoder) skipTo(n int) {
	if rest := d.pos & (n - 1); rest != 0 {
		d.take(n - rest)
	}
}

func (d *decoder) byte() byte {
	at, ok := d.take(1)
	if !ok {
		return 0
	}
	return d.text[at]
}

func (d *decoder) uint16() uint16 {
	d.skipTo(2)
	at, ok := d.take(2)
	if !ok {
		return 0
	}
	s := d.text[at : at+2]
	if d.big {
		return uint16(s[1]) | uint16(s[0])<<8
	}
	return uint16(s[0]) | uint16(s[1])<<8
}

func (d *decoder) uint32() uint32 {
	d.skipTo(4)
	at, ok := d.take(4)
	if !ok {
		return 0
	}
	return word(d.text[at:at+4], d.big)
}

func (d *decoder) uint64() uint64 {
	d.skipTo(8)
	at, ok := d.take(8)
	if !ok {
		return 0
	}
	first, second := uint64(word(d.text[at:at+4], d.big)), uint64(word(d.text[at+4:at+8], d.big))
	if d.big {
		return first<<32 | second
	}
	return second<<32 | first
}

func word(s string, big bool) uint32 {
	_ = s[3]
	if big {
		return uint32(s[3]) | uint32(s[2])<<8 | uint32(s[1])<<16 | uint32(s[0])<<24
	}
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (d *decoder) bool() bool {
	n := d.uint32()
	d.failIf(n > 1, "a boolean of value %d", n)
	return n == 1
}

// string reads a string: its length, its bytes and a zero. It must be UTF-8 without a zero inside.
func (d *decoder) string() string {
	n := d.uint32()
	if d.err != nil || uint64(n) >= uint64(len(d.text)-d.pos) {
		d.fail("the message ends inside a string of %d bytes", n)
		return ""
	}
	s := d.text[d.pos : d.pos+int(n)]
	if d.text[d.pos+int(n)] != 0 || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		d.fail("a string that is not UTF-8 with one zero, at its end")
		return ""
	}
	d.pos += int(n) + 1
	return s
}

func (d *decoder) path() Path {
	at := d.pos
	s := d.string()
	if d.err == nil && !validPath(s) {
		d.pos = at
		d.fail("the object path %.100q", s)
		return ""
	}
	return Path(s)
}

// validPath checks "Valid Object Paths".
func validPath(s string) bool {
	if s == "/" {
		return true
	}
	if s == "" || s[0] != '/' || s[len(s)-1] == '/' {
		return false
	}
	for i := 1; i < len(s); i++ {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
		if !letter && (c != '/' || s[i-1] == '/') {
			return false
		}
	}
	return true
}

// signature reads a signature without looking into it.
func (d *decoder) signature() string {
	n := int(d.byte())
	at, ok := d.take(n + 1)
	if !ok {
		return ""
	}
	d.failIf(d.text[at+n] != 0, "a signature without a zero at its end")
	return d.text[at : at+n]
}

// value reads a value of a type, inside so many containers.
func (d *decoder) value(t *typ, depth int) any {
	switch t.code {
	case 'a':
		return d.array(t, depth+1)
	case '{':
		return d.dictionary(t, depth+1)
	case '(':
		return d.structure(t, depth+1)
	default:
		return d.basic(t.code, depth)
	}
}

// basic reads a value whose type is one code, a variant among them.
func (d *decoder) basic(code byte, depth int) any {
	switch code {
	case 's':
		return d.string()
	case 'u':
		return d.uint32()
	case 'b':
		return d.bool()
	case 'y':
		return d.byte()
	case 'o':
		return d.path()
	case 'v':
		return d.variant(d.signature(), depth+1)
	case 'i':
		return int32(d.uint32())
	case 'x':
		return int64(d.uint64())
	case 't':
		return d.uint64()
	case 'd':
		return math.Float64frombits(d.uint64())
	case 'n':
		return int16(d.uint16())
	case 'q':
		return d.uint16()
	case 'g':
		return d.signatureValue()
	case 'h':
		return FD(d.uint32())
	default:
		d.fail("the unknown type %q", code)
		return nil
	}
}

func (d *decoder) signatureValue() Signature {
	s := d.signature()
	if _, err := compile(s); err != nil {
		d.fail("%v", err)
	}
	return Signature(s)
}

// variant reads the value of a variant whose signature has been read.
func (d *decoder) variant(sig string, depth int) any {
	if d.err != nil || d.tooDeep(depth) {
		return nil
	}
	if len(sig) == 1 {
		return d.basic(sig[0], depth)
	}
	t, ok := d.types[sig]
	if !ok {
		types, err := compile(sig)
		if err != nil || len(types) != 1 {
			d.fail("a variant of type %q", sig)
			return nil
		}
		if d.types == nil {
			d.types = make(map[string]*typ)
		}
		t = types[0]
		d.types[sig] = t
		d.spend(len(sig) * costSlice)
	}
	return d.value(t, depth)
}

func (d *decoder) tooDeep(depth int) bool {
	d.failIf(depth > maxDepth, "containers deeper than %d", maxDepth)
	return depth > maxDepth
}

func (d *decoder) structure(t *typ, depth int) any {
	d.skipTo(8)
	if d.tooDeep(depth) || !d.spend(costSlice+costValue*len(t.fields)) {
		return nil
	}
	fields := make([]any, 0, len(t.fields))
	for _, f := range t.fields {
		fields = append(fields, d.value(f, depth))
	}
	return fields
}
