package wpaconf_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/wpadbus/wpaconf"
)

const hostileFile = `# psk="of a comment"
pcsc_pin=1234567
network={
	ssid="home"
	#psk="of another"
	psk="very secret" # third
	private_key="pkcs11:token=x;object=key?pin-value=4321pin&module-name=p"
	ca_cert="blob://ca"
	private_key2="blob://key"
	client_cert2=626c6f623a2f2f6d69786564
	future_password="later"
}
cred={
	username="u"
	password="of the cred"
	milenage="ki:opc:sqn"
}
identity={
	dik=00d1c0de
}
blob-base64-ca={
	aGVsbG8=
}
blob-base64-key={
	c2VjcmV0a2V5
}
blob-base64-mixed={
	LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t
}
`

func TestRedact(t *testing.T) {
	f := parse(t, hostileFile)
	before := write(t, f)
	got := write(t, wpaconf.Redact(f))
	const want = `# pcsc_pin: set, not shown
# blob key: 9 bytes, not shown
# blob mixed: 27 bytes, not shown

network={
	ssid="home"
	# psk: set, not shown
	private_key="pkcs11:token=x;object=key?module-name=p"
	# private_key: its PIN is set, not shown
	ca_cert="blob://ca"
	private_key2="blob://key"
	client_cert2=626c6f623a2f2f6d69786564
	# future_password: set, not shown
}

cred={
	username="u"
	# password: set, not shown
	# milenage: set, not shown
}

identity={
	# dik: set, not shown
}

blob-base64-ca={
aGVsbG8=
}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if write(t, f) != before {
		t.Error("the file itself was changed")
	}
}

func TestWithoutPIN(t *testing.T) {
	for value, want := range map[string]string{
		`"pkcs11:a;pin-value=1;b"`:                 `"pkcs11:a;b"`,
		`"pkcs11:a?pin-value=1"`:                   `"pkcs11:a"`,
		`"pkcs11:a?x=y&PIN-VALUE=1;2"`:             `"pkcs11:a?x=y"`,
		`"pkcs11:a?pin-source=/etc/pin&x=y"`:       `"pkcs11:a?x=y"`,
		"706b637331313a613f70696e2d76616c75653d31": `"pkcs11:a"`,
		`"/etc/key.pem"`:                           `"/etc/key.pem"`,
		"CCMP TKIP":                                "CCMP TKIP",
	} {
		if got, had := wpaconf.WithoutPIN(value); got != want || had != (got != value) {
			t.Errorf("%s became %s (%t), want %s", value, got, had, want)
		}
	}
}

func TestDiff(t *testing.T) {
	const passphrase = "network={\nssid=\"IEEE\"\npsk=\"password\"\n}\n"
	for _, c := range []struct{ name, left, right, want string }{
		{"the same in other words", "ap_scan=1\nnetwork={\nssid=\"IEEE\"\nkey_mgmt=WPA-PSK SAE\nscan_ssid=0x1\n}\n", "network={\nscan_ssid=1\nkey_mgmt=SAE  WPA-PSK\nssid=49454545\n}\n", ""},
		{"a passphrase and its key", passphrase, "network={\nssid=\"IEEE\"\npsk=F42C6FC52DF0EBEF9EBB4B90B38A5F902E83FE1B135A70E23AED762E9710A12E\n}\n", ""},
		{"secrets", passphrase, "network={\nssid=\"IEEE\"\npsk=\"passwords\"\n}\n", `network "IEEE" psk: secret secret`},
		{"a secret on one side", passphrase, "network={\nssid=\"IEEE\"\n}\n", `network "IEEE" psk: secret -`},
		{"globals", "pmf=1\n", "pmf=2\nsae_pwe=2\n", "pmf: 1 2, sae_pwe: - 2"},
		{"a value and its default", "network={\nssid=\"a\"\nieee80211w=0\n}\n", "network={\nssid=\"a\"\n}\n", `network "a" ieee80211w: 0 -`},
		{"the only networks", "network={\nssid=\"a\"\n}\n", "network={\nssid=\"b\"\n}\n", `network "a" ssid: "a" "b"`},
		{"more networks", "network={\nssid=\"a\"\n}\nnetwork={\nssid=\"b\"\n}\n", "network={\nssid=\"b\"\n}\n", `network "a": + -`},
		{"other networks", "network={\nssid=\"b\"\n}\n", "network={\nssid=\"a\"\n}\nnetwork={\nssid=\"b\"\n}\n", `network "a": - +`},
		{"PINs", "network={\nprivate_key=\"pkcs11:a?pin-value=1\"\n}\n", "network={\nprivate_key=\"pkcs11:a?pin-value=2\"\n}\n", `network  private_key: "pkcs11:a" "pkcs11:a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, change := range wpaconf.Diff(parse(t, c.left), parse(t, c.right)) {
				got = append(got, tell(change))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// tell writes a change on one line.
func tell(c wpaconf.Change) string {
	text := ""
	if c.Section == wpaconf.Network {
		text = "network " + c.Network
	}
	if c.Key == "" {
		return text + ": " + map[bool]string{true: "+", false: "-"}[c.Left.Set] + " " + map[bool]string{true: "+", false: "-"}[c.Right.Set]
	}
	value := func(s wpaconf.Side) string {
		switch {
		case !s.Set:
			return "-"
		case c.Secret:
			return "secret" + s.Value
		default:
			return s.Value
		}
	}
	return strings.TrimSpace(text+" "+c.Key) + ": " + value(c.Left) + " " + value(c.Right)
}
