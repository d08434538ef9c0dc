package wifi_test

import (
	"strings"
	"testing"
	"time"

	"nmdebug/testenv/shown"
	"nmdebug/testenv/wifilab"
)

// expectation is what nmdebug has to say of wlan0 in a scenario.
type expectation struct {
	watch string   // how it stands in the end for who watched
	lines []string // what the watch must have told, "l2 failed wifi-key: the password"; the part after the colon is of the reason
	never []string // what it must not have told
	late  string   // how it stands for who comes when it is over, with the cause; "" when no different
	cause string   // for who comes late
	says  []string // parts of the reasons, the evidence and the next commands that are given to who comes late
	conf  []string // lines that show-wpa-config must print, and no other lines that wpa_supplicant would read; nil for not asked
}

const (
	stands = "l1 up link-up, l2 up wifi-done, l3 up addressed"
	idle   = "l1 up link-up, l2 down wifi-off, l3 down no-address"
	// left is how it stands when NetworkManager gave up on a network that is there.
	left = "l1 up link-up, l2 down wifi-off, l3 down not-connected"
)

func fails(code string) string { return "l1 up link-up, l2 failed " + code + ", l3 blocked" }

func expectations() map[string]expectation {
	connected := func(how string) expectation {
		return expectation{watch: stands, says: []string{"Associated with home (02:00:00:00:02:00, 2412 MHz) by " + how, "It has the address 10.77.0."}}
	}
	return map[string]expectation{
		"open":   connected("NONE"),
		"owe":    connected("OWE"),
		"wpa2":   connected("WPA2-PSK"),
		"wpa3":   connected("SAE"),
		"peap":   connected("EAP-PEAP"),
		"tls":    connected("EAP-TLS"),
		"hidden": connected("WPA2-PSK"),
		"weak": {
			watch: "l1 degraded weak-signal, l2 up wifi-done, l3 up addressed", says: []string{"heard so weakly", "dBm on average."},
		},
		"roam": {
			watch: stands, never: []string{"l2 failed", "l2 starting wifi-working: 02:00:00:00:03:00", "l3 failed"},
			lines: []string{"l2 up wifi-roamed: It moved from 02:00:00:00:02:00 to 02:00:00:00:03:00 (2437 MHz) without losing the connection."},
			says:  []string{"Associated with home (02:00:00:00:03:00, 2437 MHz)"},
		},
		"wrong-wpa2": {
			watch: fails("wifi-key"), lines: []string{"l2 failed wifi-key: the password is most likely wrong"}, never: []string{"l2 failed wifi-not-found"},
			late: left, says: []string{"ended with reason 15 (4way-handshake-timeout)"},
		},
		"wrong-peap": {
			watch: fails("8021x-rejected"), lines: []string{"l2 failed 8021x-rejected: The method was PEAP."}, never: []string{"l2 failed wifi-key", "l2 failed wifi-not-found"},
			cause: "wlan0 l2 8021x-rejected", says: []string{"the identity or the password is most likely wrong", "nmcli -f 802-1x connection show id home"},
		},
		"refused": {
			watch: fails("wifi-refused"), lines: []string{"l2 failed wifi-refused: Its answer was unspecified-failure (1)."}, never: []string{"l2 failed wifi-key", "l2 failed wifi-not-found"},
			cause: "wlan0 l2 wifi-refused", says: []string{"authentication status 1", "nmdebug explain"},
		},
		"not-there": {
			watch: fails("wifi-not-found"), lines: []string{"l2 failed wifi-not-found: The network home was not seen in any scan"},
			never: []string{"l2 failed wifi-key"}, late: idle,
		},
		"gone": {
			watch: fails("wifi-gone"), lines: []string{"l2 failed wifi-gone: This side gave up: local disassoc-due-to-inactivity (-4)."},
			cause: "wlan0 l2 wifi-gone", says: []string{"nothing is heard of it any more", "NetworkManager says wlan0 is connected; the card is not associated."},
		},
		"switched-off": {
			watch: fails("wifi-disconnected"), lines: []string{"l2 failed wifi-disconnected: Disconnected by the access point: deauth-leaving (3)."},
			cause: "wlan0 l2 wifi-disconnected", says: []string{"Disconnected by the access point: deauth-leaving (3).", "nmdebug explain -- 802.11 3"},
		},
		"radio-off": {
			watch: "l1 down rfkill-soft, l2 down wifi-off, l3 down no-address", says: []string{"The radio is blocked by software (rfkill)."},
		},
		"supplicant-killed": {
			watch: fails("supplicant-gone"), cause: "wlan0 l2 supplicant-gone", lines: []string{"source wpa_supplicant absent"},
			says: []string{"it is not running, or it died", "systemctl status wpa_supplicant"},
		},
		"supplicant-hangs": { // who watches asks nothing, and so hears nothing of it
			watch: stands, late: "l1 up link-up, l2 up wifi-kernel, l3 up addressed",
			says: []string{"nl80211 says that it is associated. wpa_supplicant does not answer."},
		},
		"iwd": {
			watch: "l1 up link-up, l2 up wifi-kernel, l3 up addressed", lines: []string{"source wpa_supplicant absent", "source iwd ok"},
			says: []string{"nl80211 says that it is associated. There is no wpa_supplicant: iwd serves the card."},
			conf: []string{
				"# wlan0: nothing tells of a configuration of wpa_supplicant", "# supplicant: iwd serves Wi-Fi here, and not wpa_supplicant",
				"# derived: NetworkManager tells iwd, and not wpa_supplicant, what it wants",
			},
		},
	}
}

