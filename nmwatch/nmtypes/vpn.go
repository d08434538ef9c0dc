package nmtypes

// VPNState is how far a VPN of a plugin came: NMVpnConnectionState.
type VPNState uint32

// The states of a VPN.
const (
	VPNUnknown      VPNState = 0 // not said
	VPNPrepare      VPNState = 1 // the plugin is being started; also while it waits for the connection that carries it
	VPNNeedAuth     VPNState = 2 // secrets are being asked for
	VPNConnect      VPNState = 3 // the plugin talks to the server
	VPNIPConfigGet  VPNState = 4 // the tunnel stands, its addresses are being applied; also while pre-up scripts run
	VPNActivated    VPNState = 5 // up; it still says so while it is being taken down
	VPNFailed       VPNState = 6 // never came up: the reason says why, the plugin's log says more
	VPNDisconnected VPNState = 7 // ended, after it had been up
)

// String is NetworkManager's word for the state.
func (s VPNState) String() string {
	words := [...]string{
		VPNUnknown: "unknown", VPNPrepare: "prepare", VPNNeedAuth: "need-auth", VPNConnect: "connect",
		VPNIPConfigGet: "ip-config-get", VPNActivated: "activated", VPNFailed: "failed", VPNDisconnected: "disconnected",
	}
	return word(words[:], uint32(s))
}

// VPNPluginFailure is what a VPN's plugin said of its failure: NMVpnPluginFailure. Zero is a failure too.
type VPNPluginFailure uint32

// The failures of a VPN's plugin.
const (
	PluginLoginFailed   VPNPluginFailure = 0 // the server refused the login, or the plugin took an exit status for that
	PluginConnectFailed VPNPluginFailure = 1 // no connection: unreachable, refused, timed out, or the helper died
	PluginBadIPConfig   VPNPluginFailure = 2 // the server's addresses could not be used
)

// String is NetworkManager's word for the failure.
func (f VPNPluginFailure) String() string {
	words := [...]string{PluginLoginFailed: "login-failed", PluginConnectFailed: "connect-failed", PluginBadIPConfig: "bad-ip-config"}
	return word(words[:], uint32(f))
}
