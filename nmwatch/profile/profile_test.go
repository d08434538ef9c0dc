package profile_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"nmdebug/nmwatch/profile"
)

func TestFromBus(t *testing.T) {
	p := profile.FromBus(map[string]map[string]any{
		"connection":               {"id": "home", "uuid": "u", "type": "802-11-wireless", "autoconnect": false, "timestamp": uint64(7)},
		"802-11-wireless":          {"ssid": []byte("home"), "channel": uint32(6), "unusual": []any{1}},
		"802-11-wireless-security": {"pmf": int32(3), "proto": []string{"rsn"}, "psk": "correct horse"},
		"ipv4":                     {},
	})
	if p.ID() != "home" || p.UUID() != "u" || p.Type() != "802-11-wireless" || !p.SecretsOmitted {
		t.Errorf("the connection was read as %q, %q, %q, secrets omitted: %t", p.ID(), p.UUID(), p.Type(), p.SecretsOmitted)
	}
	if on, ok := p.Switch("connection", "autoconnect"); on || !ok {
		t.Error("autoconnect was not read")
	}
	for property, want := range map[string]int64{"channel": 6, "missing": 0} {
		if n, ok := p.Number("802-11-wireless", property); n != want || ok != (want != 0) {
			t.Errorf("%s = %d, %t", property, n, ok)
		}
	}
	if list, _ := p.List("802-11-wireless-security", "proto"); !reflect.DeepEqual(list, []string{"rsn"}) {
		t.Errorf("proto = %v", list)
	}
	if got := p.Settings(); !reflect.DeepEqual(got, []string{"802-11-wireless", "802-11-wireless-security", "connection", "ipv4"}) {
		t.Errorf("settings %v", got)
	}
	if got := p.Properties("802-11-wireless"); !reflect.DeepEqual(got, []string{"channel", "ssid"}) {
		t.Errorf("properties %v: what has another type than a profile's should be left out", got)
	}
	if !p.Has("ipv4") || p.Has("ipv6") {
		t.Error("a setting without properties should be there, and no other")
	}
}

// TestSecretsDoNotPrint tries every common way to print a profile.
func TestSecretsDoNotPrint(t *testing.T) {
	const secret = "correct horse"
	p := profile.New()
	p.Set("802-11-wireless-security", "psk", secret)
	p.Set("802-1x", "password-raw", []byte(secret))
	psk, ok := p.Secret("802-11-wireless-security", "psk")
	if !ok || psk.Reveal() != secret {
		t.Fatalf("the secret is %q", psk.Reveal())
	}
	asJSON, err := json.Marshal(map[string]any{"psk": psk})
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{
		fmt.Sprint(p), fmt.Sprintf("%v %+v %#v", p, p, p), fmt.Sprintf("%s %q %v %#v", psk, psk, psk, psk), string(asJSON),
	} {
		if strings.Contains(printed, "horse") {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
}

func TestCert(t *testing.T) {
	for name, c := range map[string]struct {
		value []byte
		want  profile.Cert
	}{
		"none":            {nil, profile.Cert{}},
		"path":            {[]byte("file:///etc/ca.pem\x00"), profile.Cert{Scheme: profile.Path, Place: "/etc/ca.pem"}},
		"token":           {[]byte("pkcs11:object=key\x00"), profile.Cert{Scheme: profile.PKCS11, Place: "pkcs11:object=key"}},
		"content":         {[]byte{0x30, 0x82}, profile.Cert{Scheme: profile.Blob, Data: []byte{0x30, 0x82}}},
		"path not ended":  {[]byte("file:///etc/ca.pem"), profile.Cert{Scheme: profile.Blob, Data: []byte("file:///etc/ca.pem")}},
		"content in text": {[]byte("-----BEGIN"), profile.Cert{Scheme: profile.Blob, Data: []byte("-----BEGIN")}},
	} {
		p := profile.New()
		if c.value != nil {
			p.Set("802-1x", "ca-cert", c.value)
		}
		if got := p.Cert("802-1x", "ca-cert"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestFlags(t *testing.T) {
	p := profile.New()
	p.Set("802-1x", "password-flags", uint32(3))
	flags := p.Flags("802-1x", "password")
	if !flags.Has(profile.AgentOwned|profile.NotSaved) || flags.Has(profile.NotRequired) {
		t.Errorf("flags %d", flags)
	}
}
