package wifi_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"nmdebug/testenv/sent"
	"nmdebug/testenv/wifilab"
)

// TestDerivedIsSent activates a profile of every kind of network. Whether there is such a network does not matter: what
// NetworkManager sends to wpa_supplicant, and logs of it, is what is derived from its profile and from the profile's file.
func TestDerivedIsSent(t *testing.T) {
	lab := wifilab.Start(t)
	must(t, lab.Install(deadline(t), program, "nmdebug"))
	conn, err := lab.Dial(context.WithoutCancel(t.Context()))
	must(t, err)
	spy := sent.Watch(deadline(t), t, conn)
	for _, p := range profiles() {
		t.Run(p.Name, func(t *testing.T) {
			must(t, lab.AddProfile(deadline(t), p))
			must(t, lab.Activate(deadline(t), p))
			network := spy.Network(deadline(t))
			log, err := lab.Run(deadline(t), "journalctl", "-b", "-q", "-o", "cat", "-u", "NetworkManager")
			must(t, err)
			for _, of := range []string{p.Name, "/etc/NetworkManager/system-connections/" + p.Name + ".nmconnection"} {
				derived := derive(t, lab, of)
				derived.Equal(t, network, string(log))
			}
		})
	}
}

func derive(t *testing.T, lab *wifilab.Lab, of string) sent.Derived {
	t.Helper()
	out, err := lab.Run(deadline(t), "nmdebug", "derive-wpa-config", "-o", "json", "--show-secrets", of)
	if exit, ok := errors.AsType[*wifilab.ExitError](err); ok {
		t.Fatalf("derive-wpa-config %s: %v", of, exit)
	}
	must(t, err)
	return sent.Read(t, out)
}

// profiles are of every security, mode and band.
func profiles() []wifilab.Profile {
	sec := func(lines ...string) string { return "[wifi-security]\n" + strings.Join(lines, "\n") + "\n" }
	key := strings.Repeat("0a", 32)
	return []wifilab.Profile{
		{Name: "open", SSID: "cafe"},
		{Name: "hidden", SSID: "cafe", Hidden: true},
		{Name: "owe", SSID: "cafe", Security: wifilab.OWE},
		{Name: "sae", SSID: "home", Security: wifilab.WPA3},
		{Name: "psk", SSID: "home", Security: wifilab.WPA2},
		{Name: "peap", SSID: "office", Security: wifilab.PEAP},
		{Name: "tls", SSID: "office", Security: wifilab.TLS},
		{Name: "key", SSID: "\x00\xff\"#", Config: sec("key-mgmt=wpa-psk", "psk="+key, "pmf=1", "proto=rsn;", "pairwise=ccmp;", "group=ccmp;tkip;")},
		{Name: "pmf-required", SSID: "home", Config: sec("key-mgmt=wpa-psk", "psk=correct horse", "pmf=3")},
		{Name: "short-password", SSID: "home", Config: sec("key-mgmt=sae", "psk=short", "wps-method=1")},
		{Name: "suite-b", SSID: "office", Config: sec("key-mgmt=wpa-eap-suite-b-192") + "[802-1x]\neap=peap\nidentity=alice\nphase2-auth=mschapv2\npassword=secret\n"},
		{Name: "eap-pmf-required", SSID: "office", Config: sec("key-mgmt=wpa-eap", "pmf=3") + "[802-1x]\neap=ttls\nidentity=alice\nphase2-auth=pap\npassword=secret\n"},
		{Name: "dynamic-wep", SSID: "old", Config: sec("key-mgmt=ieee8021x") + "[802-1x]\neap=peap\nidentity=alice\nphase2-auth=mschapv2\npassword=secret\n"},
		{Name: "leap", SSID: "old", Config: sec("key-mgmt=ieee8021x", "auth-alg=leap", "leap-username=alice", "leap-password=secret")},
		{Name: "wep", SSID: "old", Config: sec("key-mgmt=none", "auth-alg=shared", "wep-key-type=1", "wep-key0=abcdef1234", "wep-key1=12345", "wep-tx-keyidx=1")},
		{Name: "wep-passphrase", SSID: "old", Config: sec("key-mgmt=none", "wep-key-type=2", "wep-key0=no key at all")},
		{Name: "locked", SSID: "cafe", Config: "[wifi]\nbssid=02:00:00:00:0a:bc\nband=a\n"},
		{Name: "channel", SSID: "cafe", Config: "[wifi]\nband=bg\nchannel=11\n"},
		{Name: "access-point", SSID: "mine", Config: "[wifi]\nmode=ap\nband=bg\nchannel=6\nap-isolation=1\n" + sec("key-mgmt=wpa-psk", "psk=correct horse")},
		{Name: "access-point-anywhere", SSID: "mine", Config: "[wifi]\nmode=ap\n" + sec("key-mgmt=wpa-psk", "psk=correct horse", "proto=rsn;")},
		{Name: "mesh", SSID: "ours", Config: "[wifi]\nmode=mesh\nband=bg\nchannel=1\n"},
		{Name: "ad-hoc", SSID: "ours", Config: "[wifi]\nmode=adhoc\nband=bg\nchannel=1\n"},
	}
}
