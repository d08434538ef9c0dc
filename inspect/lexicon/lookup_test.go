package lexicon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nmdebug/inspect/lexicon"
)

// brief writes entries as "kind code" or, where there is no code, "kind word".
func brief(entries []lexicon.Entry) string {
	var list []string
	for _, e := range entries {
		if e.Coded {
			list = append(list, fmt.Sprintf("%s %d", e.Kind, e.Code))
		} else {
			list = append(list, fmt.Sprintf("%s %s", e.Kind, e.Word))
		}
	}
	return strings.Join(list, ", ")
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		// numbers
		{"reason 7", "device-reason 7, 802.11-reason 7, active-reason 7, tls-cert-error 7"},
		{"nm 7", "device-reason 7, active-reason 7, vpn-state 7"},
		{"nm reason 7", "device-reason 7, active-reason 7"},
		{"device-reason 7", "device-reason 7"},
		{"802.11 15", "802.11-reason 15, 802.11-status 15"},
		{"WLAN 15", "802.11-reason 15, 802.11-status 15"},
		{"802.11 reason 15", "802.11-reason 15"},
		{"reason-code 15", "802.11-reason 15"},
		{"reason code 15", "802.11-reason 15"},
		{"reason code: 15", "802.11-reason 15"},
		{"status 17", "802.11-status 17"},
		{"status_code=17", "802.11-status 17"},
		{"-3", "802.11-reason -3"},
		{"reason=-3 locally_generated", "802.11-reason -3"},
		{"reason=3 locally_generated=1", "802.11-reason -3"},
		{"reason=3 locally_generated=0", "802.11-reason 3"},
		{"eap 25", "eap-method 25"},
		{"eap 4", "eap-code 4, eap-method 4"},
		{"eap method 4", "eap-method 4"},
		{"tls 42", "tls-alert 42"},
		{"SSL alert number 48", "tls-alert 48"},
		{"vpn reason 6", "active-reason 6"},
		{"connectivity 4", "connectivity 4"},
		{"dhcp 6", "dhcp-message 6"},
		{"dhcpv6 status 2", "dhcpv6-status 2"},
		{"state 100", "device-state 100"},
		{"GENERAL.STATE: 100 (connected)", "device-state 100"},
		{"100 (connected)", "device-state 100"},
		// pairs
		{"120,7", "device-reason 7, device-state 120"},
		{"120, 7", "device-reason 7, device-state 120"},
		{"(120,7)", "device-reason 7, device-state 120"},
		{"120 (failed) reason 7", "device-reason 7, device-state 120"},
		{"state failed (120), reason no-secrets (7)", "device-reason 7, device-state 120"},
		{"7 (no-secrets)", "device-reason 7"},
		{"60->120", "device-state 60, device-state 120"},
		{"100 → 110 → 30", "device-state 100, device-state 110, device-state 30"},
		{"60->120 (reason 'no-secrets')", "device-reason 7"},
		{"[60 120 7]", "device-reason 7, device-state 60, device-state 120"},
		// words
		{"no-secrets", "device-reason 7, active-reason 9"},
		{"No_Secrets", "device-reason 7, active-reason 9"},
		{"vpn no-secrets", "active-reason 9"},
		{"NM_DEVICE_STATE_REASON_NO_SECRETS", "device-reason 7"},
		{"nm_device_state_reason_no_secrets", "device-reason 7"},
		{"WLAN_REASON_DISASSOC_LOW_ACK", "802.11-reason 34"},
		{"carrier", "device-reason 40"},
		{"ssid not found", "device-reason 53"},
		{"4WAY_HANDSHAKE", "supplicant-state 7"},
		{"4way_handshake", "supplicant-state 7"},
		{"PEAP", "eap-method 25"},
		{"EAP-PEAP", "eap-method 25"},
		{"AKA'", "eap-method 50"},
		{"unknown ca", "tls-alert 48"},
		{"Unknown CA", "tls-alert 48"},
		{"wrong key", "network-disabled wrong-key"},
		{"remote TLS alert", "eap-signal remote-tls-alert"},
		{"neigh failed", "neighbour-state 32"},
		{"LOWERLAYERDOWN", "operstate 3"},
		{"DHCPNAK", "dhcp-message 6"},
		{"NoAddrsAvail", "dhcpv6-status 2"},
		{"connected (site only)", "global-state 60"},
		{"connecting (getting IP configuration)", "device-state 70"},
		{"captive portal", "connectivity 2"},
		// nothing
		{"", ""},
		{"   \t", ""},
		{"hello world", ""},
		{"reason 999", ""},
		{"99999999999999999999", ""},
		{"Associated with 192.0.2.11 at 11:15", ""},
		{"wpa_supplicant[7]: started", ""},
	} {
		if got := brief(lexicon.Lookup(tt.query)); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.query, got, tt.want)
		}
	}
}

