package nmtypes

import "fmt"

type (
	GlobalState     uint32
	Connectivity    uint32
	DeviceType      uint32
	DeviceState     uint32
	DeviceReason    uint32
	InterfaceFlags  uint32
	ActiveState     uint32
	ActiveReason    uint32
	ActivationFlags uint32
	VPNState        uint32
)

func (s GlobalState) String() string  { return fmt.Sprint(uint32(s)) }
func (s Connectivity) String() string { return fmt.Sprint(uint32(s)) }
func (s DeviceType) String() string   { return fmt.Sprint(uint32(s)) }
func (s DeviceState) String() string  { return fmt.Sprint(uint32(s)) }
func (s DeviceReason) String() string { return fmt.Sprint(uint32(s)) }
func (s ActiveState) String() string  { return fmt.Sprint(uint32(s)) }
func (s ActiveReason) String() string { return fmt.Sprint(uint32(s)) }
func (s VPNState) String() string     { return fmt.Sprint(uint32(s)) }

func (f ActivationFlags) Has(x ActivationFlags) bool { return f&x != 0 }

const (
	TypeUnknown   DeviceType = 0
	TypeEthernet  DeviceType = 1
	TypeWifi      DeviceType = 2
	TypeBluetooth DeviceType = 5
	TypeWimax     DeviceType = 7
	TypeModem     DeviceType = 8
	TypeADSL      DeviceType = 12
	TypeGeneric   DeviceType = 14
	TypeVeth      DeviceType = 20
	TypeOVSPort   DeviceType = 25
	TypeOVSBridge DeviceType = 26
	TypeWifiP2P   DeviceType = 30

	DeviceUnavailable DeviceState = 20
	DevicePrepare     DeviceState = 40
	DeviceActivated   DeviceState = 100
	DeviceFailed      DeviceState = 120
)

const (
	ActiveActivating  ActiveState = 1
	ActiveActivated   ActiveState = 2
	ActiveDeactivated ActiveState = 4

	ActiveReasonNone                ActiveReason = 1
	ActiveReasonUserDisconnected    ActiveReason = 2
	ActiveReasonDeviceDisconnected  ActiveReason = 3
	ActiveReasonIPConfigInvalid     ActiveReason = 5
	ActiveReasonConnectTimeout      ActiveReason = 6
	ActiveReasonServiceStartTimeout ActiveReason = 7
	ActiveReasonNoSecrets           ActiveReason = 9
	ActiveReasonLoginFailed         ActiveReason = 10
	ActiveReasonConnectionRemoved   ActiveReason = 11

	ConnectivityNone    Connectivity = 1
	ConnectivityPortal  Connectivity = 2
	ConnectivityLimited Connectivity = 3
	ConnectivityFull    Connectivity = 4

	FlagLayer2Ready ActivationFlags = 4
	FlagIP4Ready    ActivationFlags = 8
	FlagIP6Ready    ActivationFlags = 16
	FlagExternal    ActivationFlags = 128

	VPNUnknown      VPNState = 0
	VPNPrepare      VPNState = 1
	VPNNeedAuth     VPNState = 2
	VPNConnect      VPNState = 3
	VPNIPConfigGet  VPNState = 4
	VPNActivated    VPNState = 5
	VPNFailed       VPNState = 6
	VPNDisconnected VPNState = 7

	ReasonNone                      DeviceReason = 0
	ReasonUnknown                   DeviceReason = 1
	ReasonConfigFailed              DeviceReason = 4
	ReasonIPConfigUnavailable       DeviceReason = 5
	ReasonIPConfigExpired           DeviceReason = 6
	ReasonNoSecrets                 DeviceReason = 7
	ReasonSupplicantDisconnect      DeviceReason = 8
	ReasonSupplicantConfigFailed    DeviceReason = 9
	ReasonSupplicantFailed          DeviceReason = 10
	ReasonSupplicantTimeout         DeviceReason = 11
	ReasonPPPStartFailed            DeviceReason = 12
	ReasonPPPDisconnect             DeviceReason = 13
	ReasonPPPFailed                 DeviceReason = 14
	ReasonDHCPStartFailed           DeviceReason = 15
	ReasonDHCPError                 DeviceReason = 16
	ReasonDHCPFailed                DeviceReason = 17
	ReasonSharedStartFailed         DeviceReason = 18
	ReasonSharedFailed              DeviceReason = 19
	ReasonAutoIPStartFailed         DeviceReason = 20
	ReasonAutoIPError               DeviceReason = 21
	ReasonAutoIPFailed              DeviceReason = 22
	ReasonFirmwareMissing           DeviceReason = 35
	ReasonRemoved                   DeviceReason = 36
	ReasonConnectionRemoved         DeviceReason = 38
	ReasonUserRequested             DeviceReason = 39
	ReasonCarrier                   DeviceReason = 40
	ReasonModemNotFound             DeviceReason = 43
	ReasonBTFailed                  DeviceReason = 44
	ReasonDependencyFailed          DeviceReason = 50
	ReasonSSIDNotFound              DeviceReason = 53
	ReasonSecondaryConnectionFailed DeviceReason = 54
	ReasonIPAddressDuplicate        DeviceReason = 64
	ReasonIPMethodUnsupported       DeviceReason = 65
)
