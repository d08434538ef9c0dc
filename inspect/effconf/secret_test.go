package effconf_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nmdebug/inspect/effconf"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// Whatever the sources tell: unless secrets are asked for, none is in the answer, in the file or in the differences.
func TestNoSecretIsTold(t *testing.T) {
	var secret, public []string
	for k := range wpaconf.Keys(wpaconf.Network) {
		if k.Secret {
			secret = append(secret, k.Name)
		} else if k.Kind == wpaconf.Text {
			public = append(public, k.Name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		const word = "Zq7Xw9"
		dict := map[string]any{"key_mgmt": "WPA-PSK SAE", "ssid": []byte("home")}
		for _, key := range rapid.SliceOfN(rapid.SampledFrom(secret), 1, 6).Draw(t, "secret") {
			dict[key] = rapid.SampledFrom([]any{word + "12", []byte(word), `"` + word + `#"`}).Draw(t, key)
		}
		for _, key := range rapid.SliceOfN(rapid.SampledFrom(public), 0, 4).Draw(t, "public") {
			dict[key] = []byte(rapid.SampledFrom([]string{"/path", "pkcs11:o;pin-value=" + word, "pkcs11:o?a=b&PIN-VALUE=" + word, "pkcs11:o?pin-source=" + word}).Draw(t, key))
		}
		asked := effconf.OfCalls(effconf.Derived, effconf.Calls{Network: dict, Blobs: map[string][]byte{"key": []byte(word)}})
		i := wpatypes.Interface{Name: "wlan0", Driver: "nl80211", Network: &wpatypes.Network{Properties: map[string]string{"ssid": `"home"`, "ca_cert": `"x"`}}}
		accounts := []effconf.Account{effconf.OfSupplicant(i, i.Network, false), asked}
		if rapid.Bool().Draw(t, "only derived") {
			accounts = accounts[1:]
		}
		c := effconf.Join("wlan0", accounts, false)
		var file strings.Builder
		if err := wpaconf.Write(&file, c.File(true)); err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		differences := fmt.Sprint(effconf.Compare(i, asked, effconf.OfSupplicant(i, i.Network, false)))
		hex := fmt.Sprintf("%x", word)
		for _, told := range []string{file.String(), string(answer), differences} {
			if strings.Contains(told, word) || strings.Contains(told, hex) || strings.Contains(told, "WnE3WHc5") { // base64
				t.Errorf("a secret is in\n%s", told)
			}
		}
	})
}
