// Package derive computes what NetworkManager sends to wpa_supplicant for a profile, by NetworkManager's own rules.
//
// It follows src/core/supplicant/nm-supplicant-config.c and the build_supplicant_config of the devices, in the versions
// 1.42 to 1.58. It is pure: what NetworkManager knows besides the profile comes in as [Given], and what of it matters
// and is not known is said in the answer.
package derive

import (
	"strings"

	"nmdebug/nmwatch/profile"
)

// Given is what decides besides the profile.
type Given struct {
	Version      Version      // of NetworkManager; zero is that of [Newest]
	Capabilities Capabilities // as NetworkManager saw them
	Defaults     Defaults     // of NetworkManager's configuration, and of how it was built
	Interface    Interface

	// Files holds the content of the files that the profile names, as far as they were read: it decides whether a key
	// is PKCS#12, and what is sent of the profile of one user alone.
	Files map[string][]byte

	// BlobDir is where NetworkManager will write the certificates that the profile itself holds, as it does with a
	// profile that comes in by D-Bus (/run/NetworkManager/system-connections); "" sends them as blobs.
	BlobDir string
}

// Defaults are those of NetworkManager.conf's [connection] sections, zero where there are none, and of the build.
type Defaults struct {
	PMF          PMF  // wifi-sec.pmf
	FILS         FILS // wifi-sec.fils
	APIsolation  bool // wifi.ap-isolation
	Offload      int  // macsec.offload: 0 off, 1 phy, 2 mac
	SystemCA     string
	SystemCAFile bool // it is one file and not a directory
}

// Interface is what decides of the interface that the profile is activated on.
type Interface struct {
	Name         string
	MTU          uint32 // of the link; 0 when not known: 1500 is taken
	Bridge       string // it will be a port of this one
	Frequency    uint32 // MHz, of the chosen access point; it matters when the interface itself is to be one
	AccessPoints int    // how many of the network's were seen in its life (seen-bssids)
}

// Result is what NetworkManager sends, each value with where it came from.
type Result struct {
	Driver    string    // CreateInterface
	Interface []Setting // properties that are set, in their order
	Network   []Entry   // AddNetwork, in the order in which they were derived
	Missing   []Entry   // keys that are sent, too, whose value is a secret that is not known here
	Blobs     []BlobEntry
	Notes     []string // what could not be known, and what was taken for it
}

// Entry is one key of a network block.
type Entry struct {
	Key      string
	Value    any    // []byte, string or int32 as NetworkManager types it, or a Secret; nil when missing
	Property string // setting.property that gave it; "" when the rule alone did
	Rule     string // why it is so, where the property does not say it all
}

// Setting is one property of the supplicant's interface, or of its globals.
type Setting struct {
	Name     string
	Value    any // string or uint32
	Property string
	Rule     string
}

// BlobEntry is a content that AddBlob gives the supplicant under a name.
type BlobEntry struct {
	Name     string
	Content  Secret // nothing when the file was not read
	Key      string // of the network block that names it
	Property string
}

// Private tells whether the content is a key, and so a secret.
func (b BlobEntry) Private() bool { return strings.HasPrefix(b.Key, "private_key") }

// Network derives what is sent for a profile. The error is an [*Error] and says why NetworkManager would send nothing.
func Network(p profile.Profile, g Given) (Result, error) {
	d := deriver{profile: p, given: g.complete(), seen: map[string]bool{}}
	if err := d.network(); err != nil {
		return d.out, err
	}
	return d.out, nil
}

func (d *deriver) network() error {
	switch kind := d.profile.Type(); kind {
	case "802-11-wireless":
		return d.wifi()
	case "802-3-ethernet", "veth":
		return d.wired()
	case macsecSetting:
		return d.macsec()
	case "":
		return fail("connection", "type", "is missing")
	default:
		return fail("connection", "type", "%s needs no wpa_supplicant", kind)
	}
}

func (d *deriver) wired() error {
	if !d.profile.Has(dot1x) {
		return fail(dot1x, "", "the profile has no such setting, so that no wpa_supplicant is needed")
	}
	d.out.Driver = "wired"
	if err := d.eap(true); err != nil {
		return err
	}
	return d.iface(0)
}

// complete puts the usual in place of what is not said.
func (g Given) complete() Given {
	if g.Version == (Version{}) {
		g.Version = Newest()
	}
	if g.Defaults.PMF == PMFDefault {
		g.Defaults.PMF = PMFOptional
	}
	if g.Defaults.FILS == FILSDefault {
		g.Defaults.FILS = FILSOptional
	}
	if g.Defaults.SystemCA == "" {
		g.Defaults.SystemCA = "/etc/ssl/certs"
	}
	if g.Interface.MTU == 0 {
		g.Interface.MTU = 1500
	}
	return g
}

// Dict is the dictionary of AddNetwork: []byte, string, int32 or [Secret] by key. What is missing is not in it.
func (r Result) Dict() map[string]any {
	dict := make(map[string]any, len(r.Network))
	for _, e := range r.Network {
		dict[e.Key] = e.Value
	}
	return dict
}

// Reveal is the dictionary of AddNetwork with its secrets.
func (r Result) Reveal() map[string]any {
	dict := r.Dict()
	for key, value := range dict {
		if s, ok := value.(Secret); ok {
			dict[key] = s.Reveal()
		}
	}
	return dict
}

// RevealBlobs are the arguments of AddBlob: the contents that are known, by name.
func (r Result) RevealBlobs() map[string][]byte {
	blobs := make(map[string][]byte, len(r.Blobs))
	for _, b := range r.Blobs {
		if content, ok := b.Content.Reveal().([]byte); ok {
			blobs[b.Name] = content
		}
	}
	return blobs
}
