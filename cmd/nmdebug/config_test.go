package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nmdebug/testenv"
)

// TestConfigWithoutRights asks as nobody, whom wpa_supplicant tells nothing: what NetworkManager's rules make of the profile
// is shown all the same.
func TestConfigWithoutRights(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-ttls")
	for _, args := range [][]string{{"show-wpa-config"}, {"show-wpa-config", "eth0", "--show-secrets"}, {"show-wpa-config", "eth0", "--diff"}} {
		c := lab.CommandAs(deadline(t, patience), "nobody", program, args...)
		var out, complaint bytes.Buffer
		c.Stdout, c.Stderr = &out, &complaint
		var exit *exec.ExitError
		if err := c.Run(); !errors.As(err, &exit) || exit.ExitCode() != 9 {
			t.Errorf("%v ends with %v, want 9", args, err)
		}
		if strings.Count(complaint.String(), "\n") != 1 || !strings.Contains(complaint.String(), "root or group netdev") {
			t.Errorf("%v complains %q", args, complaint.String())
		}
		want := "\tphase2=\"auth=PAP\"\n"
		if slices.Contains(args, "--diff") {
			want = "wpa_supplicant may not be read"
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), testenv.Password) {
			t.Errorf("%v prints\n%s", args, out.String())
		}
	}
}

// TestSourcesAgree holds the sources against each other: each value that the supplicant has is the one that NetworkManager's
// log tells and that its rules give.
func TestSourcesAgree(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"peap", "ttls", "tls", "md5"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, "8021x-"+method)
			out := lab.MustRun(t, program, "show-wpa-config", "eth0", "--log", filepath.Join(lab.Dir(), "NetworkManager.log"), "-o", "json")
			var answer struct {
				Interfaces []struct {
					Network []struct {
						Key     string
						Columns map[string]string
					}
				}
			}
			must(t, json.Unmarshal(out, &answer))
			if len(answer.Interfaces) != 1 || len(answer.Interfaces[0].Network) < 5 {
				t.Fatalf("there is only\n%s", out)
			}
			for _, line := range answer.Interfaces[0].Network {
				have := line.Columns["supplicant"]
				if line.Columns["derived"] != have || line.Columns["journal"] != have {
					t.Errorf("%s: %v", line.Key, line.Columns)
				}
			}
		})
	}
}

// TestCapturedInARecording records while NetworkManager configures wpa_supplicant: the calls that a monitor saw tell the same
// as the supplicant, and no secret.
func TestCapturedInARecording(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-peap")
	file := filepath.Join(lab.Dir(), "up.pcapng")
	lab.MustRun(t, program, "record", "-w", file, "--", "nmcli", "connection", "up", "lan")
	out := lab.MustRun(t, program, "--replay", file, "show-wpa-config", "eth0", "-o", "json")
	isCaptured(t, out, setByNM)
}

// TestCaptured has a command connect and captures what NetworkManager sends meanwhile; what the command prints does not come
// into the answer.
func TestCaptured(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-peap")
	out := lab.MustRun(t, program, "show-wpa-config", "eth0", "--capture", "-o", "json", "--", "nmcli", "connection", "up", "lan")
	isCaptured(t, out, setByNM)
}

// TestCapturedByWaiting listens until somebody else has connected.
func TestCapturedByWaiting(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-peap")
	c := lab.Command(deadline(t, patience), program, "show-wpa-config", "lan", "--capture", "-o", "json")
	var out bytes.Buffer
	c.Stdout = &out
	complaint, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	said, err := bufio.NewReader(complaint).ReadString('\n')
	if err != nil || !strings.Contains(said, "listening for at most 1m0s") {
		t.Errorf("it says %q: %v", said, err)
	}
	lab.MustRun(t, "nmcli", "connection", "up", "lan")
	must(t, c.Wait())
	isCaptured(t, out.Bytes(), setByNM)
}

// setByNM is how many of a wired interface's globals NetworkManager sets: ap_scan, dot11RSNAConfigPMKLifetime,
// bss_expiration_age, pmf.
const setByNM = 4

