package derive

import (
	"slices"
	"strconv"
	"strings"
)

// eap derives what the setting 802-1x says. A wire has a key_mgmt of its own for it.
func (d *deriver) eap(wired bool) error {
	steps := []func() error{d.password, func() error { return d.secretText("pin", dot1x, "pin", d.asksPIN()) }}
	if wired {
		steps = append(steps, d.wire)
	}
	return each(append(steps, d.methods, d.fragments, d.phase1, d.phase2, d.pac, d.certificates, d.matches, d.keys, d.identities)...)
}

func (d *deriver) wire() error {
	rule := from{dot1x, "", "802.1X on a wire"}
	return each(
		func() error { return d.add("key_mgmt", "IEEE8021X", rule) },
		func() error { return d.add("eapol_flags", "0", from{dot1x, "", "a wire has no keys of its own"}) },
	)
}

// password is the one in the profile as text, or else as bytes.
func (d *deriver) password() error {
	_, text := d.profile.Secret(dot1x, "password")
	if raw, ok := d.profile.Secret(dot1x, "password-raw"); ok && !text {
		return d.addSecret("password", raw.Reveal(), from{setting: dot1x, property: "password-raw"})
	}
	return d.secretText("password", dot1x, "password", d.asksPassword())
}

func (d *deriver) methods() error {
	methods, _ := d.profile.List(dot1x, "eap")
	if len(methods) == 0 {
		return fail(dot1x, "eap", "is missing")
	}
	d.fast = slices.Contains(methods, "fast")
	if len(methods) == 1 && methods[0] == "external" {
		return fail(dot1x, "eap", "external means that others than NetworkManager configure it, so that wpa_supplicant cannot")
	}
	known := slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == "external" })
	if len(known) == 0 {
		return nil
	}
	return d.add("eap", upper(strings.Join(known, " ")), from{setting: dot1x, property: "eap"})
}

// fragments fits the EAP messages into the link: 14 bytes are the headers', and more than 1280 not every network lets pass.
func (d *deriver) fragments() error {
	const headers, least, most = 14, 100, 1280 - 14
	size := most
	if mtu := int(d.given.Interface.MTU); mtu > headers {
		size = max(least, min(most, mtu-headers))
	}
	return d.add("fragment_size", strconv.Itoa(size), from{"link", "mtu", strconv.Itoa(int(d.given.Interface.MTU)) + " less 14, within 100 to 1266"})
}

// pac derives the file of EAP-FAST; without one wpa_supplicant may make one, in a blob.
func (d *deriver) pac() error {
	origin := from{setting: dot1x, property: "pac-file"}
	if path, ok := d.profile.Text(dot1x, "pac-file"); ok {
		if d.user() != "" && d.given.Version.readsForUser() && d.given.Version.guardsDirectories() {
			return d.addFileAsBlob("pac_file", path, origin)
		}
		return d.add("pac_file", path, origin)
	}
	if d.provisions() {
		return d.add("pac_file", "blob://pac-blob-"+d.profile.UUID(), from{dot1x, "phase1-fast-provisioning", "wpa_supplicant makes the blob itself"})
	}
	if d.fast {
		return fail(dot1x, "pac-file", "EAP-FAST needs it, unless phase1-fast-provisioning allows wpa_supplicant to get one")
	}
	return nil
}

// matches derives what the server's certificate has to say.
func (d *deriver) matches() error {
	for _, m := range []struct{ key, property string }{
		{"subject_match", "subject-match"},
		{"subject_match2", "phase2-subject-match"},
		{"altsubject_match", "altsubject-matches"},
		{"altsubject_match2", "phase2-altsubject-matches"},
		{"domain_suffix_match", "domain-suffix-match"},
		{"domain_suffix_match2", "phase2-domain-suffix-match"},
		{"domain_match", "domain-match"},
		{"domain_match2", "phase2-domain-match"},
	} {
		if err := each(
			func() error { return d.addText(m.key, dot1x, m.property) },
			func() error { return d.addList(m.key, dot1x, m.property, ";") },
		); err != nil {
			return err
		}
	}
	return nil
}

func (d *deriver) identities() error {
	steps := []func() error{
		func() error { return d.addText("identity", dot1x, "identity") },
		func() error { return d.addText("anonymous_identity", dot1x, "anonymous-identity") },
	}
	if d.given.Version.choosesCiphers() {
		steps = append(steps, func() error { return d.addText("openssl_ciphers", dot1x, "openssl-ciphers") })
	}
	return each(steps...)
}
