package wifi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

// shownFile is where the file is that wpa_supplicant is started with by hand.
const shownFile = "/run/lab/shown.conf"

// TestShownFileConnects connects by NetworkManager, has nmdebug write the configuration that is in force, stops NetworkManager
// and starts wpa_supplicant by hand with that file: it is on the same network again, and has the same configuration. That is
// done with every kind of security, one after the other in one machine.
func TestShownFileConnects(t *testing.T) {
	t.Parallel()
	lab := wifilab.Start(t)
	must(t, lab.Install(deadline(t), program, "nmdebug"))
	s := &scene{Lab: lab, t: t}
	for _, security := range []wifilab.Security{wifilab.WPA2, wifilab.WPA3, wifilab.WPA2And3, wifilab.OWE, wifilab.PEAP, wifilab.TLS, wifilab.Open} {
		t.Run("security "+string(security), func(t *testing.T) {
			s.t = t
			ap, err := lab.AccessPoint(deadline(t), wifilab.AP{SSID: "home", Security: security})
			must(t, err)
			defer func() { must(t, ap.Stop(context.WithoutCancel(t.Context()))) }()
			must(t, connect(t, lab, wifilab.Profile{SSID: "home", Security: security}))
			s.keepsSecrets()
			shown := string(s.patiently("show-wpa-config", "wlan0", "--show-secrets"))
			hidden := body(string(s.patiently("show-wpa-config", "wlan0")))
			s.agrees()

			byHand(t, lab, shown)
			defer backToNM(t, lab)
			must(t, testenv.Await(deadline(t), "it does not connect", func(ctx context.Context) error {
				out, err := lab.Run(ctx, "wpa_cli", "-p", "/run/wpa_supplicant", "-i", "wlan0", "status")
				if err != nil || !strings.Contains(string(out), "wpa_state=COMPLETED") {
					return fmt.Errorf("%w: %s\nof\n%s", err, out, shown)
				}
				return nil
			}))
			if again := body(string(s.patiently("show-wpa-config", "wlan0"))); again != hidden {
				t.Errorf("by hand wpa_supplicant has\n%s\nby NetworkManager it had\n%s", again, hidden)
			}
		})
	}
}

// connect tries it twice: on a busy host an answer may come later than NetworkManager waits.
func connect(t *testing.T, lab *wifilab.Lab, p wifilab.Profile) error {
	t.Helper()
	if err := lab.Connect(deadline(t), p); err != nil {
		t.Log(err)
		return lab.Connect(deadline(t), p)
	}
	return nil
}

// patiently runs nmdebug with more time than a person would give it: the host may be busy with other machines.
func (s *scene) patiently(args ...string) []byte {
	s.t.Helper()
	return s.nmdebug(append([]string{"--timeout", "1m"}, args...)...)
}

// keepsSecrets looks for the lab's passphrase in all that is printed without being asked for secrets.
func (s *scene) keepsSecrets() {
	s.t.Helper()
	for _, args := range [][]string{
		{"show-wpa-config"},
		{"show-wpa-config", "--all", "--origin"},
		{"show-wpa-config", "-o", "json"},
		{"show-wpa-config", "--diff"},
		{"detail", "wlan0", "-o", "json"},
		{"status", "-o", "json"},
		{"why", "wlan0"},
		{"derive-wpa-config", "home", "-o", "json"},
	} {
		if out := s.patiently(args...); strings.Contains(string(out), wifilab.Passphrase) {
			s.t.Errorf("nmdebug %v tells the passphrase:\n%s", args, out)
		}
	}
}

// agrees holds that the profile, the supplicant and the association differ in nothing that keeps the connection from coming
// up, and that of each line the supplicant, NetworkManager's rules and its log tell. On a busy host the journal is not always
// read in time.
func (s *scene) agrees() {
	s.t.Helper()
	must(s.t, testenv.Await(deadline(s.t), "the sources do not agree", func(ctx context.Context) error {
		out, err := s.Run(ctx, "nmdebug", "show-wpa-config", "wlan0", "--diff", "-o", "json")
		if err != nil {
			return err
		}
		return disagreement(out)
	}))
}

