package derive_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/nmwatch/keyfile"
	"nmdebug/nmwatch/profile"
)

// The lines of profiles: what a station, an access point and so on begin with.
const (
	station     = "[connection]\nuuid=u\ntype=wifi\n[wifi]\nssid=net\n"
	accessPoint = station + "mode=ap\n"
	adHoc       = station + "mode=adhoc\n"
	mesh        = station + "mode=mesh\n"
	wire        = "[connection]\nuuid=u\ntype=ethernet\n"
	psk         = "[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\n"
	peap        = "[802-1x]\neap=peap\nidentity=alice\nphase2-auth=mschapv2\npassword=secret\n"
)

// read makes a profile of a keyfile.
func read(t *testing.T, text string) profile.Profile {
	t.Helper()
	f, err := keyfile.Parse(strings.NewReader(text), "/etc")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Ignored) > 0 {
		t.Fatalf("the profile has mistakes: %v", f.Ignored)
	}
	return f.Profile
}

// nm is a version 1.x of NetworkManager with Debian's wpa_supplicant.
func nm(minor int) derive.Given {
	return derive.Given{Version: derive.Version{Major: 1, Minor: minor}, Capabilities: derive.Debian12()}
}

// with is a version 1.58 with a supplicant that can do so much.
func with(able ...derive.Capability) derive.Given {
	return derive.Given{Version: derive.Newest(), Capabilities: derive.Able(able...)}
}

// said writes some keys of a dictionary as text; a key that is not there is left out.
func said(r derive.Result, keys ...string) string {
	dict := r.Reveal()
	var words []string
	for _, key := range keys {
		switch v := dict[key].(type) {
		case nil:
		case []byte:
			words = append(words, fmt.Sprintf("%s=%s", key, v))
		default:
			words = append(words, fmt.Sprintf("%s=%v", key, v))
		}
	}
	return strings.Join(words, "|")
}

// expectation is one row: of this profile, with that given, these keys are said so.
type expectation struct {
	name    string
	profile string
	given   derive.Given
	want    string // key=value|key=value
}

