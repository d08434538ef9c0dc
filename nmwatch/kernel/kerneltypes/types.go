// Package kerneltypes holds what the kernel says of the network, as plain values: links, addresses, routes, neighbours, radios.
//
// The values are immutable once published. A zero time or an empty string means that the kernel did not say.
package kerneltypes

import (
	"net/netip"
	"time"
)

// State is everything the kernel said, up to one instant.
type State struct {
	Synced    bool // the first dump is complete: what is not here does not exist
	Links     map[int]Link
	Addrs     map[int][]Addr // by interface index, in the kernel's order: IPv4 before IPv6, primary before secondary
	Routes    []Route        // main and other unicast tables, without the local and broadcast ones; sorted, a multipath route as one per next hop
	Neighs    []Neigh        // entries of unicast neighbours, sorted by interface and address
	Rfkill    map[uint32]Radio
	Speeds    map[string]Speed     // by interface name, from ethtool
	Stations  map[string]Station   // by interface name, from nl80211
	WireGuard map[string]WireGuard // by interface name
	Wireless  map[int]WirelessLog  // by interface index: what nl80211 signalled while we watched
	Adapters  []Adapter            // Bluetooth adapters, sorted by index
	Peers     map[string]PeerLog   // by Bluetooth address: what happened to connections while we watched
	Country   string               // the regulatory domain, as of its last change while we watched; "" when it did not
	Problems  []string             // messages that could not be understood, the newest 20
	Sources   map[string]Source    // by the names that they have in notes, "rtnetlink" and others
}

// Source is how far one of the kernel's sources could tell. A source that is not in State.Sources was not asked.
type Source struct {
	Status SourceStatus
	Detail string // the error's text, "" when there was none
	Right  string // the right that is missing, where one is
}

// SourceStatus says whether a source can be believed. The words are those of the notes that the source sent.
type SourceStatus string

// How a source can stand.
const (
	SourceUp     SourceStatus = "up"     // reached, not everything has been told yet
	SourceSynced SourceStatus = "synced" // what it has not told does not exist
	SourceDown   SourceStatus = "down"   // cannot be reached any more; what it told is old
	SourceAbsent SourceStatus = "absent" // this system does not have it
	SourceDenied SourceStatus = "denied" // a right is missing
	SourceLost   SourceStatus = "lost"   // messages were lost, a new dump is coming
)

// Link is one network interface (rtnetlink RTM_NEWLINK, linux/if_link.h).
type Link struct {
	Index                int
	Name                 string
	Kind                 string // IFLA_INFO_KIND: "veth", "bridge", "macvlan", "vxlan", "tun", "wireguard", …; "" for hardware
	PortKind             string // IFLA_INFO_SLAVE_KIND: "bridge", "bond", … when it is a port
	Type                 uint16 // ARPHRD_*: 1 ether, 772 loopback, 65534 none
	Flags                uint32 // IFF_*
	OperState            OperState
	Carrier              bool
	HasCarrier           bool      // the kernel told the carrier at all
	CarrierAt            time.Time // when the carrier last changed while we watched; zero when it did not
	MTU                  uint32
	Address              string // link-layer address, "aa:bb:…"
	PermAddr             string // IFLA_PERM_ADDRESS
	Controller           int    // index of the bridge or bond that it is a port of, 0 for none (IFLA_MASTER)
	Parent               int    // index of the link below it, of a veth the other end; 0 for none or when that is in another namespace (IFLA_LINK, of a vxlan IFLA_VXLAN_LINK)
	PeerNetns            bool   // IFLA_LINK points into another network namespace (IFLA_LINK_NETNSID present)
	PortState            uint8  // bridge port: 0 disabled 1 listening 2 learning 3 forwarding 4 blocking (IFLA_BRPORT_STATE)
	TunMode              string // "tun" or "tap", "" otherwise
	VxlanID              uint32
	VlanID               uint16
	Wireless             bool   // has a wiphy (sysfs phy80211) or is known to nl80211
	Phy                  string // "phy0", "" when it has none
	Driver               string // kernel driver from sysfs, "" when there is none
	Hardware             string // the device that it belongs to: "0000:00:1f.6", "hci0:42"; "" when it has none (IFLA_PARENT_DEV_NAME, Linux 5.14)
	RxBytes, TxBytes     uint64
	RxErrors, TxErrors   uint64
	RxDropped, TxDropped uint64
	CarrierChanges       uint32
}

