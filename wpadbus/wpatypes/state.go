package wpatypes

// InterfaceState is wpa_supplicant's state of an interface, in its own word on D-Bus. Its log has the same in capitals.
type InterfaceState string

// The states of an interface. On wired links it goes from associated to completed; there is no handshake.
const (
	StateDisconnected      InterfaceState = "disconnected"       // no association; about to look for one
	StateInterfaceDisabled InterfaceState = "interface_disabled" // the link is down or the radio is off
	StateInactive          InterfaceState = "inactive"           // no network block is enabled: nothing was asked for
	StateScanning          InterfaceState = "scanning"           // looks for access points
	StateAuthenticating    InterfaceState = "authenticating"     // 802.11 authentication: open, SAE, FT or FILS
	StateAssociating       InterfaceState = "associating"        // association was asked for
	StateAssociated        InterfaceState = "associated"         // associated; 802.1X runs in this state
	StateFourWayHandshake  InterfaceState = "4way_handshake"     // keys are being proved: a wrong password ends here
	StateGroupHandshake    InterfaceState = "group_handshake"    // the broadcast key is being set
	StateCompleted         InterfaceState = "completed"          // all of L2 is done
)

// Rank is how far the state is on the way to completed: -1 for a word that we do not know, 0 for those without an
// association, 6 for completed. A step back is a lost or refused association, save for the group key's renewal.
func (s InterfaceState) Rank() int {
	switch s {
	case StateDisconnected, StateInterfaceDisabled, StateInactive, StateScanning:
		return 0
	case StateAuthenticating:
		return 1
	case StateAssociating:
		return 2
	case StateAssociated:
		return 3
	case StateFourWayHandshake:
		return 4
	case StateGroupHandshake:
		return 5
	case StateCompleted:
		return 6
	default:
		return -1
	}
}
