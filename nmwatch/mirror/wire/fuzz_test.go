package wire_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nmdebug/nmwatch/mirror/wire"
)

func FuzzParse(f *testing.F) {
	props := sv{
		"Id": mkv("x"), "Path": mkv(dbus.ObjectPath("/a")), "Ssid": mkv([]byte("net")), "Nested": mkv(mkv(sv{"a": mkv(1.5)})),
		"Address": mkv([]sv{{"address": mkv("10.0.0.1"), "prefix": mkv(uint32(24))}}), "Sig": mkv(dbus.SignatureOf(1)),
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		f.Add(encode(f, order))
		f.Add(encode(f, order, "org.freedesktop.NetworkManager.Device", props, []string{"Gone"}))
		f.Add(encode(f, order, map[dbus.ObjectPath]map[string]sv{"/o": {"i": props}, "/p": {}}))
		f.Add(encode(f, order, []pair{{"a", 1}}, map[uint16]dbus.Variant{1: mkv(int64(1))}, [][]uint32{{1}, {}}, true))
	}
	hello, err := wire.Call{Service: "org.freedesktop.DBus", Path: "/org/freedesktop/DBus", Member: "Hello"}.Encode(1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(hello)
	f.Add(message("v", "\x01v\x00\x01v\x00\x02ay\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = repaired(raw)
		before := bytes.Clone(raw)
		allocated := allocatedBy(func() { parseAll(raw) })
		if limit := uint64(1<<20 + 128*len(raw)); allocated > limit {
			t.Errorf("%d bytes allocated for %d", allocated, len(raw))
		}
		if !bytes.Equal(before, raw) {
			t.Error("the bytes were changed")
		}
	})
}

// repaired is a message whose announced length is right, where it can be, so that the fuzzer gets to the body.
func repaired(raw []byte) []byte {
	if len(raw) < wire.MinLength || raw[0] != 'l' {
		return raw
	}
	raw = bytes.Clone(raw)
	fields := (uint64(binary.LittleEndian.Uint32(raw[12:])) + 7) &^ 7
	if head := wire.MinLength + fields; head <= uint64(len(raw)) {
		binary.LittleEndian.PutUint32(raw[4:], uint32(uint64(len(raw))-head))
	}
	return raw
}

func parseAll(raw []byte) {
	if m, err := wire.Parse(raw); err == nil {
		_, _ = m.Args()
	}
}

func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// twin is a value as godbus encodes it, and as we must decode it.
type twin struct{ in, want any }

// plain is a value that is the same on both sides.
func plain(v any) twin { return twin{v, v} }

// drawBasic draws a value of a basic type that can be a key.
func drawBasic(t *rapid.T) twin {
	switch rapid.IntRange(0, 11).Draw(t, "basic") {
	case 0:
		return plain(rapid.Byte().Draw(t, "y"))
	case 1:
		return plain(rapid.Bool().Draw(t, "b"))
	case 2:
		return plain(rapid.Int16().Draw(t, "n"))
	case 3:
		return plain(rapid.Uint16().Draw(t, "q"))
	case 4:
		return plain(rapid.Int32().Draw(t, "i"))
	case 5:
		return plain(rapid.Uint32().Draw(t, "u"))
	case 6:
		return plain(rapid.Int64().Draw(t, "x"))
	case 7:
		return plain(rapid.Uint64().Draw(t, "t"))
	case 8:
		return plain(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64).Draw(t, "d"))
	case 9:
		v := rapid.StringMatching(`(/[A-Za-z0-9_]{1,5}){1,3}`).Draw(t, "o")
		return twin{dbus.ObjectPath(v), wire.Path(v)}
	case 10:
		v := rapid.SampledFrom([]string{"", "a{sv}", "(iu)ai", "v"}).Draw(t, "g")
		return twin{dbus.ParseSignatureMust(v), wire.Signature(v)}
	default:
		return plain(drawText(t))
	}
}

func drawText(t *rapid.T) string {
	return string(bytes.ReplaceAll([]byte(rapid.String().Draw(t, "s")), []byte{0}, []byte{1}))
}

