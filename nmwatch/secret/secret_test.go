package secret_test

import (
	"strings"
	"testing"

	"nmdebug/nmwatch/secret"
)

func TestKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"psk": true, "wep-key0": true, "wep_key3": true, "leap-password": true, "password-raw": true, "private-key-password": true,
		"phase2-private-key-password": true, "private_key2_passwd": true, "mka-cak": true, "preshared-key": true, "Xauth password": true,
		"IPSec secret": true, "Pin": true, "SimPin": true, "a_newer_password": true, "cert-pass": false,
		"psk-flags": false, "password-flags": false, "xauth-password-type": false, "mem_only_psk": false, "sae_password_id": false,
		"p2p_passphrase_len": false, "P2pPassphraseLen": false, "passphrase": true,
		"key-mgmt": false, "key_mgmt": false, "wep-tx-keyidx": false, "ssid": false, "Ping": false, "identity": false, "public-key": false,
	} {
		if got := secret.Key(name); got != want {
			t.Errorf("Key(%q) is %t", name, got)
		}
	}
	for name, want := range map[string]bool{
		"cert-pass": true, "Key": true, "otp": true, "static-key": true, "token": true,
		"KeyMgmt": false, "public-key": false, "PublicKey": false, "key-direction": false, "ssid": false,
	} {
		if got := secret.Like(name); got != want {
			t.Errorf("Like(%q) is %t", name, got)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	const S = secret.Mark
	for line, want := range map[string]string{
		`psk=hunter22`: `psk=` + S,
		`secrets: failed to request VPN secrets #4`:               `secrets: failed to request VPN secrets #4`,
		`network={ ssid="a" psk="hunter 22" }`:                    `network={ ssid="a" psk=` + S + ` }`,
		`wep_key0: hunter22 next`:                                 `wep_key0: ` + S + ` next`,
		`Config: added 'psk' value 'hunter22'`:                    `Config: added 'psk' value '` + S + `'`,
		`Config: added 'psk' value '<hidden>'`:                    `Config: added 'psk' value '<hidden>'`,
		`Config: added 'key_mgmt' value 'WPA-PSK'`:                `Config: added 'key_mgmt' value 'WPA-PSK'`,
		`MANAGEMENT: CMD 'password "Auth" "hunter22"'`:            `MANAGEMENT: CMD 'password "Auth" ` + S + `'`,
		`Xauth password hunter 22`:                                `Xauth password ` + S,
		`IPSec secret hunter22`:                                   `IPSec secret ` + S,
		`WPA: PMK - hexdump(len=3): 68 75 6e`:                     `WPA: PMK - hexdump(len=3): ` + S,
		`PSK (ASCII passphrase) - hexdump_ascii(len=8): 68`:       `PSK (ASCII passphrase) - hexdump_ascii(len=8): ` + S,
		`WPA: PMK - hexdump(len=32): [REMOVED]`:                   `WPA: PMK - hexdump(len=32): [REMOVED]`,
		`EAPOL: Setting EAPOL key state machine to IDLE`:          `EAPOL: Setting EAPOL key state machine to IDLE`,
		`private_key="/etc/ssl/alice.pem"`:                        `private_key="/etc/ssl/alice.pem"`,
		`private_key=pkcs11:o=x?pin-value=1234&a=b`:               `private_key=pkcs11:o=x?pin-value=` + S + `&a=b`,
		`state change: need-auth -> failed (reason 'no-secrets')`: `state change: need-auth -> failed (reason 'no-secrets')`,
		`{"password":"hunter22","user":"alice"}`:                  `{"password":` + S + `,"user":"alice"}`,
	} {
		if got := secret.Text(line); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

// FuzzURI takes any text: what follows a PIN's name is not in the result.
func FuzzURI(f *testing.F) {
	f.Add("pkcs11:object=o?pin-value=", "12345678", "&x=y")
	f.Add("PIN-VALUE=0;pin-source=", "12345678", "")
	f.Fuzz(func(t *testing.T, before, pin, after string) {
		got := secret.URI(before + pin + after)
		if len(pin) < 8 || strings.ContainsAny(pin, "&;\"") || !strings.HasSuffix(strings.ToLower(before), "pin-value=") ||
			strings.Contains(before+after, pin) || strings.Contains(secret.Mark, pin) {
			return
		}
		if strings.Contains(got, pin) {
			t.Errorf("%q is left in %q", pin, got)
		}
	})
}

// FuzzText takes any line: a password behind its name does not come through.
func FuzzText(f *testing.F) {
	f.Add("state: ", "hunter2222", " next")
	f.Fuzz(func(t *testing.T, before, password, after string) {
		if len(password) < 8 || strings.ContainsAny(password, " \t\n\r\f\v,;\"'=:") || strings.Contains(before+after, password) || strings.Contains(secret.Mark, password) {
			return
		}
		if got := secret.Text(before + " password=" + password + " " + after); strings.Contains(got, password) {
			t.Errorf("%q is left in %q", password, got)
		}
	})
}
