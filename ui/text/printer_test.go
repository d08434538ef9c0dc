package text_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

// drawn is what a printer writes, line by line.
func drawn(p text.Printer, draw func(*text.Printer)) []string {
	var b strings.Builder
	p.Out = &b
	draw(&p)
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func row(cells ...string) render.Row {
	var r render.Row
	for _, c := range cells {
		r = append(r, render.Cell{Text: c})
	}
	return r
}

// writes keeps what was written at once.
type writes []string

// Write takes a part of the output.
func (w *writes) Write(b []byte) (int, error) {
	*w = append(*w, string(b))
	return len(b), nil
}

// A line leaves as a whole, and at once.
func TestWholeLines(t *testing.T) {
	t.Parallel()
	var got writes
	p := text.Printer{Out: &got, Width: 20}
	p.Line(" · ", row("a", "b")...)
	p.Flow(" ", row("c", "d")...)
	p.Table([]render.Row{row("e", "f"), row("g")})
	p.Hanging(row("h"), 4, render.Cell{Text: "i"})
	if diff := cmp.Diff(writes{"a · b\n", "c d\n", "e f\n", "g\n", "h   i\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60)
	rows := []render.Row{row("", "INTERFACE", "L1"), row("●", "eth0", "up"), row("✖", "wlan0", "no carrier")}
	for name, c := range map[string]struct {
		printer text.Printer
		rows    []render.Row
		limits  []int
		want    []string
	}{
		"columns are as wide as their widest cell": {text.Printer{Width: 80}, rows, []int{1, 3, 3}, []string{"  INTERFACE L1", "● eth0      up", "✖ wlan0     no carrier"}},
		"cut where it would be too wide":           {text.Printer{Width: 20}, rows, []int{1, 6, 6}, []string{"  INTERFACE L1", "● eth0      up", "✖ wlan0     no carr…"}},
		"not below the limits":                     {text.Printer{Width: 10}, rows, []int{1, 6, 6}, []string{"  INTER… L1", "● eth0   up", "✖ wlan0  no ca…"}},
		"not cut where there is no limit":          {text.Printer{}, []render.Row{row(long, long)}, []int{1, 1}, []string{long + " " + long}},
		"characters of two columns":                {text.Printer{Width: 12}, []render.Row{row("網路網路網路", "up")}, []int{6, 3}, []string{"網路網路… up"}},
		"a flag is one character":                  {text.Printer{Width: 4}, []render.Row{row("🇩🇪🇩🇪🇩🇪", "x")}, []int{4, 1}, []string{"🇩🇪…  x"}},
		"ASCII":                                    {text.Printer{Width: 14, ASCII: true}, []render.Row{row("–", "interface0", "a → b")}, []int{1, 6, 6}, []string{"- int... a -> b"}},
		"hostile":                                  {text.Printer{Width: 80}, []render.Row{row("a\x1b[2Jb", "up"), row("c", "up")}, []int{9, 9}, []string{`a\x1b[2Jb up`, `c         up`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, drawn(c.printer, func(p *text.Printer) { p.Table(c.rows, c.limits...) })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	line := render.Row{{Text: "✖", Role: render.Bad}, {Text: "eth0", Role: render.Plain}, {Text: "", Role: render.Good}, {Text: "x\x1b[0m", Role: render.Dim}}
	for _, c := range []struct {
		colour bool
		want   string
	}{
		{false, `✖ eth0  x\x1b[0m`},
		{true, "\x1b[1;31m✖\x1b[0m eth0  \x1b[2mx\\x1b[0m\x1b[0m"},
	} {
		got := drawn(text.Printer{Colour: c.colour}, func(p *text.Printer) { p.Line(" ", line...) })
		if got[0] != c.want {
			t.Errorf("colour %t: got %q, want %q", c.colour, got[0], c.want)
		}
	}
}

func TestHanging(t *testing.T) {
	t.Parallel()
	label := row(" ", "why")
	for name, c := range map[string]struct {
		width, indent int
		body          string
		want          []string
	}{
		"one line":                 {40, 8, "it is so", []string{"  why   it is so"}},
		"wrapped to the indent":    {32, 8, "no carrier: the cable is unplugged", []string{"  why   no carrier: the cable is", "        unplugged"}},
		"a label beyond":           {32, 2, "no carrier: the cable is unplugged", []string{"  why no carrier: the cable is", "  unplugged"}},
		"a word that is too long":  {32, 8, "see /a/path/that/is/longer/than/the/line or not", []string{"  why   see", "        /a/path/that/is/longer/than/the/line", "        or not"}},
		"no limit":                 {0, 8, strings.Repeat("word ", 40) + "end", []string{"  why   " + strings.Repeat("word ", 40) + "end"}},
		"a terminal of no use":     {20, 8, "it wraps by itself, so we do not", []string{"  why   it wraps by itself, so we do not"}},
		"line breaks from outside": {40, 8, "one\ntwo", []string{`  why   one\x0atwo`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := drawn(text.Printer{Width: c.width}, func(p *text.Printer) { p.Hanging(label, c.indent, render.Cell{Text: c.body}) })
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	rows := []render.Row{row("●", "eth0 L1", "up"), row("✖", "network L3", "the lease ran out and no server renewed it")}
	want := []string{"● eth0 L1    up", "✖ network L3 the lease ran out and no", "             server renewed it"}
	if diff := cmp.Diff(want, drawn(text.Printer{Width: 38}, func(p *text.Printer) { p.List(rows) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if rows[0][1].Text != "eth0 L1" {
		t.Errorf("the rows were changed: %v", rows)
	}
}

func TestFlow(t *testing.T) {
	t.Parallel()
	cells := row("NetworkManager", "wpa_supplicant", "iwd")
	for width, want := range map[int][]string{
		0:  {"NetworkManager · wpa_supplicant · iwd"},
		37: {"NetworkManager · wpa_supplicant · iwd"},
		36: {"NetworkManager · wpa_supplicant", "iwd"},
		10: {"NetworkManager", "wpa_supplicant", "iwd"},
	} {
		if diff := cmp.Diff(want, drawn(text.Printer{Width: width}, func(p *text.Printer) { p.Flow(" · ", cells...) })); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", width, diff)
		}
	}
}

// A writer that fails is not written to again, and its error is kept.
func TestErr(t *testing.T) {
	t.Parallel()
	w := &full{}
	p := text.Printer{Out: w}
	p.Line(" ", row("a", "b")...)
	p.Table([]render.Row{row("c")})
	if !errors.Is(p.Err(), errFull) || w.writes != 1 {
		t.Errorf("got %v after %d writes, want the first error after one", p.Err(), w.writes)
	}
}

var errFull = errors.New("no space left")

type full struct{ writes int }

func (f *full) Write([]byte) (int, error) {
	f.writes++
	return 0, errFull
}

// Whatever comes: no line is wider than the terminal, unless it holds one word that is.
func FuzzHanging(f *testing.F) {
	f.Add("label", "some words that wrap, and a\x1bhostile one", 40)
	f.Fuzz(func(t *testing.T, label, body string, width int) {
		if width < 40 || width > 200 || uniseg.StringWidth(text.Escape(label)) > 15 {
			t.Skip()
		}
		longest := 0
		for word := range strings.FieldsSeq(text.Escape(body)) {
			longest = max(longest, uniseg.StringWidth(word))
		}
		for _, line := range drawn(text.Printer{Width: width}, func(p *text.Printer) { p.Hanging(row(label), 17, render.Cell{Text: body}) }) {
			if got := uniseg.StringWidth(line); got > width && got > 17+longest {
				t.Errorf("%d columns of %d: %q", got, width, line)
			}
		}
	})
}

// What is printed in colour comes back as the cells that it was made of, whatever they say.
func TestPaperHasWhatWasPrinted(t *testing.T) {
	want := []render.Row{
		{{Text: "● ", Role: render.Good}, {Text: "eth0", Role: render.Strong}, {Text: " 10 Gb/s"}},
		{{Text: `\x1b[31mred`, Role: render.Bad}},
		{},
		{{Text: "half a line", Role: render.Dim}},
	}
	var paper text.Paper
	out := text.Printer{Out: &paper, Colour: true}
	out.Line("", want[0]...)
	out.Line("", render.Cell{Text: "\x1b[31mred", Role: render.Bad})
	out.Line("")
	if _, err := paper.Write([]byte("\x1b[2mhalf a line")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, paper.Rows()); d != "" {
		t.Error(d)
	}
}

// A sequence that no Printer writes is text, and ends nothing.
func TestPaperLeavesForeignSequences(t *testing.T) {
	paper := text.Paper{Most: 1}
	for _, line := range []string{"gone\n", "a\x1b[2Jb\x1b[32mc\x1b[0m\x1b[\n"} {
		if _, err := paper.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	want := []render.Row{{{Text: "a\x1b[2Jb"}, {Text: "c", Role: render.Good}, {Text: "\x1b["}}}
	if d := cmp.Diff(want, paper.Rows()); d != "" {
		t.Error(d)
	}
}
