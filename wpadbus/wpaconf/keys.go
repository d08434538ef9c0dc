package wpaconf

import (
	_ "embed" // for the tables
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Key is what is known of a key.
type Key struct {
	Name     string
	Section  Section
	Kind     Kind
	Least    int // of a number, or of the bytes of a text
	Most     int
	Bounded  bool // Least and Most mean something
	Secret   bool
	Since    Version // the first that knows it; zero for 2.10 and older
	Until    Version // the last that knows it; zero when the newest does
	Default  string  // of 2.10, as D-Bus shows it; "" for unset
	Property string  // Global: the name of the Interface property on D-Bus
}

// Kind is how the value of a key is written.
type Kind uint8

// The kinds of values.
const (
	Raw      Kind = iota // anything, without quotes
	Int                  // a number
	Text                 // "quoted", P"with escapes", or hexadecimal
	Words                // words of its own between blanks, never quoted
	MAC                  // an address
	PSK                  // "a passphrase", or 64 hexadecimal digits
	Password             // like a text, or hash:… or ext:…
	WEP                  // like a text; always written in hexadecimal
	Hex                  // hexadecimal digits alone
)

// Knows says whether a version of wpa_supplicant knows the key.
func (k Key) Knows(v Version) bool {
	return v.Compare(k.Since) >= 0 && (k.Until == Version{} || v.Compare(k.Until) <= 0)
}

// Version is a release of wpa_supplicant.
type Version struct{ Major, Minor int }

// Oldest is the oldest release that the tables are of.
func Oldest() Version { return Version{2, 10} }

// String is the version as wpa_supplicant prints it, without its v.
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Compare orders versions.
func (v Version) Compare(w Version) int {
	if v.Major != w.Major {
		return v.Major - w.Major
	}
	return v.Minor - w.Minor
}

// ParseVersion reads "2.10", and what follows a release's number in a distribution's.
func ParseVersion(text string) (Version, error) {
	var v Version
	if _, err := fmt.Sscanf(strings.TrimPrefix(text, "v"), "%d.%d", &v.Major, &v.Minor); err != nil {
		return Version{}, fmt.Errorf("%q is no version of wpa_supplicant, such as 2.10", text)
	}
	return v, nil
}

// The tables of the sections.
var (
	//go:embed data/global.txt
	globalTable string
	//go:embed data/network.txt
	networkTable string
	//go:embed data/cred.txt
	credTable string
	//go:embed data/identity.txt
	identityTable string
)

// table gives the lines of a section's table.
func table(s Section) string {
	switch s {
	case Global:
		return globalTable
	case Network:
		return networkTable
	case Cred:
		return credTable
	case Identity:
		return identityTable
	}
	return ""
}

// Lookup finds a key.
func Lookup(s Section, name string) (Key, bool) {
	text := table(s)
	at := strings.Index(text, "\n"+name+" ")
	if at < 0 || name == "" || strings.ContainsAny(name, "# \n") {
		return Key{Name: name, Section: s}, false
	}
	line, _, _ := strings.Cut(text[at+1:], "\n")
	k, err := parseKey(s, line)
	return k, err == nil
}

// Keys gives all keys of a section in the order of wpa_supplicant's table.
func Keys(s Section) iter.Seq[Key] {
	return func(yield func(Key) bool) {
		for line := range strings.Lines(table(s)) {
			line = strings.TrimSuffix(line, "\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if k, err := parseKey(s, line); err == nil && !yield(k) {
				return
			}
		}
	}
}

// OfProperty finds the global key that is an Interface property on D-Bus.
func OfProperty(property string) (Key, bool) {
	for k := range Keys(Global) {
		if k.Property == property {
			return k, true
		}
	}
	return Key{}, false
}

// parseKey reads a line of a table.
func parseKey(s Section, line string) (Key, error) {
	line, def, _ := strings.Cut(line, " default=")
	name, rest, ok := strings.Cut(line, " ")
	if !ok {
		return Key{}, fmt.Errorf("%q: want NAME KIND", line)
	}
	k := Key{Name: name, Section: s, Default: def}
	word, rest, _ := strings.Cut(rest, " ")
	var err error
	if k.Kind, err = parseKind(word); err != nil {
		return Key{}, err
	}
	if s == Global {
		k.Property = propertyOf(k.Name)
	}
	for f := range strings.FieldsSeq(rest) {
		if err := k.note(f); err != nil {
			return Key{}, fmt.Errorf("%s: %w", k.Name, err)
		}
	}
	return k, nil
}

// note takes one of the fields that not each key has.
func (k *Key) note(field string) (err error) {
	name, value, _ := strings.Cut(field, "=")
	switch name {
	case "secret":
		k.Secret = true
	case "since":
		k.Since, err = ParseVersion(value)
	case "until":
		k.Until, err = ParseVersion(value)
	case "dbus":
		k.Property = value
	default:
		least, most, ok := strings.Cut(field, "..")
		if !ok {
			return fmt.Errorf("unknown field %q", field)
		}
		k.Bounded = true
		if k.Least, err = strconv.Atoi(least); err != nil {
			return err
		}
		k.Most, err = strconv.Atoi(most)
	}
	return err
}

func parseKind(word string) (Kind, error) {
	for kind, name := range []string{
		Raw: "raw", Int: "int", Text: "text", Words: "words", MAC: "mac", PSK: "psk", Password: "password", WEP: "wep", Hex: "hex",
	} {
		if name == word {
			return Kind(kind), nil
		}
	}
	return 0, fmt.Errorf("unknown kind %q", word)
}

// propertyOf makes the name of a property as wpa_supplicant does (dbus_new.c, uscore_to_dbus): the words of the key, each
// with a capital, joined. It cannot be undone.
func propertyOf(key string) string {
	name := make([]byte, 0, len(key))
	for word := range strings.SplitSeq(key, "_") {
		if word != "" {
			name = append(append(name, upper(word[0])), word[1:]...)
		}
	}
	return string(name)
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}
