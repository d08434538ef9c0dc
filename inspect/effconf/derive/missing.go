package derive

import (
	"slices"

	"nmdebug/nmwatch/profile"
)

// missing says that a key is sent although its value is not known here: the profile needs the secret. Without it
// NetworkManager would ask for it and send nothing before (the settings' need_secrets).
func (d *deriver) missing(key, setting, property string) {
	flags := d.profile.Flags(setting, property)
	if flags.Has(profile.NotRequired) {
		return
	}
	why := "it is not in the profile: NetworkManager would ask for it first"
	switch {
	case flags.Has(profile.AgentOwned):
		why = "an agent of the user's keeps it"
	case flags.Has(profile.NotSaved):
		why = "it is asked for each time"
	case d.profile.SecretsOmitted:
		why = "set, not known: NetworkManager keeps it to itself"
	}
	d.out.Missing = append(d.out.Missing, Entry{Key: key, Property: setting + "." + property, Rule: why})
}

// secretText adds a secret that is sent if it is set, and is missing when it is needed and is not known.
func (d *deriver) secretText(key, setting, property string, needed bool) error {
	s, ok := d.profile.Secret(setting, property)
	switch {
	case ok:
		return d.addSecret(key, s.Reveal(), from{setting: setting, property: property})
	case needed:
		d.missing(key, setting, property)
	}
	return nil
}

// asksPassword tells whether a method, or the one inside of its tunnel, logs in with a password.
func (d *deriver) asksPassword() bool {
	return d.anyMethod("leap", "pwd", "md5", "pap", "chap", "mschap", "mschapv2", "fast", "gtc")
}

// asksPIN tells whether a method needs the PIN of a SIM.
func (d *deriver) asksPIN() bool { return d.anyMethod("sim") }

// anyMethod tells whether one of the methods is used, in a tunnel or without.
func (d *deriver) anyMethod(names ...string) bool {
	methods, _ := d.profile.List(dot1x, "eap")
	return slices.ContainsFunc(methods, func(method string) bool {
		if method == "peap" || method == "ttls" {
			method = d.innerMethod()
		}
		return slices.Contains(names, method)
	})
}

// innerMethod is what authenticates inside of a tunnel.
func (d *deriver) innerMethod() string {
	if auth, ok := d.profile.Text(dot1x, "phase2-auth"); ok {
		return auth
	}
	eap, _ := d.profile.Text(dot1x, "phase2-autheap")
	return eap
}
