package effconf

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// Where wpa_supplicant tells what was negotiated.
const (
	fromMode   = "CurrentAuthMode"
	fromBSS    = "CurrentBSS"
	fromStatus = "control socket"
	fromEAP    = "EAP signals"
)

// FactsOf lists what the association of an interface settled on; none while it is not completed.
func FactsOf(i wpatypes.Interface) []Fact {
	if i.State != wpatypes.StateCompleted {
		return nil
	}
	var facts []Fact
	add := func(name, value, source string) {
		if value != "" {
			facts = append(facts, Fact{Name: name, Value: value, Source: source})
		}
	}
	if b := i.BSS; b != nil {
		add("ssid", wpaconf.Encode(b.SSID), fromBSS)
		add("bssid", b.BSSID, fromBSS)
		add("frequency", strconv.Itoa(int(b.Frequency)), fromBSS)
	}
	if a := i.Association; a != nil {
		add("key_mgmt", a.KeyMgmt, fromStatus)
		add("pairwise", a.Pairwise, fromStatus)
		add("group", a.Group, fromStatus)
		add("group_mgmt", a.GroupMgmt, fromStatus)
		add("ieee80211w", pmfInUse(i), fromStatus)
	} else if i.AuthMode != "INACTIVE" && !strings.HasPrefix(i.AuthMode, eapMode) {
		add("key_mgmt", i.AuthMode, fromMode)
	}
	if method := methodOf(i); method != "" {
		add("eap", method, fromMode)
	}
	return facts
}

// eapMode begins CurrentAuthMode where 802.1X decided.
const eapMode = "EAP-"

// methodOf is the EAP method that was agreed on.
func methodOf(i wpatypes.Interface) string {
	method, ok := strings.CutPrefix(i.AuthMode, eapMode)
	if !ok {
		return i.EAP.Method
	}
	return method
}

// pmfInUse says whether management frames are protected; "" where there is no Wi-Fi, and so no question.
func pmfInUse(i wpatypes.Interface) string {
	switch {
	case i.BSS == nil || i.BSS.RSN == nil:
		return ""
	case i.Association.PMF == "" && i.Association.GroupMgmt == "":
		return "0"
	default:
		return cmp.Or(i.Association.PMF, "1")
	}
}

// Settled adds what was negotiated, in the columns of the lines that it answers as well.
func (c *Config) Settled(facts []Fact) {
	c.Negotiated = facts
	for _, f := range facts {
		for n := range c.Network {
			if c.Network[n].Key == f.Name {
				c.Network[n].Columns[Negotiated] = f.Value
			}
		}
	}
}

// candidate is the access point that a network block means: the one in use, else the strongest that has its SSID.
func candidate(i wpatypes.Interface, ssid string) *wpatypes.BSS {
	if i.BSS != nil {
		return i.BSS
	}
	var best *wpatypes.BSS
	for n := range i.Seen {
		b := &i.Seen[n]
		if wpaconf.Encode(b.SSID) == ssid && (best == nil || b.SignalDBm > best.SignalDBm) {
			best = b
		}
	}
	return best
}

// offered lists the key managements of an access point in the words of a file.
func offered(b *wpatypes.BSS) []string {
	var list []string
	for _, s := range []*wpatypes.Suites{b.RSN, b.WPA} {
		if s == nil {
			continue
		}
		for _, word := range s.KeyMgmt {
			list = append(list, keyMgmtWord(word))
		}
	}
	if len(list) == 0 {
		list = append(list, "NONE")
	}
	return list
}

// keyMgmtWord turns D-Bus's word for a key management into a file's (dbus_new_handlers.c, wpas_dbus_get_bss_security_prop).
func keyMgmtWord(word string) string {
	if rest, ok := strings.CutPrefix(word, "wpa-ft-"); ok {
		return "FT-" + strings.ToUpper(rest)
	}
	return strings.ToUpper(strings.Replace(word, "wpa-fils", "fils", 1))
}

// pointName names an access point for a sentence.
func pointName(b *wpatypes.BSS) string {
	return fmt.Sprintf("the access point %s", b.BSSID)
}
