package profile

import "slices"

// redacted is what every way to print a secret says.
const redacted = "<secret>"

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
func (s Secret) String() string { return redacted }

// GoString says that there is a secret.
func (s Secret) GoString() string { return redacted }

// MarshalText says that there is a secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// secret hides what is text or bytes; anything else has nothing to hide.
func secret(value any) any {
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

// Hidden tells whether a property is a secret (libnm: NM_SETTING_PARAM_SECRET).
func Hidden(setting, property string) bool {
	return slices.Contains(secrets(setting), property)
}

// secrets lists the secret properties of a setting. Those of VPNs are in a dictionary, which no profile of ours holds.
func secrets(setting string) []string {
	switch setting {
	case "802-11-wireless-security":
		return []string{"psk", "wep-key0", "wep-key1", "wep-key2", "wep-key3", "leap-password"}
	case "802-1x":
		return []string{
			"password", "password-raw", "pin", "ca-cert-password", "client-cert-password", "private-key-password",
			"phase2-ca-cert-password", "phase2-client-cert-password", "phase2-private-key-password",
		}
	case "macsec":
		return []string{"mka-cak"}
	case "wireguard":
		return []string{"private-key"}
	case "gsm":
		return []string{"password", "pin"}
	case "cdma", "pppoe", "adsl":
		return []string{"password"}
	default:
		return nil
	}
}
