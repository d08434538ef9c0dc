package effconf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nmdebug/wpadbus/wpatypes"
)

// The values of ieee80211w, and of the global pmf that stands in for it.
const (
	pmfOff      = "0"
	pmfOptional = "1"
	pmfRequired = "2"
)

// noAccessPoint finds that nothing is seen of the network.
func (c comparison) noAccessPoint() []Difference {
	if !c.wireless() || c.point != nil || c.value("mode") != "0" {
		return nil
	}
	return []Difference{{
		Key: "ssid", Profile: c.asked("ssid"), Accepted: c.value("ssid"), Fatal: true,
		Text: fmt.Sprintf("No access point is seen that calls itself %s. An SSID is bytes: a blank at its end or other letters make another network.", c.value("ssid")),
	}}
}

// keyManagement holds the key managements that are allowed against those that are offered and the one in use.
func (c comparison) keyManagement() []Difference {
	if c.point == nil || c.value("mode") != "0" {
		return nil
	}
	allowed, offers := strings.Fields(c.value("key_mgmt")), offered(c.point)
	common := slices.DeleteFunc(slices.Clone(allowed), func(word string) bool { return !slices.Contains(offers, word) })
	d := Difference{Key: "key_mgmt", Profile: c.asked("key_mgmt"), Accepted: c.value("key_mgmt"), Negotiated: strings.Join(offers, " ")}
	switch {
	case len(common) == 0 && !slices.Contains(allowed, "IEEE8021X"):
		d.Fatal = true
		d.Text = fmt.Sprintf("The profile allows %s; %s offers %s: they have none in common.", words(allowed), pointName(c.point), words(offers))
	case c.iface.State == wpatypes.StateCompleted && len(allowed) > 1:
		d.Negotiated = c.inUse("key_mgmt")
		if d.Negotiated == "" {
			return nil
		}
		d.Text = fmt.Sprintf("Of %s, which the profile allows, %s is in use: %s offers %s.", words(allowed), d.Negotiated, pointName(c.point), words(offers))
	default:
		return nil
	}
	return []Difference{d}
}

// inUse is what was negotiated for a key.
func (c comparison) inUse(key string) string {
	for _, f := range FactsOf(c.iface) {
		if f.Name == key {
			return f.Value
		}
	}
	return ""
}

// pmf is how the network block stands to protected management frames: its own word, else that of the interface.
func (c comparison) pmf() string {
	own := c.value("ieee80211w")
	if own != pmfOff && own != pmfOptional && own != pmfRequired {
		own = c.accepted.Globals["pmf"].Text
	}
	if own == "" {
		return pmfOff
	}
	return own
}

// protection holds PMF as it is wanted against what the access point offers.
func (c comparison) protection() []Difference {
	if c.point == nil || c.point.RSN == nil || c.point.PMF == wpatypes.ProtectionUnknown {
		return nil
	}
	want, offer := c.pmf(), c.point.PMF
	d := Difference{Key: "ieee80211w", Profile: c.asked("ieee80211w"), Accepted: want, Negotiated: c.inUse("ieee80211w")}
	whose := "by the profile"
	if why := c.why("ieee80211w"); why != "" {
		whose += " (" + why + ")"
	}
	switch {
	case want == pmfRequired && offer == wpatypes.ProtectionNone:
		d.Fatal = true
		d.Text = fmt.Sprintf("PMF is required %s; %s does not offer it.", whose, pointName(c.point))
	case want == pmfOff && offer == wpatypes.ProtectionRequired:
		d.Fatal = true
		d.Text = fmt.Sprintf("%s requires PMF; it is disabled %s.", capital(pointName(c.point)), whose)
	case want == pmfOptional && offer == wpatypes.ProtectionNone:
		d.Text = fmt.Sprintf("PMF is optional; %s does not offer it, so management frames are not protected.", pointName(c.point))
	case want == pmfOff && offer == wpatypes.ProtectionCapable:
		d.Text = fmt.Sprintf("%s offers PMF; it is disabled %s.", capital(pointName(c.point)), whose)
	default:
		return nil
	}
	return []Difference{d}
}

// ciphers holds the ciphers that are allowed against those in use.
func (c comparison) ciphers() []Difference {
	var found []Difference
	for _, key := range []string{"pairwise", "group"} {
		used, allowed := c.inUse(key), strings.Fields(c.value(key))
		if used == "" || used == "NONE" || !c.wireless() || slices.Equal(allowed, []string{used}) {
			continue
		}
		found = append(found, Difference{
			Key: key, Profile: c.asked(key), Accepted: c.value(key), Negotiated: used,
			Text: fmt.Sprintf("Of the %s ciphers %s, which are allowed, the access point chose %s.", key, words(allowed), used),
		})
	}
	return found
}

// method holds the EAP methods that are allowed against the one in use, or the one that was refused.
func (c comparison) method() []Difference {
	allowed := strings.Fields(c.value("eap"))
	if len(allowed) == 0 {
		return nil
	}
	d := Difference{Key: "eap", Profile: c.asked("eap"), Accepted: c.value("eap")}
	used := methodOf(c.iface)
	switch {
	case c.iface.EAP.Refused != "" && used == "":
		d.Negotiated, d.Fatal = c.iface.EAP.Refused, true
		d.Text = fmt.Sprintf("The server proposes EAP-%s; the profile allows %s.", c.iface.EAP.Refused, words(allowed))
	case used != "" && len(allowed) > 1:
		d.Negotiated = used
		d.Text = fmt.Sprintf("Of %s, which the profile allows, the server chose EAP-%s.", words(allowed), used)
	default:
		return nil
	}
	return []Difference{d}
}

// place holds the access point and channel that the profile is bound to against those in use.
func (c comparison) place() []Difference {
	if c.point == nil {
		return nil
	}
	var found []Difference
	if bound := c.value("bssid"); bound != "" && !strings.EqualFold(bound, c.point.BSSID) {
		found = append(found, Difference{
			Key: "bssid", Profile: c.asked("bssid"), Accepted: bound, Negotiated: c.point.BSSID, Fatal: c.iface.State != wpatypes.StateCompleted,
			Text: fmt.Sprintf("The profile is bound to the access point %s; %s is seen.", bound, c.point.BSSID),
		})
	}
	frequency := strconv.Itoa(int(c.point.Frequency))
	if list := strings.Fields(c.value("freq_list")); len(list) > 0 && !slices.Contains(list, frequency) {
		found = append(found, Difference{
			Key: "freq_list", Profile: c.asked("freq_list"), Accepted: c.value("freq_list"), Negotiated: frequency, Fatal: true,
			Text: fmt.Sprintf("%s is on %s MHz, which the band or channel of the profile leaves out.", capital(pointName(c.point)), frequency),
		})
	}
	return found
}

func words(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// RequestedBy picks the account that tells best what was asked for.
func RequestedBy(accounts []Account) Account {
	for _, source := range []Source{Derived, Captured, Journal} {
		for _, a := range accounts {
			if a.Source == source && a.Silent == "" && a.Network != nil {
				return a
			}
		}
	}
	return Account{Source: Derived, Silent: "what was asked for is not known"}
}
