package wifi_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"nmdebug/testenv"
	"nmdebug/testenv/shown"
)

// NetworkManager calls a network that was heard all along "not found" when its WPA3 password is wrong.
func TestWrongWPA3Password(t *testing.T) {
	t.Parallel()
	s := play(t, "wrong-wpa3")
	s.awaitsLine("wlan0 l2 failed wifi-key", "the password is most likely wrong")
	s.awaitsStatus("wlan0", fails("wifi-key")+", cause wlan0 l2 wifi-key")
	must(t, s.AwaitDevice(deadline(t), "wlan0", testenv.DeviceDisconnected))
	s.holds(expectation{
		watch: fails("wifi-key"), never: []string{"l2 failed wifi-not-found"},
		late: left, says: []string{"The last attempt was refused: authentication status 1 (unspecified-failure)."},
	})
}

// The access point says why it throws a station out, and lets it back in at once: NetworkManager never notices.
func TestThrownOut(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	log := s.log()
	s.plays("thrown-out")
	s.holds(expectation{
		watch: stands, lines: []string{"l2 failed wifi-disconnected: Disconnected by the access point: disassoc-ap-busy (5)."},
	})
	for _, event := range []string{
		"connected to access point 02:00:00:00:02:00", "disconnected by the access point: disassoc-ap-busy", "a scan has ended",
	} {
		must(t, testenv.Await(deadline(t), "the timeline lacks: "+event, func(context.Context) error { return log.has("nl80211", event) }))
	}
	var unprivileged shown.Pyramid
	out, err := s.Run(deadline(t), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/run/lab/nmdebug", "-o", "json")
	must(t, err) // who has no rights sees less, which is no failure
	must(t, json.Unmarshal(out, &unprivileged))
	if got, want := unprivileged.Stack("wlan0").Verdict(), "l1 up link-up, l2 up wifi-kernel, l3 up addressed"; got != want {
		t.Errorf("without rights it stands as\n  %s\nexpected\n  %s", got, want)
	}
}

// timeline is what nmdebug log told.
type timeline struct {
	mu    sync.Mutex // guards what follows
	lines []struct{ Kind, Interface, Text string }
}

// log runs nmdebug log until the end of the test.
func (s *scene) log() *timeline {
	s.t.Helper()
	tl := &timeline{}
	s.follow(func(line []byte) {
		tl.mu.Lock()
		defer tl.mu.Unlock()
		tl.lines = append(tl.lines, struct{ Kind, Interface, Text string }{})
		if err := json.Unmarshal(line, &tl.lines[len(tl.lines)-1]); err != nil {
			s.t.Errorf("log printed %q: %v", line, err)
		}
	}, "log", "-f", "--all", "-o", "jsonl", "wlan0")
	return tl
}

// has is nil when a source told of something.
func (tl *timeline) has(kind, text string) error {
	tl.mu.Lock()
	defer tl.mu.Unlock()
	for _, l := range tl.lines {
		if l.Kind == kind && strings.Contains(l.Text, text) {
			return nil
		}
	}
	return errors.New("no such line")
}
