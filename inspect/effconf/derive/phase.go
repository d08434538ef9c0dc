package derive

import "strings"

// authFlag is one of NMSetting8021xAuthFlags, and what it adds to phase1.
type authFlag struct {
	on, off int64 // the flags that enable and that disable it
	name    string
}

// authFlags lists the versions of TLS, whose enabling wins, and what else there is.
func authFlags() []authFlag {
	return []authFlag{
		{0x20, 0x1, "tls_disable_tlsv1_0"},
		{0x40, 0x2, "tls_disable_tlsv1_1"},
		{0x80, 0x4, "tls_disable_tlsv1_2"},
		{0x100, 0x10, "tls_disable_tlsv1_3"},
		{0, 0x8, "tls_disable_time_checks"},
	}
}

// phase1 derives the parameters of the outer method.
func (d *deriver) phase1() error {
	var words []string
	origin := from{setting: dot1x}
	say := func(property, word string) {
		words = append(words, word)
		if origin.property == "" {
			origin.property = property
		}
	}
	if version, _ := d.profile.Text(dot1x, "phase1-peapver"); version == "0" || version == "1" {
		say("phase1-peapver", "peapver="+version)
	}
	if label, ok := d.profile.Text(dot1x, "phase1-peaplabel"); ok {
		say("phase1-peaplabel", "peaplabel="+label)
	}
	if provisioning, ok := d.profile.Text(dot1x, "phase1-fast-provisioning"); ok {
		say("phase1-fast-provisioning", "fast_provisioning="+provisioning)
	}
	flags, _ := d.profile.Number(dot1x, "phase1-auth-flags")
	for _, f := range authFlags() {
		switch {
		case flags&f.on != 0:
			say("phase1-auth-flags", f.name+"=0")
		case flags&f.off != 0:
			say("phase1-auth-flags", f.name+"=1")
		}
	}
	if len(words) == 0 {
		return nil
	}
	return d.add("phase1", strings.Join(words, " "), origin)
}

// phase2 derives the inner method.
func (d *deriver) phase2() error {
	var words []string
	origin := from{setting: dot1x}
	if auth, ok := d.profile.Text(dot1x, "phase2-auth"); ok && !d.provisions() {
		words, origin.property = append(words, "auth="+upper(auth)), "phase2-auth"
	}
	if eap, ok := d.profile.Text(dot1x, "phase2-autheap"); ok {
		words, origin.property = append(words, "autheap="+upper(eap)), "phase2-autheap"
	}
	if len(words) == 0 {
		return nil
	}
	return d.add("phase2", strings.Join(words, " "), origin)
}

// provisions tells whether EAP-FAST may get a PAC from the server.
func (d *deriver) provisions() bool {
	value, ok := d.profile.Text(dot1x, "phase1-fast-provisioning")
	return ok && value != "0"
}
