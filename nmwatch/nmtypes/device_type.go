package nmtypes

import "fmt"

// DeviceType is the kind of a device: NMDeviceType.
type DeviceType uint32

// The kinds of devices.
const (
	TypeUnknown      DeviceType = 0  // NetworkManager cannot tell
	TypeEthernet     DeviceType = 1  // wired; before the profile says so, also one that PPPoE runs on
	TypeWifi         DeviceType = 2  // a Wi-Fi card as a station or access point
	TypeUnused1      DeviceType = 3  // never used
	TypeUnused2      DeviceType = 4  // never used
	TypeBluetooth    DeviceType = 5  // a paired phone: PAN or DUN; its name is an address until it is connected
	TypeOLPCMesh     DeviceType = 6  // the mesh of the OLPC laptop; its companion is a Wi-Fi device
	TypeWimax        DeviceType = 7  // no longer supported, never seen since 1.2
	TypeModem        DeviceType = 8  // a modem of ModemManager or oFono; its name is a control port
	TypeInfiniBand   DeviceType = 9  // IP over InfiniBand
	TypeBond         DeviceType = 10 // several links as one
	TypeVLAN         DeviceType = 11 // an 802.1Q tag on its parent
	TypeADSL         DeviceType = 12 // PPP over ATM
	TypeBridge       DeviceType = 13 // a switch in software
	TypeGeneric      DeviceType = 14 // a kind that NetworkManager does not know: it can hardly do more than watch it
	TypeTeam         DeviceType = 15 // several links as one, run by teamd
	TypeTun          DeviceType = 16 // a TUN or TAP interface that a program serves
	TypeIPTunnel     DeviceType = 17 // IPIP, GRE, SIT, VTI and their kin
	TypeMACVLAN      DeviceType = 18 // a further MAC address on its parent; also macvtap
	TypeVXLAN        DeviceType = 19 // Ethernet over UDP
	TypeVeth         DeviceType = 20 // one end of a pair
	TypeMACsec       DeviceType = 21 // 802.1AE on its parent
	TypeDummy        DeviceType = 22 // an interface that leads nowhere
	TypePPP          DeviceType = 23 // the interface of PPPoE with an explicit parent
	TypeOVSInterface DeviceType = 24 // Open vSwitch: what carries IP
	TypeOVSPort      DeviceType = 25 // Open vSwitch: exists only in its database
	TypeOVSBridge    DeviceType = 26 // Open vSwitch: exists only in its database
	TypeWPAN         DeviceType = 27 // IEEE 802.15.4
	Type6LoWPAN      DeviceType = 28 // IPv6 over IEEE 802.15.4
	TypeWireGuard    DeviceType = 29 // a tunnel; activated says nothing of its peers
	TypeWifiP2P      DeviceType = 30 // the peer-to-peer half of a Wi-Fi card; it has no interface
	TypeVRF          DeviceType = 31 // a routing table with interfaces of its own
	TypeLoopback     DeviceType = 32 // lo, managed since 1.42
	TypeHSR          DeviceType = 33 // seamless redundancy, HSR or PRP; since 1.46
	TypeIPVLAN       DeviceType = 34 // shares the MAC address of its parent; since 1.52
	TypeGENEVE       DeviceType = 35 // Ethernet over UDP; since 1.58
)

// String is the type's name in NetworkManager.
func (t DeviceType) String() string {
	words := [...]string{
		TypeUnknown: "unknown", TypeEthernet: "ethernet", TypeWifi: "wifi", TypeUnused1: "unused1", TypeUnused2: "unused2",
		TypeBluetooth: "bt", TypeOLPCMesh: "olpc-mesh", TypeWimax: "wimax", TypeModem: "modem", TypeInfiniBand: "infiniband",
		TypeBond: "bond", TypeVLAN: "vlan", TypeADSL: "adsl", TypeBridge: "bridge", TypeGeneric: "generic", TypeTeam: "team",
		TypeTun: "tun", TypeIPTunnel: "ip-tunnel", TypeMACVLAN: "macvlan", TypeVXLAN: "vxlan", TypeVeth: "veth",
		TypeMACsec: "macsec", TypeDummy: "dummy", TypePPP: "ppp", TypeOVSInterface: "ovs-interface", TypeOVSPort: "ovs-port",
		TypeOVSBridge: "ovs-bridge", TypeWPAN: "wpan", Type6LoWPAN: "6lowpan", TypeWireGuard: "wireguard",
		TypeWifiP2P: "wifi-p2p", TypeVRF: "vrf", TypeLoopback: "loopback", TypeHSR: "hsr", TypeIPVLAN: "ipvlan",
		TypeGENEVE: "geneve",
	}
	return word(words[:], uint32(t))
}

// word is the word for a number, "unknown(n)" when the daemon is newer than we are.
func word(words []string, n uint32) string {
	if uint64(n) < uint64(len(words)) {
		return words[n]
	}
	return fmt.Sprintf("unknown(%d)", n)
}
