// Package nmtypes holds what NetworkManager says of the network, as plain values with NetworkManager's own words.
//
// The values are immutable once published. Objects are named by their D-Bus path; "" stands for NetworkManager's "/".
package nmtypes

import "time"

// State is everything NetworkManager said, up to one instant.
type State struct {
	Synced   bool // the first snapshot has been read: what is not here does not exist
	Speaker  int  // which NetworkManager since we watch: the paths of one are other objects of the next
	Manager  Manager
	Devices  map[string]Device           // by object path
	Active   map[string]ActiveConnection // by object path
	Ended    []ActiveConnection          // connections that ended while we watched, oldest first, with the reason of their end
	Profiles int                         // how many profiles there are
	DNS      []DNSEntry
	DNSMode  string    // how NetworkManager tells the resolver: "default", "systemd-resolved", …; "none" for not at all
	Problems []Problem // what the daemon said in another form than its interface promises
}

// Problem is something the daemon said in a form that its interface does not have.
type Problem struct {
	Object string
	Text   string
}

// Manager is the object /org/freedesktop/NetworkManager.
type Manager struct {
	Version              string
	State                GlobalState
	Connectivity         Connectivity
	ConnectivityCheck    bool // a check is available, enabled and has a URI: without one, Connectivity is not a measurement
	NetworkingEnabled    bool
	WirelessEnabled      bool
	WirelessHwEnabled    bool
	Startup              bool
	PrimaryConnection    string // path of the active connection that has the default route
	ActivatingConnection string
}

// Device is one device.
type Device struct {
	Path            string
	Interface       string // control interface; the address for Bluetooth, a serial port for modems
	IPInterface     string // the interface that carries IP, "" when there is none
	Type            DeviceType
	State           DeviceState
	Reason          DeviceReason
	StateAt         time.Time   // when State was last signalled; zero when it was so before we came
	StateBefore     DeviceState // the state that it left then
	Managed         bool
	Real            bool
	Driver          string
	FirmwareMissing bool
	PluginMissing   bool
	HwAddress       string
	Flags           InterfaceFlags
	MTU             uint32
	Active          string // path of the active connection
	Autoconnect     bool   // NetworkManager may activate a profile by itself; false once somebody disconnected it
	Available       int    // how many profiles could be activated on it now
	AvailableFile   string // the file of the only one, "" when there are more or it is in none
	IP4             *IPConfig
	IP6             *IPConfig
	DHCP4           map[string]string // the lease's options; nil when there is no lease
	DHCP6           map[string]string
	LeaseAt         time.Time // when a lease was last signalled; zero when it was so before we came
	IP4Connectivity Connectivity
	IP6Connectivity Connectivity
	Carrier         *bool // nil where the device type has none
	SpeedMbps       uint32
	Ports           []string // paths of the devices that are its ports
	Parent          string   // path of the device below it
	Wireless        *Wireless
	BluetoothCaps   uint32   // NMBluetoothCapabilities; 0 for other devices
	LastFailure     *Failure // the last time it failed while we watched; nil again once it is activated
	Applied         *Applied // what the active connection asked for; nil when it was not read
}

// Applied is what of a device's applied connection decides which floors there have to be.
type Applied struct {
	Dot1X         bool     // it authenticates with 802.1X
	Dot1XOptional bool     // and goes on when that fails
	EAP           []string // the methods that the profile allows: "peap"
	IP4Method     string   // "auto", "manual", "disabled", "link-local", "shared"
	IP6Method     string   // the same and "ignore", "dhcp"
}

// Failure is a device's passage through the failed state.
type Failure struct {
	Reason DeviceReason
	From   DeviceState // the state it was in when it failed: what it was trying
	At     time.Time
}

// Wireless is the Wi-Fi part of a device.
type Wireless struct {
	Mode        uint32 // NM80211Mode: 1 ad hoc, 2 infrastructure, 3 access point, 4 mesh
	BitrateKbps uint32
	AccessPoint *AccessPoint  // the one in use
	Visible     int           // how many access points are seen
	LastScan    time.Duration // CLOCK_BOOTTIME of the last scan; -1 for never
}

// The capabilities of a Bluetooth device (NMBluetoothCapabilities).
const (
	BluetoothDUN = 1 // dial-up
	BluetoothNAP = 2 // a network over PAN
)

// AccessPoint is one access point.
type AccessPoint struct {
	Path      string
	SSID      []byte
	BSSID     string
	Frequency uint32 // MHz
	Strength  uint8  // per cent
}

// IPConfig is the configuration of one family that NetworkManager applied.
type IPConfig struct {
	Addresses   []string // "192.0.2.1/24"
	Gateway     string
	Nameservers []string
	Domains     []string
	Routes      int
}

// ActiveConnection is one active connection, also one that has just ended.
type ActiveConnection struct {
	Path       string
	Connection string // path of the profile
	ID         string
	UUID       string
	Type       string // "802-3-ethernet", "vpn", …
	Base       string // path of the active connection that carries a VPN (SpecificObject)
	Devices    []string
	State      ActiveState
	Reason     ActiveReason // of the last state change that we saw
	StateAt    time.Time    // when State was last signalled; zero when it was so before we came
	Flags      ActivationFlags
	Default4   bool
	Default6   bool
	VPN        bool
	VPNState   VPNState
	VPNTrail   []VPNStep // the states it went through while we watched, oldest first
	Banner     string
	IP4        *IPConfig
	IP6        *IPConfig
	Controller string // path of the controller's device
}

// VPNStep is one state that a VPN went through.
type VPNStep struct {
	State  VPNState
	Reason ActiveReason
	At     time.Time
}

// DNSEntry is one line of the DNS manager's configuration.
type DNSEntry struct {
	Interface   string
	Nameservers []string
	Domains     []string
	VPN         bool
}
