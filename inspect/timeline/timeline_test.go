package timeline_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
)

func at(ms int) time.Time { return time.Date(2026, 1, 1, 0, 0, 0, ms*1e6, time.UTC) }

func texts(lines []record.Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return strings.Join(all, "; ")
}

func TestOrder(t *testing.T) {
	var o timeline.Order
	o.Add(record.Line{At: at(100), Seq: 1, Text: "b"})
	o.Add(record.Line{At: at(50), Seq: 2, Text: "a"})
	o.Add(record.Line{At: at(100), Seq: 3, Text: "c"})
	if got := texts(o.Ready(at(550))); got != "a" {
		t.Errorf("half a second later there is %q", got)
	}
	if next, ok := o.Next(); !ok || !next.Equal(at(600)) {
		t.Errorf("the next is ready at %v, %t", next, ok)
	}
	o.Add(record.Line{At: at(90), Seq: 4, Text: "late"})
	if got := texts(o.Rest()); got != "late; b; c" {
		t.Errorf("the rest is %q", got)
	}
	if next, ok := o.Next(); ok {
		t.Errorf("nothing is held, and ready at %v", next)
	}
}

func TestAnswersJoinTheirCalls(t *testing.T) {
	ok := record.Line{At: at(12), Seq: 2, Answers: 1, Outcome: "ok", Took: 12 * time.Millisecond, Severity: record.Info, Text: "answers AddNetwork: ok"}
	refused := record.Line{At: at(2310), Seq: 2, Answers: 1, Outcome: "refused: no", Took: 2310 * time.Millisecond, Severity: record.Warning, Text: "answers AddNetwork: refused: no"}
	for name, tt := range map[string]struct {
		lines    []record.Line
		want     string
		severity record.Severity
	}{
		"answered":             {[]record.Line{{At: at(0), Seq: 1, Text: "asks", Severity: record.Info}, ok}, "asks → ok after 12 ms", record.Info},
		"refused":              {[]record.Line{{At: at(0), Seq: 1, Text: "asks", Severity: record.Info}, refused}, "asks → refused: no after 2.31 s", record.Warning},
		"the call is not held": {[]record.Line{{At: at(0), Seq: 7, Text: "asks", Severity: record.Info}, ok}, "asks; answers AddNetwork: ok", record.Info},
	} {
		t.Run(name, func(t *testing.T) {
			var o timeline.Order
			for _, l := range tt.lines {
				o.Add(l)
			}
			got := o.Rest()
			if texts(got) != tt.want || got[0].Severity != tt.severity {
				t.Errorf("got %q of severity %s, want %q of %s", texts(got), got[0].Severity, tt.want, tt.severity)
			}
		})
	}
}

// Of a recording the calls are held until they are answered, but not any number of them.
func TestSettled(t *testing.T) {
	var o timeline.Order
	o.Add(record.Line{At: at(0), Seq: 1, Text: "asks"})
	o.Add(record.Line{At: at(10), Seq: 2, Text: "other"})
	if got := o.Settled(at(24_000)); len(got) > 0 {
		t.Errorf("before it is answered there is %q", texts(got))
	}
	o.Add(record.Line{At: at(25_000), Seq: 3, Answers: 1, Took: 25 * time.Second, Outcome: "ok"})
	if got := texts(o.Settled(at(31_000))); got != "asks → ok after 25.00 s; other" {
		t.Errorf("there is %q", got)
	}
	const many = 30_000
	given := 0
	for i := range many {
		o.Add(record.Line{At: at(31_000).Add(time.Duration(i) * 50 * time.Microsecond)})
		given += len(o.Settled(at(31_000).Add(time.Duration(i) * 50 * time.Microsecond)))
	}
	if given < many/4 || len(o.Rest()) != many-given {
		t.Errorf("of a flood %d lines were given before its end", given)
	}
}

// Whatever comes no later than it may: the order is true, and nothing is lost.
func TestOrderIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o timeline.Order
		var got []record.Line
		now, n := 0, rapid.IntRange(0, 200).Draw(t, "lines")
		for range n {
			now += rapid.IntRange(0, 300).Draw(t, "later")
			delay := rapid.IntRange(0, int(timeline.Latency.Milliseconds())-1).Draw(t, "delay")
			got = append(got, o.Ready(at(now))...)
			o.Add(record.Line{At: at(now - delay)})
		}
		got = append(got, o.Rest()...)
		if len(got) != n {
			t.Fatalf("%d of %d lines", len(got), n)
		}
		for i := 1; i < len(got); i++ {
			if got[i].At.Before(got[i-1].At) {
				t.Fatalf("%v comes after %v", got[i].At, got[i-1].At)
			}
		}
	})
}

func TestFilter(t *testing.T) {
	lines := []record.Line{
		{At: at(0), Process: "NetworkManager", Interface: "eth0", Floor: "l3", Severity: record.Info, Text: "nm"},
		{At: at(1), Kind: record.Log, Process: "nm-openvpn", Interface: "tun0", Floor: "vpn", Severity: record.Error, Text: "vpn"},
		{At: at(2), Process: "kernel", Interface: "eth0", Floor: "l1", Severity: record.Warning, Text: "carrier"},
		{At: at(3), Process: "nmdebug", Severity: record.Debug, Own: true, Text: "own"},
		{At: at(4), Kind: record.Note, Source: "journal", Process: "nmdebug", Severity: record.Notice, Text: "no journal"},
		{At: at(5), Kind: record.Note, Source: "journal", Process: "nmdebug", Severity: record.Debug, Text: "synced"},
		{At: at(6), Kind: record.Note, Source: "monitor", Process: "nmdebug", Severity: record.Notice, Text: "no monitor"},
	}
	for _, tt := range []struct {
		name   string
		filter timeline.Filter
		want   string
	}{
		{"all but our own", timeline.Filter{}, "nm; vpn; carrier; no journal; synced; no monitor"},
		{"our own, too", timeline.Filter{Own: true}, "nm; vpn; carrier; own; no journal; synced; no monitor"},
		{"since", timeline.Filter{Since: at(1)}, "vpn; carrier; no journal; synced; no monitor"},
		{"processes", timeline.Filter{Processes: []string{"kernel", "NM-"}}, "vpn; carrier"},
		{"interfaces", timeline.Filter{Interfaces: []string{"eth0"}}, "nm; carrier"},
		{"floors", timeline.Filter{Floors: []string{"l1", "vpn"}}, "vpn; carrier"},
		{"severity", timeline.Filter{Severity: record.Warning}, "vpn; carrier"},
		{"grep", timeline.Filter{Grep: regexp.MustCompile("carr|^nm-open")}, "vpn; carrier"},
		{"text", timeline.Filter{Has: "arr"}, "carrier"},
		{"text at the end, in any case", timeline.Filter{Has: "manager", Own: true}, "nm"},
		{"text of an interface", timeline.Filter{Has: "eth0"}, "nm; carrier"},
		{"text across the columns", timeline.Filter{Has: "l eth0 c"}, "carrier"},
		{"text that is longer than all", timeline.Filter{Has: strings.Repeat("c", 99)}, ""},
		{"two at once", timeline.Filter{Interfaces: []string{"eth0"}, Severity: record.Warning}, "carrier"},
		{"a kind, and what limits what is seen of it", timeline.Filter{Kinds: []record.Kind{record.Log}, Sources: []string{"journal"}}, "vpn; no journal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var kept []record.Line
			for _, l := range lines {
				if tt.filter.Keeps(l) {
					kept = append(kept, l)
				}
			}
			if d := cmp.Diff(tt.want, texts(kept)); d != "" {
				t.Error(d)
			}
		})
	}
}
