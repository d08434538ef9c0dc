package wire_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nmdebug/nmwatch/mirror/wire"
)

// encode lets godbus write a signal that carries args.
func encode(tb testing.TB, order binary.ByteOrder, args ...any) []byte {
	tb.Helper()
	m := dbus.Message{Type: dbus.TypeSignal, Body: args, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath:      dbus.MakeVariant(dbus.ObjectPath("/org/example/Object")),
		dbus.FieldInterface: dbus.MakeVariant("org.example.Interface"),
		dbus.FieldMember:    dbus.MakeVariant("Changed"),
		dbus.FieldSender:    dbus.MakeVariant(":1.7"),
	}}
	if len(args) > 0 {
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(args...))
	}
	var buf bytes.Buffer
	if err := m.EncodeTo(&buf, order); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func decode(tb testing.TB, raw []byte) []any {
	tb.Helper()
	m, err := wire.Parse(raw)
	if err != nil {
		tb.Fatal(err)
	}
	args, err := m.Args()
	if err != nil {
		tb.Fatal(err)
	}
	return args
}

type pair struct {
	S string
	U uint32
}

type (
	sv     = map[string]dbus.Variant
	svReal = map[string]any
)

func mkv(v any) dbus.Variant { return dbus.MakeVariant(v) }

