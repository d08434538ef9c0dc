package mirror_test

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

func TestProps(t *testing.T) {
	g := newGarden(t, root)
	g.asks()
	all := values{
		"b": mkv(true), "y": mkv(byte(1)), "n": mkv(int16(-2)), "q": mkv(uint16(3)), "i": mkv(int32(-4)), "u": mkv(uint32(5)),
		"x": mkv(int64(-6)), "s": mkv("nine"), "o": mkv(dbus.ObjectPath("/ten")),
		"ay": mkv([]byte{11}), "as": mkv([]string{"twelve"}), "ao": mkv([]dbus.ObjectPath{"/13"}), "a{sv}": mkv(values{"k": mkv("v")}),
		"aa{sv}": mkv([]values{{"k": mkv("v")}}), "aay": mkv([][]byte{{15}}),
		"g": mkv(dbus.ParseSignatureMust("ai")), "a{us}": mkv(map[uint32]string{}),
	}
	g.answers(g.Serial, objects{"/a": {"i.A": all}})
	r := g.tree.Reader("/a", "i.A")
	wantDiff(t, []any{true, byte(1), int16(-2), uint16(3), int32(-4), uint32(5), int64(-6), "nine"}, []any{
		r.Bool("b"), r.Byte("y"), r.Int16("n"), r.Uint16("q"), r.Int32("i"), r.Uint32("u"), r.Int64("x"), r.String("s"),
	})
	wantDiff(t, []any{
		wire.Path("/ten"),
		[]byte{11},
		[]string{"twelve"},
		[]wire.Path{"/13"},
		map[string]any{"k": "v"},
		[]map[string]any{{"k": "v"}},
		[][]byte{{15}},
	}, []any{
		r.Path("o"), r.Bytes("ay"), r.Strings("as"), r.Paths("ao"), r.Dict("a{sv}"), r.Dicts("aa{sv}"), r.ByteArrays("aay"),
	})
	if r.String("absent") != "" || r.Has("absent") || !r.Has("b") {
		t.Error("wrong about what is there")
	}
	wantDiff(t, []mirror.Problem(nil), r.Problems)
	if _, ok := r.Props.Uint32("s"); ok {
		t.Error("a string was read as a number")
	}
	nobody := g.tree.Reader("/nowhere", "i.A")
	if nobody.Bool("b") || nobody.Problems != nil {
		t.Error("something of nothing")
	}
	if _, ok := g.tree.Props("/nowhere", "i.A"); ok {
		t.Error("an interface of an object that is not there")
	}
}

// A wrong type is told in the words of D-Bus; an absent property is none.
func TestReaderProblems(t *testing.T) {
	tests := []struct {
		value dbus.Variant
		read  func(r *mirror.Reader, name string)
		want  string
	}{
		{mkv("x"), func(r *mirror.Reader, n string) { r.Uint32(n) }, "a string instead of an uint32"},
		{mkv(uint32(1)), func(r *mirror.Reader, n string) { r.String(n) }, "an uint32 instead of a string"},
		{mkv(int16(1)), func(r *mirror.Reader, n string) { r.Bool(n) }, "an int16 instead of a boolean"},
		{mkv(true), func(r *mirror.Reader, n string) { r.Int64(n) }, "a boolean instead of an int64"},
		{mkv(byte(1)), func(r *mirror.Reader, n string) { r.Path(n) }, "a byte instead of an object path"},
		{mkv(1.5), func(r *mirror.Reader, n string) { r.Byte(n) }, "a double instead of a byte"},
		{mkv([]string{}), func(r *mirror.Reader, n string) { r.Bytes(n) }, "an array of strings instead of an array of bytes"},
		{mkv([]byte{}), func(r *mirror.Reader, n string) { r.Paths(n) }, "an array of bytes instead of an array of object paths"},
		{mkv([]string{"x"}), func(r *mirror.Reader, n string) { r.Dicts(n) }, "an array of strings instead of an array of dictionaries"},
		{mkv([]uint64{1}), func(r *mirror.Reader, n string) { r.ByteArrays(n) }, "an array or a struct instead of an array of arrays of bytes"},
		{mkv(dbus.ParseSignatureMust("s")), func(r *mirror.Reader, n string) { r.Dict(n) }, "a signature instead of a dictionary"},
		{mkv(dbus.UnixFDIndex(1)), func(r *mirror.Reader, n string) { r.Strings(n) }, "a file descriptor instead of an array of strings"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			g := newGarden(t, root)
			g.asks()
			g.answers(g.Serial, objects{"/a": {"i.A": {"P": tt.value}}})
			r := g.tree.Reader("/a", "i.A")
			tt.read(r, "P")
			tt.read(r, "Absent")
			wantDiff(t, []mirror.Problem{{Path: "/a", Text: "i.A.P is " + tt.want}}, r.Problems)
		})
	}
}
