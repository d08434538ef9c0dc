package derive

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
)

// The types of a WEP key (NMWepKeyType); 0 is to be guessed.
const (
	wepKey        = 1
	wepPassphrase = 2
)

// wep derives the static keys of an old network.
func (d *deriver) wep() error {
	if d.keyMgmt() != "none" {
		return nil
	}
	index, _ := d.profile.Number(security, "wep-tx-keyidx")
	known := false
	for i := range 4 {
		property := "wep-key" + strconv.Itoa(i)
		s, ok := d.profile.Secret(security, property)
		if !ok {
			if int64(i) == index {
				d.missing("wep_key"+strconv.Itoa(i), security, property)
				known = known || d.profile.SecretsOmitted
			}
			continue
		}
		known = true
		if err := d.addWEPKey("wep_key"+strconv.Itoa(i), s.Reveal(), property); err != nil {
			return err
		}
	}
	if !known {
		return nil
	}
	return d.add("wep_tx_keyidx", strconv.FormatInt(index, 10), from{setting: security, property: "wep-tx-keyidx"})
}

func (d *deriver) addWEPKey(key, text, property string) error {
	if text == "" {
		return nil
	}
	kind, _ := d.profile.Number(security, "wep-key-type")
	origin := from{setting: security, property: property}
	if kind == wepPassphrase || kind != wepKey && !isWEPKey(text) && len(text) <= 64 {
		origin.rule = "a key made of a passphrase"
		return d.addSecret(key, passphraseKey(text), origin)
	}
	switch len(text) {
	case 10, 26:
		value, err := hex.DecodeString(text)
		if err != nil {
			return fail(security, property, "has the length of a key in hexadecimal and is not hexadecimal")
		}
		return d.addSecret(key, string(value), origin)
	case 5, 13:
		return d.addSecret(key, text, origin)
	}
	return fail(security, property, "has %d characters: a key has 5 or 13, or 10 or 26 hexadecimal digits", len(text))
}

// isWEPKey tells a key from a passphrase when the profile does not (nm_utils_wep_key_valid).
func isWEPKey(text string) bool {
	switch len(text) {
	case 10, 26:
		_, err := hex.DecodeString(text)
		return err == nil
	case 5, 13:
		for _, r := range text {
			if r < ' ' || r > '~' {
				return false
			}
		}
		return true
	}
	return false
}

// passphraseKey makes a key of 104 bits: of MD5 over the passphrase, repeated to 64 bytes.
func passphraseKey(passphrase string) string {
	var data [64]byte
	for i := range data {
		data[i] = passphrase[i%len(passphrase)]
	}
	sum := md5.Sum(data[:])
	return string(sum[:13])
}
