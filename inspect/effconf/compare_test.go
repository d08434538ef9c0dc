package effconf_test

import (
	"strings"
	"testing"

	"nmdebug/inspect/effconf"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// with gives the profile and the network block in use a value.
func with(key, value string) func(*wpatypes.Interface) {
	return func(i *wpatypes.Interface) { i.Network.Properties[key] = value }
}

// apart is an interface that is not connected, and sees an access point of its network.
func apart(change func(*wpatypes.BSS)) func(*wpatypes.Interface) {
	return func(i *wpatypes.Interface) {
		other := *i.BSS
		change(&other)
		i.BSS, i.State, i.AuthMode = nil, "scanning", "INACTIVE"
		i.Seen = []wpatypes.BSS{other}
	}
}

func TestCompare(t *testing.T) {
	const point = "the access point 02:00:00:00:02:00"
	for _, c := range []struct {
		name    string
		changes []func(*wpatypes.Interface)
		want    string // the texts of the differences, "!" before those that are fatal
	}{
		{"agreed", []func(*wpatypes.Interface){with("key_mgmt", "WPA-PSK"), with("pairwise", "CCMP"), with("group", "CCMP")}, ""},
		{"one of several", nil, "Of WPA-PSK, WPA-PSK-SHA256, FT-PSK and SAE, which the profile allows, WPA2-PSK is in use: " + point + " offers WPA-PSK. " +
			"Of the pairwise ciphers CCMP and TKIP, which are allowed, the access point chose CCMP. " +
			"Of the group ciphers CCMP and TKIP, which are allowed, the access point chose CCMP."},
		{
			"PMF is required and not offered",
			[]func(*wpatypes.Interface){with("ieee80211w", "2"), with("key_mgmt", "WPA-PSK"), apart(func(b *wpatypes.BSS) { b.PMF = wpatypes.ProtectionNone })},
			"!PMF is required by the profile; " + point + " does not offer it.",
		},
		{
			"PMF is disabled and required",
			[]func(*wpatypes.Interface){with("ieee80211w", "0"), with("key_mgmt", "WPA-PSK"), apart(func(b *wpatypes.BSS) { b.PMF = wpatypes.ProtectionRequired })},
			"!The access point 02:00:00:00:02:00 requires PMF; it is disabled by the profile.",
		},
		{
			"nothing in common",
			[]func(*wpatypes.Interface){with("key_mgmt", "WPA-PSK"), apart(func(b *wpatypes.BSS) { b.RSN = &wpatypes.Suites{KeyMgmt: []string{"sae", "wpa-ft-psk"}} })},
			"!The profile allows WPA-PSK; " + point + " offers SAE and FT-PSK: they have none in common.",
		},
		{
			"an open network",
			[]func(*wpatypes.Interface){with("key_mgmt", "WPA-PSK"), apart(func(b *wpatypes.BSS) { b.RSN = nil })},
			"!The profile allows WPA-PSK; " + point + " offers NONE: they have none in common.",
		},
		{
			"another SSID",
			[]func(*wpatypes.Interface){apart(func(b *wpatypes.BSS) { b.SSID = []byte("home ") })},
			`!No access point is seen that calls itself "home". An SSID is bytes: a blank at its end or other letters make another network.`,
		},
		{
			"another access point and band",
			[]func(*wpatypes.Interface){with("key_mgmt", "WPA-PSK"), with("bssid", "02:00:00:00:00:09"), with("freq_list", "5180 5200"), apart(func(*wpatypes.BSS) {})},
			"!The profile is bound to the access point 02:00:00:00:00:09; 02:00:00:00:02:00 is seen. " +
				"!The access point 02:00:00:00:02:00 is on 2412 MHz, which the band or channel of the profile leaves out.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := home(c.changes...)
			var got []string
			accepted := effconf.OfSupplicant(i, effconf.InForce(i), false)
			asked := effconf.Account{Source: effconf.Derived, Network: accepted.Network}
			for _, d := range effconf.Compare(i, asked, accepted) {
				text := d.Text
				if d.Fatal {
					text = "!" + text
				}
				got = append(got, text)
			}
			hold(t, c.want, strings.Join(got, " "))
		})
	}
}

