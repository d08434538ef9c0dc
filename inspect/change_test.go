package inspect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
)

// since says from when on a source has been there.
func since(name string, at time.Time) part {
	return func(w *world) {
		for i := range w.Sources {
			if w.Sources[i].Name == name {
				w.Sources[i].Since = at
			}
		}
	}
}

func TestChanges(t *testing.T) {
	wire := ethernet("eth0", static("192.0.2.2/24"))
	unplugged := ethernet("eth0", static("192.0.2.2/24"), noCarrier)
	const lost = "floor eth0 l1 up>failed no-carrier, floor eth0 l2 up>blocked blocked, floor eth0 l3 up>blocked blocked, conflict eth0 l1 >conflict connected-without-carrier"
	for _, tt := range []struct {
		name          string
		before, after []part
		want          string
	}{
		{"nothing", []part{wire}, []part{wire}, ""},
		{"a carrier is lost", []part{wire}, []part{unplugged}, lost},
		{"another reason for the same status", []part{unplugged}, []part{ethernet("eth0", static("192.0.2.2/24"), adminDown)}, "floor eth0 l1 failed>failed admin-down, " +
			"conflict eth0 l1 >conflict connected-without-link, conflict eth0 l1 conflict> connected-without-carrier"},
		{"an interface comes", nil, []part{loopback()}, "interface lo >loopback appeared, floor lo l1 absent>up link-up, floor lo l3 absent>up addressed"},
		{"an interface goes", []part{loopback()}, nil, "interface lo loopback> vanished"},
		{"a daemon goes", []part{wire}, []part{wire, source(inspect.SourceSupplicant, inspect.SourceAbsent)}, "source wpa_supplicant ok>absent"},
		{"a daemon goes and comes back unseen", []part{since(inspect.SourceNM, ago(time.Hour))}, []part{since(inspect.SourceNM, noon())}, "source NetworkManager ok>ok again: meanwhile it was gone, or did not answer"},
		{"a daemon tells for the first time since when it is there", nil, []part{since(inspect.SourceNM, noon())}, ""},
		{"a source that was never asked before", nil, []part{source("iwd", inspect.SourceOK)}, "source iwd absent>ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range inspect.Changes(inspect.Build(snapshot(tt.before...)), inspect.Build(snapshot(tt.after...))) {
				if c.At != noon() {
					t.Errorf("%+v was not when the second pyramid was", c)
				}
				got = append(got, changeText(c))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func changeText(c inspect.Change) string {
	about := c.Source
	if c.Interface != "" {
		about = c.Interface
	}
	if c.Level != 0 {
		about += " " + strings.ToLower(c.Level.String())
	}
	what := string(c.Code)
	if what == "" && c.Kind != inspect.FloorChanged {
		what = c.Text
	}
	return strings.TrimSpace(string(c.Kind) + " " + about + " " + c.From + ">" + c.To + " " + what)
}

// A floor that falls settles for its hold-off; what was so when we came has no beginning.
func TestTrack(t *testing.T) {
	var track inspect.Track
	up, down := []opt{static("192.0.2.2/24")}, []opt{static("192.0.2.2/24"), noCarrier}
	for _, step := range []struct {
		at       time.Duration
		wire     []opt
		since    time.Duration // -1 when it is not known
		settling bool
		restless bool // some floor settles
	}{
		{0, up, -1, false, false},
		{time.Second, up, -1, false, false},
		{2 * time.Second, down, 2 * time.Second, true, true},
		{3 * time.Second, down, 2 * time.Second, true, true},
		{2*time.Second + inspect.HoldOff(inspect.L1), down, 2 * time.Second, false, true},
		{2*time.Second + inspect.HoldOff(inspect.L3), down, 2 * time.Second, false, false},
		{8 * time.Second, up, 8 * time.Second, false, false},
	} {
		s := snapshot(ethernet("eth0", step.wire...))
		s.At = noon().Add(step.at)
		p := track.Follow(inspect.Build(s))
		stack, _ := p.Stack("eth0")
		f := stack.Floor(inspect.L1)
		if step.since < 0 && !f.Since.IsZero() || step.since >= 0 && !f.Since.Equal(noon().Add(step.since)) {
			t.Errorf("after %s it is %s since %v", step.at, f.Status, f.Since)
		}
		if f.Settling != step.settling || p.Restless() != step.restless {
			t.Errorf("after %s it is settling: %t, restless: %t", step.at, f.Settling, p.Restless())
		}
	}
}