// Up says whether the link is administratively up (IFF_UP).
func (l Link) Up() bool { return l.Flags&1 != 0 }

// OverBluetooth says whether the link is a network over Bluetooth, by which adapter and by which of its connections. Linux
// before 5.14 does not tell.
func (l Link) OverBluetooth() (adapter string, handle int, ok bool) {
	return ParseConnection(l.Hardware)
}

// Loopback says whether the link is a loopback (IFF_LOOPBACK).
func (l Link) Loopback() bool { return l.Flags&8 != 0 }

// OperState is the RFC 2863 state of a link (linux/if.h, IF_OPER_*).
type OperState uint8

// The operational states.
const (
	OperUnknown OperState = iota
	OperNotPresent
	OperDown
	OperLowerLayerDown
	OperTesting
	OperDormant // waiting for an external event, such as 802.1X
	OperUp
)

// Addr is one address of an interface.
type Addr struct {
	Prefix    netip.Prefix
	Peer      netip.Addr // the other end of a point-to-point address; invalid when there is none
	Scope     uint8      // 0 global, 253 link, 254 host
	Flags     uint32     // IFA_F_*
	Valid     uint32     // seconds as the kernel said at At; 0xffffffff is for ever
	Preferred uint32
	At        time.Time // when the lifetimes were said
}

// Tentative says whether duplicate address detection still runs (IFA_F_TENTATIVE).
func (a Addr) Tentative() bool { return a.Flags&0x40 != 0 }

// DadFailed says whether another host has the address (IFA_F_DADFAILED).
func (a Addr) DadFailed() bool { return a.Flags&0x08 != 0 }

// Route is one unicast route.
type Route struct {
	Dst      netip.Prefix // 0.0.0.0/0 or ::/0 for a default route
	From     netip.Prefix // only for packets from this prefix (RTA_SRC); invalid when for all
	Gateway  netip.Addr   // invalid when on-link
	OIF      int
	Source   netip.Addr // preferred source, invalid when none
	Table    uint32     // 254 is main
	Protocol uint8      // RTPROT_*: 2 kernel, 3 boot, 4 static, 9 ra, 16 dhcp
	Metric   uint32
	TOS      uint8  // only for packets of this type of service, 0 for all
	Type     uint8  // RTN_*: 1 unicast, 6 blackhole, 7 unreachable, 8 prohibit
	Flags    uint32 // RTNH_F_*: 1 dead, 16 linkdown
}

// Default says whether the route is a default route.
func (r Route) Default() bool { return r.Dst.Bits() == 0 }

// Neigh is one neighbour entry.
type Neigh struct {
	Index   int
	IP      netip.Addr
	Address string // link-layer address, "" while unresolved
	State   NeighState
	Since   time.Time // when it took this state; when it began to be asked, while it is incomplete
	Again   bool      // it is asked again after it did not answer
	At      time.Time // when the kernel said so
}

// NeighState is a neighbour's state (linux/neighbour.h, NUD_*).
type NeighState uint16

// The states of a neighbour.
const (
	NeighIncomplete NeighState = 0x01
	NeighReachable  NeighState = 0x02
	NeighStale      NeighState = 0x04
	NeighDelay      NeighState = 0x08
	NeighProbe      NeighState = 0x10
	NeighFailed     NeighState = 0x20
	NeighNoARP      NeighState = 0x40
	NeighPermanent  NeighState = 0x80
)

// Radio is one rfkill switch (linux/rfkill.h).
type Radio struct {
	Index uint32
	Name  string // "phy0", "hci0"
	Type  uint8  // 1 wlan, 2 bluetooth, 5 wwan
	Soft  bool   // blocked by software
	Hard  bool   // blocked by a hardware switch
}

// RadioName is the name that sysfs gives to an rfkill switch: the value of a "rfkill-name" measurement.
type RadioName struct {
	Index uint32 `json:"index"`
	Name  string `json:"name"`
}

