// Package profile holds NetworkManager's connection profiles as typed values, wherever they were read.
//
// Settings and properties have the names of the D-Bus interface (802-11-wireless, not wifi). Secrets become a [Secret]
// as they enter, so that no printing of a profile shows them.
package profile

import (
	"bytes"
	"maps"
	"slices"
)

// Profile is one connection profile: properties by setting. Who makes it fills it; afterwards it is immutable.
type Profile struct {
	// SecretsOmitted says that secrets were left out where the profile was read, so that an absent one may be set.
	SecretsOmitted bool

	settings map[string]map[string]any // string, int64, bool, []byte, []string or Secret
}

// New makes a profile without settings.
func New() Profile { return Profile{settings: map[string]map[string]any{}} }

// FromBus reads the settings as D-Bus has them: a{sa{sv}} of GetSettings, GetAppliedConnection or AddConnection. None of
// the daemon's answers holds secrets, so an absent one may be set.
func FromBus(settings map[string]map[string]any) Profile {
	p := New()
	p.SecretsOmitted = true
	for setting, properties := range settings {
		p.Add(setting)
		for property, value := range properties {
			p.Set(setting, property, value)
		}
	}
	return p
}

// Add makes an empty setting, unless there is one.
func (p Profile) Add(setting string) {
	if p.settings[setting] == nil {
		p.settings[setting] = map[string]any{}
	}
}

// Set gives a property a value: text, bytes, a list of texts, a bool or any integer. Other types, which no property
// that concerns us has, are dropped. A secret property becomes a [Secret].
func (p Profile) Set(setting, property string, value any) {
	v, ok := plain(value)
	if !ok {
		return
	}
	if Hidden(setting, property) {
		v = hide(v)
	}
	p.Add(setting)
	p.settings[setting][property] = v
}

// plain brings a value to one of the types that a profile holds.
func plain(value any) (any, bool) {
	switch v := value.(type) {
	case string, bool, int64, Secret:
		return v, true
	case []byte:
		return bytes.Clone(v), true
	case []string:
		return slices.Clone(v), true
	case byte:
		return int64(v), true
	case int16:
		return int64(v), true
	case uint16:
		return int64(v), true
	case int32:
		return int64(v), true
	case uint32:
		return int64(v), true
	case int:
		return int64(v), true
	case uint64:
		return int64(v), true
	default:
		return nil, false
	}
}

// Has tells whether there is a setting.
func (p Profile) Has(setting string) bool { return p.settings[setting] != nil }

// Settings lists the settings in the order of their names.
func (p Profile) Settings() []string { return slices.Sorted(maps.Keys(p.settings)) }

// Properties lists the properties of a setting in the order of their names.
func (p Profile) Properties(setting string) []string {
	return slices.Sorted(maps.Keys(p.settings[setting]))
}

// Text reads a text; false when it is not set.
func (p Profile) Text(setting, property string) (string, bool) {
	return as[string](p, setting, property)
}

// Number reads an integer, of whatever size; false when it is not set.
func (p Profile) Number(setting, property string) (int64, bool) {
	return as[int64](p, setting, property)
}

// Switch reads a bool; false when it is not set.
func (p Profile) Switch(setting, property string) (value, ok bool) {
	return as[bool](p, setting, property)
}

// Bytes reads a byte array, which the profile owns; false when it is not set.
func (p Profile) Bytes(setting, property string) ([]byte, bool) {
	return as[[]byte](p, setting, property)
}

// List reads a list of texts, which the profile owns; false when it is not set.
func (p Profile) List(setting, property string) ([]string, bool) {
	return as[[]string](p, setting, property)
}

// Secret reads a secret; false when it is not set, or not known to be.
func (p Profile) Secret(setting, property string) (Secret, bool) {
	return as[Secret](p, setting, property)
}

// Flags reads how a secret is kept, from the property that accompanies it.
func (p Profile) Flags(setting, secretProperty string) SecretFlags {
	n, _ := p.Number(setting, secretProperty+"-flags")
	return SecretFlags(n)
}

// ID is the name of the profile.
func (p Profile) ID() string { return p.connection("id") }

// UUID identifies the profile.
func (p Profile) UUID() string { return p.connection("uuid") }

// Type is the name of the setting that says what the profile is for.
func (p Profile) Type() string { return p.connection("type") }

func (p Profile) connection(property string) string {
	text, _ := p.Text("connection", property)
	return text
}

func as[T any](p Profile, setting, property string) (T, bool) {
	v, ok := p.settings[setting][property].(T)
	return v, ok
}
