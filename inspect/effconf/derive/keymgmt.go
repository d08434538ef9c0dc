package derive

import "strings"

// network is what decides which ways to agree on a key are offered.
type network struct {
	ap   bool
	pmf  PMF
	fils FILS
	can  func(Capability) bool
	nm   Version
}

// akm is a way to agree on a key, and when it is offered. A blank before it is NetworkManager's, which writes it even
// when nothing precedes.
type akm struct {
	name    string
	offered func(network) bool
}

func always(network) bool { return true }

// voluntary: protected frames are not required, so that networks without them are welcome.
func voluntary(n network) bool { return n.pmf != PMFRequired }

func protects(n network) bool { return n.can(PMF80211w) }

// roams: fast transition, which wpa_supplicant cannot do as an access point.
func roams(n network) bool { return !n.ap && n.can(FT) }

// transition: WPA3 beside WPA2.
func transition(n network) bool {
	if !n.can(SAE) || !n.can(PMF80211w) || !n.can(BIP) {
		return false
	}
	return n.pmf != PMFDisable || !n.ap && !n.nm.heedsPMF()
}

// plainEAP: not FILS alone.
func plainEAP(n network) bool { return n.fils != FILSRequired }

func quick(n network) bool { return n.fils != FILSDisable && n.can(PMF80211w) }

func suiteB(n network) bool { return n.can(SuiteB192) && n.pmf == PMFRequired }

func sha384(n network) bool { return n.can(SHA384) }

// all joins conditions; it does not ask the later ones when an earlier one decides.
func all(conditions ...func(network) bool) func(network) bool {
	return func(n network) bool {
		for _, c := range conditions {
			if !c(n) {
				return false
			}
		}
		return true
	}
}

// akms lists, in NetworkManager's order, what a key-mgmt of the profile may offer.
func akms(keyMgmt string) []akm {
	switch keyMgmt {
	case "none":
		return []akm{{"NONE", always}}
	case "ieee8021x":
		return []akm{{"IEEE8021X", always}}
	case "owe":
		return []akm{{"OWE", always}}
	case "sae":
		return []akm{{"SAE", always}, {" FT-SAE", roams}}
	case "wpa-psk":
		return []akm{
			{"WPA-PSK", voluntary},
			{" WPA-PSK-SHA256", protects},
			{" FT-PSK", roams},
			{" SAE", transition},
			{" FT-SAE", all(transition, roams)},
		}
	case "wpa-eap":
		return []akm{
			{"WPA-EAP", all(plainEAP, voluntary)},
			{" FT-EAP", all(plainEAP, roams)},
			{" FT-EAP-SHA384", all(plainEAP, roams, sha384)},
			{" WPA-EAP-SHA256", all(plainEAP, protects)},
			{" WPA-EAP-SUITE-B-192", all(plainEAP, protects, suiteB)},
			{"FILS-SHA256 FILS-SHA384", func(n network) bool { return n.fils == FILSRequired && !n.can(PMF80211w) }},
			{" FILS-SHA256 FILS-SHA384", quick},
			{" FT-FILS-SHA256", all(quick, roams)},
			{" FT-FILS-SHA384", all(quick, roams, sha384)},
		}
	case "wpa-eap-suite-b-192":
		return []akm{{"WPA-EAP-SUITE-B-192", always}, {" FT-EAP-SHA384", all(roams, sha384)}}
	default:
		return nil
	}
}

// addKeyMgmt derives which ways to agree on a key are offered.
func (d *deriver) addKeyMgmt(pmf PMF, fils FILS) error {
	candidates := akms(d.keyMgmt())
	if candidates == nil {
		return fail(security, "key-mgmt", "%q is not one that NetworkManager knows", d.keyMgmt())
	}
	n := network{ap: d.mode() == modeAP, pmf: pmf, fils: fils, can: d.can, nm: d.given.Version}
	var offered strings.Builder
	for _, a := range candidates {
		if a.offered(n) {
			offered.WriteString(a.name)
		}
	}
	rule := ""
	if len(candidates) > 1 {
		rule = "all of that kind that wpa_supplicant can"
	}
	return d.add("key_mgmt", offered.String(), from{security, "key-mgmt", rule})
}
