package profile

import "nmdebug/nmwatch/secret"

// Secret is a value that only Reveal shows. It is behind a pointer because package fmt prints what is inside of other
// types without asking their methods.
type Secret struct{ value *string }

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{&value} }

// Reveal gives the value itself. Who calls it answers for where it goes.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String says that there is a secret.
func (s Secret) String() string { return secret.Mark }

// GoString says that there is a secret.
func (s Secret) GoString() string { return secret.Mark }

// MarshalText says that there is a secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(secret.Mark), nil }

// hide hides what is text or bytes; anything else has nothing to hide.
func hide(value any) any {
	switch v := value.(type) {
	case string:
		return NewSecret(v)
	case []byte:
		return NewSecret(string(v))
	default:
		return v
	}
}

// SecretFlags is NMSettingSecretFlags: who keeps a secret. Zero is NetworkManager itself, in the profile.
type SecretFlags uint32

// The flags; more than one may be set.
const (
	AgentOwned  SecretFlags = 1 << iota // an agent of the user's keeps it
	NotSaved                            // it is asked for each time
	NotRequired                         // it may be absent
)

// Has tells whether all of the flags are set.
func (f SecretFlags) Has(flags SecretFlags) bool { return f&flags == flags }

// Hidden tells whether a property is a secret. A private key is one where it cannot be the path of a file.
func Hidden(setting, property string) bool {
	return secret.Key(property) || setting == "wireguard" && secret.PrivateKey(property)
}
