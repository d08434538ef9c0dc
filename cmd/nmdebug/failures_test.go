package main_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"nmdebug/testenv"
)

// failure is one way in which a floor fails, and what mends it when the reason is gone.
type failure struct {
	name     string
	scenario string
	fail     func(*testing.T, *testenv.Lab) // makes it fail, and takes the reason away again
	args     string                         // of reconnect
	heals    string                         // what heal decides: "eth0 from l3", or one of the words below
	calls    string                         // what both call on the bus, heal in its last attempt, to change something, in order
	byHand   []string                       // what a person who knows types instead
	answers  string                         // who does when it is mended
	deaf     bool                           // the bus goes away, and who listens to it
}

// What heal does where it reconnects nothing.
const (
	byItself = "NetworkManager does it by itself, and is left alone"
	unknown  = "nothing says that it is broken"
)

// The calls of the plans, in their order.
const (
	connects = "ActivateConnection"
	renews   = "Reapply Reapply" // with another timeout, and as it was
	logsIn   = "EAPLogon Reassociate " + renews
)

// around are the calls of a plan with a VPN on what it changes.
func around(calls string) string { return "DeactivateConnection " + calls + " " + connects }

const (
	nmcliVPN, nmcliLAN = "nmcli connection up vpn", "nmcli connection up lan"
	insideVPN          = "10.98.0.1"
	gateway            = "10.99.0.1"
)

// failures are those of every floor, from the lowest.
func failures() []failure {
	return append(append(linkFailures(), addressFailures()...), append(vpnFailures(), daemonFailures()...)...)
}

func linkFailures() []failure {
	return []failure{
		{
			name: "L1 carrier lost and back, a VPN on it", scenario: "openvpn", fail: loseCarrier,
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "L1 link set down", scenario: "dhcp", fail: setDown,
			args: "eth0 --from l1 --yes", calls: connects, heals: "eth0 from l1", byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "L1 device removed and made again, a VPN on it", scenario: "openvpn", fail: replaceDevice,
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "L2 wrong password, then corrected", scenario: "8021x-given-up", fail: correctPassword,
			args: "eth0 --from l2 --yes --force", calls: connects, heals: byItself, byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "L2 server refused for a while, NetworkManager says activated", scenario: "8021x-peap", fail: refuseForAWhile,
			args: "eth0 --from l2 --yes", calls: logsIn, heals: "eth0 from l2", byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "L2 EAPOL silent until NetworkManager gave up", scenario: "8021x-peap", fail: silenceEAPOL,
			args: "eth0 --from l2 --yes", calls: connects, heals: "eth0 from l2", byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "L2 authenticator restarted, a VPN on it", scenario: "8021x-openvpn", fail: restart("hostapd-p0"),
			args: "eth0 --from l2 --yes", calls: around(logsIn), heals: unknown, byHand: []string{nmcliLAN, nmcliVPN}, answers: insideVPN,
		},
		{
			name: "L2 supplicant told to disconnect", scenario: "8021x-peap",
			fail: inside("busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Disconnect"),
			args: "eth0 --from l2 --yes", calls: logsIn, heals: "eth0 from l2", byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "L2 supplicant killed", scenario: "8021x-peap", fail: killSupplicant,
			args: "eth0 --from l2 --yes --force", calls: connects, heals: byItself, byHand: []string{nmcliLAN}, answers: gateway,
		},
	}
}

func addressFailures() []failure {
	return []failure{
		{
			name: "L3 lease gone, server started again", scenario: "lease-gone", fail: start("udhcpd-p0"),
			args: "eth0 --from l3 --yes", calls: renews, heals: "eth0 from l3", byHand: []string{"nmcli device up eth0"}, answers: gateway,
		},
		{
			name: "L3 gateway dead, another network in its place", scenario: "dhcp", fail: replaceGateway,
			args: "eth0 --from l3 --yes", calls: renews, heals: "eth0 from l3", byHand: []string{nmcliLAN}, answers: "10.99.7.1",
		},
		{
			name: "L3 addresses removed under a VPN", scenario: "openvpn", fail: inside("ip address flush dev eth0"),
			args: "eth0 --from l3 --yes", calls: around(renews), heals: "eth0 from l3", byHand: []string{"nmcli connection down vpn", "nmcli device reapply eth0", nmcliVPN}, answers: insideVPN,
		},
		{
			name: "L3 routes removed", scenario: "dhcp", fail: inside("ip route flush dev eth0"),
			args: "eth0 --from l3 --yes", calls: renews, heals: unknown, byHand: []string{nmcliLAN}, answers: gateway,
		},
	}
}