func TestLookupLine(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{
			"wlan0: CTRL-EVENT-DISCONNECTED bssid=02:00:00:15:07:00 reason=15 locally_generated=1",
			"802.11-reason -15, supplicant-event ctrl-event-disconnected",
		},
		{
			"<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:15:07:00 reason=15",
			"802.11-reason 15, supplicant-event ctrl-event-disconnected",
		},
		{
			"Sep 10 05:11:56 rpi2b wpa_supplicant[388]: wlan0: CTRL-EVENT-ASSOC-REJECT bssid=00:00:00:00:00:00 status_code=16",
			"802.11-status 16, supplicant-event ctrl-event-assoc-reject",
		},
		{
			"wlan0: CTRL-EVENT-AUTH-REJECT 02:00:00:00:03:00 auth_type=3 auth_transaction=2 status_code=15",
			"802.11-status 15, supplicant-event ctrl-event-auth-reject",
		},
		{
			`wlan0: CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="x" auth_failures=2 duration=20 reason=WRONG_KEY`,
			"network-disabled wrong-key, supplicant-event ctrl-event-ssid-temp-disabled",
		},
		{
			"CTRL-EVENT-EAP-TLS-CERT-ERROR reason=1 depth=1 subject='/CN=x' err='self-signed certificate in certificate chain'",
			"tls-cert-error 1, supplicant-event ctrl-event-eap-tls-cert-error",
		},
		{"CTRL-EVENT-EAP-PROPOSED-METHOD vendor=0 method=13 -> NAK", "eap-method 13, supplicant-event ctrl-event-eap-proposed-method"},
		{"EAP vendor 0 method 25 (PEAP) selected", "eap-method 25"},
		{"CTRL-EVENT-EAP-STATUS status='remote certificate verification' parameter='x'", "eap-signal remote-certificate-verification, supplicant-event ctrl-event-eap-status"},
		{"wlan0: CTRL-EVENT-SUBNET-STATUS-UPDATE status=0", "supplicant-event ctrl-event-subnet-status-update"},
		{"wlan0: CTRL-EVENT-SCAN-FAILED ret=-16 retry=1", "supplicant-event ctrl-event-scan-failed"},
		{"WPA: 4-Way Handshake failed - pre-shared key may be incorrect", "supplicant-event psk-mismatch, supplicant-state 7"},
		{"EAP-MSCHAPV2: error 691", "eap-method 26"},
		{"EAP: Received EAP-Failure", "eap-code 4"},
		{
			"<info>  [1700600390.9535] device (wlan0): state change: need-auth -> failed (reason 'no-secrets', managed-type: 'full')",
			"device-reason 7, device-state 60, device-state 120",
		},
		{
			"device (wlan0): state change: config -> need-auth (reason 'supplicant-disconnect', sys-iface-state: 'managed') [50 60 8]",
			"device-reason 8, device-state 50, device-state 60",
		},
		{"device (wlan0): supplicant interface state: 4way_handshake -> disconnected", "supplicant-state 7, supplicant-state 0"},
		{"sup-iface[0x55e141814520,wlp3s0]: connection disconnected (reason -3)", "802.11-reason -3"},
		{`NetworkManager[663]: <warn> vpn[0x1,uuid,"x"]: dbus: failure: connect-failed (1)`, "vpn-failure 1"},
		{"wlp3s0: deauthenticating from 02:00:00:15:07:00 by local choice (Reason: 3=DEAUTH_LEAVING)", "802.11-reason -3"},
		{"wlan0: deauthenticated from 02:00:00:15:07:00 (Reason: 15=4WAY_HANDSHAKE_TIMEOUT)", "802.11-reason 15"},
		{"wlan0: RX AssocResp from 02:00:00:15:07:00 (capab=0x411 status=17 aid=0)", "802.11-status 17"},
		{"br0: port 1(eth0) entered blocking state", "bridge-port-state 4"},
		{"wlan0: SSL: SSL3 alert: read (remote end reported an error):fatal:unknown CA", "tls-alert 48"},
		{"error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca", "tls-alert 48"},
		{"Error: Connection activation failed: (7) Secrets were required, but not provided.", "device-reason 7"},
		{"Error: Connection activation failed: The Wi-Fi network could not be found", "device-reason 53"},
		{"Error: Connection activation failed: IP configuration could not be reserved (no available address, timeout, etc.)", "device-reason 5"},
		{"192.0.2.1 dev eth0 FAILED", "neighbour-state 32"},
		{"2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT", "operstate 2"},
		{"dhclient[15]: DHCPNAK from 192.0.2.1", "dhcp-message 6"},
	} {
		if got := brief(lexicon.Lookup(tt.line)); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.line, got, tt.want)
		}
	}
}