// check also holds the keys that want leaves out but names in also to be absent.
func check(t *testing.T, also string, rows []expectation) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r, err := derive.Network(read(t, row.profile), row.given)
			if err != nil {
				t.Fatal(err)
			}
			keys := strings.Fields(also)
			for word := range strings.SplitSeq(row.want, "|") {
				if key, _, _ := strings.Cut(word, "="); !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
			}
			if got := said(r, keys...); got != row.want {
				t.Errorf("said %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestKeyMgmt(t *testing.T) {
	sec := func(lines string) string { return station + "[wifi-security]\n" + lines + "\n" }
	eap := func(lines string) string { return sec(lines) + peap }
	apOf := func(text string) string { return strings.Replace(text, "ssid=net\n", "ssid=net\nmode=ap\n", 1) }
	all := derive.KnownCapabilities()
	check(t, "key_mgmt ieee80211w", []expectation{
		{"open", station, nm(42), "key_mgmt=NONE"},
		{"WEP", sec("key-mgmt=none\nwep-key0=12345"), nm(42), "key_mgmt=NONE"},
		{"dynamic WEP", eap("key-mgmt=ieee8021x"), nm(42), "key_mgmt=IEEE8021X"},
		{"OWE", sec("key-mgmt=owe"), nm(42), "key_mgmt=OWE|ieee80211w=2"},
		{"SAE", sec("key-mgmt=sae\npsk=correct horse"), nm(42), "key_mgmt=SAE FT-SAE|ieee80211w=2"},
		{"SAE without FT", sec("key-mgmt=sae\npsk=correct horse"), with(derive.PMF80211w), "key_mgmt=SAE|ieee80211w=2"},
		{"PSK", sec("key-mgmt=wpa-psk\npsk=correct horse"), nm(42), "key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK SAE FT-SAE"},
		{"PSK, nothing is able", sec("key-mgmt=wpa-psk\npsk=correct horse"), with(), "key_mgmt=WPA-PSK"},
		{"PSK without BIP", sec("key-mgmt=wpa-psk\npsk=correct horse"), with(derive.PMF80211w, derive.SAE), "key_mgmt=WPA-PSK WPA-PSK-SHA256"},
		{"PSK, PMF required", sec("key-mgmt=wpa-psk\npmf=3\npsk=correct horse"), nm(42), "key_mgmt= WPA-PSK-SHA256 FT-PSK SAE FT-SAE|ieee80211w=2"},
		{"PSK, PMF forbidden, 1.54", sec("key-mgmt=wpa-psk\npmf=1\npsk=correct horse"), nm(54), "key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK SAE FT-SAE|ieee80211w=0"},
		{"PSK, PMF forbidden, 1.56", sec("key-mgmt=wpa-psk\npmf=1\npsk=correct horse"), nm(56), "key_mgmt=WPA-PSK WPA-PSK-SHA256 FT-PSK|ieee80211w=0"},
		{"access point", apOf(sec("key-mgmt=wpa-psk\npsk=correct horse")), nm(42), "key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE"},
		{"access point, PMF forbidden, 1.42", apOf(sec("key-mgmt=wpa-psk\npmf=1\npsk=correct horse")), nm(42), "key_mgmt=WPA-PSK WPA-PSK-SHA256|ieee80211w=0"},
		{"EAP", eap("key-mgmt=wpa-eap"), nm(42), "key_mgmt=WPA-EAP FT-EAP FT-EAP-SHA384 WPA-EAP-SHA256"},
		{"EAP, PMF required", eap("key-mgmt=wpa-eap\npmf=3"), nm(42), "key_mgmt= FT-EAP FT-EAP-SHA384 WPA-EAP-SHA256 WPA-EAP-SUITE-B-192|ieee80211w=2"},
		{"EAP, FILS", eap("key-mgmt=wpa-eap"), with(all...), "key_mgmt=WPA-EAP FT-EAP FT-EAP-SHA384 WPA-EAP-SHA256 FILS-SHA256 FILS-SHA384 FT-FILS-SHA256 FT-FILS-SHA384"},
		{"EAP, FILS forbidden", eap("key-mgmt=wpa-eap\nfils=1"), with(all...), "key_mgmt=WPA-EAP FT-EAP FT-EAP-SHA384 WPA-EAP-SHA256"},
		{"EAP, FILS required", eap("key-mgmt=wpa-eap\nfils=3"), with(all...), "key_mgmt= FILS-SHA256 FILS-SHA384 FT-FILS-SHA256 FT-FILS-SHA384"},
		{"EAP, FILS required, no PMF", eap("key-mgmt=wpa-eap\nfils=3"), with(derive.FILSAuth), "key_mgmt=FILS-SHA256 FILS-SHA384"},
		{"Suite B", eap("key-mgmt=wpa-eap-suite-b-192"), nm(42), "key_mgmt=WPA-EAP-SUITE-B-192 FT-EAP-SHA384|ieee80211w=2"},
		{"PMF by configuration", sec("key-mgmt=wpa-psk\npsk=correct horse"), derive.Given{Capabilities: derive.Debian12(), Defaults: derive.Defaults{PMF: derive.PMFRequired}}, "key_mgmt= WPA-PSK-SHA256 FT-PSK SAE FT-SAE|ieee80211w=2"},
		{"nothing forbids and nothing protects", sec("key-mgmt=wpa-psk\npmf=1\npsk=correct horse"), with(), "key_mgmt=WPA-PSK"},
	})
}

func TestRadio(t *testing.T) {
	frequency := nm(42)
	frequency.Interface.Frequency = 5180
	check(t, "mode scan_ssid bssid freq_list frequency ignore_broadcast_ssid bgscan", []expectation{
		{"station", station, nm(42), "scan_ssid=1|bgscan=simple:30:-70:86400"},
		{"station of one access point", station + "bssid=aa:bb:cc:dd:ee:ff\n", nm(42), "scan_ssid=1|bssid=AA:BB:CC:DD:EE:FF"},
		{"several access points", station, derive.Given{Interface: derive.Interface{AccessPoints: 2}}, "scan_ssid=1|bgscan=simple:30:-65:300"},
		{"with 802.1X", station + "[wifi-security]\nkey-mgmt=wpa-eap\n" + peap, nm(42), "scan_ssid=1|bgscan=simple:30:-65:300"},
		{"channel", station + "band=bg\nchannel=6\n", nm(42), "scan_ssid=1|freq_list=2437|bgscan=simple:30:-70:86400"},
		{"hidden", station + "hidden=true\n", nm(42), "scan_ssid=1|bgscan=simple:30:-70:86400"},
		{"access point", accessPoint + "band=bg\nchannel=14\nhidden=true\n", nm(42), "mode=2|freq_list=2484|frequency=2484|ignore_broadcast_ssid=1"},
		{"ad hoc", adHoc + "band=a\nchannel=36\n", nm(42), "mode=1|freq_list=5180|frequency=5180"},
		{"mesh", mesh + "band=bg\nchannel=1\n", nm(42), "mode=5|freq_list=2412|frequency=2412|bgscan=simple:30:-70:86400"},
		{"on a chosen frequency", accessPoint, frequency, "mode=2|frequency=5180"},
		{"188 until 1.56", accessPoint + "band=a\nchannel=188\n", nm(56), "mode=2|freq_list=4945|frequency=4945"},
		{"188 since 1.58", accessPoint + "band=a\nchannel=188\n", nm(58), "mode=2|freq_list=4940|frequency=4940"},
		{"6 GHz", accessPoint + "band=6GHz\nchannel=37\n", nm(58), "mode=2|freq_list=6135|frequency=6135"},
		{"169 of 6 GHz", accessPoint + "band=6GHz\nchannel=169\n", nm(58), "mode=2|freq_list=6775|frequency=6775"},
	})
}

func TestBands(t *testing.T) {
	for _, c := range []struct {
		band        string
		minor       int
		count       int
		first, last string
	}{
		{"bg", 42, 14, "2412", "2484"},
		{"bg", 58, 14, "2412", "2484"},
		{"a", 42, 45, "5035", "4980"},
		{"a", 56, 45, "5035", "4980"},
		{"a", 58, 34, "5160", "4980"},
		{"6GHz", 58, 58, "5955", "7115"},
	} {
		r, err := derive.Network(read(t, station+"band="+c.band+"\n"), nm(c.minor))
		if err != nil {
			t.Fatal(err)
		}
		list := strings.Fields(r.Reveal()["freq_list"].(string))
		if len(list) != c.count || list[0] != c.first || list[len(list)-1] != c.last {
			t.Errorf("band %s of 1.%d: %d frequencies %v", c.band, c.minor, len(list), list)
		}
	}
}

func TestWidth(t *testing.T) {
	at := func(channel, width string) string {
		band := "a"
		if channel == "37" {
			band = "6GHz"
		}
		return accessPoint + "band=" + band + "\nchannel=" + channel + "\nchannel-width=" + width + "\n"
	}
	check(t, "ht40 vht_center_freq1 max_oper_chwidth", []expectation{
		{"1.48 knows none", at("36", "80"), nm(48), "frequency=5180"},
		{"20 MHz", at("36", "20"), nm(50), "ht40=0"},
		{"40 MHz", at("36", "40"), nm(50), "ht40=1|max_oper_chwidth=0"},
		{"80 MHz", at("36", "80"), nm(56), "ht40=1|vht_center_freq1=5210|max_oper_chwidth=1"},
		{"80 MHz at 100", at("100", "80"), nm(56), "ht40=1|vht_center_freq1=5530|max_oper_chwidth=1"},
		{"80 MHz at 149, until 1.54", at("149", "80"), nm(54), "ht40=1|vht_center_freq1=5770|max_oper_chwidth=1"},
		{"80 MHz at 149, since 1.56", at("149", "80"), nm(56), "ht40=1|vht_center_freq1=5775|max_oper_chwidth=1"},
		{"no such channel of 80 MHz", at("184", "80"), nm(56), "ht40=0"},
		{"no channel of 80 MHz at all", accessPoint + "band=bg\nchannel=1\nchannel-width=80\n", nm(50), "ht40=0"},
		{"6 GHz", at("37", "80"), nm(58), "ht40=1|vht_center_freq1=6145|max_oper_chwidth=1"},
	})
}

// TestHotspot lets NetworkManager choose. Where the radio's channels are not known the answer says so.
func TestHotspot(t *testing.T) {
	frequencies := map[string]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		text := strings.Replace(accessPoint, "ssid=net", "ssid="+name, 1) + "band=a\n"
		r, err := derive.Network(read(t, text), nm(42))
		if err != nil {
			t.Fatal(err)
		}
		again, err := derive.Network(read(t, text), nm(42))
		if err != nil || said(again, "frequency") != said(r, "frequency") {
			t.Errorf("%s: once %s, then %s", name, said(r, "frequency"), said(again, "frequency"))
		}
		if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "radio's own channels") }) {
			t.Errorf("%s: not said that it depends on the radio: %q", name, r.Notes)
		}
		frequencies[said(r, "frequency")] = true
	}
	if len(frequencies) < 2 {
		t.Errorf("all networks would be at %v", frequencies)
	}
}