func vpnFailures() []failure {
	return []failure{
		{
			name: "VPN server killed and started again, nothing pings it", scenario: "openvpn-server-gone", fail: start("openvpn"),
			args: "vpn", calls: "DeactivateConnection " + connects, heals: unknown, byHand: []string{"nmcli connection down vpn", nmcliVPN}, answers: insideVPN,
		},
		{
			name: "VPN server killed and started again, the client pings it", scenario: "openvpn-ping", fail: endVPN("openvpn"),
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "VPN client killed", scenario: "openvpn", fail: killClient("openvpn"),
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "VPN password refused, then corrected", scenario: "openvpn-password", fail: refuseVPN,
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "VPN without a server, which is started then", scenario: "openvpn", fail: connectInVain,
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "VPN vpnc's server killed and started again", scenario: "vpnc", fail: endVPN("charon"),
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: "10.97.0.1",
		},
		{
			name: "VPN vpnc killed", scenario: "vpnc", fail: killClient("vpnc"),
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: "10.97.0.1",
		},
	}
}

func daemonFailures() []failure {
	return []failure{
		{
			name: "NetworkManager killed and started again, a VPN on it", scenario: "openvpn", fail: killNetworkManager,
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
		{
			name: "NetworkManager killed, and the supplicant after it", scenario: "8021x-peap", fail: killBoth,
			args: "eth0 --from l2 --yes", calls: connects, heals: "eth0 from l2", byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "NetworkManager hung while addresses were removed", scenario: "dhcp", fail: hang,
			args: "eth0 --from l3 --yes", calls: renews, heals: "eth0 from l3", byHand: []string{nmcliLAN}, answers: gateway,
		},
		{
			name: "D-Bus restarted, and NetworkManager after it, a VPN on it", scenario: "openvpn", fail: restartBus, deaf: true,
			args: "vpn", calls: connects, heals: "vpn from vpn", byHand: []string{nmcliVPN}, answers: insideVPN,
		},
	}
}

// inside runs a command in the lab.
func inside(command string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) { t.Helper(); lab.MustRun(t, "sh", "-c", command) }
}

func start(daemon string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		must(t, lab.Daemon(daemon).Start(deadline(t, patience)))
	}
}

func restart(daemon string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		must(t, lab.Daemon(daemon).Restart(deadline(t, patience)))
	}
}

// setDown returns when NetworkManager has noticed: by then it finds no profile for the link.
func setDown(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	lab.MustRun(t, "ip", "link", "set", "eth0", "down")
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceUnavailable))
}

func loseCarrier(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.SetCarrier(t.Context(), "p0", false))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceUnavailable))
	must(t, lab.SetCarrier(t.Context(), "p0", true))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
}

func replaceDevice(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.Daemon("dnsmasq-p0").Kill())
	lab.MustRun(t, "ip", "link", "delete", "eth0")
	must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
	must(t, lab.Veth(t.Context(), "eth0", "p0"))
	_, err := lab.DHCP(deadline(t, patience), "p0", testenv.Network(0))
	must(t, err)
	must(t, lab.Daemon("openvpn").Restart(deadline(t, patience)))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
}

// correctPassword waits until the authenticator has put the station out, which it does some seconds after a refusal:
// before that it hears nobody.
func correctPassword(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.Daemon("hostapd-p0").AwaitLog(deadline(t, patience), "deauthenticated due to local deauth request"))
	lab.MustRun(t, "nmcli", "connection", "modify", "lan", "802-1x.auth-timeout", "20", "802-1x.password", testenv.Password)
}

// refuseForAWhile lets the server forget who alice is, ask, and remember.
func refuseForAWhile(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	server := lab.Authenticator("p0")
	must(t, server.SetUsers("\"bob\" MD5 \"nobody\"\n"))
	must(t, server.Restart(deadline(t, patience)))
	must(t, server.Challenge(t.Context(), strings.TrimSpace(string(lab.MustRun(t, "cat", "/sys/class/net/eth0/address")))))
	must(t, server.AwaitLog(deadline(t, patience), "CTRL-EVENT-EAP-FAILURE"))
	must(t, server.SetUsers(testenv.UserPEAP))
	must(t, server.Restart(deadline(t, patience)))
}