func TestCompareEAP(t *testing.T) {
	network := &wpatypes.Network{Path: "/1/Networks/0", Properties: map[string]string{"key_mgmt": "IEEE8021X", "eap": "TTLS PEAP"}}
	wired := wpatypes.Interface{Name: "eth0", Driver: "wired", State: wpatypes.StateCompleted, AuthMode: "EAP-PEAP", Network: network}
	refused := wired
	refused.State, refused.AuthMode, refused.EAP.Refused = "associated", "INACTIVE", "MD5"
	for _, c := range []struct {
		in   wpatypes.Interface
		want string
	}{
		{wired, "Of TTLS and PEAP, which the profile allows, the server chose EAP-PEAP."},
		{refused, "The server proposes EAP-MD5; the profile allows TTLS and PEAP."},
	} {
		got := effconf.Compare(c.in, effconf.Account{}, effconf.OfSupplicant(c.in, network, false))
		if len(got) != 1 || got[0].Text != c.want {
			t.Errorf("got %+v, want %s", got, c.want)
		}
	}
}

// What the supplicant has otherwise than the profile gives it is told with both, and no secret.
func TestDrift(t *testing.T) {
	i := home(with("key_mgmt", "WPA-PSK"), with("pairwise", "CCMP"), with("group", "CCMP"), with("bssid", "02:00:00:00:02:00"))
	asked := derived()
	asked.Network["ieee80211w"] = effconf.Value{Text: "2"}
	want := map[string]string{
		"key_mgmt": "The profile gives key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK SAE; the supplicant has WPA-PSK.",
		"bssid":    "The supplicant has bssid=02:00:00:00:02:00, which the profile does not give it.", "ieee80211w": "The profile gives ieee80211w=2, which the supplicant does not have.",
		"pairwise": "The supplicant has pairwise=CCMP, which the profile does not give it.", "group": "The supplicant has group=CCMP, which the profile does not give it.",
	}
	for _, d := range effconf.Compare(i, asked, effconf.OfSupplicant(i, i.Network, false)) {
		if !strings.HasPrefix(d.Text, want[d.Key]) || want[d.Key] == "" {
			t.Errorf("%s: %s", d.Key, d.Text)
		}
		delete(want, d.Key)
		if strings.Contains(d.Text+d.Profile+d.Accepted, "very secret") {
			t.Errorf("%+v has a secret", d)
		}
	}
	for key := range want {
		t.Errorf("nothing is told of %s", key)
	}
}

func TestCompareFile(t *testing.T) {
	i := home()
	accounts := []effconf.Account{effconf.OfSupplicant(i, i.Network, false), derived()}
	const works = `ctrl_interface=/run/x
network={
	ssid="other"
}
network={
	ssid="home"
	psk="very secret"
	key_mgmt=WPA-PSK
}
`
	theirs, err := wpaconf.Parse(strings.NewReader(works))
	if err != nil {
		t.Fatal(err)
	}
	told := func(secrets bool) map[string]effconf.Against {
		found := map[string]effconf.Against{}
		for _, a := range effconf.CompareFile(effconf.Join("wlan0", accounts, secrets), theirs) {
			if strings.Contains(a.InForce+a.File+a.Text, "very secret") {
				t.Errorf("%+v has a secret", a)
			}
			found[a.Key] = a
		}
		return found
	}
	found := told(false)
	if a := found["key_mgmt"]; a.InForce != "WPA-PSK WPA-PSK-SHA256 FT-PSK SAE" || a.File != "WPA-PSK" || !strings.Contains(a.Do, "key-mgmt") {
		t.Errorf("key_mgmt: %+v", a)
	}
	if a := found["pmf"]; !a.Global || a.InForce != "1" || a.File != "" || a.Text == "" {
		t.Errorf("pmf: %+v", a)
	}
	if a := found["psk"]; !a.Unknown || !a.Secret {
		t.Errorf("psk: %+v", a)
	}
	for _, key := range []string{"ssid", "ctrl_interface", "network", "bss_expiration_age"} {
		if a, there := found[key]; there {
			t.Errorf("%s: %+v", key, a)
		}
	}
	if a, there := told(true)["psk"]; there {
		t.Errorf("the same psk differs: %+v", a)
	}
}