// isCaptured holds that the calls that were seen tell the same as the supplicant, of each line of the network block and of so
// many globals at least, and that no secret is told.
func isCaptured(t *testing.T, out []byte, globals int) {
	t.Helper()
	type line struct {
		Key     string
		Columns map[string]string
	}
	var answer struct {
		Interfaces []struct{ Globals, Network []line }
	}
	must(t, json.Unmarshal(out, &answer))
	if len(answer.Interfaces) != 1 || len(answer.Interfaces[0].Network) < 5 {
		t.Fatalf("there is only\n%s", out)
	}
	given := slices.DeleteFunc(answer.Interfaces[0].Globals, func(l line) bool { return l.Key == "ctrl_interface" }) // is nobody's call
	if len(given) < globals || len(given) > setByNM {
		t.Errorf("there are %d globals, not %d:\n%s", len(given), globals, out)
	}
	for _, l := range slices.Concat(given, answer.Interfaces[0].Network) {
		if l.Columns["captured"] != l.Columns["supplicant"] {
			t.Errorf("%s: %v", l.Key, l.Columns)
		}
	}
	if strings.Contains(string(out), testenv.Password) {
		t.Errorf("the password is in\n%s", out)
	}
}

// TestNothingTellsSecrets runs every command in every form, in labs whose secrets are known, and looks for them in all that
// is printed.
func TestNothingTellsSecrets(t *testing.T) {
	t.Parallel()
	for scenario, more := range map[string]struct{ secrets, interfaces []string }{
		"8021x-peap":       {secrets: []string{testenv.Password}, interfaces: []string{"eth0"}},
		"8021x-md5":        {secrets: []string{testenv.Password}, interfaces: []string{"eth0"}},
		"openvpn-password": {secrets: []string{testenv.Password}, interfaces: []string{"eth0", "tun0"}},
		"vpnc":             {secrets: []string{testenv.Password, testenv.GroupSecret}, interfaces: []string{"eth0", "tun0"}},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, scenario)
			if strings.HasPrefix(scenario, "8021x") { // what is looked for is found where it is told
				out := lab.MustRun(t, program, "show-wpa-config", "eth0", "--show-secrets")
				if tells(string(out), more.secrets[0]) == "" {
					t.Errorf("the secret is not found in\n%s", out)
				}
			}
			for _, args := range everyCommand(more.interfaces) {
				c := lab.Command(deadline(t, patience), program, args...)
				out, _ := c.CombinedOutput() // whatever it ends with
				for _, secret := range more.secrets {
					if told := tells(string(out), secret); told != "" {
						t.Errorf("nmdebug %v tells a secret: %s", args, told)
					}
				}
			}
		})
	}
}

// tells finds a line in which a secret stands as a value. The word itself may stand in what nmdebug says of secrets.
func tells(text, secret string) string {
	for line := range strings.Lines(text) {
		for _, form := range []string{`"` + secret + `"`, `"` + secret + `\"`, "=" + secret, "'" + secret + "'"} {
			if strings.Contains(line, form) && !strings.Contains(line, `"`+secret+`":`) {
				return line
			}
		}
	}
	return ""
}

func everyCommand(interfaces []string) [][]string {
	commands := [][]string{
		{"status"},
		{"status", "-o", "json"},
		{"why"},
		{"why", "-o", "json"},
		{"check"},
		{"check", "-o", "json"},
		{"quality"},
		{"quality", "-o", "json"},
		{"doctor"},
		{"doctor", "-o", "json"},
		{"graph"},
		{"graph", "-o", "json"},
		{"log", "--since", "10m"},
		{"log", "--since", "10m", "-o", "jsonl"},
		{"blame"},
		{"show-wpa-config"},
		{"show-wpa-config", "--all", "--origin"},
		{"show-wpa-config", "-o", "json"},
		{"show-wpa-config", "-o", "yaml"},
		{"show-wpa-config", "--diff"},
		{"show-wpa-config", "--diff", "-o", "json"},
	}
	for _, name := range interfaces {
		commands = append(commands, []string{"detail", name}, []string{"detail", name, "-o", "json"},
			[]string{"derive-wpa-config", name}, []string{"derive-wpa-config", name, "-o", "json"})
	}
	return commands
}
