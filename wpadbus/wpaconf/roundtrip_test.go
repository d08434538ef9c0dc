package wpaconf_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nmdebug/wpadbus/wpaconf"
)

func FuzzParse(f *testing.F) {
	f.Add(sample)
	for _, line := range []string{`psk="a"b#c"`, "network={\n\r}", "blob-base64-=\n=a\n}", "\t}", "#", "identity={\ndik=00\n}\n# end"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := wpaconf.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		again := parse(t, write(t, first))
		if diff := cmp.Diff(first, again, sameFile); diff != "" {
			t.Errorf("written and read again (-first +again)\n%s", diff)
		}
		wpaconf.Check(first, wpaconf.Oldest())
		if changes := wpaconf.Diff(first, again); len(changes) > 0 {
			t.Errorf("it differs from itself: %v", changes)
		}
		write(t, wpaconf.Redact(first))
	})
}

func FuzzDecode(f *testing.F) {
	for _, value := range []string{`"a"b"`, `P"\x41\101\e\q\"`, "00ff", "NULL", `P"\`, `P"\x"`} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		b, err := wpaconf.Decode(value)
		if err != nil {
			return
		}
		again, err := wpaconf.Decode(wpaconf.Encode(b))
		if err != nil || string(again) != string(b) {
			t.Errorf("%q is encoded as %s, which is %q: %v", b, wpaconf.Encode(b), again, err)
		}
	})
}

// nasty are texts of which a line could be made that reads as another.
func nasty() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z_0-9]{1,10}`), rapid.StringOfN(rapid.RuneFrom([]rune(" \t\"#=a{}\\P\n\x00é")), 0, 12, -1), rapid.String(),
	)
}

func someLine() *rapid.Generator[wpaconf.Line] {
	return rapid.Custom(func(t *rapid.T) wpaconf.Line {
		return wpaconf.Line{Key: nasty().Draw(t, "key"), Value: nasty().Draw(t, "value"), Comment: nasty().Draw(t, "comment")}
	})
}

func someFile() *rapid.Generator[wpaconf.File] {
	sections := []wpaconf.Section{wpaconf.Network, wpaconf.Cred, wpaconf.Identity}
	block := rapid.Custom(func(t *rapid.T) wpaconf.Block {
		return wpaconf.Block{
			Section: rapid.SampledFrom(sections).Draw(t, "section"), Comments: rapid.SliceOfN(nasty(), 0, 2).Draw(t, "above"),
			Lines: rapid.SliceOfN(someLine(), 0, 4).Draw(t, "lines"),
		}
	})
	blob := rapid.Custom(func(t *rapid.T) wpaconf.Blob {
		return wpaconf.Blob{Name: nasty().Draw(t, "name"), Data: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "data")}
	})
	return rapid.Custom(func(t *rapid.T) wpaconf.File {
		return wpaconf.File{
			Globals: rapid.SliceOfN(someLine(), 0, 3).Draw(t, "globals"), Blocks: rapid.SliceOfN(block, 0, 2).Draw(t, "blocks"),
			Blobs: rapid.SliceOfN(blob, 0, 2).Draw(t, "blobs"),
		}
	})
}

// What Write writes is what was given, or it says that it cannot.
func TestWritingGivesBackOrRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := someFile().Draw(t, "file")
		var out strings.Builder
		err := wpaconf.Write(&out, f)
		if _, refused := errors.AsType[*wpaconf.NoTextError](err); refused {
			if out.Len() > 0 {
				t.Error("something was written of a file that was refused")
			}
			return
		}
		got, err := wpaconf.Parse(strings.NewReader(out.String()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		if diff := cmp.Diff(f, got, sameFile); diff != "" {
			t.Errorf("(-given +read)\n%s\nof\n%s", diff, out.String())
		}
	})
}

// Any bytes can be the value of a text, and any dictionary of a network is written as it is.
func TestEveryTextHasAForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 1, 60).Draw(t, "bytes")
		block, err := wpaconf.FromDict(map[string]any{"identity": b, "key_mgmt": "IEEE8021X"})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := wpaconf.Write(&out, wpaconf.File{Blocks: []wpaconf.Block{block}}); err != nil {
			t.Fatal(err)
		}
		got, err := wpaconf.Parse(strings.NewReader(out.String()))
		if err != nil {
			t.Fatal(err)
		}
		value, _ := got.Blocks[0].Value("identity")
		if text, err := wpaconf.Decode(value); err != nil || string(text) != string(b) {
			t.Errorf("%q became %s, which is %q: %v", b, value, text, err)
		}
	})
}