// elsewhere are the scenarios that other tests hold to more.
func elsewhere() []string {
	return []string{"two-cards", "strange-names", "wrong-wpa3", "thrown-out", "bluetooth", "wireguard"}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	want := expectations()
	for _, name := range elsewhere() {
		want[name] = expectation{}
	}
	for _, scenario := range wifilab.Scenarios() {
		e, known := want[scenario.Name]
		if known && e.watch == "" {
			continue
		}
		t.Run(scenario.Name, func(t *testing.T) {
			t.Parallel()
			if !known {
				t.Fatal("nothing is expected of it")
			}
			play(t, scenario.Name).holds(e)
		})
	}
}

// holds holds what nmdebug says against what it has to say.
func (s *scene) holds(e expectation) {
	s.t.Helper()
	for _, line := range e.lines {
		what, text, _ := strings.Cut(line, ": ")
		if !strings.HasPrefix(what, "source ") {
			what = "wlan0 " + what
		}
		s.awaitsLine(what, text)
	}
	s.awaits("wlan0", e.watch)
	want := e.watch
	if e.late != "" {
		want = e.late
	}
	if e.cause != "" {
		want += ", cause " + e.cause
	}
	got := s.awaitsStatus("wlan0", want)
	for _, part := range e.says {
		if !strings.Contains(got.Text(), part) {
			s.t.Errorf("nobody says %q in:\n%s", part, got.Text())
		}
	}
	if e.conf != nil {
		s.shows(e.conf)
	}
	for _, line := range e.never {
		what, text, _ := strings.Cut(line, ": ")
		if s.watch.has("wlan0 "+what, text) {
			s.t.Errorf("the watch told of %q", line)
		}
	}
}

// shows holds that show-wpa-config prints these lines, and none that wpa_supplicant would read.
func (s *scene) shows(conf []string) {
	s.t.Helper()
	shown := string(s.MustRun(s.t, "nmdebug", "show-wpa-config", "wlan0"))
	for _, line := range conf {
		if !strings.Contains(shown, line+"\n") {
			s.t.Errorf("show-wpa-config does not print %q:\n%s", line, shown)
		}
	}
	if read := body(shown); read != "" {
		s.t.Errorf("show-wpa-config makes up\n%s", read)
	}
}

// awaitsStatus runs one-shots until a card stands as wanted: what goes on between a look of the watch and another may show in one.
func (s *scene) awaitsStatus(card, want string) shown.Stack {
	s.t.Helper()
	const enough = 20 * time.Second
	for began := time.Now(); ; {
		got := s.status().Stack(card)
		if got.Verdict() == want {
			return got
		}
		if time.Since(began) > enough {
			s.t.Fatalf("%s stands as\n  %s\nexpected\n  %s\n%s", card, got.Verdict(), want, got.Text())
		}
	}
}
