package wpaconf

import (
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // WPA's key derivation is made of it
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Decode gives the bytes of a text, "quoted", P"with escapes" or hexadecimal (src/utils/common.c, wpa_config_parse_string).
func Decode(value string) ([]byte, error) {
	switch {
	case strings.HasPrefix(value, `"`):
		return inside(value[1:])
	case strings.HasPrefix(value, `P"`):
		text, err := inside(value[2:])
		return unescape(string(text)), err
	}
	b, err := hex.DecodeString(value)
	if err != nil {
		return nil, errors.New(`neither "quoted" nor hexadecimal`)
	}
	return b, nil
}

// inside gives what stands before the last quote, which must end the value.
func inside(rest string) ([]byte, error) {
	text, ok := strings.CutSuffix(rest, `"`)
	if !ok {
		return nil, errors.New("the quotation does not end with the value")
	}
	return []byte(text), nil
}

// unescape reads C's escapes as wpa_supplicant does (src/utils/common.c, printf_decode): it skips those that it does not know.
func unescape(s string) []byte {
	var out []byte
	for len(s) > 0 {
		if s[0] != '\\' {
			out, s = append(out, s[0]), s[1:]
			continue
		}
		s = s[1:]
		if s == "" {
			break
		}
		var b int
		b, s = escaped(s)
		if b >= 0 {
			out = append(out, byte(b))
		}
	}
	return out
}

// escaped reads one escape after its backslash; the byte is -1 when there is none.
func escaped(s string) (b int, rest string) {
	if at := strings.IndexByte(`\"nrte`, s[0]); at >= 0 {
		return int("\\\"\n\r\t\x1b"[at]), s[1:]
	}
	switch {
	case s[0] == 'x':
		return number(s[1:], 16, 2)
	case '0' <= s[0] && s[0] <= '7':
		return number(s, 8, 3)
	default:
		return -1, s
	}
}

// number reads at most so many digits.
func number(s string, base, digits int) (b int, rest string) {
	n := 0
	for n < digits && n < len(s) {
		if _, err := strconv.ParseUint(s[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	v, err := strconv.ParseUint(s[:n], base, 16)
	if err != nil {
		return -1, s
	}
	return int(v & 0xff), s[n:]
}

// Encode writes bytes as a text, so that a person can read it where that is safe: quoted, with escapes, or in hexadecimal.
func Encode(b []byte) string {
	switch {
	case plain(b):
		return `"` + string(b) + `"`
	case readable(b):
		return `P"` + escape(string(b)) + `"`
	default:
		return hex.EncodeToString(b)
	}
}

// plain says whether bytes are printable ASCII without what a comment could be mistaken for.
func plain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' || c == '"' || c == '#' {
			return false
		}
	}
	return true
}

// readable says whether bytes are a text that shows as what it is.
func readable(b []byte) bool {
	return utf8.Valid(b) && strings.IndexFunc(string(b), func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// escape writes what may not stand between quotes.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\x22`, `#`, `\x23`).Replace(s)
}

// encode writes bytes as the value of a key.
func (k Key) encode(b []byte) (string, error) {
	switch k.Kind {
	case Text, Password:
		return Encode(b), nil
	case PSK:
		if len(b) == 32 {
			return hex.EncodeToString(b), nil
		}
		return k.passphrase(string(b))
	case Words, MAC, Int, Raw:
		return string(b), nil
	default:
		return hex.EncodeToString(b), nil
	}
}

// passphrase quotes a passphrase: it has no other form.
func (k Key) passphrase(s string) (string, error) {
	l := Line{Key: k.Name, Value: `"` + s + `"`}
	if !survives("\t"+l.text(), l, Network) {
		return "", &NoTextError{Key: k.Name, Why: "a passphrase can only be quoted, and in this one a comment would begin", Instead: "the key derived of it, or sae_password"}
	}
	return l.Value, nil
}

// FromDBus gives the value that wpa_supplicant makes of an entry of AddNetwork, or of an Interface property (dbus_new_handlers.c,
// set_network_properties): bytes, a text, a number or, of properties, a boolean.
func FromDBus(s Section, name string, v any) (string, error) {
	k, known := Lookup(s, name)
	return k.fromDBus(known, v)
}

// FromDBus is the function of the same name, for a key that was found.
func (k Key) FromDBus(v any) (string, error) { return k.fromDBus(true, v) }

func (k Key) fromDBus(known bool, v any) (string, error) {
	switch v := v.(type) {
	case []byte:
		if !known {
			return hex.EncodeToString(v), nil
		}
		return k.encode(v)
	case string:
		switch {
		case !known && k.Section != Global:
			return Encode([]byte(v)), nil
		case k.Kind == Words:
			return strings.Join(strings.Fields(v), " "), nil
		case k.Kind == PSK:
			return k.passphrase(v)
		}
		return k.encode([]byte(v))
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	case uint32:
		return strconv.FormatUint(uint64(v), 10), nil
	case bool:
		if v {
			return "1", nil
		}
		return "0", nil
	default:
		return "", &NoTextError{Key: k.Name, Why: fmt.Sprintf("wpa_supplicant takes no %T", v)}
	}
}

// Canonical writes the value of a key as this package writes it: the same bytes have one form. What cannot be read stays.
func Canonical(s Section, name, value string) string {
	k, known := Lookup(s, name)
	value = strings.Trim(value, blanks)
	switch {
	case !known:
		return value
	case k.Kind == Int:
		if n, err := strconv.ParseInt(value, 0, 64); err == nil {
			return strconv.FormatInt(n, 10)
		}
	case k.Kind == Words:
		return strings.Join(strings.Fields(value), " ")
	case k.Kind == MAC, k.Kind == Hex, k.Kind == PSK && !strings.HasPrefix(value, `"`):
		return strings.ToLower(value)
	case k.Kind == Text, k.Kind == WEP, k.Kind == Password && !strings.HasPrefix(value, "hash:") && !strings.HasPrefix(value, "ext:"):
		if b, err := Decode(value); err == nil && value != unset {
			if text, err := k.encode(b); err == nil {
				return text
			}
		}
	}
	return value
}

// unset is the value that unsets a text.
const unset = "NULL"

// PMK derives the key of WPA-PSK from a passphrase and the SSID (IEEE 802.11 annex J.4): 64 hexadecimal digits, a psk.
func PMK(passphrase string, ssid []byte) (string, error) {
	const rounds, size = 4096, 32
	key, err := pbkdf2.Key(sha1.New, passphrase, ssid, rounds, size)
	return hex.EncodeToString(key), err
}
