package derive_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/nmwatch/profile"
)

func TestEAP(t *testing.T) {
	login := func(lines string) string { return wire + "[802-1x]\nidentity=alice\n" + lines + "\n" }
	mtu := func(n uint32) derive.Given { return derive.Given{Interface: derive.Interface{MTU: n}} }
	check(t, "eap phase1 phase2 pac_file ca_path ca_path2 openssl_ciphers", []expectation{
		{"two methods", login("eap=tls;peap;external;\nphase2-auth=mschapv2"), nm(42), "eap=TLS PEAP|phase2=auth=MSCHAPV2"},
		{"autheap", login("eap=ttls\nphase2-autheap=gtc"), nm(42), "eap=TTLS|phase2=autheap=GTC"},
		{"versions", login("eap=peap\nphase1-peapver=1\nphase1-peaplabel=1\nphase2-auth=md5"), nm(42), "eap=PEAP|phase1=peapver=1 peaplabel=1|phase2=auth=MD5"},
		{"TLS versions", login("eap=tls\nphase1-auth-flags=0x1ef"), nm(42), "eap=TLS|phase1=tls_disable_tlsv1_0=0 tls_disable_tlsv1_1=0 tls_disable_tlsv1_2=0 tls_disable_tlsv1_3=0 tls_disable_time_checks=1"},
		{"TLS versions disabled", login("eap=tls\nphase1-auth-flags=0x13"), nm(42), "eap=TLS|phase1=tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1 tls_disable_tlsv1_3=1"},
		{"provisioned PAC", login("eap=fast\nphase1-fast-provisioning=1\nphase2-auth=mschapv2"), nm(42), "eap=FAST|phase1=fast_provisioning=1|pac_file=blob://pac-blob-u"},
		{"PAC file", login("eap=fast\nphase1-fast-provisioning=0\npac-file=/etc/a.pac\nphase2-auth=mschapv2"), nm(42), "eap=FAST|phase1=fast_provisioning=0|phase2=auth=MSCHAPV2|pac_file=/etc/a.pac"},
		{"system's authorities", login("eap=tls\nsystem-ca-certs=true\nca-path=/mine"), nm(42), "eap=TLS|ca_path=/etc/ssl/certs|ca_path2=/etc/ssl/certs"},
		{"system's authorities in one file", login("eap=tls\nsystem-ca-certs=true"), derive.Given{Defaults: derive.Defaults{SystemCA: "/etc/ca.pem", SystemCAFile: true}}, "eap=TLS|ca_cert=/etc/ca.pem|ca_cert2=/etc/ca.pem"},
		{"ciphers, 1.46", login("eap=md5\nopenssl-ciphers=HIGH"), nm(46), "eap=MD5"},
		{"ciphers, 1.48", login("eap=md5\nopenssl-ciphers=HIGH"), nm(48), "eap=MD5|openssl_ciphers=HIGH"},
		{"matches", login("eap=md5\naltsubject-matches=DNS:a;DNS:b;\nphase2-domain-suffix-match=lab"), nm(42), "eap=MD5|altsubject_match=DNS:a;DNS:b|domain_suffix_match2=lab"},
		{"MTU 600", login("eap=md5"), mtu(600), "eap=MD5|fragment_size=586"},
		{"MTU 100", login("eap=md5"), mtu(100), "eap=MD5|fragment_size=100"},
		{"MTU 9000", login("eap=md5"), mtu(9000), "eap=MD5|fragment_size=1266"},
		{"MTU 14", login("eap=md5"), mtu(14), "eap=MD5|fragment_size=1266"},
		{"SIM", login("eap=sim\npin=1234"), nm(42), "eap=SIM|pin=1234"},
		{"bytes for a password", login("eap=md5\npassword-raw=1;2;"), nm(42), "eap=MD5|password=\x01\x02"},
	})
}

