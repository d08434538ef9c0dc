package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"nmdebug/nmwatch/mirror/wire"
)

func wantFormatError(t *testing.T, err error, want string) {
	t.Helper()
	if _, ok := errors.AsType[*wire.FormatError](err); !ok || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want a FormatError with %q", err, want)
	}
}

// message writes a signal with any body bytes and any signature, however wrong.
func message(sig string, body string) []byte {
	fields := "\x01\x01o\x00\x02\x00\x00\x00/a\x00\x00\x00\x00\x00\x00" +
		"\x02\x01s\x00\x03\x00\x00\x00a.b\x00\x00\x00\x00\x00" +
		"\x03\x01s\x00\x01\x00\x00\x00C\x00\x00\x00\x00\x00\x00\x00" +
		"\x08\x01g\x00" + string([]byte{byte(len(sig))}) + sig + "\x00"
	raw := []byte("l\x04\x00\x01")
	raw = binary.LittleEndian.AppendUint32(raw, uint32(len(body)))
	raw = binary.LittleEndian.AppendUint32(raw, 1)
	raw = binary.LittleEndian.AppendUint32(raw, uint32(len(fields)))
	raw = append(raw, fields...)
	for len(raw)%8 != 0 {
		raw = append(raw, 0)
	}
	return append(raw, body...)
}

func TestCallEncodeRefuses(t *testing.T) {
	good := wire.Call{Service: "org.example", Path: "/a", Interface: "a.b", Member: "Do"}
	tests := []struct {
		name   string
		change func(*wire.Call)
		serial uint32
	}{
		{"serial 0", func(*wire.Call) {}, 0},
		{"no path", func(c *wire.Call) { c.Path = "" }, 1},
		{"a bad path", func(c *wire.Call) { c.Path = "a//b" }, 1},
		{"no member", func(c *wire.Call) { c.Member = "" }, 1},
		{"a type that D-Bus has not", func(c *wire.Call) { c.Args = []any{make(chan int)} }, 1},
		{"a string that is not UTF-8", func(c *wire.Call) { c.Args = []any{"\xff"} }, 1},
		{"a bad path as an argument", func(c *wire.Call) { c.Args = []any{wire.Path("x")} }, 1},
		{"a bad signature as an argument", func(c *wire.Call) { c.Args = []any{wire.Signature("a")} }, 1},
		{"nil", func(c *wire.Call) { c.Args = []any{nil} }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			call := good
			tt.change(&call)
			if raw, err := call.Encode(tt.serial); err == nil {
				t.Errorf("encoded %q", raw)
			}
		})
	}
}

