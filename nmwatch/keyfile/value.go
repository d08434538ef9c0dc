package keyfile

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape reads a value as one text. A backslash before any other character stays, as GLib leaves it; what it says to
// that, the error tells.
func unescape(raw string) (string, error) {
	parts, err := split(raw, -1)
	return parts[0], err
}

// list reads a value as a list, whose elements are ended by semicolons; one that is part of an element is escaped.
func list(raw string) ([]string, error) {
	parts, err := split(raw, ';')
	if last := len(parts) - 1; parts[last] == "" {
		parts = parts[:last]
	}
	return parts, err
}

// split cuts at the separator and undoes the escapes (g_key_file_parse_value_as_string); -1 does not cut.
func split(raw string, separator rune) (parts []string, err error) {
	escapes := map[rune]string{'s': " ", 't': "\t", 'n': "\n", 'r': "\r", '\\': `\`}
	var part strings.Builder
	escaped := false
	for _, r := range raw {
		switch plain, known := escapes[r]; {
		case escaped && known:
			part.WriteString(plain)
		case escaped && r == separator:
			part.WriteRune(r)
		case escaped:
			part.WriteString(`\` + string(r))
			err = fmt.Errorf(`\%c is no escape`, r)
		case r == '\\':
			escaped = true
			continue
		case r == separator:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteRune(r)
		}
		escaped = false
	}
	if escaped {
		err = errors.New(`a \ at the end escapes nothing`)
	}
	return append(parts, part.String()), err
}

// number reads an integer, decimal, hexadecimal (0x) or octal (0).
func number(raw string) (int64, error) {
	n, err := strconv.ParseInt(strings.Trim(raw, blanks), 0, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", raw)
	}
	return n, nil
}

// boolean reads the words that NetworkManager takes for yes and no (_nm_utils_ascii_str_to_bool).
func boolean(raw string) (bool, error) {
	switch strings.ToLower(strings.Trim(raw, blanks)) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", raw)
}

// bytesOf reads bytes: a list of numbers, each ended by a semicolon, or else a text. An escape that is none is no error.
func bytesOf(raw string) []byte {
	text, _ := unescape(raw)
	if numbers, ok := numberList(text); ok {
		return numbers
	}
	return []byte(text)
}

// ssid reads the bytes of a network's name, in whose text form semicolons are escaped once more.
func ssid(raw string) []byte {
	text, _ := unescape(raw)
	if numbers, ok := numberList(text); ok {
		return numbers
	}
	return []byte(strings.ReplaceAll(text, `\;`, ";"))
}

// numberList reads "104;105;".
func numberList(text string) ([]byte, bool) {
	body, ok := strings.CutSuffix(strings.Trim(text, blanks), ";")
	if !ok {
		return nil, false
	}
	var list []byte
	for element := range strings.SplitSeq(body, ";") {
		element = strings.Trim(element, blanks)
		n, err := strconv.ParseUint(element, 10, 8)
		if err != nil || len(element) > 3 {
			return nil, false
		}
		list = append(list, byte(n))
	}
	return list, true
}

// hardware reads an address of six bytes, as 00:11:22:33:44:55 or as a list of numbers.
func hardware(raw string) ([]byte, error) {
	mac, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "").Replace(raw))
	if old, ok := numberList(raw); ok {
		mac, err = old, nil
	}
	if err != nil || len(mac) != 6 {
		return nil, fmt.Errorf("%q is no hardware address", raw)
	}
	return mac, nil
}

// cert reads what names or holds a certificate, in the form of the D-Bus interface: a file, by its path, or by its path
// from dir; a token, by its URI; or the content itself, in base64. A text is ended by a zero byte, a list of numbers is not.
func cert(raw, dir string) ([]byte, error) {
	const blob = "data:;base64,"
	value := bytesOf(raw)
	if _, numbers := numberList(raw); !numbers && len(value) > 0 {
		value = append(value, 0)
	}
	text, ended := strings.CutSuffix(string(value), "\x00")
	switch {
	case text == "":
		return nil, errors.New("names no certificate")
	case strings.HasPrefix(text, "file://"), strings.HasPrefix(text, "pkcs11:"):
		if !ended {
			return nil, errors.New("the text is not ended by a zero byte")
		}
	case strings.HasPrefix(text, blob):
		content, err := base64.StdEncoding.Strict().DecodeString(text[len(blob):])
		if err != nil || len(content) == 0 {
			return nil, errors.New("the content is not base64")
		}
		return content, nil
	case looksLikePath(text):
		if !path.IsAbs(text) {
			text = path.Join(dir, text)
		}
		return []byte("file://" + text + "\x00"), nil
	}
	return value, nil
}

// looksLikePath tells a path that was written without its scheme from a content that was.
func looksLikePath(text string) bool {
	const longestPath = 500
	if len(text) > longestPath || !utf8.ValidString(text) {
		return false
	}
	extensions := []string{".pem", ".cert", ".crt", ".cer", ".p12", ".der", ".key"}
	return strings.Contains(text, "/") || slices.Contains(extensions, path.Ext(text))
}