// silenceEAPOL returns when NetworkManager has given up and does not try again for five minutes.
func silenceEAPOL(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	lab.MustRun(t, "nmcli", "connection", "modify", "lan", "802-1x.auth-timeout", "5", "connection.autoconnect-retries", "1")
	must(t, lab.Drop(t.Context(), "p0", testenv.EAPOL))
	must(t, lab.Activate(t.Context(), "lan"))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceConfig))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceDisconnected))
	must(t, lab.Pass(t.Context(), "p0"))
}

func killSupplicant(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	supplicant, err := lab.Find(deadline(t, patience), "wpa_supplicant")
	must(t, err)
	must(t, supplicant.Kill())
}

// replaceGateway puts another network behind the link. A gateway's death is seen by who sends something.
func replaceGateway(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.Daemon("dnsmasq-p0").Kill())
	lab.MustRun(t, "ip", "netns", "exec", "peer", "ip", "address", "flush", "dev", "p0")
	_, err := lab.DHCP(deadline(t, patience), "p0", testenv.Network(7))
	must(t, err)
	lab.MustRun(t, "sh", "-c", "ip neighbour flush dev eth0; ping -c 1 -W 4 10.99.0.1 || true")
}

func killClient(name string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		client, err := lab.Find(deadline(t, patience), name)
		must(t, err)
		must(t, client.Kill())
		must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
	}
}

// endVPN kills a server until NetworkManager notices.
func endVPN(server string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		must(t, lab.Daemon(server).Kill())
		must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
		must(t, lab.Daemon(server).Start(deadline(t, patience)))
	}
}

// refuseVPN connects with a wrong password where one was right before.
func refuseVPN(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	lab.MustRun(t, "nmcli", "connection", "down", "vpn")
	lab.MustRun(t, "nmcli", "connection", "modify", "vpn", "vpn.secrets", "password="+testenv.WrongPassword)
	must(t, lab.Activate(t.Context(), "vpn"))
	must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
	lab.MustRun(t, "nmcli", "connection", "modify", "vpn", "vpn.secrets", "password="+testenv.Password)
}

// connectInVain starts a VPN whose server is not there.
func connectInVain(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	lab.MustRun(t, "nmcli", "connection", "down", "vpn")
	must(t, lab.Daemon("openvpn").Kill())
	lab.MustRun(t, "nmcli", "connection", "modify", "vpn", "vpn.timeout", "2")
	must(t, lab.Activate(t.Context(), "vpn"))
	must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
	must(t, lab.Daemon("openvpn").Start(deadline(t, patience)))
}

// killNetworkManager lets another one begin when the VPN's program has ended.
func killNetworkManager(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.NetworkManager.Kill())
	awaitNoTunnel(t, lab)
	must(t, lab.NetworkManager.Start(deadline(t, patience)))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
}

func awaitNoTunnel(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, testenv.Await(deadline(t, patience), "the end of the VPN's program", func(ctx context.Context) error {
		if _, err := lab.Run(ctx, "ip", "link", "show", "dev", "tun0"); err == nil {
			return errors.New("it still holds tun0")
		}
		return nil
	}))
}

// killBoth kills the supplicant of a NetworkManager that has only assumed the connection, and does not notice.
func killBoth(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.NetworkManager.Kill())
	must(t, lab.NetworkManager.Start(deadline(t, patience)))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
	killSupplicant(t, lab)
}

func hang(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.NetworkManager.Freeze())
	lab.MustRun(t, "ip", "address", "flush", "dev", "eth0")
	lab.MustRun(t, "sh", "-c", program+" wait eth0 --for l3 --timeout 1s || true") // it is seen to be broken, and cannot be mended
	must(t, lab.NetworkManager.Thaw())
}

func restartBus(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, lab.Bus.Kill())
	must(t, lab.Bus.Start(deadline(t, patience)))
	must(t, lab.NetworkManager.Restart(deadline(t, patience)))
	awaitNoTunnel(t, lab)
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
}
