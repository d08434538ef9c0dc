package blame_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect/blame"
	"nmdebug/nmwatch/record"
)

// timeline reads lines such as "0.5 eth0 device config" and "2 - vpn office starting".
func timeline(t *testing.T, text string) []record.Line {
	t.Helper()
	kinds := map[string]record.MarkKind{"device": record.DeviceMark, "supplicant": record.SupplicantMark, "eap": record.EAPMark, "lease": record.LeaseMark, "connection": record.ConnectionMark, "vpn": record.VPNMark}
	var lines []record.Line
	for row := range strings.Lines(text) {
		words := strings.Fields(row)
		if len(words) == 0 {
			continue
		}
		seconds, err := strconv.ParseFloat(words[0], 64)
		if err != nil || kinds[words[2]] == 0 {
			t.Fatalf("%q: %v", row, err)
		}
		l := record.Line{At: time.Unix(0, int64(seconds*1e9)).UTC(), Interface: strings.TrimPrefix(words[1], "-")}
		l.Mark = record.Mark{Kind: kinds[words[2]], State: words[len(words)-1]}
		if l.Mark.Kind == record.VPNMark || l.Mark.Kind == record.ConnectionMark {
			l.Mark.Title = words[3]
		}
		lines = append(lines, l)
	}
	return lines
}

// summary gives activations in the form "eth0 activated 2.5 s, slowest DHCP: prepare 0.1, DHCP 2.4".
func summary(all []blame.Activation) []string {
	var lines []string
	for _, a := range all {
		var steps []string
		for _, s := range a.Steps {
			steps = append(steps, fmt.Sprintf("%s %.4g", s.Name, s.Took))
		}
		lines = append(lines, fmt.Sprintf("%s%s %s %.4g s, slowest %s: %s", a.Interface, a.VPN, a.Outcome, a.Took, a.Slowest, strings.Join(steps, ", ")))
	}
	return lines
}

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		name, timeline string
		want           []string
	}{
		{
			"a cable", `
			0.0 eth0 device prepare
			0.1 eth0 device config
			0.2 eth0 device ip-config
			0.3 eth0 lease asking
			2.3 eth0 lease bound
			2.4 eth0 device ip-check
			2.5 eth0 device secondaries
			2.6 eth0 device activated`,
			[]string{"eth0 activated 2.6 s, slowest DHCP: prepare 0.1, link 0.1, addresses 0.1, DHCP 2, addresses 0.1, scripts 0.1, VPNs that belong to it 0.1"},
		},
		{
			"Wi-Fi, with a secret that is asked for, and a second try of the handshake", `
			0 wlan0 device prepare
			0 wlan0 device config
			0 wlan0 device need-auth
			5 wlan0 device prepare
			5 wlan0 device config
			5 wlan0 supplicant scanning
			7 wlan0 supplicant authenticating
			7.1 wlan0 supplicant associating
			7.2 wlan0 supplicant associated
			7.3 wlan0 supplicant 4way_handshake
			9.3 wlan0 supplicant scanning
			9.4 wlan0 supplicant 4way_handshake
			13.4 wlan0 supplicant completed
			13.5 wlan0 device ip-config
			13.6 wlan0 device activated`,
			[]string{"wlan0 activated 13.6 s, slowest 4-way handshake: wait for secrets 5, scan 2, authenticate 0.1, associate 0.1, wait for the other side 0.1, 4-way handshake 2, scan 0.1, 4-way handshake 4, link is up 0.1, addresses 0.1"},
		},
		{
			"802.1X", `
			0 eth0 device prepare
			0 eth0 device config
			0.1 eth0 supplicant associated
			2.1 eth0 eap started
			5.1 eth0 eap success
			5.2 eth0 supplicant completed
			5.2 eth0 device ip-config
			5.3 eth0 device activated`,
			[]string{"eth0 activated 5.3 s, slowest EAP: link 0.1, wait for the other side 2, EAP 3, EAP over 0.1, addresses 0.1"},
		},
		{
			"two sources tell the same", `
			0.0 eth0 device prepare
			0.01 eth0 device prepare
			1.0 eth0 device config
			1.01 eth0 device config
			2.0 eth0 device activated
			2.01 eth0 device activated`,
			[]string{"eth0 activated 2 s, slowest link: prepare 1, link 1"},
		},
		{
			"one fails, one is abandoned, one is under way", `
			0 eth0 device prepare
			1 eth0 device failed
			2 eth0 device prepare
			3 eth0 device config
			4 eth0 device deactivating
			5 eth0 device prepare
			6 eth0 device config
			8 eth0 lease asking`,
			[]string{"eth0 failed 1 s, slowest prepare: prepare 1", "eth0 abandoned 2 s, slowest link: prepare 1, link 1", "eth0 under way 3 s, slowest link: prepare 1, link 2"},
		},
		{
			"a VPN that is told of by signals", `
			0 - vpn office prepare
			1 - vpn office need-auth
			2 - vpn office connect
			5 - vpn office ip-config-get
			6 - vpn office activated`,
			[]string{"office activated 6 s, slowest connect: plugin 1, wait for secrets 1, connect 3, addresses 1"},
		},
		{
			"a VPN that only logs tell of", `
			0 - vpn office starting
			1 tun0 device prepare
			1.5 tun0 device activated`,
			[]string{"tun0office activated 1.5 s, slowest plugin: plugin 1.5", "tun0 activated 0.5 s, slowest prepare: prepare 0.5"},
		},
		{
			"a VPN that fails", `
			0 - vpn office starting
			3 - vpn office failed`,
			[]string{"office failed 3 s, slowest plugin: plugin 3"},
		},
		{"what began before is left out", `
			0 eth0 device config
			1 eth0 device activated
			2 - vpn office connect`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, summary(blame.Of(timeline(t, tt.timeline)))); d != "" {
				t.Error(d)
			}
		})
	}
}

