package text_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"nmdebug/ui/text"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want, ascii string }{
		{"plain", "eth0", "eth0", "eth0"},
		{"umlauts and emoji are text", "Käse 🧀", "Käse 🧀", `K\u00e4se \U0001f9c0`},
		{"colours", "\x1b[31mred", `\x1b[31mred`, `\x1b[31mred`},
		{"title of the window", "\x1b]0;x\x07", `\x1b]0;x\x07`, `\x1b]0;x\x07`},
		{"8 bit CSI", "\u009b2J", `\u009b2J`, `\u009b2J`},
		{"new line and tab", "a\nb\tc\r", `a\x0ab\x09c\x0d`, `a\x0ab\x09c\x0d`},
		{"nothing", "\x00\x7f", `\x00\x7f`, `\x00\x7f`},
		{"writing direction", "gnp.\u202eexe\u2066", `gnp.\u202eexe\u2066`, `gnp.\u202eexe\u2066`},
		{"line separators", "a\u2028b\u2029c", `a\u2028b\u2029c`, `a\u2028b\u2029c`},
		{"byte order mark", "\ufeffa", `\ufeffa`, `\ufeffa`},
		{"no UTF-8", "caf\xe9", `caf\xe9`, `caf\xe9`},
		{"half a character", "a\xf0\x9f", `a\xf0\x9f`, `a\xf0\x9f`},
		{"the sign for what cannot be shown is text", "\ufffd", "\ufffd", `\ufffd`},
		{"signs of ours", "a · b – c → d …", "a · b – c → d …", "a - b - c -> d ..."},
		{"bars", "▁▄█", "▁▄█", "_=@"},
	} {
		if got := text.Escape(c.in); got != c.want {
			t.Errorf("%s: Escape gives %q, want %q", c.name, got, c.want)
		}
		if got := text.ASCII(c.in); got != c.ascii {
			t.Errorf("%s: ASCII gives %q, want %q", c.name, got, c.ascii)
		}
	}
}

// Whatever comes, nothing that a terminal obeys goes out, and what is safe already stays.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"eth0", "\x1b[2J", "caf\xe9", "\u202e", "\u009b", "🧀", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		escaped, ascii := text.Escape(s), text.ASCII(s)
		if !utf8.ValidString(escaped) || strings.IndexFunc(escaped, unsafe) >= 0 {
			t.Errorf("Escape(%q) = %q is not safe", s, escaped)
		}
		if text.Escape(escaped) != escaped || text.ASCII(ascii) != ascii {
			t.Errorf("%q is escaped twice: %q, %q", s, text.Escape(escaped), text.ASCII(ascii))
		}
		if i := strings.IndexFunc(ascii, func(r rune) bool { return r < 0x20 || r > 0x7e }); i >= 0 {
			t.Errorf("ASCII(%q) = %q is not ASCII", s, ascii)
		}
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		safe := text.EscapeJSON(raw)
		if json.Unmarshal(raw, &before) != nil || json.Unmarshal(safe, &after) != nil || before != after {
			t.Errorf("%q means %q as JSON, and %q when it is safe", s, before, after)
		}
		if strings.IndexFunc(string(safe), unsafe) >= 0 {
			t.Errorf("EscapeJSON(%s) = %s is not safe", raw, safe)
		}
	})
}

func unsafe(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
