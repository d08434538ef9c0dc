package keyfile_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"nmdebug/nmwatch/keyfile"
	"nmdebug/nmwatch/profile"
)

func parse(t *testing.T, text string) keyfile.File {
	t.Helper()
	f, err := keyfile.Parse(strings.NewReader(text), "/etc/profiles")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// value reads a property, whatever it is.
func value(p profile.Profile, setting, property string) any {
	if s, ok := p.Text(setting, property); ok {
		return s
	}
	if n, ok := p.Number(setting, property); ok {
		return n
	}
	if on, ok := p.Switch(setting, property); ok {
		return on
	}
	if b, ok := p.Bytes(setting, property); ok {
		return b
	}
	if list, ok := p.List(setting, property); ok {
		return list
	}
	if s, ok := p.Secret(setting, property); ok {
		return s.Reveal()
	}
	return nil
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		group, line       string
		setting, property string
		want              any
	}{
		{"connection", "type=wifi", "connection", "type", "802-11-wireless"},
		{"connection", "type=ethernet", "connection", "type", "802-3-ethernet"},
		{"connection", "type=macsec", "connection", "type", "macsec"},
		{"connection", "id = two words \r", "connection", "id", "two words "},
		{"connection", "permissions=user:alice:;user:bob:;", "connection", "permissions", []string{"user:alice:", "user:bob:"}},
		{"wifi", "ssid=home", "802-11-wireless", "ssid", []byte("home")},
		{"802-11-wireless", "ssid=home", "802-11-wireless", "ssid", []byte("home")},
		{"wifi", "ssid=104;105;", "802-11-wireless", "ssid", []byte("hi")},
		{"wifi", "ssid= 104 ; 0;255;", "802-11-wireless", "ssid", []byte{104, 0, 255}},
		{"wifi", "ssid=104;256;", "802-11-wireless", "ssid", []byte("104;256;")},
		{"wifi", "ssid=12345", "802-11-wireless", "ssid", []byte("12345")},
		{"wifi", `ssid=a\\;b\;c`, "802-11-wireless", "ssid", []byte("a;b;c")},
		{"wifi", `ssid=\stab\tbe`, "802-11-wireless", "ssid", []byte(" tab\tbe")},
		{"wifi", "ssid=Käse", "802-11-wireless", "ssid", []byte("Käse")},
		{"wifi", "bssid=00:11:22:aa:bb:CC", "802-11-wireless", "bssid", []byte{0, 0x11, 0x22, 0xaa, 0xbb, 0xcc}},
		{"wifi", "bssid=0;17;34;170;187;204;", "802-11-wireless", "bssid", []byte{0, 0x11, 0x22, 0xaa, 0xbb, 0xcc}},
		{"wifi", "hidden=yes", "802-11-wireless", "hidden", true},
		{"wifi", "channel=0x0b", "802-11-wireless", "channel", int64(11)},
		{"wifi-security", "pmf=3", "802-11-wireless-security", "pmf", int64(3)},
		{"wifi-security", "proto=wpa;rsn;", "802-11-wireless-security", "proto", []string{"wpa", "rsn"}},
		{"wifi-security", "psk=\\scorrect horse", "802-11-wireless-security", "psk", " correct horse"},
		{"wifi-security", "psk-flags=1", "802-11-wireless-security", "psk-flags", int64(1)},
		{"802-1x", "eap=tls", "802-1x", "eap", []string{"tls"}},
		{"802-1x", `altsubject-matches=DNS:a\;b;DNS:c;`, "802-1x", "altsubject-matches", []string{"DNS:a;b", "DNS:c"}},
		{"802-1x", "password-raw=1;2;3;", "802-1x", "password-raw", "\x01\x02\x03"},
		{"802-1x", "password-raw=", "802-1x", "password-raw", ""},
		{"802-1x", "ca-cert=file:///etc/ca.pem", "802-1x", "ca-cert", []byte("file:///etc/ca.pem\x00")},
		{"802-1x", "ca-cert=/etc/ca.pem", "802-1x", "ca-cert", []byte("file:///etc/ca.pem\x00")},
		{"802-1x", "ca-cert=ca.pem", "802-1x", "ca-cert", []byte("file:///etc/profiles/ca.pem\x00")},
		{"802-1x", "ca-cert=47;97;0;", "802-1x", "ca-cert", []byte("file:///a\x00")},
		{"802-1x", "ca-cert=48;130;", "802-1x", "ca-cert", []byte{0x30, 0x82}},
		{"802-1x", "private-key=pkcs11:object=key", "802-1x", "private-key", []byte("pkcs11:object=key\x00")},
		{"802-1x", "private-key=data:;base64,MIIB", "802-1x", "private-key", []byte{0x30, 0x82, 0x01}},
		{"macsec", "encrypt=false", "macsec", "encrypt", false},
		{"ipv4", "method=auto", "ipv4", "method", "auto"},
	} {
		f := parse(t, "# comment\n\n["+c.group+"]\n"+c.line+"\n")
		if got := value(f.Profile, c.setting, c.property); !reflect.DeepEqual(got, c.want) || len(f.Ignored) > 0 {
			t.Errorf("[%s] %s: %#v, want %#v; ignored: %v", c.group, c.line, got, c.want, f.Ignored)
		}
	}
}

