package wpaconf

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Redact gives the file without secrets; the file itself is not changed. In place of each a comment says what is missing:
// keys and passwords, the PIN inside of a PKCS#11 URI, and blobs but certificates. The file's own comments are dropped, for
// they may hold secrets, too: wpa_passphrase writes the passphrase into one.
func Redact(f File) File {
	clean := File{Globals: redactLines(Global, f.Globals)}
	for _, b := range f.Blocks {
		b.Lines, b.Comments = redactLines(b.Section, b.Lines), nil
		clean.Blocks = append(clean.Blocks, b)
	}
	public := certificates(f)
	for _, b := range f.Blobs {
		if slices.Contains(public, b.Name) && !bytes.Contains(b.Data, []byte("PRIVATE KEY")) {
			b.Comments = nil
			clean.Blobs = append(clean.Blobs, b)
			continue
		}
		clean.Globals = append(clean.Globals, Line{Comment: fmt.Sprintf("blob %s: %d bytes, not shown", comment(b.Name), len(b.Data)), At: b.At})
	}
	return clean
}

// Missing is the comment that stands in the place of a secret.
func Missing(key string) string { return comment(key) + ": set, not shown" }

// MissingPIN is the comment beside a URI whose PIN was taken out.
func MissingPIN(key string) string { return comment(key) + ": its PIN is set, not shown" }

// comment makes a name fit for a comment.
func comment(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
}

func redactLines(s Section, lines []Line) []Line {
	var clean []Line
	for _, l := range lines {
		switch {
		case l.Key == "":
			continue
		case IsSecret(s, l.Key):
			clean = append(clean, Line{Comment: Missing(l.Key), At: l.At})
			continue
		}
		value, had := WithoutPIN(l.Value)
		clean = append(clean, Line{Key: l.Key, Value: value, At: l.At})
		if had {
			clean = append(clean, Line{Comment: MissingPIN(l.Key), At: l.At})
		}
	}
	return clean
}

// IsSecret says whether the value of a key is secret: those of the tables that are, and whatever a newer version calls alike.
func IsSecret(s Section, name string) bool {
	if k, known := Lookup(s, name); known || s == Identity {
		return k.Secret || !known
	}
	for _, word := range []string{"passw", "wep_key", "secret", "psk"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "_pin")
}

// certificates gives the names of the blobs that are used as certificates.
func certificates(f File) []string {
	var names []string
	for _, b := range f.Blocks {
		for _, l := range b.Lines {
			if !strings.Contains(l.Key, "_cert") {
				continue
			}
			text, err := Decode(l.Value)
			if name, ok := strings.CutPrefix(string(text), "blob://"); ok && err == nil {
				names = append(names, name)
			}
		}
	}
	return names
}

// WithoutPIN takes the PIN, or the file that has it, out of a PKCS#11 URI (RFC 7512 §2.4), however the value is written,
// and says whether there was one.
func WithoutPIN(value string) (clean string, had bool) {
	text, err := Decode(value)
	quoted := err == nil
	if !quoted {
		text = []byte(value)
	}
	if !hasPIN(string(text)) {
		return value, false
	}
	clean = withoutAttributes(string(text))
	if quoted {
		clean = Encode([]byte(clean))
	}
	return clean, true
}

func hasPIN(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "pin-value=") || strings.Contains(text, "pin-source=")
}

// withoutAttributes drops the attributes of a URI that tell a PIN: parts of its path between ";" and of its query after
// "?" between "&".
func withoutAttributes(uri string) string {
	path, query, _ := strings.Cut(uri, "?")
	path = strings.Join(slices.DeleteFunc(strings.Split(path, ";"), hasPIN), ";")
	query = strings.Join(slices.DeleteFunc(strings.Split(query, "&"), hasPIN), "&")
	if query != "" {
		return path + "?" + query
	}
	return path
}
