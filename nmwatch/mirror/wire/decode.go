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

// fail notes the first error, and moves to the end, so that nothing more can be read.
func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = &FormatError{d.offset + d.pos, fmt.Sprintf(format, args...)}
	}
	d.pos = len(d.text)
}

func (d *decoder) failIf(wrong bool, format string, args ...any) {
	if wrong {
		d.fail(format, args...)
	}
}

// failShort is what a read gives that would reach over the end.
func (d *decoder) failShort() { d.fail("the message ends inside a value") }

// spend charges an allocation to the budget.
func (d *decoder) spend(bytes int) bool {
	d.budget -= bytes
	if d.budget < 0 {
		d.fail("the body expands to more than %d times its size", costFactor)
	}
	return d.err == nil
}

// skipTo moves to a multiple of n. What the padding holds is not looked at: the specification wants zeroes, but
// nothing depends on it.
func (d *decoder) skipTo(n int) {
	pos := align(d.pos, n)
	if pos > len(d.text) {
		d.failShort()
		return
	}
	d.pos = pos
}

func (d *decoder) byte() byte {
	if d.pos >= len(d.text) {
		d.failShort()
		return 0
	}
	c := d.text[d.pos]
	d.pos++
	return c
}

func (d *decoder) uint16() uint16 {
	pos := align(d.pos, 2)
	if pos+2 > len(d.text) {
		d.failShort()
		return 0
	}
	d.pos = pos + 2
	s := d.text[pos : pos+2]
	if d.big {
		return uint16(s[1]) | uint16(s[0])<<8
	}
	return uint16(s[0]) | uint16(s[1])<<8
}

func (d *decoder) uint32() uint32 {
	pos := align(d.pos, 4)
	if pos+4 > len(d.text) {
		d.failShort()
		return 0
	}
	d.pos = pos + 4
	return word(d.text[pos:pos+4], d.big)
}

func (d *decoder) uint64() uint64 {
	pos := align(d.pos, 8)
	if pos+8 > len(d.text) {
		d.failShort()
		return 0
	}
	d.pos = pos + 8
	first, second := uint64(word(d.text[pos:pos+4], d.big)), uint64(word(d.text[pos+4:pos+8], d.big))
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
	if n > 1 {
		d.fail("a boolean of value %d", n)
	}
	return n == 1
}

// string reads a string: its length, its bytes and a zero. It must be UTF-8 without a zero inside.
func (d *decoder) string() string {
	n := int64(d.uint32())
	if n >= int64(len(d.text)-d.pos) {
		d.fail("the message ends inside a string of %d bytes", n)
		return ""
	}
	end := d.pos + int(n)
	s := d.text[d.pos:end]
	if d.text[end] != 0 || !validText(s) {
		d.fail("a string that is not UTF-8 with one zero, at its end")
		return ""
	}
	d.pos = end + 1
	return s
}

// validText tells whether s is UTF-8 without a zero. Nearly all strings are ASCII: eight bytes are looked at in one go,
// and only a byte that is zero or not ASCII makes it look twice.
func validText(s string) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	rest := s
	for len(rest) >= 8 {
		w := uint64(word(rest[:4], false)) | uint64(word(rest[4:8], false))<<32
		if (w|(w-ones))&highs != 0 { // a high bit, or one that the subtraction borrowed from
			return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
		}
		rest = rest[8:]
	}
	for i := range len(rest) {
		if rest[i]-1 >= utf8.RuneSelf-1 {
			return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
		}
	}
	return true
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
		switch c := s[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', c == '_':
		case c == '/' && s[i-1] != '/':
		default:
			return false
		}
	}
	return true
}

// signature reads a signature without looking into it.
func (d *decoder) signature() string {
	length := int(d.byte())
	end := d.pos + length
	if end >= len(d.text) {
		d.failShort()
		return ""
	}
	if d.text[end] != 0 {
		d.fail("a signature without a zero at its end")
		return ""
	}
	sig := d.text[d.pos:end]
	d.pos = end + 1
	return sig
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
	if depth > maxDepth {
		d.fail("containers deeper than %d", maxDepth)
	}
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
