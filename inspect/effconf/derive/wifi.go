package derive

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// The modes of a radio (802-11-wireless.mode); anything else is a station.
const (
	modeAdHoc = "adhoc"
	modeAP    = "ap"
	modeMesh  = "mesh"
)

// wifi derives all of a Wi-Fi profile.
func (d *deriver) wifi() error {
	d.out.Driver = "nl80211"
	if d.mode() == modeAP && !d.given.Capabilities.Can[AP] {
		d.note("wpa_supplicant is not known to be able to make an access point: NetworkManager warns and goes on")
	}
	if err := each(d.radio, d.backgroundScan, d.secure); err != nil {
		return err
	}
	if d.mode() == modeAdHoc || d.mode() == modeAP {
		return d.iface(2)
	}
	return d.iface(1)
}

// mode is how the radio is used; "" for a station.
func (d *deriver) mode() string {
	mode, _ := d.profile.Text(wireless, "mode")
	if mode == "infrastructure" {
		return ""
	}
	return mode
}

// radio derives what the setting 802-11-wireless says.
func (d *deriver) radio() error {
	ssid, ok := d.profile.Bytes(wireless, "ssid")
	if !ok || len(ssid) == 0 {
		return fail(wireless, "ssid", "is missing")
	}
	steps := []func() error{
		func() error { return d.add("ssid", string(ssid), from{setting: wireless, property: "ssid"}) },
		d.radioMode, d.frequency,
	}
	if d.mode() == "" {
		steps = append(steps, func() error {
			return d.add("scan_ssid", "1", from{setting: wireless, property: "mode", rule: "a station asks for the network by its name, so that hidden ones are found"})
		})
	}
	return each(append(steps, d.bssid, d.band)...)
}

func (d *deriver) radioMode() error {
	number, ok := map[string]string{modeAdHoc: "1", modeAP: "2", modeMesh: "5"}[d.mode()]
	if !ok {
		return nil
	}
	if err := d.add("mode", number, from{setting: wireless, property: "mode"}); err != nil {
		return err
	}
	if hidden, _ := d.profile.Switch(wireless, "hidden"); hidden && d.mode() == modeAP {
		return d.add("ignore_broadcast_ssid", "1", from{setting: wireless, property: "hidden"})
	}
	return nil
}

func (d *deriver) bssid() error {
	address, ok := d.lockedTo()
	if !ok {
		return nil
	}
	return d.add("bssid", address, from{setting: wireless, property: "bssid"})
}

// lockedTo is the one access point that the profile allows. D-Bus has it as bytes.
func (d *deriver) lockedTo() (string, bool) {
	if text, ok := d.profile.Text(wireless, "bssid"); ok {
		return text, true
	}
	address, ok := d.profile.Bytes(wireless, "bssid")
	if !ok || len(address) == 0 {
		return "", false
	}
	octets := make([]string, len(address))
	for i, b := range address {
		octets[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(octets, ":"), true
}

// backgroundScan derives how often a connected station looks for a better access point.
func (d *deriver) backgroundScan() error {
	const seldom, often = "simple:30:-70:86400", "simple:30:-65:300"
	if d.mode() == modeAP || d.mode() == modeAdHoc {
		return nil // it would disturb those who are connected
	}
	if _, locked := d.lockedTo(); locked {
		return nil // there is nothing to roam to
	}
	switch d.keyMgmt() {
	case "ieee8021x", "wpa-eap", "wpa-eap-suite-b-192":
		return d.add("bgscan", often, from{security, "key-mgmt", "a network with 802.1X is taken to have several access points"})
	}
	if n := d.accessPoints(); n > 1 {
		return d.add("bgscan", often, from{wireless, "seen-bssids", strconv.Itoa(n) + " access points of the network were seen"})
	}
	return d.add("bgscan", seldom, from{wireless, "seen-bssids", "no more than one access point of the network was seen"})
}

// accessPoints is how many access points of the network were seen.
func (d *deriver) accessPoints() int {
	seen, listed := d.profile.List(wireless, "seen-bssids")
	if !listed && d.given.Interface.AccessPoints == 0 {
		d.note("how many access points of the network NetworkManager has seen is not known; taken for one (bgscan)")
	}
	return max(len(seen), d.given.Interface.AccessPoints)
}
