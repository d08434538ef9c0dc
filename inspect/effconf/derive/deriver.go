package derive

import (
	"fmt"
	"slices"
	"strings"

	"nmdebug/nmwatch/profile"
)

// The settings that concern the supplicant.
const (
	wireless      = "802-11-wireless"
	security      = "802-11-wireless-security"
	dot1x         = "802-1x"
	macsecSetting = "macsec"
)

// deriver is one derivation.
type deriver struct {
	profile profile.Profile
	given   Given
	seen    map[string]bool // the notes that were made
	out     Result
	fast    bool // EAP-FAST is among the methods
}

// from says where a value came from.
type from struct{ setting, property, rule string }

func (f from) String() string {
	if f.property == "" {
		return f.setting
	}
	return f.setting + "." + f.property
}

// add puts a key into the network block.
func (d *deriver) add(key, value string, f from) error {
	typed, err := d.typed(key, value, f)
	if err != nil {
		return err
	}
	d.put(key, typed, f)
	return nil
}

// addSecret does so without letting the value be printed.
func (d *deriver) addSecret(key, value string, f from) error {
	typed, err := d.typed(key, value, f)
	if err != nil {
		return err
	}
	d.put(key, hide(typed), f)
	return nil
}

func (d *deriver) put(key string, value any, f from) {
	d.out.Network = append(d.out.Network, Entry{key, value, f.String(), f.rule})
}

// typed refuses what NetworkManager refuses.
func (d *deriver) typed(key, value string, f from) (any, error) {
	o, ok := optionOf(key, d.given.Version)
	if !ok {
		return nil, fail(f.setting, f.property, "internal error: nothing is known of the key %s", key)
	}
	typed, ok := o.typed(value)
	switch {
	case !ok && profile.Hidden(f.setting, f.property):
		return nil, fail(f.setting, f.property, "its value is not one that NetworkManager lets through as %s", key)
	case !ok:
		return nil, fail(f.setting, f.property, "%q is not a value that NetworkManager lets through as %s", value, key)
	case slices.ContainsFunc(d.out.Network, func(e Entry) bool { return e.Key == key }):
		return nil, fail(f.setting, f.property, "%s is configured twice", key)
	}
	return typed, nil
}

// addText adds a text property, if it is set.
func (d *deriver) addText(key, setting, property string) error {
	text, ok := d.profile.Text(setting, property)
	if !ok {
		return nil
	}
	return d.add(key, text, from{setting: setting, property: property})
}

// addUpper adds a text property in capitals, if it is set.
func (d *deriver) addUpper(key, setting, property string) error {
	text, ok := d.profile.Text(setting, property)
	if !ok {
		return nil
	}
	return d.add(key, upper(text), from{setting: setting, property: property})
}

// addList adds a list in one text, if it is not empty.
func (d *deriver) addList(key, setting, property, separator string) error {
	list, _ := d.profile.List(setting, property)
	text := strings.Join(list, separator)
	if text == "" {
		return nil
	}
	return d.add(key, text, from{setting: setting, property: property})
}

// addUpperList does so in capitals.
func (d *deriver) addUpperList(key, setting, property string) error {
	list, _ := d.profile.List(setting, property)
	if len(list) == 0 {
		return nil
	}
	return d.add(key, upper(strings.Join(list, " ")), from{setting: setting, property: property})
}

// each does one step after the other, up to the first error.
func each(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// note says, once, what could not be known.
func (d *deriver) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if d.seen[text] {
		return
	}
	d.seen[text] = true
	d.out.Notes = append(d.out.Notes, text)
}

// can tells whether the supplicant has a capability; one that is not known counts as absent, as with NetworkManager.
func (d *deriver) can(c Capability) bool {
	able, known := d.given.Capabilities.Can[c]
	switch {
	case !known:
		d.note("whether wpa_supplicant can %s is not known; taken for no, as NetworkManager does", c)
	case able && c == FILSAuth && d.given.Capabilities.Late:
		d.note("wpa_supplicant has fils now that it has an interface; NetworkManager asks before and takes it for no")
		return false
	}
	return able
}

// user is the one to whom the profile is restricted; "" when it is everybody's.
func (d *deriver) user() string {
	list, _ := d.profile.List("connection", "permissions")
	for _, permission := range list {
		if name, ok := strings.CutPrefix(permission, "user:"); ok {
			name, _, _ = strings.Cut(name, ":")
			return name
		}
	}
	return ""
}

// upper is g_ascii_strup: other letters than those of ASCII stay.
func upper(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}
