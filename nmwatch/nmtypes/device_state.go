package nmtypes

import "fmt"

// DeviceState is how far a device came: NMDeviceState. A greater number is further, save that after 100 it goes down again.
type DeviceState uint32

// The states of a device, in the order of an activation.
const (
	DeviceUnknown      DeviceState = 0   // NetworkManager has not looked yet
	DeviceUnmanaged    DeviceState = 10  // left alone: by configuration, udev, or because networking is off
	DeviceUnavailable  DeviceState = 20  // cannot be used: no carrier, radio off, no firmware, no supplicant
	DeviceDisconnected DeviceState = 30  // could be used and is idle
	DevicePrepare      DeviceState = 40  // stage 1: address, MTU, controller, before anything is sent
	DeviceConfig       DeviceState = 50  // stage 2: association, 802.1X, dialling; L2 is being made
	DeviceNeedAuth     DeviceState = 60  // waits for a secret from an agent; also after the supplicant was refused
	DeviceIPConfig     DeviceState = 70  // stage 3: L2 stands, addresses are being got
	DeviceIPCheck      DeviceState = 80  // addresses are there; pre-up scripts run
	DeviceSecondaries  DeviceState = 90  // waits for the VPNs that the profile starts with it
	DeviceActivated    DeviceState = 100 // connected, says NetworkManager: the link below may be dead all the same
	DeviceDeactivating DeviceState = 110 // pre-down scripts run, then it is taken down
	DeviceFailed       DeviceState = 120 // gave up; goes on to disconnected at once
)

// String is NetworkManager's word for the state.
func (s DeviceState) String() string {
	switch s {
	case DeviceUnknown:
		return "unknown"
	case DeviceUnmanaged:
		return "unmanaged"
	case DeviceUnavailable:
		return "unavailable"
	case DeviceDisconnected:
		return "disconnected"
	case DevicePrepare:
		return "prepare"
	case DeviceConfig:
		return "config"
	case DeviceNeedAuth:
		return "need-auth"
	case DeviceIPConfig:
		return "ip-config"
	case DeviceIPCheck:
		return "ip-check"
	case DeviceSecondaries:
		return "secondaries"
	case DeviceActivated:
		return "activated"
	case DeviceDeactivating:
		return "deactivating"
	case DeviceFailed:
		return "failed"
	default:
		return fmt.Sprintf("unknown(%d)", uint32(s))
	}
}

// InterfaceFlags are the flags of a device's link as NetworkManager sees them: NMDeviceInterfaceFlags.
type InterfaceFlags uint32

// The flags of a link.
const (
	InterfaceUp      InterfaceFlags = 0x1     // administratively up (IFF_UP)
	InterfaceLowerUp InterfaceFlags = 0x2     // the link below is up (IFF_LOWER_UP)
	InterfacePromisc InterfaceFlags = 0x4     // takes all frames (IFF_PROMISC)
	InterfaceCarrier InterfaceFlags = 0x10000 // NetworkManager counts it as having a carrier: mostly the same as lower-up
	InterfaceLLDP    InterfaceFlags = 0x20000 // listens for LLDP
)

// Has says whether all of the flags are set.
func (f InterfaceFlags) Has(flags InterfaceFlags) bool { return f&flags == flags }

// String lists the flags with commas, "none" when there are none.
func (f InterfaceFlags) String() string {
	return flagWords(uint32(f), []flagWord{
		{uint32(InterfaceUp), "up"},
		{uint32(InterfaceLowerUp), "lower-up"},
		{uint32(InterfacePromisc), "promisc"},
		{uint32(InterfaceCarrier), "carrier"},
		{uint32(InterfaceLLDP), "lldp-client-enabled"},
	})
}
