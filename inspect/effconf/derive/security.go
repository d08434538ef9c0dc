package derive

import (
	"fmt"
	"slices"
)

// PMF is whether management frames are protected (NMSettingWirelessSecurityPmf).
type PMF int

// The values of 802-11-wireless-security.pmf.
const (
	PMFDefault PMF = iota
	PMFDisable
	PMFOptional
	PMFRequired
)

// FILS is whether the initial link set-up is fast (NMSettingWirelessSecurityFils).
type FILS int

// The values of 802-11-wireless-security.fils.
const (
	FILSDefault FILS = iota
	FILSDisable
	FILSOptional
	FILSRequired
)

func (d *deriver) keyMgmt() string {
	text, _ := d.profile.Text(security, "key-mgmt")
	return text
}

// secure derives how the network keeps strangers out.
func (d *deriver) secure() error {
	if !d.profile.Has(security) {
		return d.add("key_mgmt", "NONE", from{security, "", "the profile has no such setting: an open network"})
	}
	if d.keyMgmt() == "" {
		return fail(security, "key-mgmt", "is missing")
	}
	fils, err := d.fils()
	if err != nil {
		return err
	}
	pmf, forced := d.pmf()
	return each(
		func() error { return d.addKeyMgmt(pmf, fils) },
		func() error { return d.addUpper("auth_alg", security, "auth-alg") },
		d.psk,
		func() error { return d.wpa(pmf, forced) },
		d.wep, d.enterprise,
		func() error { return d.wps() },
	)
}

// pmf is what the profile, or else the configuration, says; some kinds of networks are never without it.
func (d *deriver) pmf() (pmf PMF, forced bool) {
	if slices.Contains([]string{"owe", "sae", "wpa-eap-suite-b-192"}, d.keyMgmt()) {
		return PMFRequired, true
	}
	n, _ := d.profile.Number(security, "pmf")
	if PMF(n) == PMFDefault {
		return d.given.Defaults.PMF, false
	}
	return PMF(n), false
}

func (d *deriver) fils() (FILS, error) {
	n, _ := d.profile.Number(security, "fils")
	fils := FILS(n)
	if fils == FILSDefault {
		fils = d.given.Defaults.FILS
	}
	concerned := d.keyMgmt() == "wpa-eap" || fils == FILSRequired
	if !concerned || d.can(FILSAuth) {
		return fils, nil
	}
	if fils == FILSRequired {
		return fils, fail(security, "fils", "is required, and wpa_supplicant cannot do it")
	}
	return FILSDisable, nil
}

// wpa derives what is of meaning with WPA only, and whether protected management frames can be had.
func (d *deriver) wpa(pmf PMF, forced bool) error {
	able := d.can(PMF80211w)
	if pmf == PMFRequired && !able {
		return fail(security, "pmf", "is required, and wpa_supplicant cannot do it")
	}
	if !slices.Contains([]string{"owe", "wpa-psk", "sae", "wpa-eap", "wpa-eap-suite-b-192"}, d.keyMgmt()) {
		return nil
	}
	return each(
		func() error { return d.addUpperList("proto", security, "proto") },
		d.ciphers,
		func() error { return d.protectFrames(pmf, forced, able) },
		d.oweOnly,
	)
}

func (d *deriver) ciphers() error {
	if d.keyMgmt() != "wpa-eap-suite-b-192" {
		return each(
			func() error { return d.addUpperList("pairwise", security, "pairwise") },
			func() error { return d.addUpperList("group", security, "group") },
		)
	}
	suiteB := from{security, "key-mgmt", "Suite B has one cipher"}
	return each(
		func() error { return d.add("pairwise", "GCMP-256", suiteB) },
		func() error { return d.add("group", "GCMP-256", suiteB) },
	)
}

// protectFrames says so where it differs from the interface's own Pmf=1, which is: as the access point wants it.
func (d *deriver) protectFrames(pmf PMF, forced, able bool) error {
	value, ok := map[PMF]string{PMFDisable: "0", PMFRequired: "2"}[pmf]
	if !ok || !able {
		return nil
	}
	origin := from{setting: security, property: "pmf"}
	switch n, _ := d.profile.Number(security, "pmf"); {
	case forced:
		origin = from{security, "key-mgmt", fmt.Sprintf("%s is never without", d.keyMgmt())}
	case PMF(n) == PMFDefault:
		origin.rule = "the default wifi-sec.pmf of NetworkManager's configuration"
	}
	return d.add("ieee80211w", value, origin)
}

func (d *deriver) oweOnly() error {
	if d.keyMgmt() != "owe" {
		return nil
	}
	return d.add("owe_only", "1", from{security, "key-mgmt", "never without encryption"})
}

// enterprise derives 802.1X, and LEAP, which has properties of its own.
func (d *deriver) enterprise() error {
	if auth, _ := d.profile.Text(security, "auth-alg"); auth == "leap" {
		return d.leap()
	}
	if !slices.Contains([]string{"ieee8021x", "wpa-eap", "wpa-eap-suite-b-192"}, d.keyMgmt()) {
		return nil
	}
	if !d.profile.Has(dot1x) {
		return fail(dot1x, "", "is missing, which key-mgmt %s needs", d.keyMgmt())
	}
	if err := d.eap(false); err != nil || d.keyMgmt() == "ieee8021x" {
		return err
	}
	return d.add("proactive_key_caching", "1", from{security, "key-mgmt", "no full EAP exchange when roaming"})
}

func (d *deriver) leap() error {
	if d.keyMgmt() != "ieee8021x" {
		return fail(security, "auth-alg", "leap needs key-mgmt ieee8021x, not %s", d.keyMgmt())
	}
	return each(
		func() error { return d.addText("identity", security, "leap-username") },
		func() error { return d.secretText("password", security, "leap-password", true) },
		func() error { return d.add("eap", "LEAP", from{setting: security, property: "auth-alg"}) },
	)
}

// wpsDisabled is NM_SETTING_WIRELESS_SECURITY_WPS_METHOD_DISABLED.
const wpsDisabled = 1

func (d *deriver) wps() error {
	if n, _ := d.profile.Number(security, "wps-method"); n != wpsDisabled {
		return nil
	}
	return d.add("wps_disabled", "1", from{setting: security, property: "wps-method"})
}
