package effconf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect/effconf"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// home is a Wi-Fi interface that NetworkManager has connected with WPA2.
func home(changes ...func(*wpatypes.Interface)) wpatypes.Interface {
	network := wpatypes.Network{Path: "/1/Networks/0", Enabled: true, Properties: map[string]string{
		"ssid": `"home"`, "key_mgmt": "WPA-PSK WPA-PSK-SHA256 FT-PSK SAE", "scan_ssid": "1", "bgscan": `"simple:30:-70:86400"`, "mode": "0",
		"pairwise": "CCMP TKIP", "ieee80211w": "3", "eapol_flags": "3", "priority": "0", "disabled": "0",
	}}
	i := wpatypes.Interface{
		Path: "/1", Name: "wlan0", Driver: "nl80211", State: wpatypes.StateCompleted, AuthMode: "WPA2-PSK",
		Config: wpatypes.Config{
			Globals: map[string]string{"ap_scan": "1", "pmf": "1", "sae_pwe": "2", "bss_expiration_age": "250", "country": ""},
			All:     []wpatypes.Network{network},
		},
		Network:     &network,
		Association: &wpatypes.Association{KeyMgmt: "WPA2-PSK", Pairwise: "CCMP", Group: "CCMP", GroupMgmt: "BIP", PMF: "1", Network: network.Path, Keys: []string{"psk"}},
		BSS: &wpatypes.BSS{
			SSID: []byte("home"), BSSID: "02:00:00:00:02:00", Frequency: 2412, Privacy: true, PMF: wpatypes.ProtectionCapable,
			RSN: &wpatypes.Suites{KeyMgmt: []string{"wpa-psk"}, Pairwise: []string{"ccmp"}, Group: "ccmp"},
		},
	}
	for _, change := range changes {
		change(&i)
	}
	return i
}

// derived is what NetworkManager's rules make of the profile of home, with its secret.
func derived() effconf.Account {
	return effconf.OfCalls(effconf.Derived, effconf.Calls{
		Driver: "nl80211", Set: map[string]any{"ApScan": uint32(1), "Pmf": "1", "SaePwe": "2", "BSSExpireAge": uint32(250), "BridgeIfname": "", "Unheard": "x"},
		Network: map[string]any{
			"ssid": []byte("home"), "key_mgmt": "WPA-PSK WPA-PSK-SHA256 FT-PSK SAE", "scan_ssid": int32(1), "bgscan": []byte("simple:30:-70:86400"), "psk": "very secret",
		},
		Why: map[string]string{"psk": "802-11-wireless-security.psk"},
	})
}

