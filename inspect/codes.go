package inspect

// Code names a kind of finding. It is stable: scripts compare it.
type Code string

// The codes, by the floor that they speak of. Each is explained in its entry.
const (
	LinkUp          Code = "link-up"
	LinkGone        Code = "link-gone"
	NoLinkNeeded    Code = "no-link"
	KernelUnread    Code = "kernel-unread"
	AdminDown       Code = "admin-down"
	NoCarrier       Code = "no-carrier"
	NoTunOwner      Code = "no-tun-owner"
	PairBroken      Code = "pair-broken"
	LowerDown       Code = "lower-down"
	FirmwareMissing Code = "firmware-missing"
	PluginMissing   Code = "plugin-missing"
	DeviceFailed    Code = "device-failed"
	RadioOff        Code = "radio-off"
	RfkillSoft      Code = "rfkill-soft"
	RfkillHard      Code = "rfkill-hard"
	HalfDuplex      Code = "half-duplex"
	WeakSignal      Code = "weak-signal"
	BTConnected     Code = "bt-connected"
	BTConnecting    Code = "bt-connecting"
	BTWeak          Code = "bt-weak"
	BTNoAdapter     Code = "bt-no-adapter"
	BTAdapterOff    Code = "bt-adapter-off"
	BTUnpaired      Code = "bt-unpaired"
	BTBlocked       Code = "bt-blocked"
	BTApart         Code = "bt-apart"
	BTOutOfReach    Code = "bt-out-of-reach"
	BTLost          Code = "bt-lost"
	BTLeft          Code = "bt-left"
	BTKey           Code = "bt-key"
	BTConnectFailed Code = "bt-connect-failed"
	BTReleased      Code = "bt-released"

	LinkPlain        Code = "link-plain"
	LinkUnseen       Code = "link-unseen"
	LinkFailed       Code = "link-failed"
	LinkWorking      Code = "link-working"
	LinkDormant      Code = "link-dormant"
	SecretsAsked     Code = "secrets-asked"
	NoSecrets        Code = "no-secrets"
	LayerByNM        Code = "layer-by-nm"
	PortForwarding   Code = "port-forwarding"
	PortLearning     Code = "port-learning"
	PortBlocking     Code = "port-blocking"
	PortDisabled     Code = "port-disabled"
	PortsOpen        Code = "ports-open"
	PortsAwaited     Code = "ports-awaited"
	PortsClosed      Code = "ports-closed"
	NoPort           Code = "no-port"
	Dot1xDone        Code = "8021x-done"
	Dot1xWorking     Code = "8021x-working"
	Dot1xRejected    Code = "8021x-rejected"
	Dot1xCertificate Code = "8021x-certificate"
	Dot1xTLS         Code = "8021x-tls"
	Dot1xMethod      Code = "8021x-method"
	Dot1xFailed      Code = "8021x-failed"
	Dot1xSilent      Code = "8021x-silent"
	Dot1xOff         Code = "8021x-off"
	SupplicantGone   Code = "supplicant-gone"
	SupplicantDenied Code = "supplicant-denied"
	SupplicantUnread Code = "supplicant-unread"
	SupplicantSilent Code = "supplicant-silent"
	WifiDone         Code = "wifi-done"
	WifiKernel       Code = "wifi-kernel"
	WifiWorking      Code = "wifi-working"
	WifiRoaming      Code = "wifi-roaming"
	WifiRoamed       Code = "wifi-roamed"
	WifiServing      Code = "wifi-serving"
	WifiKey          Code = "wifi-key"
	WifiNotFound     Code = "wifi-not-found"
	WifiRefused      Code = "wifi-refused"
	WifiGone         Code = "wifi-gone"
	WifiDisconnected Code = "wifi-disconnected"
	WifiReleased     Code = "wifi-released"
	WifiOff          Code = "wifi-off"
	PANUp            Code = "pan-up"
	PANKernel        Code = "pan-kernel"
	PANServing       Code = "pan-serving"
	PANWorking       Code = "pan-working"
	PANRefused       Code = "pan-refused"
	PANNotOffered    Code = "pan-not-offered"
	PANEnded         Code = "pan-ended"
	PANOff           Code = "pan-off"
	BluetoothdGone   Code = "bluetoothd-gone"

	Addressed        Code = "addressed"
	NoAddress        Code = "no-address"
	NotConnected     Code = "not-connected"
	TakenDown        Code = "taken-down"
	IPDisabled       Code = "ip-disabled"
	IPWaiting        Code = "ip-waiting"
	DHCPWaiting      Code = "dhcp-waiting"
	IPFailed         Code = "ip-failed"
	LeaseLost        Code = "lease-lost"
	LeaseExpired     Code = "lease-expired"
	AddressTentative Code = "address-tentative"
	AddressDuplicate Code = "address-duplicate"
	AddressMissing   Code = "address-missing"
	GatewayKnown     Code = "gateway-known"
	GatewayAsked     Code = "gateway-asked"
	GatewaySilent    Code = "gateway-silent"
	NoDNS            Code = "no-dns"
	Portal           Code = "portal"
	NoInternet       Code = "no-internet"
	Internet         Code = "internet"

	VPNDone         Code = "vpn-done"
	VPNWorking      Code = "vpn-working"
	VPNLogin        Code = "vpn-login"
	VPNSecrets      Code = "vpn-secrets"
	VPNTimeout      Code = "vpn-timeout"
	VPNNoPlugin     Code = "vpn-no-plugin"
	VPNAddresses    Code = "vpn-addresses"
	VPNBaseLost     Code = "vpn-base-lost"
	VPNFailedEarly  Code = "vpn-failed"
	VPNEnded        Code = "vpn-ended"
	TunnelGone      Code = "tunnel-gone"
	TunnelForeign   Code = "tunnel-foreign"
	HandshakeFresh  Code = "handshake-fresh"
	HandshakeOld    Code = "handshake-old"
	HandshakeNever  Code = "handshake-never"
	HandshakeIdle   Code = "handshake-idle"
	HandshakeUnseen Code = "handshake-unseen"
	NoPeers         Code = "no-peers"

	StackLoop         Code = "stack-loop"
	GrammarForbidden  Code = "grammar-forbidden"
	GrammarTooMany    Code = "grammar-too-many"
	LeftoverProcess   Code = "leftover-process"
	LeftoverTunnel    Code = "leftover-tunnel"
	LeftoverAddress   Code = "leftover-address"
	LeftoverRoute     Code = "leftover-route"
	DefaultRouteTwice Code = "default-route-twice"

	SignalLow               Code = "signal-low"
	ScoreLow                Code = "score-low"
	NoFloor                 Code = "no-floor"
	NoConnection            Code = "no-connection"
	BlockedBelow            Code = "blocked"
	ConnectedWithoutLink    Code = "connected-without-link"
	ConnectedWithoutCarrier Code = "connected-without-carrier"
	ConnectedUnserved       Code = "connected-unserved"
	ConnectedUnassociated   Code = "connected-unassociated"
	ConnectedRejected       Code = "connected-rejected"
	ConnectedWithoutAddress Code = "connected-without-address"
	ConnectedWithoutGateway Code = "connected-without-gateway"
	ConnectedWithoutPhone   Code = "connected-without-phone"
	ConnectedWithoutPAN     Code = "connected-without-pan"
)

