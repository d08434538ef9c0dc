package derive

import (
	"strconv"
	"strings"
)

// What NetworkManager sets on every interface.
const (
	bssExpireAge   = 250    // s
	bssExpireCount = 2      // scans
	pmkLifetime    = 604800 // s: one week, for the default would authenticate anew after eight hours
)

// iface derives the properties of the interface; apScan is 0 for wires, 2 where the interface makes the network, else 1.
func (d *deriver) iface(apScan uint32) error {
	if d.fast {
		if able, known := d.given.Capabilities.Can[EAPFAST]; known && !able {
			return fail(dot1x, "eap", "wpa_supplicant cannot do EAP-FAST")
		}
	}
	d.set("BSSExpireAge", uint32(bssExpireAge), "", "always")
	d.set("BSSExpireCount", uint32(bssExpireCount), "", "always")
	if d.can(PMF80211w) {
		d.set("Pmf", "1", "", "optional for every network that does not say otherwise; wpa_supplicant can pmf")
	}
	isolated := false
	if d.profile.Type() == wireless {
		if d.can(SAE) {
			d.set("SaePwe", "2", "", "hash to element as well; the interface can sae")
		}
		d.set("BridgeIfname", d.bridge(), "connection.master", "the bridge that it is a port of, if it is")
		isolated = d.isolation()
	}
	d.set("ApScan", apScan, "", "0 on a wire, 2 where the interface makes the network, else 1")
	d.set("Dot11RSNAConfigPMKLifetime", strconv.Itoa(pmkLifetime), "", "always")
	if d.can(Isolation) {
		value := "0"
		if isolated {
			value = "1"
		}
		d.set("ApIsolate", value, "802-11-wireless.ap-isolation", "the interface has the property")
	} else if isolated {
		d.note("ap-isolation is asked for and wpa_supplicant is not known to have it: NetworkManager warns and goes on")
	}
	return nil
}

// bridge is the interface of the bridge that the profile makes the interface a port of; "" when it is none.
func (d *deriver) bridge() string {
	if d.given.Interface.Bridge != "" {
		return d.given.Interface.Bridge
	}
	if d.either("port-type", "slave-type") != "bridge" {
		return ""
	}
	name := d.either("controller", "master")
	if strings.Count(name, "-") == 4 && len(name) == 36 {
		d.note("the bridge is named by the profile %s; its interface is not known (BridgeIfname)", name)
		return ""
	}
	return name
}

// either reads a property of the connection that got another name in 1.46.
func (d *deriver) either(name, old string) string {
	text, ok := d.profile.Text("connection", name)
	if !ok {
		text, _ = d.profile.Text("connection", old)
	}
	return text
}

// isolation tells whether clients of the access point are kept from each other.
func (d *deriver) isolation() bool {
	n, set := d.profile.Number(wireless, "ap-isolation") // NMTernary
	if !set || n < 0 {
		return d.given.Defaults.APIsolation
	}
	return n == 1
}

func (d *deriver) set(name string, value any, property, rule string) {
	d.out.Interface = append(d.out.Interface, Setting{name, value, property, rule})
}