func conf(t *testing.T, c effconf.Config, origin bool) string {
	t.Helper()
	var out strings.Builder
	if err := wpaconf.Write(&out, c.File(origin)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func hold(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestJoin(t *testing.T) {
	i := home()
	accounts := []effconf.Account{derived(), effconf.OfSupplicant(i, effconf.InForce(i), false)}
	hold(t, `# wlan0: what is in force, from supplicant, derived
# wpa_supplicant -D nl80211 -i wlan0 -c FILE
bss_expiration_age=250
pmf=1
sae_pwe=2

network={
	ssid="home"
	scan_ssid=1
	# psk: set, not shown
	key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK SAE
	bgscan="simple:30:-70:86400"
}
`, conf(t, effconf.Join("wlan0", accounts, false), false))
	hold(t, `# wlan0: what is in force, from supplicant, derived
# wpa_supplicant -D nl80211 -i wlan0 -c FILE
bss_expiration_age=250  # supplicant
pmf=1  # supplicant
sae_pwe=2  # supplicant

network={
	ssid="home"  # supplicant
	scan_ssid=1  # supplicant
	psk="very secret"  # derived, 802-11-wireless-security.psk
	key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK SAE  # supplicant
	bgscan="simple:30:-70:86400"  # supplicant
}
`, conf(t, effconf.Join("wlan0", accounts, true), true))
}

// What the supplicant tells is in force: the others only add the secrets that it keeps to itself.
func TestTheSupplicantIsBelieved(t *testing.T) {
	i := home(func(i *wpatypes.Interface) { i.Association = nil })
	asked := derived()
	asked.Network["bssid"] = effconf.Value{Text: "02:00:00:00:00:09"}
	asked.Network["scan_ssid"] = effconf.Value{Text: "0"}
	c := effconf.Join("wlan0", []effconf.Account{effconf.OfSupplicant(i, effconf.InForce(i), false), asked}, false)
	for _, s := range c.Network {
		switch s.Key {
		case "bssid":
			t.Error("a line that is not in force is in the file")
		case "scan_ssid":
			if s.Value != "1" || s.Columns[effconf.Supplicant] != "1" || s.Columns[effconf.Derived] != "0" {
				t.Errorf("scan_ssid is %+v", s)
			}
		case "psk":
			if s.Value != "" || !s.Secret || s.Missing == "" || s.Origin != effconf.Derived || s.Columns[effconf.Derived] != "set" {
				t.Errorf("psk is %+v", s)
			}
		}
	}
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "control socket") {
		t.Errorf("the notes are %q", c.Notes)
	}
}

// Where the supplicant may not be read the others are shown.
func TestWithoutTheSupplicant(t *testing.T) {
	silent := effconf.Account{Source: effconf.Supplicant, Silent: "wpa_supplicant may not be read (needs root or group netdev)"}
	hold(t, `# wlan0: what is in force, from derived
# supplicant: wpa_supplicant may not be read (needs root or group netdev)
# wpa_supplicant -D nl80211 -i wlan0 -c FILE
bss_expiration_age=250
pmf=1
sae_pwe=2

network={
	ssid="home"
	scan_ssid=1
	# psk: set, not shown
	key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK SAE
	bgscan="simple:30:-70:86400"
}
`, conf(t, effconf.Join("wlan0", []effconf.Account{silent, derived()}, false), false))
	hold(t, "# wlan0: nothing tells of a configuration of wpa_supplicant\n# supplicant: wpa_supplicant may not be read (needs root or group netdev)\n",
		conf(t, effconf.Join("wlan0", []effconf.Account{silent}, false), false))
}

func TestAllWithDefaults(t *testing.T) {
	i := home()
	text := conf(t, effconf.Join("wlan0", []effconf.Account{effconf.OfSupplicant(i, i.Network, true)}, false), false)
	for _, line := range []string{"ap_scan=1", "\tmode=0", "\tieee80211w=3", "\tpairwise=CCMP TKIP"} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	if strings.Contains(text, "disabled") || strings.Contains(text, "country") {
		t.Errorf("there is what a file should not have in\n%s", text)
	}
	f, err := wpaconf.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range wpaconf.Check(f, wpaconf.Oldest()) {
		t.Error(p)
	}
}

// A PIN is nowhere but where it is asked for, and is completed by who knows it.
func TestPINs(t *testing.T) {
	network := &wpatypes.Network{Path: "/1/Networks/0", Properties: map[string]string{"key_mgmt": "IEEE8021X", "private_key": `"pkcs11:object=o?pin-value=<secret>"`}}
	i := wpatypes.Interface{Name: "eth0", Driver: "wired", Network: network, Association: &wpatypes.Association{}}
	asked := effconf.OfCalls(effconf.Derived, effconf.Calls{Network: map[string]any{"key_mgmt": "IEEE8021X", "private_key": []byte("pkcs11:object=o?pin-value=4321")}})
	accounts := []effconf.Account{effconf.OfSupplicant(i, network, false), asked}
	hold(t, `# eth0: what is in force, from supplicant, derived
# wpa_supplicant -D wired -i eth0 -c FILE

network={
	key_mgmt=IEEE8021X
	private_key="pkcs11:object=o"
	# private_key: its PIN is set, not shown
}
`, conf(t, effconf.Join("eth0", accounts, false), false))
	if text := conf(t, effconf.Join("eth0", accounts, true), false); !strings.Contains(text, `private_key="pkcs11:object=o?pin-value=4321"`) {
		t.Errorf("the PIN is not shown in\n%s", text)
	}
}

func TestBlobs(t *testing.T) {
	i := home(func(i *wpatypes.Interface) { i.Config.Blobs = map[string]int{"uuid-private-key": 6} })
	asked := derived()
	asked.Blobs = map[string]effconf.Blob{"uuid-private-key": {Size: 6, Data: []byte("secret")}}
	accounts := []effconf.Account{effconf.OfSupplicant(i, i.Network, false), asked}
	if text := conf(t, effconf.Join("wlan0", accounts, false), false); !strings.Contains(text, "# blob uuid-private-key: 6 bytes, not shown\n") || strings.Contains(text, "c2VjcmV0") {
		t.Errorf("the blob is shown otherwise in\n%s", text)
	}
	if text := conf(t, effconf.Join("wlan0", accounts, true), false); !strings.Contains(text, "blob-base64-uuid-private-key={\nc2VjcmV0\n}\n") {
		t.Errorf("the blob is missing in\n%s", text)
	}
}

// Texts from outside can neither break the file nor reach a terminal.
func TestHostileTexts(t *testing.T) {
	i := home(func(i *wpatypes.Interface) {
		i.Name = "w\x1b[31m\n\"x"
		i.Network.Properties = map[string]string{"ssid": "1b5b33316d0a", "key_mgmt": "NONE", "id_str": `"# \"`}
		i.Config.Blobs = map[string]int{"a\nb\"": 1}
	})
	account := effconf.OfSupplicant(i, i.Network, false)
	account.Notes = []string{"say \"no\"\nap_scan=5 \u202e"}
	text := conf(t, effconf.Join(i.Name, []effconf.Account{account}, false), true)
	for _, bad := range []string{"\x1b", "\u202e", "\nap_scan"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in\n%q", bad, text)
		}
	}
	if _, err := wpaconf.Parse(strings.NewReader(text)); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
}

func TestVersionOf(t *testing.T) {
	for _, c := range []struct {
		global, network string
		want            wpaconf.Version
	}{
		{"pmf", "ssid", wpaconf.Version{Major: 2, Minor: 10}},
		{"pmf", "he", wpaconf.Version{Major: 2, Minor: 11}},
		{"twt_requester", "he", wpaconf.Version{Major: 2, Minor: 12}},
	} {
		i := wpatypes.Interface{Config: wpatypes.Config{Globals: map[string]string{c.global: "0"}, All: []wpatypes.Network{{Properties: map[string]string{c.network: "0"}}}}}
		if got := effconf.VersionOf(i); got != c.want {
			t.Errorf("%s and %s are of %s, want %s", c.global, c.network, got, c.want)
		}
	}
}

func TestJournal(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	line := func(second int, iface, message string) effconf.LogLine {
		return effconf.LogLine{At: at.Add(time.Duration(second) * time.Second), Interface: iface, Message: message}
	}
	log := []effconf.LogLine{
		line(0, "wlan0", "device (wlan0): Activation: starting connection 'old'"),
		line(1, "", "Config: added 'ssid' value 'old'"),
		line(2, "eth0", "device (eth0): supplicant interface state: starting -> disconnected"),
		line(3, "", "Config: added 'eap' value 'PEAP'"),
		line(4, "wlan0", "device (wlan0): Activation: (wifi) connection 'home' has security"),
		line(5, "", "Config: added 'ssid' value 'ho'me #1'"),
		line(5, "", "Config: added 'key_mgmt' value ' WPA-PSK-SHA256'"),
		line(5, "", "Config: added 'psk' value '<hidden>'"),
		line(5, "", "Config: added 'password' value 'leaked by a newer one'"),
		line(6, "wlan0", "device (wlan0): supplicant interface state: disconnected -> associating"),
	}
	a := effconf.OfJournal(log, "wlan0")
	want := map[string]effconf.Value{
		"ssid": {Text: `P"ho'me \x231"`}, "key_mgmt": {Text: "WPA-PSK-SHA256"}, "psk": {Hidden: true}, "password": {Hidden: true},
	}
	if diff := cmp.Diff(want, a.Network); diff != "" || !a.At.Equal(at.Add(5*time.Second)) {
		t.Errorf("at %s (-want +got)\n%s", a.At, diff)
	}
	if a := effconf.OfJournal(log, "wlan1"); a.Silent == "" || a.Network != nil {
		t.Errorf("of wlan1 it tells %+v", a)
	}
}