func TestArgsRefuses(t *testing.T) {
	tests := []struct{ name, sig, body, want string }{
		{"cut number", "u", "\x01\x00", "ends inside a value"},
		{"cut string", "s", "\x05\x00\x00\x00abc\x00", "ends inside a string of 5"},
		{"huge string", "s", "\xff\xff\xff\xffabc\x00", "ends inside a string of 4294967295"},
		{"string without zero", "s", "\x02\x00\x00\x00abc", "not UTF-8 with one zero"},
		{"string with zero inside", "s", "\x03\x00\x00\x00a\x00c\x00", "not UTF-8 with one zero"},
		{"not UTF-8", "s", "\x01\x00\x00\x00\xff\x00", "not UTF-8 with one zero"},
		{"boolean 2", "b", "\x02\x00\x00\x00", "a boolean of value 2"},
		{"path", "o", "\x03\x00\x00\x00a/b\x00", "the object path"},
		{"path with end", "o", "\x02\x00\x00\x00a/\x00", "the object path"},
		{"path with gap", "o", "\x05\x00\x00\x00/a//b\x00", "the object path"},
		{"array longer than the message", "ay", "\x09\x00\x00\x00\x01", "an array of 9 bytes where 1 are left"},
		{"array of 4 GiB", "ay", "\xff\xff\xff\xff\x01", "an array of 4294967295 bytes"},
		{"element over the end", "au", "\x02\x00\x00\x00\x01\x02\x03\x04", "over the end of its array"},
		{"rest", "y", "\x01\x02", "goes on after its signature"},
		{"no signature", "", "\x01", "goes on after its signature"},
		{"unknown type", "r", "\x01", "unknown type"},
		{"unfinished array", "a", "\x01", "ends too early"},
		{"unfinished struct", "(y", "\x01", "unfinished struct"},
		{"empty struct", "()", "\x01", "empty or unfinished struct"},
		{"struct closed twice", "(y))", "\x01", "unknown type"},
		{"dictionary outside an array", "{sv}", "\x01", "unknown type"},
		{"dictionary with a variant as key", "a{vs}", "\x01", "not of a basic type"},
		{"dictionary with three", "a{sss}", "\x01", "unfinished dictionary"},
		{"deep arrays", strings.Repeat("a", 33) + "y", "\x01", "arrays deeper than 32"},
		{"deep structs", strings.Repeat("(", 33) + "y" + strings.Repeat(")", 33), "\x01", "structs deeper than 32"},
		{"deep dictionaries", strings.Repeat("a{y", 33) + "y" + strings.Repeat("}", 33), "\x01", "deeper than 32"},
		{"variant of two", "v", "\x02yy\x00\x01\x01", "a variant of type"},
		{"variant of nothing", "v", "\x00\x00", "a variant of type"},
		{"variant without zero", "v", "\x01yy\x01", "without a zero"},
		{"deep variants", "v", strings.Repeat("\x01v\x00", 64) + "\x01y\x00\x01", "containers deeper than 64"},
		{"deep, of all kinds", "v", strings.Repeat("\x03(v)\x00   ", 40), "deeper than 64"},
		{"bad signature", "g", "\x01a\x00", "ends too early"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := wire.Parse(message(tt.sig, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Args()
			wantFormatError(t, err, tt.want)
			if _, again := m.Args(); again != err { //nolint:errorlint // the very same value is meant
				t.Errorf("another error the second time: %v", again)
			}
		})
	}
}

func TestVariantsAtTheLimit(t *testing.T) {
	raw := message("v", strings.Repeat("\x01v\x00", 63)+"\x01y\x00\x09")
	if got := decode(t, raw); got[0] != byte(9) {
		t.Errorf("got %v", got)
	}
}

func TestParseRefuses(t *testing.T) {
	raw := encode(t, binary.LittleEndian, "x")
	field := func(code byte, sig string, value ...byte) []byte {
		fields := append([]byte{code, byte(len(sig))}, sig+"\x00"...)
		fields = append(fields, value...)
		raw := append([]byte("l\x01\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00"), byte(len(fields)), 0, 0, 0)
		raw = append(raw, fields...)
		for len(raw)%8 != 0 {
			raw = append(raw, 0)
		}
		return raw
	}
	ofType := func(typ byte) []byte {
		return []byte{'l', typ, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}
	}
	tests := []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, "cut off"},
		{"short", raw[:len(raw)-1], "instead of the announced"},
		{"long", append(bytes.Clone(raw), 0), "instead of the announced"},
		{"type 0", ofType(0), "message type 0"},
		{"call", ofType(1), "a method call without path or member"},
		{"return", ofType(2), "a method return without reply serial"},
		{"error", ofType(3), "an error without reply serial or name"},
		{"signal", ofType(4), "a signal without path, interface or member"},
		{"path as string", field(1, "s", 1, 0, 0, 0, '/', 0), `of type "s" instead of "o"`},
		{"serial as string", field(5, "s", 1, 0, 0, 0, '/', 0), `of type "s" instead of "u"`},
		{"bad path", field(1, "o", 1, 0, 0, 0, 'x', 0), "the object path"},
		{"cut field", field(2, "s", 9, 0, 0, 0, 'x', 0), "ends inside a string"},
		{"unknown field that is cut", field(99, "as", 0, 0, 0, 9, 0, 0, 0), "an array of 9 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := wire.Parse(tt.raw)
			wantFormatError(t, err, tt.want)
		})
	}
}

// Each byte of these bodies costs as much as possible; see costFactor.
func TestExpensiveBodies(t *testing.T) {
	const size = 1 << 20
	deep := strings.Repeat("(", 31) + "y" + strings.Repeat(")", 31)
	tests := []struct {
		name, sig, first, element string
		refused                   bool
	}{
		{"deep structs", "a" + deep, "\x00\x00\x00\x00", "\x01\x00\x00\x00\x00\x00\x00\x00", true},
		{"empty dictionaries", "aa{sv}", "\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00", false},
		{"empty arrays", "aay", "", "\x00\x00\x00\x00", false},
		{"small variants", "av", "", "\x01y\x00\xff", false},
		{"structs", "a(yy)", "\x00\x00\x00\x00", "\xff\xff\x00\x00\x00\x00\x00\x00", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			elements := strings.Repeat(tt.element, size/len(tt.element))
			length := len(elements)
			if tt.sig == "aa{sv}" { // here the first bytes are an element, elsewhere they are padding
				length += len(tt.first)
			}
			if tt.sig == "a(yy)" { // there is no padding after the last one
				elements = elements[:len(elements)-6]
				length -= 6
			}
			body := string(binary.LittleEndian.AppendUint32(nil, uint32(length))) + tt.first + elements
			m, err := wire.Parse(message(tt.sig, body))
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = m.Args()
			runtime.ReadMemStats(&after)
			if (err != nil) != tt.refused {
				t.Errorf("error %v", err)
			}
			factor := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(body))
			if factor > 96 { // garbage of growing stacks is in it
				t.Errorf("allocated %.0f times the body", factor)
			}
			t.Logf("allocated %.0f times the body", factor)
		})
	}
}