// TestMostLikelyFirst holds which entry a bare number is first taken for.
func TestMostLikelyFirst(t *testing.T) {
	for query, want := range map[string]string{
		"7": "device-reason 7", "53": "device-reason 53", "15": "802.11-reason 15", "120": "device-state 120", "48": "tls-alert 48",
		"25": "eap-method 25", "34": "802.11-reason 34", "70": "device-state 70", "40": "device-reason 40",
	} {
		if got, _, _ := strings.Cut(brief(lexicon.Lookup(query)), ","); got != want {
			t.Errorf("%s: got %s first, want %s", query, got, want)
		}
	}
	if found := lexicon.Lookup("7"); len(found) < 5 {
		t.Errorf("7 is known to %d kinds only", len(found))
	}
}

func TestLookupKind(t *testing.T) {
	if got, want := brief(lexicon.Lookup("connectivity")), "connectivity 0, connectivity 1, connectivity 2, connectivity 3, connectivity 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSimilar(t *testing.T) {
	for query, want := range map[string]string{
		"no-secret": "no-secrets", "ssid-not-fund": "ssid-not-found", "4way handshak": "4way-handshake", "unknow ca": "unknown-ca",
		"peep": "peap", "nm no-secretz": "no-secrets", "NM_DEVICE_STATE_REASON_NO_SECRET": "no-secrets",
	} {
		if got := lexicon.Similar(query); !slices.Contains(got, want) {
			t.Errorf("%s: got %q, want %s among them", query, got, want)
		}
	}
	for _, query := range []string{"", "x", "999", "reason 999", "something quite different from all words", strings.Repeat("y", 200)} {
		if got := lexicon.Similar(query); len(got) != 0 {
			t.Errorf("%s: got %q, want nothing", query, got)
		}
	}
}

func FuzzLookup(f *testing.F) {
	for _, seed := range []string{
		"7", "-3", "120,7", "60->120 (reason 'no-secrets')", "802.11 15", "unknown ca", "EAP-AKA'", "-", "'", "a-", "-1-", "→",
		"CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=15 locally_generated=1", "reason reason reason 7", "\xff\xfe 7",
		"-2147483648", "reason=-2147483648", "locally_generated", "general.", "802.", strings.Repeat("7 ", 2000), strings.Repeat("aka'", 700),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		found := lexicon.Lookup(query)
		if len(found) > 600 {
			t.Errorf("%d entries", len(found))
		}
		for _, e := range found {
			if e.Meaning == "" || e.Source == "" {
				t.Errorf("an empty entry: %+v", e)
			}
		}
		if similar := lexicon.Similar(query); len(similar) > 5 {
			t.Errorf("%d suggestions", len(similar))
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		lexicon.Lookup("wlan0: CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=15 locally_generated=1")
	}
}
