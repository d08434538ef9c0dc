package wpaconf_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/wpadbus/wpaconf"
)

func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// entries is a dictionary of AddNetwork as it was captured.
type entries map[string]struct {
	Type  string
	Value any
}

func (e entries) dict(t *testing.T) map[string]any {
	t.Helper()
	dict := map[string]any{}
	for key, entry := range e {
		switch v := entry.Value.(type) {
		case float64:
			dict[key] = int32(v)
		case string:
			dict[key] = v
			if entry.Type == "ay" {
				b, err := hex.DecodeString(v)
				if err != nil {
					t.Fatalf("%s: %v", key, err)
				}
				dict[key] = b
			}
		}
	}
	return dict
}

// dictCase is a dictionary that NetworkManager sends, and what wpa_supplicant 2.10 then shows of it.
type dictCase struct {
	Name       string
	Expect     entries
	Properties map[string]string `json:"network_properties_minus_defaults"`
}

func dictCases(t *testing.T) []dictCase {
	t.Helper()
	var wired struct{ Cases []dictCase }
	var others []dictCase
	load(t, "wired-8021x-captures.json", &wired)
	load(t, "supplicant-config-cases.json", &others)
	return append(wired.Cases, others...)
}

// Of each dictionary that NetworkManager sends a file is made that wpa_supplicant 2.10 takes, and whose values are those
// that it showed.
func TestFromDict(t *testing.T) {
	for _, c := range dictCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			block, err := wpaconf.FromDict(c.Expect.dict(t))
			if err != nil {
				t.Fatal(err)
			}
			f := wpaconf.File{Blocks: []wpaconf.Block{block}}
			for _, p := range wpaconf.Check(f, wpaconf.Oldest()) {
				t.Error(p)
			}
			if diff := cmp.Diff(f, parse(t, write(t, f)), sameFile); diff != "" {
				t.Errorf("(-made +read)\n%s", diff)
			}
			for key, shown := range c.Properties {
				value, _ := block.Value(key)
				if want := wpaconf.Canonical(wpaconf.Network, key, shown); key != "disabled" && value != want {
					t.Errorf("%s is %s, want %s as of %s", key, value, want, shown)
				}
			}
		})
	}
}

func TestFromDBus(t *testing.T) {
	for _, c := range []struct {
		key  string
		v    any
		want string
	}{
		{"ssid", []byte("home"), `"home"`},
		{"ssid", []byte(`a"b`), `P"a\x22b"`},
		{"ssid", []byte("a#b"), `P"a\x23b"`},
		{"ssid", []byte("Café"), `P"Café"`},
		{"ssid", []byte("a\x1bb"), "611b62"},
		{"ssid", []byte("a\u202eb"), "61e280ae62"},
		{"ssid", []byte{0, 0xff}, "00ff"},
		{"psk", "with # and blanks", `"with # and blanks"`},
		{"psk", `with " only`, `"with " only"`},
		{"psk", []byte(strings.Repeat("\xab", 32)), strings.Repeat("ab", 32)},
		{"sae_password", `a"b#c`, `P"a\x22b\x23c"`},
		{"password", []byte("hash:"), `"hash:"`},
		{"password", []byte("NULL"), `"NULL"`},
		{"wep_key0", []byte("12345"), "3132333435"},
		{"mka_cak", []byte{1, 2}, "0102"},
		{"key_mgmt", " WPA-PSK-SHA256  SAE", "WPA-PSK-SHA256 SAE"},
		{"bssid", "02:00:00:00:00:01", "02:00:00:00:00:01"},
		{"ieee80211w", int32(2), "2"},
		{"frequency", int32(2412), "2412"},
		{"newer_than_we", []byte("x"), "78"},
		{"newer_than_we", "x y", `"x y"`},
	} {
		got, err := wpaconf.FromDBus(wpaconf.Network, c.key, c.v)
		if err != nil || got != c.want {
			t.Errorf("%s of %q is %s, want %s: %v", c.key, c.v, got, c.want, err)
		}
	}
	for property, want := range map[string]string{"FastReauth": "fast_reauth=1", "SaePwe": "sae_pwe=2", "BSSExpireAge": "bss_expiration_age=250"} {
		k, ok := wpaconf.OfProperty(property)
		got, err := wpaconf.FromDBus(wpaconf.Global, k.Name, map[string]any{"FastReauth": true, "SaePwe": "2", "BSSExpireAge": uint32(250)}[property])
		if !ok || err != nil || k.Name+"="+got != want {
			t.Errorf("%s is %s=%s, want %s: %v", property, k.Name, got, want, err)
		}
	}
	_, err := wpaconf.FromDBus(wpaconf.Network, "ssid", 1.5)
	var none *wpaconf.NoTextError
	if !errors.As(err, &none) || none.Key != "ssid" {
		t.Errorf("a fraction gave %v", err)
	}
}

// A passphrase in which a comment would begin has no form of its own.
func TestPassphraseWithoutForm(t *testing.T) {
	// The key is that of IEEE 802.11 annex J.4.2 for "password" and the SSID "IEEE".
	if key, err := wpaconf.PMK("password", []byte("IEEE")); err != nil || key != "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e" {
		t.Errorf("the key of the standard's example is %s: %v", key, err)
	}
	const passphrase = `a"b#c"def`
	key, _ := wpaconf.PMK(passphrase, []byte("home"))
	for _, c := range []struct{ keyMgmt, psk, sae string }{
		{"WPA-PSK WPA-PSK-SHA256", key, ""},
		{"WPA-PSK SAE", key, `P"a\x22b\x23c\x22def"`},
		{"SAE FT-SAE", "", `P"a\x22b\x23c\x22def"`},
	} {
		b, err := wpaconf.FromDict(map[string]any{"ssid": []byte("home"), "psk": passphrase, "key_mgmt": c.keyMgmt})
		psk, _ := b.Value("psk")
		sae, _ := b.Value("sae_password")
		if err != nil || psk != c.psk || sae != c.sae {
			t.Errorf("%s: psk=%s sae_password=%s, want %s %s: %v", c.keyMgmt, psk, sae, c.psk, c.sae, err)
		}
	}
	_, err := wpaconf.FromDict(map[string]any{"psk": passphrase})
	var none *wpaconf.NoTextError
	if !errors.As(err, &none) || none.Key != "psk" || strings.Contains(err.Error(), passphrase) || none.Instead == "" {
		t.Errorf("without an SSID: %v", err)
	}
}

func TestDecode(t *testing.T) {
	for value, want := range map[string]string{
		`"a"b"`: `a"b`, `""`: "", "00ff": "\x00\xff", `P"\\\"\n\r\t\e\x41\x4G\101\1018\q"`: "\\\"\n\r\t\x1bA\x04GAA8q", `P"é"`: "é",
	} {
		if got, err := wpaconf.Decode(value); err != nil || string(got) != want {
			t.Errorf("%s is %q, want %q: %v", value, got, want, err)
		}
	}
	for _, value := range []string{`"`, `"a"b`, "0", "0g", "home"} {
		if got, err := wpaconf.Decode(value); err == nil {
			t.Errorf("%s was read as %q", value, got)
		}
	}
}
