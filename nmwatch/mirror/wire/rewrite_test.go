package wire_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nmdebug/nmwatch/mirror/wire"
)

// rewrite parses a message and rewrites it.
func rewrite(w *wire.Rewriter, raw []byte, edit func(wire.Leaf) (string, bool)) ([]byte, int, error) {
	m, err := wire.Parse(raw)
	if err != nil {
		return nil, 0, err
	}
	return w.Rewrite(raw, m, edit)
}

// same replaces each text by itself.
func same(l wire.Leaf) (string, bool) { return l.Text, l.Code == 's' || l.Code == 'y' && l.Text != "" }

func TestRewriteTellsWhereAValueStands(t *testing.T) {
	body := []any{
		"first",
		map[string]sv{"802-1x": {"password": mkv("hunter2"), "raw": mkv([]byte("abc")), "n": mkv(uint32(7))}},
		[]sv{{"peer": mkv([]sv{{"key": mkv("k")}})}},
		map[dbus.ObjectPath]map[string]string{"/o": {"a": "b"}},
		struct{ S string }{"in a struct"},
		byte(9),
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		var seen []string
		_, edits, err := rewrite(new(wire.Rewriter), encode(t, order, body...), func(l wire.Leaf) (string, bool) {
			seen = append(seen, fmt.Sprintf("%d %s %c %s", l.Arg, strings.Join(l.Keys, "."), l.Code, l.Text))
			return "", false
		})
		if err != nil || edits != 0 {
			t.Fatalf("%d edits, %v", edits, err)
		}
		want := []string{
			"0  s first", "1 802-1x.password s hunter2", "1 802-1x.raw y abc", "1 802-1x.n u ", "2 peer.key s k", "3 /o.a s b", "4  s in a struct", "5  y ",
		}
		slices.Sort(seen)
		slices.Sort(want)
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("leaves (-want +got):\n%s", diff)
		}
	}
}

func TestRewriteReplaces(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		raw := encode(t, order, sv{"psk": mkv("0123456789")}, []byte{1, 2, 3}, uint64(77), "kept", true)
		before := bytes.Clone(raw)
		out, edits, err := rewrite(new(wire.Rewriter), raw, func(l wire.Leaf) (string, bool) { return "x", l.Arg < 3 })
		if err != nil || edits != 3 {
			t.Fatalf("%d edits, %v", edits, err)
		}
		want := []any{map[string]any{"psk": "x"}, []byte("x"), uint64(0), "kept", true}
		if diff := cmp.Diff(want, decode(t, out)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", order, diff)
		}
		if !bytes.Equal(raw, before) {
			t.Error("the message that was given has changed")
		}
	}
}

// TestRewriteKeepsTypes replaces every text by itself: what godbus wrote must come out to the byte, types included.
func TestRewriteKeepsTypes(t *testing.T) {
	var w wire.Rewriter // one for all messages, as in its use
	rapid.Check(t, func(rt *rapid.T) {
		values := []any{"a text", drawValue(rt, 3).in, drawValue(rt, 3).in}
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			raw := encode(t, order, values...)
			out, edits, err := rewrite(&w, raw, same)
			if err != nil || edits == 0 || !bytes.Equal(raw, out) {
				rt.Fatalf("%d edits, %v\n got %q\nwant %q", edits, err, out, raw)
			}
		}
	})
}

func FuzzRewrite(f *testing.F) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		f.Add(encode(f, order, "org.freedesktop.NetworkManager.Device", sv{"Ssid": mkv([]byte("net")), "N": mkv([]sv{{"a": mkv(1.5)}})}, []string{"Gone"}))
	}
	f.Add(message("v", "\x01v\x00\x01v\x00\x02ay\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = repaired(raw)
		out, _, err := rewrite(new(wire.Rewriter), raw, same)
		if err != nil {
			return
		}
		before, err := wire.Parse(raw)
		if err != nil {
			t.Fatal("rewritten, but it cannot be parsed")
		}
		after, err := wire.Parse(out)
		if err != nil {
			t.Fatalf("it cannot be parsed any more: %v", err)
		}
		want, err := before.Args()
		if err != nil {
			return // Args wants more than copying does: objects with valid paths
		}
		got, err := after.Args()
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v (%v), want %v", got, err, want)
		}
	})
}

func BenchmarkRewriteSignal(b *testing.B) {
	raw := encode(b, binary.LittleEndian, "org.freedesktop.NetworkManager.Device", sv{"State": mkv(uint32(100)), "StateReason": mkv(struct{ A, B uint32 }{100, 0}), "HwAddress": mkv("02:00:00:00:00:01")}, []string{})
	var w wire.Rewriter
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := rewrite(&w, raw, func(wire.Leaf) (string, bool) { return "", false }); err != nil {
			b.Fatal(err)
		}
	}
}