func TestKeys(t *testing.T) {
	tls := func(lines string) string { return wire + "[802-1x]\neap=tls\nidentity=alice\n" + lines + "\n" }
	container := nm(42)
	container.Files = map[string][]byte{"/etc/alice": pkcs12(t), "/etc/alice.p12": []byte("-----BEGIN")}
	check(t, "private_key private_key_passwd client_cert private_key2 private_key2_passwd client_cert2", []expectation{
		{"PEM", tls("private-key=/etc/key.pem\nprivate-key-password=secret\nclient-cert=/etc/cert.pem"), nm(42), "private_key=/etc/key.pem|private_key_passwd=secret|client_cert=/etc/cert.pem"},
		{"PKCS#12 by its content", tls("private-key=/etc/alice\nprivate-key-password=secret\nclient-cert=/etc/alice"), container, "private_key=/etc/alice|private_key_passwd=secret"},
		{"not PKCS#12 by its content", tls("private-key=/etc/alice.p12\nprivate-key-password=secret\nclient-cert=/etc/alice.p12"), container, "private_key=/etc/alice.p12|private_key_passwd=secret|client_cert=/etc/alice.p12"},
		{"PKCS#12 by its name", tls("private-key=/etc/alice.p12\nprivate-key-password=secret\nclient-cert=/etc/alice.p12"), nm(42), "private_key=/etc/alice.p12|private_key_passwd=secret"},
		{"token", tls("private-key=pkcs11:object=key;type=private&pin-value=1\nprivate-key-password=12 34%\nclient-cert=pkcs11:object=cert\nclient-cert-password-flags=4"), nm(42), "private_key=pkcs11:object=key;type=private?pin-value=12%2034%25|client_cert=pkcs11:object=cert"},
		{"token, PIN not known", tls("private-key=pkcs11:object=key\nclient-cert=/etc/cert.pem"), nm(42), "private_key=pkcs11:object=key?pin-value=|client_cert=/etc/cert.pem"},
		{"inside of the tunnel", tls("phase2-private-key=/etc/key.pem\nphase2-private-key-password=secret\nphase2-client-cert=/etc/cert.pem"), nm(42), "private_key2=/etc/key.pem|private_key2_passwd=secret|client_cert2=/etc/cert.pem"},
		{"content", tls("private-key=data:;base64,a2V5\nprivate-key-password=secret\nclient-cert=data:;base64,Y2VydA=="), nm(42), "private_key=blob://u-private_key|client_cert=blob://u-client_cert"},
	})
}

func TestBlobs(t *testing.T) {
	text := strings.Replace(wire, "uuid=u", "uuid=u\npermissions=user:alice:;", 1) +
		"[802-1x]\neap=tls\nca-cert=/home/alice/ca.pem\nprivate-key=data:;base64,a2V5\nprivate-key-password-flags=4\n"
	micro := func(minor, micro int) derive.Version { return derive.Version{Major: 1, Minor: minor, Micro: micro} }
	for version, reads := range map[derive.Version]bool{
		micro(42, 4): false, micro(50, 3): false, micro(52, 1): false, micro(52, 2): true, micro(54, 2): false, micro(54, 3): true, micro(56, 0): true,
	} {
		r, err := derive.Network(read(t, text), derive.Given{Version: version, Files: map[string][]byte{"/home/alice/ca.pem": []byte("authority")}})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]byte{"u-private_key": []byte("key")}
		if reads {
			want["u-ca_cert"] = []byte("authority")
		}
		if got := r.RevealBlobs(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: blobs %q, want %q", version, got, want)
		}
	}
}

func TestLargeBlobs(t *testing.T) {
	p := read(t, wire+"[802-1x]\neap=md5\n")
	p.Set("802-1x", "ca-cert", make([]byte, 65537))
	if _, err := derive.Network(p, nm(54)); err == nil {
		t.Error("1.54 lets more than 64 KiB through")
	}
	if _, err := derive.Network(p, nm(56)); err != nil {
		t.Error(err)
	}
}

// TestUnreadFileOfAUser: the blob is sent, its content is not known.
func TestUnreadFileOfAUser(t *testing.T) {
	p := read(t, strings.Replace(wire, "uuid=u", "uuid=u\npermissions=user:alice:;", 1)+"[802-1x]\neap=md5\nca-cert=/home/alice/ca.pem\n")
	r, err := derive.Network(p, nm(58))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Blobs) != 1 || r.Blobs[0].Content.Reveal() != nil || len(r.Notes) == 0 {
		t.Errorf("blobs %v, notes %q", r.Blobs, r.Notes)
	}
}

