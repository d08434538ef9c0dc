package keyfile

import (
	"slices"
	"strings"
)

// kind is how a property is written.
type kind uint8

const (
	text kind = iota
	integer
	truth
	texts       // ended by semicolons
	octets      // a text, or numbers ended by semicolons
	networkName // the same with its own escape
	address     // of hardware
	certificate
	typeName // of a setting, perhaps its short name
)

// form tells how a property is written. Of settings that concern no supplicant all are taken for texts.
func form(setting, property string) kind {
	if strings.HasSuffix(property, "-flags") {
		return integer
	}
	for k, properties := range forms(setting) {
		if slices.Contains(properties, property) {
			return k
		}
	}
	return text
}

// forms lists the properties of a setting that are not texts.
func forms(setting string) map[kind][]string {
	switch setting {
	case "connection":
		return map[kind][]string{
			typeName: {"type"},
			texts:    {"permissions", "secondaries"},
			truth:    {"autoconnect", "read-only"},
			integer:  {"auth-retries", "autoconnect-priority", "autoconnect-retries", "timestamp", "metered", "lldp", "mdns"},
		}
	case "802-11-wireless":
		return map[kind][]string{
			networkName: {"ssid"},
			address:     {"bssid", "mac-address"},
			texts:       {"seen-bssids", "mac-address-blacklist", "mac-address-denylist"},
			truth:       {"hidden"},
			integer:     {"channel", "channel-width", "ap-isolation", "mtu", "powersave", "wake-on-wlan", "rate", "tx-power"},
		}
	case "802-11-wireless-security":
		return map[kind][]string{
			texts:   {"proto", "pairwise", "group"},
			integer: {"pmf", "fils", "wep-key-type", "wep-tx-keyidx", "wps-method"},
		}
	case "802-3-ethernet":
		return map[kind][]string{address: {"mac-address"}, integer: {"mtu", "speed"}, truth: {"auto-negotiate"}}
	case "802-1x":
		return map[kind][]string{
			certificate: {"ca-cert", "client-cert", "private-key", "phase2-ca-cert", "phase2-client-cert", "phase2-private-key"},
			texts:       {"eap", "altsubject-matches", "phase2-altsubject-matches"},
			octets:      {"password-raw"},
			truth:       {"system-ca-certs", "optional"},
			integer:     {"auth-timeout"},
		}
	case "macsec":
		return map[kind][]string{truth: {"encrypt", "send-sci"}, integer: {"mode", "port", "offload", "validation"}}
	default:
		return nil
	}
}

// read reads a value that is written in a form.
func read(k kind, raw, dir string) (any, error) {
	switch k {
	case integer:
		return number(raw)
	case truth:
		return boolean(raw)
	case texts:
		return list(raw)
	case octets:
		return bytesOf(raw), nil
	case networkName:
		return ssid(raw), nil
	case address:
		return hardware(raw)
	case certificate:
		return cert(raw, dir)
	case typeName:
		name, err := unescape(raw)
		return settingName(name), err
	default:
		return unescape(raw)
	}
}
