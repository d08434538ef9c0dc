package wpatypes

import "time"

// Config is how an interface is configured, in the words of wpa_supplicant.conf and without secrets.
type Config struct {
	File    string            // ConfigFile: what wpa_supplicant was started with; "" when all came by D-Bus
	Bridge  string            // BridgeIfname
	Globals map[string]string // by key, values as a file has them
	Blobs   map[string]int    // how many bytes each has; their content may be a private key
	All     []Network         // its network blocks, those that were read
	Unread  int               // how many more there are
	Can     Capabilities
}

// Capabilities are what the driver of an interface can do, in the words of D-Bus ("sae", "wpa-ft-psk", "bip-gmac-256").
type Capabilities struct {
	KeyMgmt   []string // nil when it was not told
	GroupMgmt []string
}

// Suites are what an access point offers in one of its elements, WPA or RSN, in the words of D-Bus ("wpa-psk", "ccmp").
type Suites struct {
	KeyMgmt  []string
	Pairwise []string
	Group    string
}

// Protection is how an access point stands to protected management frames (IEEE 802.11, RSN capabilities).
type Protection uint8

// How an access point can stand to protected management frames.
const (
	ProtectionUnknown  Protection = iota // its RSN element was not told
	ProtectionNone                       // it cannot do them
	ProtectionCapable                    // MFPC: it does them with who wants them
	ProtectionRequired                   // MFPR: it lets in none without
)

// Association is what a control socket says of the connection in use and of its network block; both are not on D-Bus.
type Association struct {
	KeyMgmt   string   `json:"key_mgmt,omitempty"` // "WPA2-PSK", "SAE", "IEEE 802.1X (no WPA)"
	Pairwise  string   `json:"pairwise,omitempty"` // "CCMP"; "NONE" without encryption
	Group     string   `json:"group,omitempty"`
	GroupMgmt string   `json:"group_mgmt,omitempty"` // "BIP"; "" without protected management frames
	PMF       string   `json:"pmf,omitempty"`        // "1", "2" when required; "" without
	Network   string   `json:"network,omitempty"`    // path of the network block whose keys these are
	Keys      []string `json:"keys,omitempty"`       // the secret keys that the network block has
}

// Captured are the calls by which an interface was configured, as they were seen on the bus between others; secrets are
// left out as in a Network.
type Captured struct {
	At      time.Time         // of AddNetwork; zero when there was none
	Driver  string            // CreateInterface
	Bridge  string            // Set BridgeIfname
	Globals map[string]string // Set, by key, values as a file has them
	Network map[string]string // AddNetwork, by key, values as a file has them; nil when there was none
	Blobs   map[string]int    // AddBlob: how many bytes each has
}
