package wpaconf_test

import (
	"fmt"
	"testing"

	"nmdebug/wpadbus/wpaconf"
)

// The defaults of the tables are those that a network of AddNetwork({}) and a new interface have in wpa_supplicant 2.10.
func TestDefaults(t *testing.T) {
	var network map[string]string
	load(t, "wpas-2.10-network-defaults.json", &network)
	network["disabled"] = "0" // 1 until the network is selected
	for k := range wpaconf.Keys(wpaconf.Network) {
		if k.Knows(wpaconf.Oldest()) && k.Default != network[k.Name] {
			t.Errorf("the default of %s is %q, want %q", k.Name, k.Default, network[k.Name])
		}
		delete(network, k.Name)
	}
	for key := range network {
		t.Errorf("%s is not in the table", key)
	}
	var properties map[string]any
	load(t, "wpas-2.10-interface-defaults.json", &properties)
	for k := range wpaconf.Keys(wpaconf.Global) {
		v, ok := properties[k.Property]
		delete(properties, k.Property)
		if !ok || k.Name == "ctrl_interface" { // that of the daemon's own command line
			continue
		}
		want := map[any]string{true: "1", false: "0"}[v]
		if want == "" {
			want = fmt.Sprint(v)
		}
		if k.Default != want {
			t.Errorf("the default of %s is %q, want %q", k.Name, k.Default, want)
		}
	}
	for _, state := range []string{
		"State", "Scanning", "Ifname", "Driver", "BridgeIfname", "ConfigFile", "CurrentAuthMode", "RoamTime", "RoamComplete", "SessionLength", "BSSTMStatus",
	} {
		delete(properties, state)
	}
	for property := range properties {
		t.Errorf("the property %s has no key", property)
	}
}

func TestLookup(t *testing.T) {
	for _, s := range []wpaconf.Section{wpaconf.Global, wpaconf.Network, wpaconf.Cred, wpaconf.Identity} {
		n := 0
		for k := range wpaconf.Keys(s) {
			n++
			if found, ok := wpaconf.Lookup(s, k.Name); !ok || found != k {
				t.Errorf("%s %s is found as %+v", s, k.Name, found)
			}
		}
		if n < 4 {
			t.Errorf("%q has %d keys", s, n)
		}
	}
	for _, name := range []string{"", "#", "psk psk", "nothing", "\n"} {
		if k, ok := wpaconf.Lookup(wpaconf.Network, name); ok {
			t.Errorf("%q is found as %+v", name, k)
		}
	}
	offload, _ := wpaconf.Lookup(wpaconf.Network, "macsec_offload")
	if offload.Knows(wpaconf.Version{Major: 2, Minor: 10}) || !offload.Knows(wpaconf.Version{Major: 2, Minor: 11}) {
		t.Error("macsec_offload came with 2.11")
	}
}

func TestCheck(t *testing.T) {
	v210, v212 := wpaconf.Version{Major: 2, Minor: 10}, wpaconf.Version{Major: 2, Minor: 12}
	for _, c := range []struct {
		text    string
		version wpaconf.Version
		want    string // the problem; "" for none
	}{
		{"ap_scan=1\nwmm_ac_be_aifs=3\ntx_queue_data0_aifs=1\n", v210, ""},
		{"nothing=1\n", v210, "line 1: nothing: no such key"},
		{"eapol_version=4\n", v210, "line 1: eapol_version: a number from 1 to 3 is expected"},
		{"ap_scan=one\n", v210, "line 1: ap_scan: a number is expected"},
		{"ap_scan=0x1\n", v210, ""},
		{"network={\nmacsec_offload=1\n}\n", v210, "line 2: macsec_offload: wpa_supplicant 2.10 does not know this key, which came with 2.11"},
		{"network={\nmacsec_offload=1\n}\n", v212, ""},
		{"network={\ndh_file=\"/x\"\n}\n", v212, ""}, // ignored with a warning
		{"network={\nssid=home\n}\n", v210, `line 2: ssid: "quotes" or hexadecimal digits are expected: neither "quoted" nor hexadecimal`},
		{"network={\nssid=\"012345678901234567890123456789012\"\n}\n", v210, "line 2: ssid: 0 to 32 bytes are expected, not 33"},
		{"network={\npsk=\"secret7\"\n}\n", v210, "line 2: psk: a passphrase of 8 to 63 characters in quotes is expected, or 64 hexadecimal digits"},
		{"network={\npsk=P\"longenough\"\n}\n", v210, "line 2: psk: a passphrase of 8 to 63 characters in quotes is expected, or 64 hexadecimal digits"},
		{"network={\npsk=ext:home\npassword=hash:00112233445566778899aabbccddeeff\n}\n", v210, ""},
		{"network={\nmka_cak=\"x\"\n}\n", v210, "line 2: mka_cak: hexadecimal digits are expected"},
		{"network={\nidentity=NULL\n}\n", v210, ""},
		{"identity={\ndik=00\n}\n", v210, "line 1: identity: wpa_supplicant 2.10 does not know such a block"},
		{"identity={\ndik=00\n}\n", v212, ""},
	} {
		problems := wpaconf.Check(parse(t, c.text), c.version)
		got := ""
		for _, p := range problems {
			got += p.String()
		}
		if got != c.want {
			t.Errorf("%q with %s: got %q, want %q", c.text, c.version, got, c.want)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]wpaconf.Version{"2.10": {Major: 2, Minor: 10}, "v2.11-hostap_2_11": {Major: 2, Minor: 11}, "2.12-devel": {Major: 2, Minor: 12}} {
		if v, err := wpaconf.ParseVersion(text); err != nil || v != want {
			t.Errorf("%s is %s: %v", text, v, err)
		}
	}
	if _, err := wpaconf.ParseVersion("two"); err == nil {
		t.Error("two is a version")
	}
}