func TestWPA(t *testing.T) {
	sec := func(lines string) string { return station + "[wifi-security]\n" + lines + "\n" }
	hexKey := strings.Repeat("0a", 32)
	check(t, "psk sae_password proto pairwise group auth_alg wps_disabled owe_only proactive_key_caching", []expectation{
		{"passphrase", sec("key-mgmt=wpa-psk\npsk=correct horse"), nm(42), "psk=correct horse"},
		{"key", sec("key-mgmt=wpa-psk\npsk=" + hexKey), nm(42), "psk=" + strings.Repeat("\n", 32)},
		{"short password of SAE", sec("key-mgmt=sae\npsk=short"), nm(42), "sae_password=short"},
		{"long password of SAE", sec("key-mgmt=sae\npsk=" + hexKey), nm(42), "sae_password=" + hexKey},
		{"ciphers", sec("key-mgmt=wpa-psk\npsk=correct horse\nproto=rsn\npairwise=ccmp;tkip\ngroup=ccmp"), nm(42), "psk=correct horse|proto=RSN|pairwise=CCMP TKIP|group=CCMP"},
		{"Suite B", sec("key-mgmt=wpa-eap-suite-b-192\npairwise=ccmp") + peap, nm(42), "pairwise=GCMP-256|group=GCMP-256|proactive_key_caching=1"},
		{"OWE", sec("key-mgmt=owe"), nm(42), "owe_only=1"},
		{"WEP has no ciphers", sec("key-mgmt=none\nproto=rsn\nauth-alg=shared\nwps-method=1"), nm(42), "auth_alg=SHARED|wps_disabled=1"},
		{"dynamic WEP does not cache", sec("key-mgmt=ieee8021x") + peap, nm(42), "eap=PEAP"},
	})
}

