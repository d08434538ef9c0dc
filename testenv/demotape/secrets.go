package main

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // WPA2 derives its keys by it
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// secret is what must not be in the recording, with a name for errors.
type secret struct {
	name string
	raw  []byte
}

// passphrase gives a network's passphrase, and the key that stations make of it (IEEE 802.11, J.4), in all forms.
func passphrase(ssid, words string) ([]secret, error) {
	key, err := pbkdf2.Key(sha1.New, words, []byte(ssid), 4096, 32)
	if err != nil {
		return nil, err
	}
	return append(keyForms("the key of "+ssid, key), secret{"the passphrase of " + ssid, []byte(words)}), nil
}

// keyForms gives a key in the forms in which one could be recorded.
func keyForms(name string, key []byte) []secret {
	return []secret{
		{name, key},
		{name + " in hex", []byte(hex.EncodeToString(key))},
		{name + " in base64", []byte(base64.StdEncoding.EncodeToString(key))},
	}
}

// shortest is how long what is looked for has to be: less would be found by chance.
const shortest = 8

// clean is an error when a secret is in the recording, whatever the case of its letters.
func clean(recording []byte, secrets []secret) error {
	lower := bytes.ToLower(recording)
	for _, s := range secrets {
		if len(s.raw) < shortest {
			return fmt.Errorf("%s is too short to be looked for", s.name)
		}
		if bytes.Contains(recording, s.raw) || bytes.Contains(lower, bytes.ToLower(s.raw)) {
			return fmt.Errorf("%s is in the recording: nothing is written", s.name)
		}
	}
	return nil
}
