package derive

import "nmdebug/nmwatch/profile"

// Secret is a value of the network block that only Reveal shows.
type Secret struct {
	text   bool // a string, not bytes
	value  profile.Secret
	known  bool
	Public string // what of it may be shown: a token's URI without its PIN
}

// hide keeps a value of the dictionary.
func hide(value any) Secret {
	switch v := value.(type) {
	case string:
		return Secret{text: true, value: profile.NewSecret(v), known: true}
	case []byte:
		return Secret{value: profile.NewSecret(string(v)), known: true}
	default:
		return Secret{}
	}
}

// Reveal gives the value, a string or []byte; nil when it is not known. Who calls it answers for where it goes.
func (s Secret) Reveal() any {
	switch {
	case !s.known:
		return nil
	case s.text:
		return s.value.Reveal()
	default:
		return []byte(s.value.Reveal())
	}
}

// String says that there is a secret.
func (s Secret) String() string { return s.value.String() }

// GoString says that there is a secret.
func (s Secret) GoString() string { return s.value.GoString() }

// MarshalText says that there is a secret.
func (s Secret) MarshalText() ([]byte, error) { return s.value.MarshalText() }
