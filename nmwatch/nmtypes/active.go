package nmtypes

// ActiveState is the state of an active connection: NMActiveConnectionState.
type ActiveState uint32

// The states of an active connection.
const (
	ActiveUnknown      ActiveState = 0 // not said
	ActiveActivating   ActiveState = 1 // its device is anywhere between prepare and secondaries
	ActiveActivated    ActiveState = 2 // stands, as far as NetworkManager knows
	ActiveDeactivating ActiveState = 3 // is being taken down
	ActiveDeactivated  ActiveState = 4 // gone: its object disappears right after, and the reason with it
)

// String is NetworkManager's word for the state.
func (s ActiveState) String() string {
	words := [...]string{
		ActiveUnknown: "unknown", ActiveActivating: "activating", ActiveActivated: "activated",
		ActiveDeactivating: "deactivating", ActiveDeactivated: "deactivated",
	}
	return word(words[:], uint32(s))
}

// ActiveReason says why an active connection, also a VPN, changed its state: NMActiveConnectionStateReason.
type ActiveReason uint32

// The reasons of an active connection.
const (
	ActiveReasonUnknown             ActiveReason = 0  // NetworkManager does not know, or has no word for the device's reason
	ActiveReasonNone                ActiveReason = 1  // nothing to say: the usual reason of a step forward
	ActiveReasonUserDisconnected    ActiveReason = 2  // a user or client asked for it
	ActiveReasonDeviceDisconnected  ActiveReason = 3  // the device below went away or was disconnected
	ActiveReasonServiceStopped      ActiveReason = 4  // the VPN's program ended: its own log knows why
	ActiveReasonIPConfigInvalid     ActiveReason = 5  // the VPN's addresses could not be used
	ActiveReasonConnectTimeout      ActiveReason = 6  // the VPN's server did not answer in time
	ActiveReasonServiceStartTimeout ActiveReason = 7  // the VPN's plugin did not appear on the bus in time
	ActiveReasonServiceStartFailed  ActiveReason = 8  // the VPN's plugin could not be started: often not installed
	ActiveReasonNoSecrets           ActiveReason = 9  // a password was needed and nobody gave it
	ActiveReasonLoginFailed         ActiveReason = 10 // the server refused the login
	ActiveReasonConnectionRemoved   ActiveReason = 11 // the profile was deleted
	ActiveReasonDependencyFailed    ActiveReason = 12 // the controller's or parent's connection failed
	ActiveReasonDeviceRealizeFailed ActiveReason = 13 // the virtual interface could not be created
	ActiveReasonDeviceRemoved       ActiveReason = 14 // the device disappeared
)

// String is the reason's name in NetworkManager, with dashes.
func (r ActiveReason) String() string {
	words := [...]string{
		ActiveReasonUnknown: "unknown", ActiveReasonNone: "none", ActiveReasonUserDisconnected: "user-disconnected",
		ActiveReasonDeviceDisconnected: "device-disconnected", ActiveReasonServiceStopped: "service-stopped",
		ActiveReasonIPConfigInvalid: "ip-config-invalid", ActiveReasonConnectTimeout: "connect-timeout",
		ActiveReasonServiceStartTimeout: "service-start-timeout", ActiveReasonServiceStartFailed: "service-start-failed",
		ActiveReasonNoSecrets: "no-secrets", ActiveReasonLoginFailed: "login-failed",
		ActiveReasonConnectionRemoved: "connection-removed", ActiveReasonDependencyFailed: "dependency-failed",
		ActiveReasonDeviceRealizeFailed: "device-realize-failed", ActiveReasonDeviceRemoved: "device-removed",
	}
	return word(words[:], uint32(r))
}

// ActivationFlags say how far each layer of an active connection is, by NetworkManager's own account: NMActivationStateFlags.
type ActivationFlags uint32

// The flags of an activation.
const (
	FlagIsController       ActivationFlags = 0x1  // its device is a bridge, bond or team
	FlagIsPort             ActivationFlags = 0x2  // its device is a port of one
	FlagLayer2Ready        ActivationFlags = 0x4  // stage 2 is over: the link is there and authenticated
	FlagIP4Ready           ActivationFlags = 0x8  // IPv4 is as the profile wants it, which may be: without an address
	FlagIP6Ready           ActivationFlags = 0x10 // the same for IPv6
	FlagControllerHasPorts ActivationFlags = 0x20 // the controller has at least one port
	FlagLifetime           ActivationFlags = 0x40 // ends with the session of the user to whom the profile belongs
	FlagExternal           ActivationFlags = 0x80 // made by others: NetworkManager only mirrors it
)

// Has says whether all of the flags are set.
func (f ActivationFlags) Has(flags ActivationFlags) bool { return f&flags == flags }

// String lists the flags with commas, "none" when there are none.
func (f ActivationFlags) String() string {
	return flagWords(uint32(f), []flagWord{
		{uint32(FlagIsController), "is-controller"},
		{uint32(FlagIsPort), "is-port"},
		{uint32(FlagLayer2Ready), "layer2-ready"},
		{uint32(FlagIP4Ready), "ip4-ready"},
		{uint32(FlagIP6Ready), "ip6-ready"},
		{uint32(FlagControllerHasPorts), "controller-has-ports"},
		{uint32(FlagLifetime), "lifetime-bound-to-profile-visibility"},
		{uint32(FlagExternal), "external"},
	})
}
