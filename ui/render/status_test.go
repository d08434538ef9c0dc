package render_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"nmdebug/inspect"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

// drawn is what a terminal of 80 columns shows.
func drawn(draw func(*text.Printer)) string {
	var b strings.Builder
	draw(&text.Printer{Out: &b, Width: 80})
	return b.String()
}

func floors(l1, l2, l3, vpn inspect.Floor) []inspect.Floor {
	l1.Level, l2.Level, l3.Level, vpn.Level = inspect.L1, inspect.L2, inspect.L3, inspect.VPN
	return []inspect.Floor{l1, l2, l3, vpn}
}

func floor(s inspect.Status, brief string) inspect.Floor {
	return inspect.Floor{Status: s, Brief: brief, Reason: "Because of " + brief + "."}
}

// stacks has every status, a long name, a long address, a hostile name, and causes that others share.
func stacks() []inspect.Stack {
	up, none := floor(inspect.Up, "up"), inspect.Floor{Status: inspect.Absent}
	cause := inspect.Cause{Interface: "eth1", Level: inspect.L1, Finding: inspect.Finding{Text: "No carrier.", Sure: inspect.Likely}}
	return []inspect.Stack{
		{Interface: "wlp0s20f3", DefaultRoute: true, Wanted: true, Status: inspect.Degraded, Floors: floors(floor(inspect.Degraded, "-84 dBm"), floor(inspect.Up, "WPA3 SAE"), floor(inspect.Up, "2001:db8:1234:5678::42/64"), floor(inspect.Starting, "connect"))},
		{
			Interface: "eth1", Wanted: true, Status: inspect.Failed, Cause: &cause,
			Floors:    floors(floor(inspect.Failed, "no carrier"), floor(inspect.Blocked, "needs L1"), floor(inspect.Blocked, "needs L1"), none),
			Conflicts: []inspect.Finding{{Level: inspect.L1, Text: "They disagree."}},
		},
		{Interface: "br-aaaaaaaaaaaa", Wanted: true, Status: inspect.Blocked, Cause: &cause, Floors: floors(up, floor(inspect.Blocked, "eth1 L1"), floor(inspect.Blocked, "eth1 L1"), none)},
		{Interface: "evil\x1b[2J\u202e", Status: inspect.Unknown, Floors: floors(floor(inspect.Unknown, "not seen"), floor(inspect.Down, "off"), floor(inspect.Down, "no address"), none)},
	}
}

func TestStatusFitsIntoATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		symbols render.Symbols
		want    string
	}{
		"Unicode": {render.Unicode, `
  INTERFACE         L1           L2         L3                         VPN
◐ wlp0s20f3 *       ◐ -84 dBm    ● WPA3 SAE ● 2001:db8:1234:5678::42/… ◌ connect
✖ eth1              ✖ no carrier ┆ needs L1 ┆ needs L1                 –
┆ br-aaaaaaaaaaaa   ● up         ┆ eth1 L1  ┆ eth1 L1                  –
? evil\x1b[2J\u202e ? not seen   ○ off      ○ no address               –
`},
		"ASCII": {render.ASCII, `
  INTERFACE         L1           L2         L3                         VPN
~ wlp0s20f3 *       ~ -84 dBm    + WPA3 SAE + 2001:db8:1234:5678::42/… . connect
X eth1              X no carrier | needs L1 | needs L1                 -
| br-aaaaaaaaaaaa   + up         | eth1 L1  | eth1 L1                  -
? evil\x1b[2J\u202e ? not seen   o off      o no address               -
`},
	} {
		got := "\n" + drawn(func(p *text.Printer) { p.Table(render.Status(stacks(), c.symbols), 1, 15, 14, 14, 14, 14) })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	var got []string
	for _, row := range render.Verdicts(stacks(), render.Unicode) {
		var words []string
		for _, c := range row {
			words = append(words, c.Text)
		}
		got = append(got, strings.Join(words, " "))
	}
	want := []string{
		"◐ wlp0s20f3 L1 Because of -84 dBm.",
		"◌ wlp0s20f3 VPN Because of connect.",
		"✖ eth1 L1 No carrier. (likely) On it: br-aaaaaaaaaaaa.",
		"◐ eth1 L1 They disagree.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	src := func(name string, s inspect.SourceStatus) inspect.Source {
		return inspect.Source{Name: name, Status: s, Right: "root"}
	}
	bus, kernel := src(inspect.SourceBus, inspect.SourceOK), src(inspect.SourceKernel, inspect.SourceOK)
	running := inspect.Network{Running: true, Version: "1.52.2", State: "connected-global", Connectivity: "full", ConnectivityProbed: true}
	for name, c := range map[string]struct {
		in   inspect.Pyramid
		want string
	}{
		"all is well":        {inspect.Pyramid{Network: running, Sources: []inspect.Source{bus, kernel, src(inspect.SourceSupplicant, inspect.SourceOK)}}, "NetworkManager 1.52.2 connected-global · connectivity full · wpa_supplicant"},
		"unprobed":           {inspect.Pyramid{Network: inspect.Network{Running: true, Version: "1.42.4", State: "connecting"}, Sources: []inspect.Source{bus, kernel}}, "NetworkManager 1.42.4 connecting · connectivity unprobed"},
		"iwd instead":        {inspect.Pyramid{Network: running, Sources: []inspect.Source{bus, kernel, src(inspect.SourceIWD, inspect.SourceOK)}}, "NetworkManager 1.52.2 connected-global · connectivity full · iwd"},
		"a missing right":    {inspect.Pyramid{Network: running, Sources: []inspect.Source{bus, kernel, src(inspect.SourceSupplicant, inspect.SourceDenied)}}, "NetworkManager 1.52.2 connected-global · connectivity full · wpa_supplicant may not be read (needs root)"},
		"no NetworkManager":  {inspect.Pyramid{Sources: []inspect.Source{bus, kernel, src(inspect.SourceNM, inspect.SourceAbsent)}}, "NetworkManager is not on the bus"},
		"it hangs":           {inspect.Pyramid{Sources: []inspect.Source{bus, kernel, src(inspect.SourceNM, inspect.SourceSilent)}}, "NetworkManager does not answer"},
		"it talks nonsense":  {inspect.Pyramid{Sources: []inspect.Source{bus, kernel, src(inspect.SourceNM, inspect.SourceUnreadable)}}, "NetworkManager is unreadable"},
		"no bus":             {inspect.Pyramid{Sources: []inspect.Source{src(inspect.SourceBus, inspect.SourceLost), kernel}}, "no D-Bus: the kernel's view alone"},
		"no kernel, no less": {inspect.Pyramid{Network: running, Sources: []inspect.Source{bus, src(inspect.SourceKernel, inspect.SourceLost)}}, "NetworkManager 1.52.2 connected-global · connectivity full · kernel cannot be reached"},
	} {
		got := strings.TrimSpace(drawn(func(p *text.Printer) { p.Width = 0; p.Line(" · ", render.Headline(c.in)...) }))
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// A status is told by its sign alone, without colour, in both sets.
func TestSymbolsDiffer(t *testing.T) {
	t.Parallel()
	for name, symbols := range map[string]render.Symbols{"Unicode": render.Unicode, "ASCII": render.ASCII} {
		seen := map[string]inspect.Status{}
		for _, s := range inspect.Statuses() {
			if other, twice := seen[symbols(s)]; twice {
				t.Errorf("%s: %q stands for %s and %s", name, symbols(s), other, s)
			}
			seen[symbols(s)] = s
		}
	}
	for _, s := range inspect.Statuses() {
		if sign := render.ASCII(s); text.ASCII(sign) != sign {
			t.Errorf("%s: %q is no ASCII", s, sign)
		}
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.Local)
	for _, c := range []struct {
		in   inspect.Change
		want string
	}{
		{inspect.Change{Kind: inspect.FloorChanged, Interface: "eth0", Level: inspect.L1, From: "up", To: "failed"}, "03:04:05.678 ✖ eth0 L1 up → failed"},
		{inspect.Change{Kind: inspect.ConflictChanged, Interface: "eth0", Level: inspect.L3, To: "conflict"}, "03:04:05.678 ◐ eth0 L3 conflict"},
		{inspect.Change{Kind: inspect.ConflictChanged, Interface: "eth0", Level: inspect.L3, From: "conflict"}, "03:04:05.678 ● eth0 L3 no more conflict"},
		{inspect.Change{Kind: inspect.SourceChanged, Source: "NetworkManager", From: "ok", To: "absent"}, "03:04:05.678 NetworkManager ok → absent"},
		{inspect.Change{Kind: inspect.StackChanged, Interface: "tun0", To: "tun"}, "03:04:05.678 tun0 tun"},
	} {
		c.in.At = at
		got := strings.TrimSpace(drawn(func(p *text.Printer) { p.Line(" ", render.Change(c.in, render.Unicode)...) }))
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	v := inspect.Verdict{Missing: []string{"nosuch\x07"}, Results: []inspect.Result{
		{Interface: "eth0", Level: inspect.L1, What: "floor", Status: inspect.Up, OK: true, Reason: "The link is up."},
		{Interface: "eth0", Level: inspect.L3, What: "floor", Status: inspect.Degraded, OK: true, Reason: "The gateway is silent."},
		{Interface: "eth0", Level: inspect.L1, What: "conflict", Status: inspect.Failed, Reason: "They disagree on what is a rather long story to tell in one line."},
		{Interface: "lo", Level: inspect.L2, What: "floor", Status: inspect.Absent, OK: true, Skipped: true, Reason: "not told"},
	}}
	want := `
● ok      eth0 L1          up: The link is up.
◐ ok      eth0 L3          degraded: The gateway is silent.
✖ FAILED  eth0 L1 conflict failed: They disagree on what is a rather long story
                           to tell in one line.
– skipped lo L2            absent
✖ FAILED  nosuch\x07       no such interface or connection
`
	if diff := cmp.Diff(want, "\n"+drawn(func(p *text.Printer) { p.List(render.Check(v, render.Unicode)) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	facts := []inspect.Fact{
		{Section: "link", Name: "mtu", Value: "1500", Source: "kernel"},
		{Section: "link", Name: "speed", Value: "1 Gb/s full", Source: "ethtool"},
		{Section: "link", Name: "mode", Value: "0", Source: "kernel", Default: true},
		{Section: "connection", Name: "name", Value: "evil\x1b[2J", Source: "NetworkManager"},
	}
	got := drawn(func(p *text.Printer) {
		for _, s := range render.Facts(facts) {
			p.Line("", s.Title)
			p.List(s.Rows)
		}
	})
	want := "link\n  mtu   kernel  1500\n  speed ethtool 1 Gb/s full\n        kernel  1 more with their defaults\nconnection\n  name NetworkManager evil\\x1b[2J\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// All cells at their widest still fit.
func TestStatusFitsAtItsWidest(t *testing.T) {
	t.Parallel()
	wide := floor(inspect.Failed, strings.Repeat("w", 40))
	got := drawn(func(p *text.Printer) {
		p.Table(render.Status([]inspect.Stack{{Interface: strings.Repeat("n", 15), DefaultRoute: true, Floors: floors(wide, wide, wide, wide)}}, render.Unicode), 1, 15, 14, 14, 14, 14)
	})
	for line := range strings.Lines(got) {
		if width := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); width > 80 {
			t.Errorf("%d columns: %s", width, line)
		}
	}
}