// Device is what sysfs says of a link's hardware: the value of a "sysfs" measurement.
type Device struct {
	Index  int    `json:"index"`            // of the link; names are handed on, indices are not
	Driver string `json:"driver,omitempty"` // "virtio_net", "" when it has none
	Phy    string `json:"phy,omitempty"`    // "phy0", "" when it is not wireless
}

// Speed is what ethtool says of a link's modes.
type Speed struct {
	Mbps   int    `json:"mbps"`   // 0 when unknown
	Duplex string `json:"duplex"` // "full", "half", "" when unknown
}

// Station is the link of a Wi-Fi interface to its access point (nl80211).
type Station struct {
	BSSID         string        `json:"bssid"`
	SSID          []byte        `json:"ssid"`
	FrequencyMHz  int           `json:"frequency_mhz"`
	SignalDBm     int           `json:"signal_dbm"` // 0 when the driver does not tell
	AverageDBm    int           `json:"average_dbm"`
	RxBitsPerSec  int           `json:"rx_bits_per_second"`
	TxBitsPerSec  int           `json:"tx_bits_per_second"`
	RxRate        Rate          `json:"rx_rate"`
	TxRate        Rate          `json:"tx_rate"`
	RxPackets     int           `json:"rx_packets"`
	TxPackets     int           `json:"tx_packets"`
	NoiseDBm      int           `json:"noise_dbm"`     // 0 when the driver does not tell
	ChannelWidth  int           `json:"channel_width"` // MHz, 0 when unknown
	TxRetries     int           `json:"tx_retries"`
	TxFailed      int           `json:"tx_failed"`
	BeaconLoss    int           `json:"beacon_loss"`
	Connected     time.Duration `json:"connected_ns"`
	Inactive      time.Duration `json:"inactive_ns"`
	InterfaceType string        `json:"interface_type"` // "station", "access point", …
	Associated    bool          `json:"associated"`
	At            time.Time     `json:"at"`
}

// WirelessLog is what nl80211 signalled of one interface while we watched: the last event of each sort.
type WirelessLog struct {
	Auth       WirelessEvent // the access point's answer to an authentication; Code is the 802.11 status, 0 for success
	Connect    WirelessEvent // the end of an attempt to connect; Code is the 802.11 status, 0 for success
	Disconnect WirelessEvent // Code is the 802.11 reason
	Roam       WirelessEvent // to another access point of the same network
	Roams      int
	Scan       WirelessEvent // Code is 1 when it was aborted
}

// WirelessEvent is one event. The zero value stands for none.
type WirelessEvent struct {
	At        time.Time
	Code      uint16
	BSSID     string // the access point it is about, "" when the event does not say
	ByAP      bool   // of a Disconnect: the access point ended it, not we
	Algorithm uint16 // of an Auth: AuthOpen, AuthSAE, or another of IEEE 802.11-2020 §9.4.1.1
}

// The authentication algorithms that are told apart.
const (
	AuthOpen = 0 // no proof of anything: WPA2 proves its key later
	AuthSAE  = 3 // WPA3
)

// Rate is how a bit rate comes about.
type Rate struct {
	Standard string `json:"standard,omitempty"`  // "HT", "VHT", "HE", "EHT"; "" for the rates of before 802.11n
	MCS      int    `json:"mcs"`                 // modulation and coding scheme
	Streams  int    `json:"streams,omitempty"`   // spatial streams
	WidthMHz int    `json:"width_mhz,omitempty"` // 0 when unknown
}

// WireGuard is a WireGuard interface's peers.
type WireGuard struct {
	ListenPort int             `json:"listen_port"`
	Peers      []WireGuardPeer `json:"peers"`
}

// WireGuardPeer is one peer, without its keys' secrets.
type WireGuardPeer struct {
	PublicKey     string    `json:"public_key"`
	Endpoint      string    `json:"endpoint,omitempty"`
	LastHandshake time.Time `json:"last_handshake"` // zero when there was none
	RxBytes       int64     `json:"rx_bytes"`
	TxBytes       int64     `json:"tx_bytes"`
	AllowedIPs    []string  `json:"allowed_ips"`
	KeepaliveSec  int       `json:"keepalive_seconds"`
}