func TestWEPAndLEAP(t *testing.T) {
	sec := func(lines string) string { return station + "[wifi-security]\n" + lines + "\n" }
	check(t, "wep_key0 wep_key1 wep_tx_keyidx eap identity password", []expectation{
		{"second key", sec("key-mgmt=none\nwep-key1=12345\nwep-tx-keyidx=1"), nm(42), "wep_key1=12345|wep_tx_keyidx=1"},
		{"hexadecimal", sec("key-mgmt=none\nwep-key0=4142434445"), nm(42), "wep_key0=ABCDE|wep_tx_keyidx=0"},
		{"guessed passphrase", sec("key-mgmt=none\nwep-key0=no key"), nm(42), "wep_key0=\xb0\x90\xde\x8e\xbe\x13\x94\x4f\x21\xc3\xd1\xc4\x0d|wep_tx_keyidx=0"},
		{"none at all", sec("key-mgmt=none"), nm(42), ""},
		{"LEAP", sec("key-mgmt=ieee8021x\nauth-alg=leap\nleap-username=alice\nleap-password=secret"), nm(42), "eap=LEAP|identity=alice|password=secret"},
	})
}

func TestErrors(t *testing.T) {
	sec := func(lines string) string { return station + "[wifi-security]\n" + lines + "\n" }
	private := strings.Replace(wire, "uuid=u", "uuid=u\npermissions=user:alice:;", 1)
	for _, c := range []struct {
		name, profile string
		given         derive.Given
		want          string
	}{
		{"no type", "[connection]\nid=x\n", nm(42), "connection.type: is missing"},
		{"no supplicant", "[connection]\ntype=bridge\n", nm(42), "connection.type: bridge needs no wpa_supplicant"},
		{"plain wire", wire, nm(42), "802-1x: the profile has no such setting, so that no wpa_supplicant is needed"},
		{"no SSID", "[connection]\ntype=wifi\n", nm(42), "802-11-wireless.ssid: is missing"},
		{"long SSID", strings.Replace(station, "ssid=net", "ssid="+strings.Repeat("x", 33), 1), nm(42), `802-11-wireless.ssid: "` + strings.Repeat("x", 33) + `" is not a value that NetworkManager lets through as ssid`},
		{"no key-mgmt", sec("psk=correct horse"), nm(42), "802-11-wireless-security.key-mgmt: is missing"},
		{"unknown key-mgmt", sec("key-mgmt=wpa-none"), nm(42), `802-11-wireless-security.key-mgmt: "wpa-none" is not one that NetworkManager knows`},
		{"short psk", sec("key-mgmt=wpa-psk\npsk=short"), nm(42), "802-11-wireless-security.psk: has 5 characters, not 8 to 63"},
		{"psk not hexadecimal", sec("key-mgmt=wpa-psk\npsk=" + strings.Repeat("x", 64)), nm(42), "802-11-wireless-security.psk: has 64 characters and is not hexadecimal"},
		{"PMF", sec("key-mgmt=wpa-psk\npmf=3\npsk=correct horse"), with(), "802-11-wireless-security.pmf: is required, and wpa_supplicant cannot do it"},
		{"FILS", sec("key-mgmt=wpa-eap\nfils=3") + peap, nm(42), "802-11-wireless-security.fils: is required, and wpa_supplicant cannot do it"},
		{"WEP key", sec("key-mgmt=none\nwep-key-type=1\nwep-key0=123"), nm(42), "802-11-wireless-security.wep-key0: has 3 characters: a key has 5 or 13, or 10 or 26 hexadecimal digits"},
		{"LEAP with WPA", sec("key-mgmt=wpa-eap\nauth-alg=leap") + peap, nm(42), "802-11-wireless-security.auth-alg: leap needs key-mgmt ieee8021x, not wpa-eap"},
		{"EAP without 802-1x", sec("key-mgmt=wpa-eap"), nm(42), "802-1x: is missing, which key-mgmt wpa-eap needs"},
		{"band of the future", station + "band=6GHz\n", nm(56), `802-11-wireless.band: "6GHz" is not a band that NetworkManager 1.56.0 knows`},
		{"no such channel", station + "band=bg\nchannel=36\n", nm(42), "802-11-wireless.channel: 36 is not a channel of the band bg"},
		{"no method", wire + "[802-1x]\nidentity=alice\n", nm(42), "802-1x.eap: is missing"},
		{"external", wire + "[802-1x]\neap=external\n", nm(42), "802-1x.eap: external means that others than NetworkManager configure it, so that wpa_supplicant cannot"},
		{"unknown method", wire + "[802-1x]\neap=teap\n", nm(42), `802-1x.eap: "TEAP" is not a value that NetworkManager lets through as eap`},
		{"FAST without PAC", wire + "[802-1x]\neap=fast\n", nm(42), "802-1x.pac-file: EAP-FAST needs it, unless phase1-fast-provisioning allows wpa_supplicant to get one"},
		{"FAST without FAST", wire + "[802-1x]\neap=fast\npac-file=/x\n", with(), "802-1x.eap: wpa_supplicant cannot do EAP-FAST"},
		{"long password", wire + "[802-1x]\neap=md5\npassword=" + strings.Repeat("x", 256) + "\n", nm(42), "802-1x.password: its value is not one that NetworkManager lets through as password"},
		{"user's directory", private + "[802-1x]\neap=md5\nca-path=/home/alice\n", nm(58), "802-1x.ca-path: a profile of the user alice alone may not name a directory"},
		{"CAK", "[connection]\ntype=macsec\n[macsec]\nmka-cak=00\nmka-ckn=00\n", nm(42), "macsec.mka-cak: is not 32 hexadecimal digits"},
		{"CKN", "[connection]\ntype=macsec\n[macsec]\nmka-cak=" + strings.Repeat("00", 16) + "\n", nm(42), "macsec.mka-ckn: is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := derive.Network(read(t, c.profile), c.given)
			var because *derive.Error
			if !errors.As(err, &because) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
