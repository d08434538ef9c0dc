package wifilab

import (
	"fmt"
	"strings"
)

// Security is how a network keeps strangers out. The zero value does not.
type Security string

// The kinds of security that access points and profiles can have.
const (
	Open     Security = ""
	OWE      Security = "owe"       // encrypted, for everybody
	WPA2     Security = "wpa2"      // a passphrase
	WPA3     Security = "wpa3"      // a passphrase, with SAE
	WPA2And3 Security = "wpa2-wpa3" // either
	PEAP     Security = "peap"      // 802.1X with alice's password
	TLS      Security = "tls"       // 802.1X with alice's certificate
)

// Passphrase is the one that access points have, and profiles use, when none is given; alice's password as well.
const Passphrase = "correct horse"

// hostapd is what an access point's configuration says of it.
func (s Security) hostapd(passphrase string) string {
	switch s {
	case Open:
		return ""
	case OWE:
		return "wpa=2\nwpa_key_mgmt=OWE\nrsn_pairwise=CCMP\nieee80211w=2\nowe_groups=19\n"
	case WPA2:
		return "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=" + passphrase + "\n"
	case WPA3:
		return "wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nieee80211w=2\nsae_pwe=2\nsae_password=" + passphrase + "\n"
	case WPA2And3:
		return "wpa=2\nwpa_key_mgmt=WPA-PSK SAE\nrsn_pairwise=CCMP\nieee80211w=1\nsae_pwe=2\nsae_require_mfp=1\nwpa_passphrase=" + passphrase + "\n"
	default: // 802.1X
		return "wpa=2\nwpa_key_mgmt=WPA-EAP\nrsn_pairwise=CCMP\nieee8021x=1\neap_server=1\neap_user_file=" + usersFile +
			"\nca_cert=" + caFile + "\nserver_cert=" + serverCertFile + "\nprivate_key=" + serverKeyFile + "\n"
	}
}

// users is the user file of an access point that asks for 802.1X.
func users(password string) string {
	return "\"alice\" TLS,PEAP\n\"alice\" MSCHAPV2 \"" + password + "\" [2]\n"
}

// keyfile is what a profile says of it, in sections of its own.
func (s Security) keyfile(passphrase string) string {
	section := func(lines ...string) string { return "[wifi-security]\n" + strings.Join(lines, "\n") + "\n" }
	switch s {
	case Open:
		return ""
	case OWE:
		return section("key-mgmt=owe")
	case WPA2:
		return section("key-mgmt=wpa-psk", "psk="+passphrase)
	case WPA3, WPA2And3:
		return section("key-mgmt=sae", "psk="+passphrase)
	case PEAP:
		return section("key-mgmt=wpa-eap") + fmt.Sprintf("[802-1x]\neap=peap\nidentity=alice\nphase2-auth=mschapv2\nca-cert=%s\npassword=%s\n", caFile, passphrase)
	default: // TLS
		return section("key-mgmt=wpa-eap") + fmt.Sprintf("[802-1x]\neap=tls\nidentity=alice\nca-cert=%s\nclient-cert=%s\nprivate-key=%s\nprivate-key-password-flags=4\n",
			caFile, clientCertFile, clientKeyFile)
	}
}

func (s Security) enterprise() bool { return s == PEAP || s == TLS }