func TestValues(t *testing.T) {
	tests := []struct {
		name     string
		in, want any
	}{
		{"y", byte(200), byte(200)},
		{"b", true, true},
		{"b false", false, false},
		{"n", int16(-5), int16(-5)},
		{"q", uint16(65000), uint16(65000)},
		{"i", int32(math.MinInt32), int32(math.MinInt32)},
		{"u", uint32(math.MaxUint32), uint32(math.MaxUint32)},
		{"x", int64(math.MinInt64), int64(math.MinInt64)},
		{"t", uint64(math.MaxUint64), uint64(math.MaxUint64)},
		{"d", -1.5e300, -1.5e300},
		{"s", "Grüße 😀", "Grüße 😀"},
		{"s empty", "", ""},
		{"o", dbus.ObjectPath("/a/b_1"), wire.Path("/a/b_1")},
		{"o root", dbus.ObjectPath("/"), wire.Path("/")},
		{"g", dbus.ParseSignatureMust("a{sv}(ii)"), wire.Signature("a{sv}(ii)")},
		{"h", dbus.UnixFDIndex(3), wire.FD(3)},
		{"v", mkv("in"), "in"},
		{"v in v", mkv(mkv(uint32(7))), uint32(7)},
		{"v of as", mkv([]string{"a"}), []string{"a"}},
		{"ay", []byte{1, 2, 0}, []byte{1, 2, 0}},
		{"ay empty", []byte{}, []byte{}},
		{"as", []string{"a", "", "c"}, []string{"a", "", "c"}},
		{"as empty", []string{}, []string{}},
		{"ao", []dbus.ObjectPath{"/", "/a"}, []wire.Path{"/", "/a"}},
		{"au", []uint32{1, 2}, []any{uint32(1), uint32(2)}},
		{"at empty", []uint64{}, []any{}},
		{"aay", [][]byte{{1}, {}}, []any{[]byte{1}, []byte{}}},
		{"aau", [][]uint32{{1, 2}}, []any{[]any{uint32(1), uint32(2)}}},
		{"(su)", pair{"x", 9}, []any{"x", uint32(9)}},
		{"a(su)", []pair{{"x", 9}, {"y", 8}}, []any{[]any{"x", uint32(9)}, []any{"y", uint32(8)}}},
		{"a{sv}", sv{"A": mkv(uint64(1)), "B": mkv([]byte{2})}, svReal{"A": uint64(1), "B": []byte{2}}},
		{"a{sv} empty", sv{}, svReal{}},
		{"aa{sv}", []sv{{"a": mkv("b")}, {}}, []any{svReal{"a": "b"}, svReal{}}},
		{"a{ss}", map[string]string{"a": "b"}, svReal{"a": "b"}},
		{"a{sas}", map[string][]string{"a": {"b"}}, svReal{"a": []string{"b"}}},
		{"a{sa{sv}}", map[string]sv{"i": {"a": mkv(int16(1))}}, map[string]svReal{"i": {"a": int16(1)}}},
		{
			"a{oa{sa{sv}}}",
			map[dbus.ObjectPath]map[string]sv{"/o": {"i": {"a": mkv("b")}, "j": {}}, "/p": {}},
			map[wire.Path]map[string]map[string]any{"/o": {"i": {"a": "b"}, "j": {}}, "/p": {}},
		},
		{"a{qv}", map[uint16]dbus.Variant{5: mkv([]byte{1})}, map[any]any{uint16(5): []byte{1}}},
		{"a{oas}", map[dbus.ObjectPath][]string{"/a": {"b"}}, map[any]any{wire.Path("/a"): []string{"b"}}},
		{"a{sa{ss}}", map[string]map[string]string{"a": {"b": "c"}}, svReal{"a": svReal{"b": "c"}}},
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, tt := range tests {
			t.Run(order.String()+"/"+tt.name, func(t *testing.T) {
				// A byte before and after shows that alignment and extent are right.
				got := decode(t, encode(t, order, byte(1), tt.in, byte(2)))
				if diff := cmp.Diff([]any{byte(1), tt.want, byte(2)}, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestHeader(t *testing.T) {
	want := wire.Message{
		Type: wire.Error, Flags: wire.NoReplyExpected | wire.NoAutoStart, Serial: 77, ReplySerial: 12, Path: "/a",
		Interface: "a.b", Member: "C", ErrorName: "a.b.Failed", Destination: ":1.1", Sender: "org.example", FDs: 2,
	}
	raw, err := want.Encode("why", wire.Path("/b"), []wire.Path{"/c"}, wire.Signature("as"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := wire.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	want.Signature = "soaog"
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(wire.Message{})); diff != "" {
		t.Error(diff)
	}
	wantArgs := []any{"why", wire.Path("/b"), []wire.Path{"/c"}, wire.Signature("as")}
	if diff := cmp.Diff(wantArgs, decode(t, raw)); diff != "" {
		t.Error(diff)
	}
}

func TestArgsOfMessageWithoutBody(t *testing.T) {
	if args := decode(t, encode(t, binary.LittleEndian)); args != nil {
		t.Errorf("got %v", args)
	}
}

// What we encode must be what others read: godbus decodes it, and the bytes are the same every time.
func TestCallEncode(t *testing.T) {
	call := wire.Call{
		Service: "org.example", Path: "/a", Interface: "a.b", Member: "Do",
		Args: []any{"x", wire.Path("/p"), map[string]dbus.Variant{"k": mkv(uint32(1))}},
	}
	raw, err := call.Encode(9)
	if err != nil {
		t.Fatal(err)
	}
	again, err := call.Encode(9)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("another encoding of the same call, or %v", err)
	}
	m, err := dbus.DecodeMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if m.Flags != dbus.FlagNoAutoStart || m.Serial() != 9 || m.Type != dbus.TypeMethodCall {
		t.Errorf("flags %v, serial %d, type %v", m.Flags, m.Serial(), m.Type)
	}
	want := []any{"x", dbus.ObjectPath("/p"), sv{"k": mkv(uint32(1))}}
	if diff := cmp.Diff(want, m.Body, cmp.AllowUnexported(dbus.Variant{}, dbus.Signature{})); diff != "" {
		t.Error(diff)
	}
	if got, want := call.String(), "a.b.Do on org.example /a"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestLength(t *testing.T) {
	raw := encode(t, binary.LittleEndian, "x")
	if n, err := wire.Length(raw[:wire.MinLength]); err != nil || n != len(raw) {
		t.Errorf("got %d, %v, want %d", n, err, len(raw))
	}
	head := func(change func(h []byte)) []byte {
		h := bytes.Clone(raw[:wire.MinLength])
		change(h)
		return h
	}
	tests := []struct {
		name string
		head []byte
		want string
	}{
		{"short", raw[:15], "byte 15: the header is cut off"},
		{"order", head(func(h []byte) { h[0] = 'x' }), "byte 0: byte order 'x'"},
		{"version", head(func(h []byte) { h[3] = 2 }), "byte 3: protocol version 2 instead of 1"},
		{"body", head(func(h []byte) { h[7] = 8 }), "byte 4: a message of 13"},
		{"body of 4 GiB", head(func(h []byte) { copy(h[4:], "\xff\xff\xff\xff") }), "byte 4: a message of 4"},
		{"fields", head(func(h []byte) { h[15] = 5 }), "byte 12: header fields of"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := wire.Length(tt.head)
			wantFormatError(t, err, tt.want)
		})
	}
}

// "Header Fields": unknown fields must be skipped; "Message Format": unknown types and flags must be ignored.
func TestParseAcceptsTheFuture(t *testing.T) {
	fields := "\x63\x02as\x00\x00\x00\x00\x09\x00\x00\x00\x04\x00\x00\x00text\x00\x00\x00\x00" + // field 99
		"\x07\x01s\x00\x04\x00\x00\x00:1.9\x00"
	raw := []byte("l\x09\xf8\x01\x00\x00\x00\x00\x01\x00\x00\x00")
	raw = binary.LittleEndian.AppendUint32(raw, uint32(len(fields)))
	raw = append(raw, fields...)
	for len(raw)%8 != 0 {
		raw = append(raw, 0)
	}
	m, err := wire.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.Sender != ":1.9" || m.Type != 9 || m.Flags != 0xf8 {
		t.Errorf("got %+v", m)
	}
	if got, want := m.Type.String(), "unknown(9)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
