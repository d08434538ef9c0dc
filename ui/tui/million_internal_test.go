package tui

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"nmdebug/inspect"
	"nmdebug/inspect/history"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/text"
)

const million = 1_000_000

// crowded is a panel with so many lines on a screen that nobody sees. Nothing runs beside it.
func crowded(tb testing.TB, lines int) *Panel {
	tb.Helper()
	past, start := history.New(history.Limits{}), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	processes := []string{"NetworkManager", "wpa_supplicant", "kernel", "nm-openvpn", ":1.52"}
	for i := range lines {
		severity := record.Info
		if i%1000 == 0 {
			severity = record.Error
		}
		past.Add(record.Line{
			At: start.Add(time.Duration(i) * time.Millisecond), Seq: uint64(i), Kind: record.DBusSeen, Process: processes[i%len(processes)], Interface: "wlan0",
			Severity: severity, Text: "signals Config tundev=tun0 gateway=1660944385 mtu=1500 number=" + strconv.Itoa(i) + ";",
		})
	}
	past.Show(&inspect.Snapshot{At: start}, inspect.Pyramid{At: start})
	screen := tcell.NewSimulationScreen("UTF-8")
	if err := screen.Init(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(screen.Fini)
	none := func(context.Context, *text.Printer, Instant, string) {}
	p := New(Config{
		Screen: screen, History: past, Colour: true, Zone: time.UTC, Now: time.Now,
		Pages: Pages{Why: none, Quality: none, Conf: none, ConfDiff: none, Graph: none, Detail: none},
	})
	screen.SetSize(200, 60)
	p.ctx = tb.Context()
	p.press("F2")
	p.settle()
	return p
}

// press does what a key does, and draws it.
func (p *Panel) press(key string) {
	if b, ok := p.bound(key); ok {
		b.do(p)
	}
	p.app.ForceDraw()
}

// settle gives the panel pictures until all lists have looked at all lines, and counts the pictures.
func (p *Panel) settle() int {
	past, _ := p.History.Past()
	for pictures := 1; ; pictures++ {
		p.take(past)
		p.app.ForceDraw()
		if p.read() {
			return pictures
		}
	}
}

// searches types a text to be searched.
func (p *Panel) searches(typed string) {
	p.lines.search = typed
	p.lines.refilter()
}

// In a million lines every one can be reached, and the newest of those that are searched are found first.
func TestAMillionLines(t *testing.T) {
	p := crowded(t, million)
	at := func(number int) {
		t.Helper()
		if l, ok := p.lines.selected(); !ok || l.Seq != uint64(number) {
			t.Errorf("line %d of %d is selected, want %d", l.Seq, p.lines.Len(), number)
		}
	}
	at(million - 1)
	p.press("PgUp")
	at(million - 1 - p.lines.sheet.page())
	p.press("Home")
	at(0)
	p.press("PgDn")
	at(p.lines.sheet.page())
	p.press("End")
	at(million - 1)
	sevens, _ := searching(timelineLines().filter, "number=\\d*7;")
	p.lines.chosen = history.Select(sevens, nil)
	p.lines.chosen.Extend(p.past, 1000)
	if n := p.lines.Len(); n != 100 || p.lines.chosen.Line(n-1).Seq != million-3 {
		t.Errorf("after a thousand lines %d of the end are found", n)
	}
	p.searches("number=7;")
	p.settle()
	at(7)
	p.searches("")
	p.settle()
	if p.lines.Len() != million {
		t.Errorf("there are %d lines", p.lines.Len())
	}
}

// A line that was selected stays where it is on the screen while older ones are found.
func TestSelectedLineStays(t *testing.T) {
	p := crowded(t, 50_000)
	p.press("PgUp")
	p.press("PgUp")
	row := func() int { return p.lines.sheet.selected - p.lines.sheet.top }
	l, _ := p.lines.selected()
	p.lines.refilter()
	p.app.ForceDraw()
	before := row()
	p.settle()
	if now, _ := p.lines.selected(); now.Seq != l.Seq || row() != before {
		t.Errorf("line %d in row %d has become line %d in row %d", l.Seq, before, now.Seq, row())
	}
}

func BenchmarkMillionLines(b *testing.B) {
	p := crowded(b, million)
	for _, key := range []string{"Up", "PgUp", "Home", "End", "1", "2", "7", "[", "]"} {
		b.Run("picture after "+key, func(b *testing.B) {
			p.press("2")
			for b.Loop() {
				p.press(key)
			}
		})
	}
	p.press("2")
	for name, typed := range map[string]string{"text": "number=7;", "expression": `number=\d*77;`, "all": ""} {
		b.Run("search of "+name, func(b *testing.B) {
			pictures := 0
			for b.Loop() {
				p.searches(typed)
				pictures += p.settle()
			}
			b.ReportMetric(float64(pictures)/float64(b.N), "pictures/op")
		})
	}
}
