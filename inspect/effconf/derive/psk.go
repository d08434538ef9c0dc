package derive

import "encoding/hex"

// The lengths of a WPA passphrase, and of a key in hexadecimal.
const (
	shortestPassphrase = 8
	longestPassphrase  = 63
	hexKeyLength       = 64
)

// psk derives the passphrase or the key. SAE takes passwords of any length, under another name.
func (d *deriver) psk() error {
	s, ok := d.profile.Secret(security, "psk")
	if !ok {
		if d.keyMgmt() == "wpa-psk" || d.keyMgmt() == "sae" {
			d.missing("psk", security, "psk")
		}
		return nil
	}
	psk := s.Reveal()
	origin := from{setting: security, property: "psk"}
	switch {
	case len(psk) >= shortestPassphrase && len(psk) <= longestPassphrase:
		origin.rule = "a passphrase"
		d.put("psk", hide(psk), origin)
	case d.keyMgmt() == "sae":
		origin.rule = "a password that is no passphrase of WPA: not 8 to 63 characters"
		d.put("sae_password", hide(psk), origin)
	case len(psk) == hexKeyLength:
		key, err := hex.DecodeString(psk)
		if err != nil {
			return fail(security, "psk", "has 64 characters and is not hexadecimal")
		}
		origin.rule = "a key, for it has 64 hexadecimal digits"
		return d.addSecret("psk", string(key), origin)
	default:
		return fail(security, "psk", "has %d characters, not 8 to 63", len(psk))
	}
	return nil
}
