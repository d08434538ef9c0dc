package derive

import (
	"fmt"
	"slices"
	"strings"
)

// Capability is something that wpa_supplicant can do or cannot.
type Capability string

// What NetworkManager looks at (NMSupplCapType), under the names that wpa_supplicant has for it where it has one.
const (
	AP        Capability = "ap"
	PMF80211w Capability = "pmf"
	FILSAuth  Capability = "fils"
	FT        Capability = "ft"
	SHA384    Capability = "sha384"
	SuiteB192 Capability = "suiteb192"
	SAE       Capability = "sae"        // of the interface
	BIP       Capability = "bip"        // of the interface: a cipher that protects management frames
	EAPFAST   Capability = "fast"       // EapMethods has FAST
	Isolation Capability = "ap-isolate" // the interface has the property ApIsolate
)

// KnownCapabilities lists them all.
func KnownCapabilities() []Capability {
	return []Capability{AP, PMF80211w, FILSAuth, FT, SHA384, SuiteB192, SAE, BIP, EAPFAST, Isolation}
}

// Capabilities says of each whether the supplicant has it; one that is not in it is not known.
type Capabilities struct {
	Can map[Capability]bool

	// Late says that they were read when the supplicant had interfaces already. NetworkManager reads fils before, when
	// wpa_supplicant cannot have it yet, and does not look again.
	Late bool
}

// Able are capabilities of which all are known: those named, and no other.
func Able(names ...Capability) Capabilities {
	c := Capabilities{Can: map[Capability]bool{}}
	for _, known := range KnownCapabilities() {
		c.Can[known] = slices.Contains(names, known)
	}
	return c
}

// ParseCapabilities reads a list with commas; "none" is the empty one.
func ParseCapabilities(list string) (Capabilities, error) {
	var able []Capability
	for name := range strings.FieldsFuncSeq(strings.ToLower(list), func(r rune) bool { return r == ',' || r == ' ' }) {
		switch c := Capability(name); {
		case slices.Contains(KnownCapabilities(), c):
			able = append(able, c)
		case name != "none":
			return Capabilities{}, fmt.Errorf("no capability is called %q: %s", name, words(KnownCapabilities()))
		}
	}
	return Able(able...), nil
}

// Debian12 are those of wpa_supplicant 2.10 as Debian 12 builds it, on a radio with mac80211, as NetworkManager sees them.
func Debian12() Capabilities {
	return Able(AP, PMF80211w, FT, SHA384, SuiteB192, SAE, BIP, EAPFAST, Isolation)
}

// Supplicant is what wpa_supplicant says of itself on D-Bus; nil is what it did not say.
type Supplicant struct {
	Capabilities []string // of the root object
	EAPMethods   []string // of the root object
	KeyMgmt      []string // of the interface's Capabilities; nil when it has no interface
	GroupMgmt    []string // the same
	HasApIsolate bool     // the interface has the property
	Busy         bool     // it had interfaces already when it was asked
}

// Seen reads them as NetworkManager does (nm-supplicant-manager.c, nm-supplicant-interface.c).
func (s Supplicant) Seen() Capabilities {
	can := map[Capability]bool{
		FT: slices.Contains(s.Capabilities, "ft"), SHA384: slices.Contains(s.Capabilities, "sha384"),
		EAPFAST: slices.ContainsFunc(s.EAPMethods, func(m string) bool { return strings.EqualFold(m, "FAST") }),
	}
	if s.Capabilities != nil {
		for _, c := range []Capability{AP, PMF80211w, FILSAuth, SuiteB192} {
			can[c] = slices.Contains(s.Capabilities, string(c))
		}
	}
	if s.KeyMgmt != nil {
		can[SAE] = slices.Contains(s.KeyMgmt, "sae")
		can[FT] = can[FT] && slices.Contains(s.KeyMgmt, "wpa-ft-psk")
		can[BIP] = slices.ContainsFunc(s.GroupMgmt, func(cipher string) bool {
			return slices.Contains([]string{"aes-128-cmac", "bip-gmac-128", "bip-gmac-256", "bip-cmac-256"}, cipher)
		})
		can[Isolation] = s.HasApIsolate
	}
	return Capabilities{Can: can, Late: s.Busy}
}

func words(list []Capability) string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = string(c)
	}
	return strings.Join(texts, ", ")
}
