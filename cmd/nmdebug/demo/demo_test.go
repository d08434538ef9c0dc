package demo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nmdebug/cmd/nmdebug/demo"
	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
)

// whole is how everything stands when nothing is broken, in the words of standing.
const whole = "wg0: l1 up, l3 up, vpn up; wlan0: l1 up, l2 up, l3 up; wlan1: l1 up, l2 up, l3 up"

// TestMoments holds the moments that nmdebug's help names to what it says of them.
func TestMoments(t *testing.T) {
	for _, tt := range []struct {
		at, stands, cause string
	}{
		{at: "start", stands: whole},
		{
			at: "+38s", cause: "wlan1 l2 wifi-key",
			stands: "wg0: l1 up, l3 up, vpn up; wlan0: l1 up, l2 up, l3 up; wlan1: l1 up, l2 failed, l3 blocked",
		},
		{
			at: "+66s", cause: "wlan0 l3 ip-failed",
			stands: "wg0: l1 up, l3 up, vpn up; wlan0: l1 up, l2 unknown, l3 failed; wlan1: l1 up, l2 up, l3 up",
		},
		{
			at: "+90s", cause: "wg0 vpn handshake-never",
			stands: "wg0: l1 up, l3 up, vpn failed; wlan0: l1 up, l2 up, l3 up; wlan1: l1 up, l2 up, l3 up",
		},
		{at: "end", stands: whole},
	} {
		t.Run(tt.at, func(t *testing.T) {
			at, err := observe.ParseMoment(tt.at)
			if err != nil {
				t.Fatal(err)
			}
			s, err := observe.Once(t.Context(), replay(t, at))
			if err != nil {
				t.Fatal(err)
			}
			p := inspect.Build(s)
			if got := standing(p); got != tt.stands {
				t.Errorf("it stands as\n%s\nwant\n%s", got, tt.stands)
			}
			if got := causes(p); got != tt.cause {
				t.Errorf("the cause is %q, want %q", got, tt.cause)
			}
			tells(t, p)
		})
	}
}

// TestStory plays the recording through: the whole story is told in its order, and all sources tell of all of it.
func TestStory(t *testing.T) {
	story := []string{
		"wlan0 l1 degraded weak-signal", "wlan0 l2 up wifi-roamed",
		"wlan1 l2 failed wifi-key", "wlan1 l3 up addressed",
		"wlan0 l3 starting dhcp-waiting", "wlan0 l3 failed ip-failed", "wlan0 l3 up addressed",
		"wg0 vpn failed handshake-never", "wg0 vpn up handshake-fresh",
	}
	var told []string
	var before inspect.Pyramid
	err := observe.Watch(t.Context(), replay(t, observe.Moment{}), func(_ *inspect.Snapshot, now inspect.Pyramid) error {
		tells(t, now)
		for _, c := range inspect.Changes(before, now) {
			told = append(told, strings.ToLower(fmt.Sprintf("%s %s %s %s", c.Interface, c.Level, c.To, c.Code)))
		}
		before = now
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	left := story
	for _, line := range told {
		if len(left) > 0 && line == left[0] {
			left = left[1:]
		}
	}
	if len(left) > 0 {
		t.Errorf("nothing tells of %v in\n%s", left, strings.Join(told, "\n"))
	}
}

func replay(t *testing.T, at observe.Moment) observe.Options {
	t.Helper()
	return observe.Options{Replay: &observe.Replay{Name: demo.Name, At: at, Open: demo.Open, Warn: func(err error) { t.Error(err) }}}
}

// tells holds that no source is missing, save Bluetooth: the laptop has none.
func tells(t *testing.T, p inspect.Pyramid) {
	t.Helper()
	for _, s := range p.Sources {
		if s.Status != inspect.SourceOK && s.Name != inspect.SourceHCI {
			t.Errorf("at %s %s is %s: %s", p.At.Format(time.TimeOnly), s.Name, s.Status, s.Detail)
		}
	}
}

// standing writes how all floors stand that are there, save those of the loopback interface.
func standing(p inspect.Pyramid) string {
	var stacks []string
	for _, s := range p.Stacks {
		var floors []string
		for _, f := range s.Floors {
			if f.Status != inspect.Absent {
				floors = append(floors, strings.ToLower(f.Level.String())+" "+f.Status.String())
			}
		}
		if s.Interface != "lo" {
			stacks = append(stacks, s.Interface+": "+strings.Join(floors, ", "))
		}
	}
	slices.Sort(stacks)
	return strings.Join(stacks, "; ")
}

func causes(p inspect.Pyramid) string {
	var all []string
	for _, s := range p.Stacks {
		if c := s.Cause; c != nil {
			all = append(all, strings.ToLower(fmt.Sprintf("%s %s %s", c.Interface, c.Level, c.Finding.Code)))
		}
	}
	return strings.Join(all, ", ")
}
