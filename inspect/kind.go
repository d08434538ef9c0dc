package inspect

import (
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// KindBluetooth is the kind of a link over Bluetooth, in NetworkManager's word.
const KindBluetooth = "bt"

// The kinds that checks ask for. All other kinds are the kernel's or NetworkManager's word.
const (
	kindLoopback  = "loopback"
	kindEthernet  = "ethernet"
	kindWifi      = "wifi"
	kindBridge    = "bridge"
	kindBond      = "bond"
	kindTeam      = "team"
	kindVeth      = "veth"
	kindTun       = "tun"
	kindTap       = "tap"
	kindWireGuard = "wireguard"
	kindVxlan     = "vxlan"
	kindVRF       = "vrf"
	kindBluetooth = KindBluetooth
)

// kindOf names the kind of an interface: the kernel's word first, since it exists without NetworkManager too.
func kindOf(link *kerneltypes.Link, dev *nmtypes.Device) string {
	const untold, ether = 0, 1 // ARPHRD_ETHER
	switch {
	case link == nil && dev == nil:
		return "unknown"
	case link == nil:
		return dev.Type.String()
	case link.Loopback():
		return kindLoopback
	case link.Wireless, dev != nil && dev.Type == nmtypes.TypeWifi:
		return kindWifi
	case link.Kind == kindTun && link.TunMode == kindTap:
		return kindTap
	case link.Kind != "":
		return link.Kind
	case overBluetooth(link):
		return kindBluetooth
	case dev != nil && dev.Type != nmtypes.TypeUnknown && dev.Type != nmtypes.TypeGeneric:
		return dev.Type.String()
	case link.Type != untold && link.Type != ether:
		return nmtypes.TypeGeneric.String()
	default:
		return kindEthernet
	}
}