// A signal reaches us some milliseconds after the daemon has logged the same: told twice, in another order, it counts once.
func TestLogsCountWhereTheyTell(t *testing.T) {
	lines := timeline(t, "0 eth0 device prepare\n1 eth0 device config\n3 eth0 device activated")
	for i := range lines {
		lines[i].Kind = record.Log
	}
	signals := timeline(t, "1.5 eth0 device prepare\n1.6 eth0 device config\n3.1 eth0 device activated")
	all := slices.Concat(lines[:2], signals[:2], lines[2:], signals[2:])
	if d := cmp.Diff([]string{"eth0 activated 3 s, slowest link: prepare 1, link 2"}, summary(blame.Of(all))); d != "" {
		t.Error(d)
	}
}

// A log tells the connection's name before the first state of its activation, signals after it.
func TestNames(t *testing.T) {
	for _, tt := range []struct{ name, timeline, want string }{
		{"told before", `
			0 wlan0 connection home
			1 wlan0 device prepare
			2 wlan0 device failed
			3 wlan0 connection cafe
			4 wlan0 device prepare
			5 wlan0 device activated`, "wlan0 home, wlan0 cafe"},
		{"told after", `
			0 wlan0 device prepare
			1 wlan0 connection home
			2 wlan0 device failed
			3 wlan0 device prepare
			4 wlan0 connection cafe
			5 wlan0 device activated`, "wlan0 home, wlan0 cafe"},
		{"the next is told while the one before is ending", `
			0 wlan0 connection home
			1 wlan0 device prepare
			2 wlan0 connection cafe
			3 wlan0 device deactivating
			4 wlan0 device prepare
			5 wlan0 device activated`, "wlan0 home, wlan0 cafe"},
		{"not told of one", `
			0 wlan0 connection home
			1 wlan0 device prepare
			2 wlan0 device failed
			3 wlan0 device prepare
			4 wlan0 device activated
			5 eth0 device prepare
			6 eth0 device activated`, "wlan0 home, wlan0 , eth0 "},
		{"a VPN", "0 - vpn office starting\n1 - vpn office failed", " office"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, a := range blame.Of(timeline(t, tt.timeline)) {
				got = append(got, a.Interface+" "+a.Connection)
				for _, name := range []string{a.Interface, a.Connection} {
					if !a.Named(name) || a.Named("other") {
						t.Errorf("%+v is not named %s alone", a, name)
					}
				}
			}
			if d := cmp.Diff(tt.want, strings.Join(got, ", ")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestShare(t *testing.T) {
	a := blame.Of(timeline(t, "0 eth0 device prepare\n1 eth0 device config\n4 eth0 device activated"))[0]
	if a.Share("link") != 0.75 || a.Share("prepare") != 0.25 || a.Share("none") != 0 {
		t.Errorf("the shares are %v, %v, %v", a.Share("link"), a.Share("prepare"), a.Share("none"))
	}
}
