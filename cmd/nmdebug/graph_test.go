package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nmdebug/testenv"
)

// TestGraph draws the networks of the scenarios and holds the trees to be what really stands there.
func TestGraph(t *testing.T) {
	for scenario, want := range map[string]string{
		"8021x-openvpn": `eth0 veth
wpa_supplicant pid N
lan connection, activated
NetworkManager's DHCP pid N
10.99.0.N/24 on eth0
default via 10.99.0.1 on eth0, metric 100
10.99.0.1/32 on eth0, metric 50
vpn VPN, up
openvpn pid N
tun0 tun
10.98.0.2/24 on tun0
10.99.0.1 name server`,
		"vpnc": `eth0 veth
lan connection, activated
NetworkManager's DHCP pid N
10.99.0.N/24 on eth0
default via 10.99.0.1 on eth0, metric 100
10.99.0.1/32 on eth0, metric 50
vpn VPN, up
vpnc pid N
tun0 tun
10.97.0.N/24 on tun0
10.99.0.1 name server`,
		"macvlan": `eth0 veth
port connection, activated
br0 bridge
mac0 macvlan
macvlan connection, activated
NetworkManager's DHCP pid N
10.99.0.N/24 on mac0
default via 10.99.0.1 on mac0, metric 410
10.99.0.1 name server
bridge connection, activated
NetworkManager's DHCP pid N
10.99.0.N/24 on br0
default via 10.99.0.1 on br0, metric 425
10.99.0.1 name server`,
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, scenario)
			if got := tree(string(lab.MustRun(t, program, "graph"))); got != want {
				t.Errorf("the tree is\n%s\nwant\n%s", got, want)
			}
			lab.MustRun(t, program, "graph", "--check") // ends with 0 when nothing is wrong
		})
	}
}

// tree takes the lines of a tree without its branches, signs and what differs from run to run.
func tree(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimSpace(line), "│├└─ ●◐")
		line = regexp.MustCompile(`pid \d+`).ReplaceAllString(line, "pid N")
		line = regexp.MustCompile(`^(10\.9[79]\.0)\.1\d\d/`).ReplaceAllString(line, "$1.N/")
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestGraphCheck leaves behind what bad ends leave behind, and lets it be found.
func TestGraphCheck(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	lab.MustRun(t, "ip", "address", "add", "10.98.0.77/24", "dev", "tun0")
	lab.MustRun(t, "ip", "route", "add", "10.55.0.0/16", "dev", "eth0")
	lab.MustRun(t, "ip", "tuntap", "add", "gone0", "mode", "tun")
	lab.MustRun(t, "ip", "address", "add", "10.44.0.1/24", "dev", "gone0")
	lab.MustRun(t, "ip", "link", "set", "gone0", "up")
	client := lab.Command(t.Context(), "bash", "-c", "exec -a dhclient sh -c 'read x' eth7")
	pipe, err := client.StdinPipe()
	must(t, err)
	must(t, client.Start())
	t.Cleanup(func() { _ = pipe.Close(); _ = client.Wait() })
	must(t, testenv.Await(deadline(t, soon), "the client's command line", func(context.Context) error {
		_, err := lab.Run(t.Context(), "pgrep", "-f", "^dhclient .*eth7")
		return err
	}))

	out, err := lab.Run(t.Context(), program, "graph", "--check", "-o", "json")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 11 {
		t.Errorf("it ends with %v, want exit status 11: the process serves an interface that has no L1", err)
	}
	var answer struct {
		Findings []struct{ Code, Interface string }
	}
	must(t, json.Unmarshal(out, &answer))
	var found []string
	for _, f := range answer.Findings {
		found = append(found, f.Code+" "+f.Interface)
	}
	slices.Sort(found)
	want := []string{"leftover-address tun0", "leftover-process eth7", "leftover-route eth0", "leftover-tunnel gone0"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