func TestStructure(t *testing.T) {
	f := parse(t, "[connection]\nid=one\n[ethernet]\n\n  [connection]  \nid=two\n")
	if got := f.Profile.ID(); got != "two" {
		t.Errorf("id = %q: the last line should win", got)
	}
	if !f.Profile.Has("802-3-ethernet") {
		t.Error("a group without lines is a setting, too")
	}
	if f.Profile.SecretsOmitted {
		t.Error("a file holds the secrets that it has")
	}
}

func TestIgnored(t *testing.T) {
	f := parse(t, "[wifi]\nchannel=six\nbssid=nobody\nhidden=perhaps\n[802-1x]\nca-cert=data:;base64,%%\nca-cert=\n[wifi-security]\npsk=se\\cret\n")
	want := []string{
		`line 2: 802-11-wireless.channel is ignored: "six" is no number`,
		`line 3: 802-11-wireless.bssid is ignored: "nobody" is no hardware address`,
		`line 4: 802-11-wireless.hidden is ignored: "perhaps" is neither true nor false`,
		`line 6: 802-1x.ca-cert is ignored: the content is not base64`,
		`line 7: 802-1x.ca-cert is ignored: names no certificate`,
		`line 9: 802-11-wireless-security.psk is ignored: the value cannot be read`,
	}
	var got []string
	for _, p := range f.Ignored {
		got = append(got, p.String())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ignored\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"id=x\n":                    "line 1: a key before the first [group]",
		"[a]\n\nnonsense\n":         "line 3: neither a [group], nor key=value, nor a comment",
		"[a\n":                      "line 1: a group that is not closed by ]",
		"[]\n":                      `line 1: "" is no name of a group`,
		"[a]\n=x\n":                 `line 2: "" is no name of a key`,
		"[a]\nkey=\xff\n":           "line 2: the value of key is not UTF-8; other bytes are written as a list of numbers",
		"[a]\n# ok\n[b]trailing]\n": `line 3: "b]trailing" is no name of a group`,
	} {
		_, err := keyfile.Parse(strings.NewReader(text), "/")
		var at *keyfile.Error
		if !errors.As(err, &at) || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzParse wants an answer to any file: a profile that can be read throughout, or an error that names a line.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"[connection]\nid=home\ntype=wifi\n[wifi]\nssid=104;111;109;101;\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=correct horse\n",
		"[802-1x]\neap=tls;\nca-cert=data:;base64,MIIB\nclient-cert=/a.pem\nprivate-key=pkcs11:id=%01?pin-value=1\n",
		"[a]\nb=\\", "[wifi]\nssid=\\;1;", "[\x00]\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := keyfile.Parse(strings.NewReader(string(data)), "/etc")
		if err != nil {
			var at *keyfile.Error
			if !errors.As(err, &at) || at.Line < 1 {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		for _, setting := range file.Profile.Settings() {
			for _, property := range file.Profile.Properties(setting) {
				if value(file.Profile, setting, property) == nil {
					t.Errorf("%s.%s has a value that nobody can read", setting, property)
				}
			}
		}
	})
}

// TestName has a UUID that NetworkManager 1.42.4 gave.
func TestName(t *testing.T) {
	f := parse(t, "[connection]\ntype=ethernet\n")
	f.Name("fast.nmconnection")
	if f.Profile.ID() != "fast" || f.Profile.UUID() != "05e18e13-6276-31d5-9bc5-d657151367ab" {
		t.Errorf("id %q, uuid %q", f.Profile.ID(), f.Profile.UUID())
	}
	f = parse(t, "[connection]\nid=mine\nuuid=u\n")
	f.Name("fast.nmconnection")
	if f.Profile.ID() != "mine" || f.Profile.UUID() != "u" {
		t.Errorf("what the file says is replaced: id %q, uuid %q", f.Profile.ID(), f.Profile.UUID())
	}
}
