package derive_test

import (
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/nmwatch/profile"
)

// recorded is one case: a profile, what else was given, and what NetworkManager made of it.
type recorded struct {
	Name         string
	UUID         string
	Settings     map[string]map[string]any
	Capabilities []string
	MTU          uint32
	PrivateUser  string `json:"private_user"`
	MultipleAPs  bool   `json:"multiple_aps"`
	Since        string `json:"since_nm"`
	Scope        string
	Exact        *bool `json:"expect_exact_keyset"`
	Error        bool  `json:"expect_error"`
	Expect       map[string]recordedValue
	Absent       []string `json:"must_be_absent"`
	Set          [][3]any
}

type recordedValue struct {
	Type  string
	Value any
}

// native gives the value as AddNetwork has it.
func (v recordedValue) native(t *testing.T) any {
	t.Helper()
	switch v.Type {
	case "i":
		return int32(v.Value.(float64))
	case "ay":
		value, err := hex.DecodeString(v.Value.(string))
		if err != nil {
			t.Fatal(err)
		}
		return value
	default:
		return v.Value
	}
}

// TestUpstreamCases holds the derivation to the cases with which NetworkManager tests itself.
func TestUpstreamCases(t *testing.T) {
	var cases []recorded
	load(t, "testdata/supplicant-config-cases.json", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			given := derive.Given{Version: derive.Version{Major: 1, Minor: 42}, Interface: derive.Interface{MTU: c.MTU}}
			if c.Since != "" {
				given.Version = derive.Version{Major: 1, Minor: 59}
			}
			var able []derive.Capability
			for _, name := range c.Capabilities {
				able = append(able, derive.Capability(strings.ToLower(name)))
			}
			given.Capabilities = derive.Able(able...)
			given.Files = map[string][]byte{"<certs>/test-cert.p12": pkcs12(t)}
			result, err := derive.Network(c.profile(t), given)
			if c.Error != (err != nil) {
				t.Fatalf("error %v, want one: %t", err, c.Error)
			}
			if err == nil {
				c.check(t, result)
			}
		})
	}
}

// TestCaptures holds it to what NetworkManager 1.42.4 sent for wired profiles that it was given by D-Bus.
func TestCaptures(t *testing.T) {
	var captures struct{ Cases []recorded }
	load(t, "testdata/wired-8021x-captures.json", &captures)
	for _, c := range captures.Cases {
		t.Run(c.Name, func(t *testing.T) {
			result, err := derive.Network(c.profile(t), derive.Given{
				Version:      derive.Version{Major: 1, Minor: 42, Micro: 4},
				Capabilities: derive.Debian12(),
				Interface:    derive.Interface{MTU: c.MTU},
				BlobDir:      "/run/NetworkManager/system-connections",
			})
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, result)
			c.checkSet(t, result.Interface)
		})
	}
}

func (c recorded) check(t *testing.T, r derive.Result) {
	t.Helper()
	got := r.Reveal()
	for key, want := range c.Expect {
		if !reflect.DeepEqual(got[key], want.native(t)) {
			t.Errorf("%s = %#v, want %#v", key, got[key], want.native(t))
		}
	}
	for key := range got {
		_, expected := c.Expect[key]
		if slices.Contains(c.Absent, key) || !expected && (c.Exact == nil || *c.Exact) {
			t.Errorf("%s = %#v is too much", key, got[key])
		}
	}
}

func (c recorded) checkSet(t *testing.T, got []derive.Setting) {
	t.Helper()
	if len(got) != len(c.Set) {
		t.Fatalf("%d properties are set, want %d: %v", len(got), len(c.Set), got)
	}
	for i, want := range c.Set {
		value := want[2]
		if want[1] == "u" {
			value = uint32(value.(float64))
		}
		if got[i].Name != want[0] || got[i].Value != value {
			t.Errorf("set %s = %#v, want %s = %#v", got[i].Name, got[i].Value, want[0], value)
		}
	}
}

// profile reads the settings, which JSON has in forms of its own.
func (c recorded) profile(t *testing.T) profile.Profile {
	t.Helper()
	p := profile.New()
	for setting, properties := range c.Settings {
		for name, value := range properties {
			if object, ok := value.(map[string]any); ok && object["scheme"] == "path" {
				p.Set(setting, name, []byte("file://"+object["path"].(string)+"\x00"))
				continue
			}
			p.Set(setting, name, fromJSON(t, value))
		}
	}
	if p.Type() == "" { // only the 802.1X of a profile was tested
		p.Set("connection", "type", "802-3-ethernet")
	}
	if c.PrivateUser != "" {
		p.Set("connection", "permissions", []string{"user:" + c.PrivateUser + ":"})
	}
	return p
}

func fromJSON(t *testing.T, value any) any {
	t.Helper()
	switch v := value.(type) {
	case float64:
		return int64(v)
	case []any:
		list := make([]string, len(v))
		for i, element := range v {
			list[i] = element.(string)
		}
		return list
	case map[string]any:
		return unhex(t, v["hex"].(string))
	case string:
		if text, ok := strings.CutPrefix(v, "ay:"); ok {
			return unhex(t, text)
		}
	}
	return value
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	value, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// pkcs12 is the outside of a PKCS#12 container; nothing looks inside.
func pkcs12(t *testing.T) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Version int
		Content struct{ Kind asn1.ObjectIdentifier }
	}{3, struct{ Kind asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func load(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
