package derive

import (
	"encoding/hex"
	"strconv"
)

// The ways to get at the keys of MACsec (NMSettingMacsecMode).
const macsecPSK = 0

// The defaults of the setting.
const (
	macsecPort    = 1
	macsecEncrypt = true
)

// macsec derives all of a MACsec profile: with a key of its own, or one that 802.1X gives.
func (d *deriver) macsec() error {
	d.out.Driver = "macsec_linux"
	if err := each(d.policy, d.macsecKeys, d.offload); err != nil {
		return err
	}
	mode, _ := d.profile.Number(macsecSetting, "mode")
	if mode == macsecPSK {
		return d.iface(1)
	}
	if !d.profile.Has(dot1x) {
		return fail(dot1x, "", "is missing, which mode eap needs")
	}
	if err := d.eap(true); err != nil {
		return err
	}
	return d.iface(0)
}

func (d *deriver) policy() error {
	encrypt, set := d.profile.Switch(macsecSetting, "encrypt")
	integrityOnly := "0"
	if set && !encrypt || !set && !macsecEncrypt {
		integrityOnly = "1"
	}
	port, set := d.profile.Number(macsecSetting, "port")
	if !set {
		port = macsecPort
	}
	steps := []func() error{
		func() error { return d.add("macsec_policy", "1", from{macsecSetting, "", "always"}) },
		func() error {
			return d.add("macsec_integ_only", integrityOnly, from{setting: macsecSetting, property: "encrypt"})
		},
	}
	if port > 0 && port < 65534 {
		steps = append(steps, func() error {
			return d.add("macsec_port", strconv.FormatInt(port, 10), from{setting: macsecSetting, property: "port"})
		})
	}
	return each(steps...)
}

func (d *deriver) macsecKeys() error {
	if mode, _ := d.profile.Number(macsecSetting, "mode"); mode != macsecPSK {
		return nil
	}
	if err := d.add("key_mgmt", "NONE", from{macsecSetting, "mode", "a key that both sides have"}); err != nil {
		return err
	}
	return each(d.connectivityKey, d.keyName)
}

// connectivityKey is 16 bytes in hexadecimal.
func (d *deriver) connectivityKey() error {
	s, ok := d.profile.Secret(macsecSetting, "mka-cak")
	if !ok {
		d.missing("mka_cak", macsecSetting, "mka-cak")
		return nil
	}
	key, err := hex.DecodeString(s.Reveal())
	if err != nil || len(key) != 16 {
		return fail(macsecSetting, "mka-cak", "is not 32 hexadecimal digits")
	}
	return d.addSecret("mka_cak", string(key), from{setting: macsecSetting, property: "mka-cak"})
}

// keyName names the key. NetworkManager takes it for public, wpa_supplicant for secret, and so does nmdebug.
func (d *deriver) keyName() error {
	s, ok := d.profile.Secret(macsecSetting, "mka-ckn")
	if !ok {
		return fail(macsecSetting, "mka-ckn", "is missing")
	}
	name, err := hex.DecodeString(s.Reveal())
	if err != nil || len(name) == 0 || len(name) > 32 {
		return fail(macsecSetting, "mka-ckn", "is not 2 to 64 hexadecimal digits")
	}
	return d.addSecret("mka_ckn", string(name), from{setting: macsecSetting, property: "mka-ckn"})
}

// offload derives what the hardware does. Off is the supplicant's default, and older ones do not know the key.
func (d *deriver) offload() error {
	if !d.given.Version.offloads() {
		return nil
	}
	n, set := d.profile.Number(macsecSetting, "offload")
	origin := from{setting: macsecSetting, property: "offload"}
	if !set || n < 0 {
		n, origin.rule = int64(d.given.Defaults.Offload), "the default macsec.offload of NetworkManager's configuration"
	}
	if n == 0 {
		return nil
	}
	return d.add("macsec_offload", strconv.FormatInt(n, 10), origin)
}
