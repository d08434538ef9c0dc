package text

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes a string from outside safe to print: control characters, escape sequences, bytes that are no UTF-8 and
// the characters that turn the writing direction are written as \x1b, \u202e.
func Escape(s string) string {
	if strings.IndexFunc(s, hostile) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[0])|0x100, 16)[1:])
		case !hostile(r):
			b.WriteRune(r)
		case r < 0x80:
			b.WriteString(`\x` + strconv.FormatUint(uint64(r)|0x100, 16)[1:])
		default:
			b.WriteString(`\u` + strconv.FormatUint(uint64(r)|0x10000, 16)[1:])
		}
		s = s[size:]
	}
	return b.String()
}

// EscapeJSON makes a JSON text safe to print. Its writer has escaped the control characters of ASCII; what is left can only be inside of
// strings, where \uXXXX means the same.
func EscapeJSON(b []byte) []byte {
	hides := func(r rune) bool { return r > 0x20 && hostile(r) }
	if bytes.IndexFunc(b, hides) < 0 {
		return b
	}
	var out bytes.Buffer
	for _, r := range string(b) {
		if hides(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}

// hostile says whether a character could move the cursor, change colours or reorder the line. U+2028 and U+2029 break lines;
// U+FFFE and U+FFFF are no characters, and YAML does not allow them (YAML 1.2.2 §5.1).
func hostile(r rune) bool {
	switch r {
	case 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
