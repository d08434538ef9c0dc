package nmtypes

import "fmt"

// GlobalState is the state of NetworkManager as a whole: NMState.
type GlobalState uint32

// The states of NetworkManager as a whole.
const (
	GlobalUnknown         GlobalState = 0  // not said
	GlobalDisabled        GlobalState = 10 // networking is off, or the system sleeps ("asleep" before 1.56)
	GlobalDisconnected    GlobalState = 20 // no connection is active
	GlobalDisconnecting   GlobalState = 30 // the last connection is being taken down
	GlobalConnecting      GlobalState = 40 // a connection is on its way and none is up yet
	GlobalConnectedLocal  GlobalState = 50 // connected without a default route
	GlobalConnectedSite   GlobalState = 60 // a default route, and the connectivity check did not succeed
	GlobalConnectedGlobal GlobalState = 70 // a default route, and the check succeeded or is off
)

// String is NetworkManager's word for the state, with dashes.
func (s GlobalState) String() string {
	switch s {
	case GlobalUnknown:
		return "unknown"
	case GlobalDisabled:
		return "disabled"
	case GlobalDisconnected:
		return "disconnected"
	case GlobalDisconnecting:
		return "disconnecting"
	case GlobalConnecting:
		return "connecting"
	case GlobalConnectedLocal:
		return "connected-local"
	case GlobalConnectedSite:
		return "connected-site"
	case GlobalConnectedGlobal:
		return "connected-global"
	default:
		return fmt.Sprintf("unknown(%d)", uint32(s))
	}
}

// Connectivity is what NetworkManager's connectivity check found: NMConnectivityState. Without a check it is no measurement.
type Connectivity uint32

// The results of a connectivity check.
const (
	ConnectivityUnknown Connectivity = 0 // not checked yet
	ConnectivityNone    Connectivity = 1 // no default route
	ConnectivityPortal  Connectivity = 2 // the answer came from another than asked: a captive portal
	ConnectivityLimited Connectivity = 3 // no right answer: no way to the Internet, no DNS, or the check's server is down
	ConnectivityFull    Connectivity = 4 // the right answer; also claimed when the check is off and there is a default route
)

// String is NetworkManager's word for the result.
func (c Connectivity) String() string {
	words := [...]string{
		ConnectivityUnknown: "unknown", ConnectivityNone: "none", ConnectivityPortal: "portal",
		ConnectivityLimited: "limited", ConnectivityFull: "full",
	}
	return word(words[:], uint32(c))
}
