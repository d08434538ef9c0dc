package cli

import (
	"encoding/hex"
	"strconv"
	"unicode/utf8"

	"nmdebug/inspect"
	"nmdebug/inspect/effconf/derive"
)

// derived is the answer of derive-wpa-config.
type derived struct {
	SchemaVersion    int             `json:"schema_version"`
	Profile          derivedProfile  `json:"profile"`
	Interface        string          `json:"interface,omitempty"`
	NetworkManager   derivedFrom     `json:"networkmanager"`
	Capabilities     map[string]bool `json:"capabilities"` // one that is missing is not known
	CapabilitiesFrom string          `json:"capabilities_from"`
	Driver           string          `json:"driver"`
	Set              []derivedEntry  `json:"set"` // properties of the supplicant's interface
	Network          []derivedEntry  `json:"network"`
	Blobs            []derivedBlob   `json:"blobs"`
	Notes            []string        `json:"notes"`
}

type derivedProfile struct {
	ID     string `json:"id"`
	UUID   string `json:"uuid"`
	Type   string `json:"type"`
	Source string `json:"source"`
}

type derivedFrom struct {
	Version string `json:"version"`
	From    string `json:"from"`
}

// derivedEntry is one value. All are told as text, as conf files and logs have them; bytes in hexadecimal, and as text
// where they are one.
type derivedEntry struct {
	Key      string `json:"key"`
	Type     string `json:"type,omitempty"` // of D-Bus: s, i, u or ay
	Value    string `json:"value,omitempty"`
	Hex      string `json:"hex,omitempty"`
	Secret   bool   `json:"secret,omitempty"`  // the value is one; it is left out unless it was asked for
	Missing  bool   `json:"missing,omitempty"` // the value is not known here
	Property string `json:"property,omitempty"`
	Rule     string `json:"rule,omitempty"`
}

type derivedBlob struct {
	Name   string `json:"name"`
	Key    string `json:"key"`
	Bytes  int    `json:"bytes"`
	Base64 []byte `json:"base64,omitempty"`
}

func (d premises) answer(r derive.Result, showSecrets bool) derived {
	a := derived{
		SchemaVersion:    inspect.SchemaVersion,
		Profile:          derivedProfile{d.profile.ID(), d.profile.UUID(), d.profile.Type(), d.source},
		Interface:        d.given.Interface.Name,
		NetworkManager:   derivedFrom{d.given.Version.String(), d.versionFrom},
		Capabilities:     map[string]bool{},
		CapabilitiesFrom: d.capabilitiesFrom,
		Driver:           r.Driver,
		Set:              []derivedEntry{},
		Network:          []derivedEntry{},
		Blobs:            []derivedBlob{},
		Notes:            append(append([]string{}, d.notes...), r.Notes...),
	}
	for c, able := range d.given.Capabilities.Can {
		a.Capabilities[string(c)] = able
	}
	for _, s := range r.Interface {
		a.Set = append(a.Set, derivedEntry{Key: s.Name, Property: s.Property, Rule: s.Rule}.holding(s.Value, showSecrets))
	}
	for _, e := range r.Network {
		a.Network = append(a.Network, derivedEntry{Key: e.Key, Property: e.Property, Rule: e.Rule}.holding(e.Value, showSecrets))
	}
	for _, m := range r.Missing {
		a.Network = append(a.Network, derivedEntry{Key: m.Key, Secret: true, Missing: true, Property: m.Property, Rule: m.Rule})
	}
	for _, b := range r.Blobs {
		a.Blobs = append(a.Blobs, blobAnswer(b, showSecrets))
	}
	return a
}

// holding gives the entry its value.
func (e derivedEntry) holding(value any, showSecrets bool) derivedEntry {
	if s, ok := value.(derive.Secret); ok {
		e.Secret = true
		value = s.Reveal()
		if !showSecrets {
			if s.Public != "" {
				e.Type, e.Value = "ay", s.Public
			}
			return e
		}
	}
	switch v := value.(type) {
	case string:
		e.Type, e.Value = "s", v
	case int32:
		e.Type, e.Value = "i", strconv.Itoa(int(v))
	case uint32:
		e.Type, e.Value = "u", strconv.FormatUint(uint64(v), 10)
	case []byte:
		e.Type, e.Hex = "ay", hex.EncodeToString(v)
		if utf8.Valid(v) {
			e.Value = string(v)
		}
	}
	return e
}

func blobAnswer(b derive.BlobEntry, showSecrets bool) derivedBlob {
	content, _ := b.Content.Reveal().([]byte)
	answer := derivedBlob{Name: b.Name, Key: b.Key, Bytes: len(content)}
	if showSecrets || !b.Private() {
		answer.Base64 = content
	}
	return answer
}