func TestMACsec(t *testing.T) {
	const static = "[connection]\ntype=macsec\nuuid=u\n[macsec]\nmka-cak=303132333435363738393a3b3c3d3e3f\nmka-ckn=6162\n"
	offload := func(minor int) derive.Given {
		g := nm(minor)
		g.Defaults.Offload = 2
		return g
	}
	check(t, "macsec_policy macsec_integ_only macsec_port key_mgmt mka_cak mka_ckn macsec_offload eapol_flags", []expectation{
		{"static", static, nm(42), "macsec_policy=1|macsec_integ_only=0|macsec_port=1|key_mgmt=NONE|mka_cak=0123456789:;<=>?|mka_ckn=ab"},
		{"no encryption", static + "encrypt=false\nport=7\n", nm(42), "macsec_policy=1|macsec_integ_only=1|macsec_port=7|key_mgmt=NONE|mka_cak=0123456789:;<=>?|mka_ckn=ab"},
		{"offload, 1.44", static + "offload=1\n", nm(44), "macsec_policy=1|macsec_integ_only=0|macsec_port=1|key_mgmt=NONE|mka_cak=0123456789:;<=>?|mka_ckn=ab"},
		{"offload, 1.46", static + "offload=1\n", nm(46), "macsec_policy=1|macsec_integ_only=0|macsec_port=1|key_mgmt=NONE|mka_cak=0123456789:;<=>?|mka_ckn=ab|macsec_offload=1"},
		{"offload by configuration", static + "offload=-1\n", offload(46), "macsec_policy=1|macsec_integ_only=0|macsec_port=1|key_mgmt=NONE|mka_cak=0123456789:;<=>?|mka_ckn=ab|macsec_offload=2"},
		{"802.1X", "[connection]\ntype=macsec\nuuid=u\n[macsec]\nmode=1\n" + peap, nm(42), "macsec_policy=1|macsec_integ_only=0|macsec_port=1|key_mgmt=IEEE8021X|eapol_flags=0"},
	})
}

func TestInterface(t *testing.T) {
	bridged := nm(42)
	bridged.Interface.Bridge = "br0"
	for _, c := range []struct {
		name, profile string
		given         derive.Given
		driver, want  string
	}{
		{"wire", wire + peap, nm(42), "wired", "BSSExpireAge=250 BSSExpireCount=2 Pmf=1 ApScan=0 Dot11RSNAConfigPMKLifetime=604800 ApIsolate=0"},
		{"station", station, bridged, "nl80211", "BSSExpireAge=250 BSSExpireCount=2 Pmf=1 SaePwe=2 BridgeIfname=br0 ApScan=1 Dot11RSNAConfigPMKLifetime=604800 ApIsolate=0"},
		{"port of a bridge", strings.Replace(station, "uuid=u", "uuid=u\nmaster=br1\nslave-type=bridge", 1), with(), "nl80211", "BSSExpireAge=250 BSSExpireCount=2 BridgeIfname=br1 ApScan=1 Dot11RSNAConfigPMKLifetime=604800"},
		{"access point", accessPoint + "ap-isolation=1\n", nm(42), "nl80211", "BSSExpireAge=250 BSSExpireCount=2 Pmf=1 SaePwe=2 BridgeIfname= ApScan=2 Dot11RSNAConfigPMKLifetime=604800 ApIsolate=1"},
		{"nothing is able", adHoc, with(), "nl80211", "BSSExpireAge=250 BSSExpireCount=2 BridgeIfname= ApScan=2 Dot11RSNAConfigPMKLifetime=604800"},
		{"mesh", mesh, with(), "nl80211", "BSSExpireAge=250 BSSExpireCount=2 BridgeIfname= ApScan=1 Dot11RSNAConfigPMKLifetime=604800"},
		{"MACsec", "[connection]\ntype=macsec\n[macsec]\nmka-ckn=00\n", with(), "macsec_linux", "BSSExpireAge=250 BSSExpireCount=2 ApScan=1 Dot11RSNAConfigPMKLifetime=604800"},
	} {
		r, err := derive.Network(read(t, c.profile), c.given)
		if err != nil {
			t.Fatal(err)
		}
		var set []string
		for _, s := range r.Interface {
			set = append(set, fmt.Sprintf("%s=%v", s.Name, s.Value))
		}
		if got := strings.Join(set, " "); got != c.want || r.Driver != c.driver {
			t.Errorf("%s: driver %s, set %s\nwant %s, %s", c.name, r.Driver, got, c.driver, c.want)
		}
	}
}

