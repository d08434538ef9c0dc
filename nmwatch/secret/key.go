package secret

import "strings"

// Mark stands where a secret was.
const Mark = "<secret>"

// Key says whether a value of that name is secret wherever it is met: in a profile, in a network block, in a property.
// Dashes and capitals do not matter.
func Key(name string) bool {
	name = plain(name)
	switch name {
	case "psk", "psk_list", "pin", "pin2", "puk", "mka_cak", "mka_ckn", "mac_value", "passkey", "preshared_key", "cookie",
		"dpp_netaccesskey", "dpp_csign", "dpp_pp_key":
		return true
	case "mem_only_psk":
		return false
	}
	if describes(name) {
		return false
	}
	for _, word := range []string{"passw", "passphrase", "wep_key", "secret"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "_psk") || strings.HasSuffix(name, "_pin")
}

// Like says whether a name sounds like that of a secret. It is meant for messages that are known to carry secrets: there
// it is better to take out too much than to miss what a newer daemon calls otherwise.
func Like(name string) bool {
	if Key(name) {
		return true
	}
	name = plain(name)
	if describes(name) || strings.HasPrefix(name, "public") {
		return false
	}
	for _, word := range []string{"pass", "psk", "pin", "puk", "key", "token", "otp", "cak", "ckn", "credential", "pwd", "cookie"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// PrivateKey says whether the name is that of a private key: its value may as well be the path of one.
func PrivateKey(name string) bool {
	name = plain(name)
	return strings.HasSuffix(name, "private_key") || strings.HasSuffix(name, "private_key2")
}

// Place says whether the value of a private key only says where the key is: a path, the name of a blob, a PKCS#11 URI.
// Its PIN is another matter; see [URI].
func Place(value string) bool {
	value = strings.Trim(value, `"`)
	for _, scheme := range []string{"/", "file:", "blob:", "pkcs11:"} {
		if strings.HasPrefix(value, scheme) {
			return true
		}
	}
	return value == ""
}

// describes says whether a name speaks of a secret and does not hold one: its flags, its type, its name, its length.
func describes(name string) bool {
	for _, end := range []string{"flags", "type", "_id", "_mgmt", "keyidx", "_index", "direction", "size", "_len", "ttl", "cipher"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// plain gives a name in the form in which all are compared: small letters, words joined by underscores.
func plain(name string) string {
	b := make([]byte, 0, len(name)+4)
	for i := range len(name) {
		c := name[i]
		switch {
		case 'A' <= c && c <= 'Z':
			if i > 0 && 'a' <= name[i-1] && name[i-1] <= 'z' {
				b = append(b, '_')
			}
			c += 'a' - 'A'
		case c == '-':
			c = '_'
		}
		b = append(b, c)
	}
	return string(b)
}

// lower turns ASCII capitals into small letters and keeps the length, whatever the bytes are.
func lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return lowered(s)
		}
	}
	return s
}

func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