// disagreement is what speaks against it.
func disagreement(answer []byte) error {
	var told struct {
		Interfaces []struct {
			Network []struct {
				Key     string
				Columns map[string]string
			}
			Differences []struct {
				Key, Text string
				Fatal     bool
			}
		}
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return err
	}
	for _, d := range told.Interfaces[0].Differences {
		if d.Fatal || strings.HasPrefix(d.Text, "The profile gives") || strings.HasPrefix(d.Text, "The supplicant has") {
			return fmt.Errorf("%s: %s", d.Key, d.Text)
		}
	}
	for _, line := range told.Interfaces[0].Network {
		for _, source := range []string{"supplicant", "derived", "journal"} {
			if line.Columns[source] == "" {
				return fmt.Errorf("%s says nothing of %s: %v", source, line.Key, line.Columns)
			}
		}
	}
	return nil
}

// body is a file without its comments.
func body(conf string) string {
	var lines []string
	for line := range strings.Lines(conf) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// byHand takes the card from NetworkManager and gives it to a wpa_supplicant of our own, on the bus so that it can be asked.
func byHand(t *testing.T, lab *wifilab.Lab, conf string) {
	t.Helper()
	must(t, lab.WriteFile(deadline(t), shownFile, 0o600, strings.NewReader(conf)))
	lab.MustRun(t, "systemctl", "stop", "NetworkManager", "wpa_supplicant")
	lab.MustRun(t, "sh", "-c", "rm -f /run/wpa_supplicant/wlan0; wpa_supplicant -B -u -P /run/lab/by-hand.pid -D nl80211 -i wlan0 -c "+shownFile)
}

// backToNM ends it and starts NetworkManager again.
func backToNM(t *testing.T, lab *wifilab.Lab) {
	t.Helper()
	lab.MustRun(t, "sh", "-c", `kill "$(cat /run/lab/by-hand.pid)"; while [ -e /run/lab/by-hand.pid ]; do sleep 0.1; done; systemctl start NetworkManager`)
	must(t, testenv.Await(deadline(t), "NetworkManager does not take the card", func(ctx context.Context) error {
		out, err := lab.Run(ctx, "nmcli", "-g", "GENERAL.STATE", "device", "show", "wlan0")
		if err == nil && !strings.HasPrefix(string(out), "30 ") {
			err = fmt.Errorf("it is %s", out)
		}
		return err
	}))
}

// TestWhyItDoesNotConnect asks for what the access point does not offer, and has it told in words.
func TestWhyItDoesNotConnect(t *testing.T) {
	t.Parallel()
	lab := wifilab.Start(t)
	must(t, lab.Install(deadline(t), program, "nmdebug"))
	_, err := lab.AccessPoint(deadline(t), wifilab.AP{SSID: "home", Security: wifilab.WPA2, Config: "ieee80211w=0\n"})
	must(t, err)
	p := wifilab.Profile{SSID: "home", Security: wifilab.WPA2}
	must(t, lab.AddProfile(deadline(t), p))
	lab.MustRun(t, "nmcli", "connection", "modify", "home", "wifi-sec.pmf", "required")
	must(t, lab.Activate(deadline(t), p))
	want := []string{
		"PMF is required by the profile (802-11-wireless-security.pmf", "; the access point 02:00:00:00:02:00 does not offer it.",
		"offers WPA-PSK: they have none in common.",
	}
	must(t, testenv.Await(deadline(t), "it is not told", func(ctx context.Context) error {
		out, err := lab.Run(ctx, "nmdebug", "show-wpa-config", "wlan0", "--diff", "-o", "json")
		for _, text := range want {
			if err == nil && !strings.Contains(string(out), text) {
				err = fmt.Errorf("%q is missing in\n%s", text, out)
			}
		}
		return err
	}))
}