// TestMissing has profiles without their secrets: the keys are told, and why their values are not.
func TestMissing(t *testing.T) {
	const kept, agent, asked, absent = "set, not known: NetworkManager keeps it to itself", "an agent of the user's keeps it", "it is asked for each time", "it is not in the profile: NetworkManager would ask for it first"
	sec := func(lines string) string { return station + "[wifi-security]\n" + lines + "\n" }
	for _, c := range []struct {
		name, profile string
		omitted       bool
		want          string
	}{
		{"psk kept", sec("key-mgmt=wpa-psk"), true, "psk: " + kept},
		{"psk absent", sec("key-mgmt=sae"), false, "psk: " + absent},
		{"psk of an agent", sec("key-mgmt=sae\npsk-flags=1"), false, "psk: " + agent},
		{"OWE needs none", sec("key-mgmt=owe"), true, ""},
		{"WEP", sec("key-mgmt=none\nwep-tx-keyidx=2"), true, "wep_key2: " + kept},
		{"LEAP", sec("key-mgmt=ieee8021x\nauth-alg=leap\nleap-username=a\nleap-password-flags=2"), false, "password: " + asked},
		{"PEAP", wire + "[802-1x]\neap=peap\nphase2-auth=mschapv2\n", true, "password: " + kept},
		{"TLS inside of PEAP", wire + "[802-1x]\neap=peap\nphase2-autheap=tls\nphase2-private-key=/k.pem\n", true, "private_key2_passwd: " + kept},
		{"TLS", wire + "[802-1x]\neap=tls\nprivate-key=/k.pem\n", true, "private_key_passwd: " + kept},
		{"TLS without a password", wire + "[802-1x]\neap=tls\nprivate-key=/k.pem\nprivate-key-password-flags=4\n", true, ""},
		{"token", wire + "[802-1x]\neap=tls\nprivate-key=pkcs11:id=1\n", true, "private_key: " + kept},
		{"SIM", wire + "[802-1x]\neap=sim\n", true, "pin: " + kept},
		{"MACsec", "[connection]\ntype=macsec\n[macsec]\nmka-ckn=00\n", true, "mka_cak: " + kept},
	} {
		p := read(t, c.profile)
		p.SecretsOmitted = c.omitted
		r, err := derive.Network(p, nm(42))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range r.Missing {
			got = append(got, m.Key+": "+m.Rule)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestSecretsDoNotPrint prints whole results, in which only the PINs and passwords are secret.
func TestSecretsDoNotPrint(t *testing.T) {
	const marker = "53cr37"
	texts := []string{
		station + "[wifi-security]\nkey-mgmt=wpa-psk\npsk=" + marker + marker + "\n",
		station + "[wifi-security]\nkey-mgmt=none\nwep-key-type=1\nwep-key0=" + marker + marker + "x\n",
		wire + "[802-1x]\neap=tls\npassword=" + marker + "\nprivate-key=pkcs11:id=1?pin-value=" + marker + "\nprivate-key-password=" + marker + "\n",
		wire + "[802-1x]\neap=tls\nprivate-key=pkcs11:id=1&pin-value=" + marker + "\nprivate-key-password-flags=4\n",
		wire + "[802-1x]\neap=tls\nprivate-key=pkcs11:id=1?pin-value=" + marker + "\nprivate-key-password-flags=4\n",
		wire + "[802-1x]\neap=tls\nprivate-key=data:;base64,NTNjcjM3NTNjcjM3\npin=" + marker + "\n",
	}
	for _, text := range texts {
		r, err := derive.Network(read(t, text), nm(42))
		if err != nil && !strings.Contains(err.Error(), "characters") {
			t.Fatal(err)
		}
		if printed := fmt.Sprintf("%v %+v %#v %s %v", r, r, r, r.Dict(), err); strings.Contains(printed, marker) {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
}

func TestTrail(t *testing.T) {
	r, err := derive.Network(read(t, station+psk), nm(42))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Network {
		if e.Property == "" {
			t.Errorf("%s does not say which property gave it", e.Key)
		}
	}
}

// TestNotes has what NetworkManager knows and the derivation may not.
func TestNotes(t *testing.T) {
	late := derive.Supplicant{Capabilities: []string{"pmf", "fils"}, KeyMgmt: []string{"sae", "wpa-ft-psk"}, GroupMgmt: []string{"aes-128-cmac"}, Busy: true}.Seen()
	eap := station + "[wifi-security]\nkey-mgmt=wpa-eap\n" + peap
	r, err := derive.Network(read(t, eap), derive.Given{Capabilities: late})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said(r, "key_mgmt"), "FILS") || !strings.Contains(strings.Join(r.Notes, "\n"), "fils") {
		t.Errorf("%s: NetworkManager does not see fils; notes: %q", said(r, "key_mgmt"), r.Notes)
	}
	r, err = derive.Network(read(t, station+psk), derive.Given{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []derive.Capability{derive.PMF80211w, derive.FT, derive.SAE} {
		if !strings.Contains(strings.Join(r.Notes, "\n"), "whether wpa_supplicant can "+string(c)+" is not known") {
			t.Errorf("not said that %s is not known: %q", c, r.Notes)
		}
	}
}

func TestSupplicantSeen(t *testing.T) {
	seen := derive.Supplicant{
		Capabilities: []string{"ap", "pmf", "ft", "sha384"}, EAPMethods: []string{"TLS", "FAST"},
		KeyMgmt: []string{"sae", "wpa-psk"}, GroupMgmt: []string{"bip-cmac-256"}, HasApIsolate: true,
	}.Seen()
	want := derive.Able(derive.AP, derive.PMF80211w, derive.SHA384, derive.SAE, derive.BIP, derive.EAPFAST, derive.Isolation)
	if !reflect.DeepEqual(seen.Can, want.Can) {
		t.Errorf("seen %v, want %v", seen.Can, want.Can)
	}
	without := derive.Supplicant{Capabilities: []string{"pmf", "ft"}}.Seen()
	if _, known := without.Can[derive.SAE]; known || !without.Can[derive.FT] {
		t.Errorf("without an interface: %v", without.Can)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]derive.Version{
		"1.42": {Major: 1, Minor: 42}, "1.42.4": {Major: 1, Minor: 42, Micro: 4}, "1.52.2-1+deb13u1": {Major: 1, Minor: 52, Micro: 2},
	} {
		if got, err := derive.ParseVersion(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "x.y", "1.2.3.4", "1.-2"} {
		if v, err := derive.ParseVersion(text); err == nil {
			t.Errorf("%q is taken for %s", text, v)
		}
	}
	c, err := derive.ParseCapabilities("PMF, sae")
	if err != nil || !reflect.DeepEqual(c.Can, derive.Able(derive.PMF80211w, derive.SAE).Can) {
		t.Errorf("%v, %v", c, err)
	}
	if _, err := derive.ParseCapabilities("none"); err != nil {
		t.Error(err)
	}
	if _, err := derive.ParseCapabilities("pfm"); err == nil {
		t.Error("an unknown capability is taken")
	}
}

// FuzzNetwork derives from any profile: the answer keeps to D-Bus's types, and no secret is among what prints.
func FuzzNetwork(f *testing.F) {
	f.Add("802-11-wireless", "key-mgmt", "wpa-psk", []byte("net"), int64(3))
	f.Add("802-3-ethernet", "phase2-auth", "tls", []byte("file:///a.p12\x00"), int64(0x1ff))
	f.Add("macsec", "mka-ckn", "00", []byte{}, int64(-1))
	f.Fuzz(func(t *testing.T, kind, property, text string, data []byte, number int64) {
		p := profile.New()
		p.Set("connection", "type", kind)
		for _, setting := range []string{"802-11-wireless", "802-11-wireless-security", "802-1x", "macsec"} {
			p.Set(setting, property, text)
			for _, n := range []string{"channel", "channel-width", "pmf", "fils", "port", "offload", "mode", "phase1-auth-flags", "wep-tx-keyidx"} {
				p.Set(setting, n, number)
			}
		}
		p.Set("802-11-wireless", "ssid", data)
		p.Set("802-11-wireless", "band", text)
		p.Set("802-11-wireless-security", "key-mgmt", text)
		p.Set("802-1x", "eap", []string{text})
		p.Set("802-1x", "private-key", data)
		r, err := derive.Network(p, nm(int(number&0x3f)))
		if err != nil {
			return
		}
		for key, value := range r.Reveal() {
			switch value.(type) {
			case string, []byte, int32:
			default:
				t.Errorf("%s is a %T", key, value)
			}
		}
	})
}