// entry is what a code means.
type entry struct {
	code    Code
	level   Level
	brief   string // fits into a cell
	meaning string // one sentence
}

// entries are all codes in the order of the floors.
//
//nolint:gochecknoglobals // never changed: a function would copy it for each code that is looked up, some ten kilobytes
var entries = []entry{
	{LinkUp, L1, "up", "The link is up."},
	{LinkGone, L1, "gone", "The kernel has no such link: it was removed, or its driver did not load."},
	{NoLinkNeeded, L1, "no link", "This kind of device has no network link of its own before it is connected."},
	{KernelUnread, 0, "not read", "The kernel's view could not be read."},
	{AdminDown, L1, "set down", "The link is set down (ip link set … down)."},
	{NoCarrier, L1, "no carrier", "No carrier: the cable is unplugged, or the other end is off."},
	{NoTunOwner, L1, "no process", "No process holds the tunnel interface: the program that served it is gone."},
	{PairBroken, L1, "no other end", "No carrier: the other end of the pair is down."},
	{LowerDown, L1, "base is down", "The interface below has no carrier."},
	{FirmwareMissing, L1, "no firmware", "The driver lacks its firmware."},
	{PluginMissing, L1, "no plugin", "NetworkManager lacks its plugin for this kind of device."},
	{DeviceFailed, L1, "failed", "The device could not be made ready."},
	{RadioOff, L1, "radio off", "Wi-Fi is switched off in NetworkManager."},
	{RfkillSoft, L1, "radio off", "The radio is blocked by software (rfkill)."},
	{RfkillHard, L1, "radio switch", "The radio is blocked by a switch or key on the machine."},
	{HalfDuplex, L1, "half duplex", "The link negotiated half duplex: the other end probably has autonegotiation off."},
	{WeakSignal, L1, "weak signal", "The access point is heard so weakly that data rates collapse and handshakes get lost."},
	{BTConnected, L1, "connected", "The device is connected."},
	{BTConnecting, L1, "connecting", "The device is being called."},
	{BTWeak, L1, "weak signal", "The device is heard so weakly that the connection is about to break: bring it nearer."},
	{BTNoAdapter, L1, "no adapter", "The kernel has no Bluetooth adapter: it was unplugged, or its driver did not load."},
	{BTAdapterOff, L1, "adapter off", "The Bluetooth adapter is switched off."},
	{BTUnpaired, L1, "not paired", "The device is not paired with this machine."},
	{BTBlocked, L1, "blocked", "The device is blocked in BlueZ: connections to it are refused here."},
	{BTApart, L1, "apart", "The device is paired and not connected."},
	{BTOutOfReach, L1, "out of reach", "The device does not answer: it is too far away, off, or its Bluetooth is."},
	{BTLost, L1, "lost", "The connection broke because the device was not heard any more: it is too far away, or off."},
	{BTLeft, L1, "left", "The device ended the connection."},
	{BTKey, L1, "bad key", "The device does not accept the key of the pairing: remove the pairing on both sides and pair anew."},
	{BTConnectFailed, L1, "not connected", "The connection to the device could not be made."},
	{BTReleased, L1, "given up", "The device was connected; the connection was given up after what failed above."},
	{LinkPlain, L2, "link", "The link needs no authentication."},
	{LinkUnseen, L2, "not seen", "No source tells how this link stands."},
	{LinkFailed, L2, "failed", "The link could not be made ready."},
	{LinkWorking, L2, "connecting", "The link is being made."},
	{LinkDormant, L2, "dormant", "The link has a carrier and waits for something before it lets frames through, such as an authentication."},
	{SecretsAsked, L2, "password ?", "NetworkManager asks for a password and waits for the answer."},
	{NoSecrets, L2, "no password", "NetworkManager has no password that works: it is missing, or it was refused and nobody gave another."},
	{LayerByNM, L2, "by NM", "NetworkManager says that the link layer is ready; nothing else could be asked."},
	{PortForwarding, L2, "port", "The bridge forwards its frames."},
	{PortLearning, L2, "port learning", "The bridge does not forward yet: spanning tree is still learning."},
	{PortBlocking, L2, "port blocked", "Spanning tree blocks this port: another path is in use."},
	{PortDisabled, L2, "port off", "The bridge port is disabled."},
	{PortsOpen, L2, "ports", "At least one port forwards."},
	{PortsAwaited, L2, "ports …", "It waits for a port with a carrier."},
	{PortsClosed, L2, "ports closed", "None of its ports has a carrier and forwards: frames cannot leave."},
	{NoPort, L2, "no port", "It has no port: frames cannot leave."},
	{Dot1xDone, L2, "802.1X", "The port is authenticated by 802.1X."},
	{Dot1xWorking, L2, "802.1X …", "802.1X authentication is under way."},
	{Dot1xRejected, L2, "802.1X refused", "The network refused the 802.1X authentication: the identity or the password is most likely wrong."},
	{Dot1xCertificate, L2, "bad certificate", "802.1X failed because the server's certificate was not accepted: check the CA certificate and the server's name in the profile."},
	{Dot1xTLS, L2, "TLS alert", "802.1X failed in the TLS handshake."},
	{Dot1xMethod, L2, "EAP method", "The server proposed an EAP method that the profile does not allow."},
	{Dot1xFailed, L2, "802.1X failed", "802.1X authentication did not come to an end."},
	{Dot1xSilent, L2, "EAPOL silent", "Nobody answers 802.1X on this link: the switch port has no authenticator, or something drops EAPOL frames."},
	{Dot1xOff, L2, "802.1X off", "802.1X is not running on this port."},
	{SupplicantGone, L2, "no supplicant", "wpa_supplicant does not serve this interface: it is not running, or it died."},
	{SupplicantDenied, L2, "may not ask", "wpa_supplicant may not be asked with these rights."},
	{SupplicantUnread, L2, "not read", "wpa_supplicant's answer is still awaited."},
	{SupplicantSilent, L2, "no answer", "wpa_supplicant owns its name on the bus and does not answer."},
	{WifiDone, L2, "associated", "Associated with the access point."},
	{WifiKernel, L2, "associated", "nl80211 says that it is associated."},
	{WifiWorking, L2, "connecting", "The connection to the access point is being made."},
	{WifiRoaming, L2, "roaming", "It moves to another access point or renews its keys; the connection stands meanwhile."},
	{WifiRoamed, L2, "roamed", "It has just moved to another access point of the network, without losing the connection."},
	{WifiServing, L2, "access point", "It serves a network of its own."},
	{WifiKey, L2, "wrong key", "The access point does not accept the key: the password is most likely wrong."},
	{WifiNotFound, L2, "not found", "The network was not seen in any scan: out of range, hidden, or on a channel that may not be used here."},
	{WifiRefused, L2, "refused", "The access point refuses the card: it is full, has a list of those it lets in, or asks for what the card or the profile lacks."},
	{WifiGone, L2, "gone", "The access point is gone: nothing is heard of it any more."},
	{WifiDisconnected, L2, "disconnected", "The connection to the access point ended."},
	{WifiReleased, L2, "released", "It was associated until NetworkManager gave up on the floor above."},
	{WifiOff, L2, "off", "No connection is asked for."},
	{PANUp, L2, "PAN", "The network that the device shares (PAN) is joined."},
	{PANKernel, L2, "PAN", "The kernel has the network link over Bluetooth; BlueZ could not be asked."},
	{PANServing, L2, "serving", "It serves its own network to a device over Bluetooth."},
	{PANWorking, L2, "joining", "The network that the device shares is being joined."},
	{PANRefused, L2, "refused", "The device was reached and did not give its network: it does not share its connection (tethering), or did not allow it."},
	{PANNotOffered, L2, "no PAN", "The device offers no network: sharing the connection over Bluetooth (tethering) is off there."},
	{PANEnded, L2, "ended", "The network over Bluetooth has ended, and the device is still connected."},
	{PANOff, L2, "off", "Nobody asked for the network that the device shares."},
	{BluetoothdGone, L2, "no bluetoothd", "bluetoothd does not run: nobody can make or keep the network over Bluetooth."},
	{Addressed, L3, "address", "It has an address."},
	{NoAddress, L3, "no address", "It has no address."},
	{NotConnected, L3, "not connected", "No connection is active on it, though NetworkManager has a profile that it could activate."},
	{TakenDown, L3, "taken down", "Somebody took its connection down, and NetworkManager leaves it so."},
	{IPDisabled, L3, "–", "The profile asks for no addresses."},
	{IPWaiting, L3, "IP …", "Addresses are being configured."},
	{DHCPWaiting, L3, "DHCP …", "Waits for an answer of a DHCP server."},
	{IPFailed, L3, "no address", "No address could be got."},
	{LeaseLost, L3, "lease lost", "The DHCP lease ran out and no server renewed it."},
	{LeaseExpired, L3, "lease expired", "The DHCP lease has expired and the address is still in use."},
	{AddressTentative, L3, "DAD …", "The address is being checked for duplicates."},
	{AddressDuplicate, L3, "duplicate", "Another host uses the same address."},
	{AddressMissing, L3, "address lost", "An address that NetworkManager configured is not on the link: something else removed it."},
	{GatewayKnown, L3, "gateway", "The gateway's link-layer address is known."},
	{GatewayAsked, L3, "gateway ?", "The gateway has been asked for its link-layer address and has not answered yet."},
	{GatewaySilent, L3, "gateway dead", "The gateway does not answer on this link."},
	{NoDNS, L3, "no DNS", "No name server is configured: names cannot be resolved."},
	{Portal, L3, "portal", "A captive portal asks for a login in a browser."},
	{NoInternet, L3, "no internet", "NetworkManager's connectivity check got no answer."},
	{Internet, L3, "internet", "NetworkManager's connectivity check succeeded."},
	{VPNDone, VPN, "up", "The VPN is up."},
	{VPNWorking, VPN, "connecting", "The VPN is being connected."},
	{VPNLogin, VPN, "login failed", "The server refused the login."},
	{VPNSecrets, VPN, "no secrets", "A password is missing and nobody could be asked for it."},
	{VPNTimeout, VPN, "no answer", "The server did not answer in time."},
	{VPNNoPlugin, VPN, "no plugin", "NetworkManager's plugin for this kind of VPN did not start: is it installed?"},
	{VPNAddresses, VPN, "bad addresses", "The server sent addresses that cannot be used."},
	{VPNBaseLost, VPN, "base lost", "It ended with the connection that carried it and was not restored."},
	{VPNFailedEarly, VPN, "failed", "It could not be established; the plugin's log says why."},
	{VPNEnded, VPN, "ended", "It was up and its program ended: the server went away, or the peer was declared dead."},
	{TunnelGone, VPN, "tunnel gone", "The VPN counts as active and its interface is gone."},
	{TunnelForeign, VPN, "not NM's", "A tunnel that NetworkManager does not own."},
	{HandshakeFresh, VPN, "handshake", "The last handshake is recent."},
	{HandshakeOld, VPN, "old handshake", "The last handshake is older than a session lives."},
	{HandshakeNever, VPN, "no handshake", "The peer has never answered."},
	{HandshakeIdle, VPN, "idle", "Nothing was sent yet, so there was no handshake."},
	{HandshakeUnseen, VPN, "not read", "The handshakes could not be read."},
	{NoPeers, VPN, "no peers", "No peer is configured."},
	{StackLoop, 0, "loop", "It stands on itself, by way of others."},
	{GrammarForbidden, 0, "not allowed", "It stands on something on which it cannot work."},
	{GrammarTooMany, 0, "too many", "More of a kind are there than can work beside each other."},
	{LeftoverProcess, 0, "left over", "A process serves an interface that is not there."},
	{LeftoverTunnel, VPN, "left over", "A tunnel interface has outlived its process, with its addresses and routes."},
	{LeftoverAddress, 0, "left over", "An address is there that nobody configured."},
	{LeftoverRoute, L3, "left over", "A route is there that nobody configured."},
	{DefaultRouteTwice, L3, "two defaults", "Two default routes have the same metric: which one is taken is chance."},
	{SignalLow, L1, "signal low", "The signal is weaker than what is asked for."},
	{ScoreLow, L1, "score low", "The link is worse than what is asked for."},
	{NoFloor, 0, "none", "None of the interfaces has such a floor."},
	{NoConnection, 0, "none", "No connection is active or activating."},
	{BlockedBelow, 0, "blocked", "A floor below does not stand."},
	{ConnectedWithoutLink, L1, "", "the kernel says that the link is missing or set down"},
	{ConnectedWithoutCarrier, L1, "", "the kernel says that there is no carrier"},
	{ConnectedUnserved, L2, "", "802.1X is asked for and no supplicant serves the interface"},
	{ConnectedUnassociated, L2, "", "the card is not associated"},
	{ConnectedRejected, L2, "", "the network refused the authentication"},
	{ConnectedWithoutAddress, L3, "", "the kernel has no address on it"},
	{ConnectedWithoutGateway, L3, "", "the gateway does not answer"},
	{ConnectedWithoutPhone, L1, "", "the kernel has no connection to the device"},
	{ConnectedWithoutPAN, L2, "", "BlueZ says that the network is not joined"},
}