// drawValue draws a value that may have others inside.
func drawValue(t *rapid.T, depth int) twin {
	if depth <= 0 {
		return drawBasic(t)
	}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		inner := drawValue(t, depth-1)
		return twin{mkv(inner.in), inner.want}
	case 1:
		return plain(rapid.SliceOf(rapid.Byte()).Draw(t, "ay"))
	case 2:
		return plain(rapid.SliceOf(rapid.Custom(drawText)).Draw(t, "as"))
	case 3:
		return drawVariants(t, depth)
	case 4:
		return drawProps(t, depth)
	case 5:
		return drawObject(t, depth)
	case 6:
		return drawNumbers(t)
	case 7:
		a, b := drawBasic(t), drawValue(t, depth-1)
		return twin{struct{ A, B any }{mkv(a.in), mkv(b.in)}, []any{a.want, b.want}}
	case 8:
		v := rapid.MapOf(rapid.Uint16(), rapid.SliceOf(rapid.Byte())).Draw(t, "a{qay}")
		want := map[any]any{}
		for k, e := range v {
			want[k] = e
		}
		return twin{v, want}
	default:
		return drawBasic(t)
	}
}

func drawVariants(t *rapid.T, depth int) twin {
	in, want := []dbus.Variant{}, []any{}
	for range rapid.IntRange(0, 4).Draw(t, "len") {
		e := drawValue(t, depth-1)
		in, want = append(in, mkv(e.in)), append(want, e.want)
	}
	return twin{in, want}
}

func drawProps(t *rapid.T, depth int) twin {
	in, want := sv{}, svReal{}
	for range rapid.IntRange(0, 12).Draw(t, "len") {
		key, e := drawText(t), drawValue(t, depth-1)
		in[key], want[key] = mkv(e.in), e.want
	}
	return twin{in, want}
}

func drawObject(t *rapid.T, depth int) twin {
	in, want := map[string]sv{}, map[string]svReal{}
	for range rapid.IntRange(0, 3).Draw(t, "len") {
		key, e := drawText(t), drawProps(t, depth-1)
		in[key], _ = e.in.(sv)
		want[key], _ = e.want.(svReal)
	}
	return twin{in, want}
}

func drawNumbers(t *rapid.T) twin {
	v := rapid.SliceOf(rapid.Uint64()).Draw(t, "at")
	want := []any{}
	for _, n := range v {
		want = append(want, n)
	}
	return twin{v, want}
}

// Whatever godbus encodes, in either byte order, we decode to the same.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var in, want []any
		for range rapid.IntRange(1, 4).Draw(rt, "args") {
			v := drawValue(rt, 3)
			in, want = append(in, v.in), append(want, v.want)
		}
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if diff := cmp.Diff(want, decode(t, encode(t, order, in...))); diff != "" {
				rt.Fatalf("%v: %s", order, diff)
			}
		}
	})
}

// managed is what a service with so many objects of 40 properties each answers to GetManagedObjects; like that of
// NetworkManager it has three interfaces per object.
func managed(objects int) map[dbus.ObjectPath]map[string]sv {
	all := make(map[dbus.ObjectPath]map[string]sv, objects)
	for i := range objects {
		device, ip, stats := sv{}, sv{}, sv{"RefreshRateMs": mkv(uint32(0)), "RxBytes": mkv(uint64(i))}
		for p := range 9 {
			device[fmt.Sprintf("Name%d", p)] = mkv(fmt.Sprintf("value %d of %d", p, i))
			device[fmt.Sprintf("Number%d", p)] = mkv(uint32(i * p))
			device[fmt.Sprintf("Flag%d", p)] = mkv(p%2 == 0)
			ip[fmt.Sprintf("Config%d", p)] = mkv(dbus.ObjectPath(fmt.Sprintf("/org/example/IP4Config/%d", i)))
		}
		ip["Addresses"] = mkv([]sv{{"address": mkv("192.168.1.7"), "prefix": mkv(uint32(24))}})
		ip["HwAddress"] = mkv([]byte{2, 0, 0, 0, 1, byte(i)})
		all[dbus.ObjectPath(fmt.Sprintf("/org/example/Devices/%d", i))] = map[string]sv{
			"org.example.Device": device, "org.example.Device.IP": ip, "org.example.Device.Statistics": stats,
		}
	}
	return all
}

func BenchmarkManagedObjects(b *testing.B) {
	raw := encode(b, binary.LittleEndian, managed(1000))
	b.Run("wire", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			decode(b, raw)
		}
	})
	b.Run("godbus", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := dbus.DecodeMessage(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSignal(b *testing.B) {
	raw := encode(b, binary.LittleEndian, "org.example.Device", sv{"State": mkv(uint32(100)), "Name": mkv("eth0")}, []string{})
	b.Run("header", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.Parse(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("wire", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decode(b, raw)
		}
	})
	b.Run("godbus", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := dbus.DecodeMessage(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
