package testenv

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Scenario is a network in a known state, healthy or failing in one way. Tests, the shell and the demonstration share it.
type Scenario struct {
	Name   string
	About  string // one sentence
	Config string // what it adds to NetworkManager's configuration; see [NMConfig]
	Up     func(context.Context, *Lab) error
}

// upTime is enough for any scenario to come up, on a busy machine too.
const upTime = 60 * time.Second

// NewScenario makes a lab in which the scenario is up; the caller closes it. Tests call [StartScenario] instead.
func NewScenario(ctx context.Context, name string, opts ...Option) (*Lab, error) {
	s, err := ScenarioNamed(name)
	if err != nil {
		return nil, err
	}
	l, err := New(ctx, append([]Option{NMConfig(s.Config)}, opts...)...)
	if err != nil {
		return nil, err
	}
	if err := s.bringUp(ctx, l); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (s Scenario) bringUp(ctx context.Context, l *Lab) error {
	ctx, cancel := context.WithTimeout(ctx, upTime)
	defer cancel()
	if err := s.Up(ctx, l); err != nil {
		return fmt.Errorf("cannot bring %s up: %w", s.Name, err)
	}
	return nil
}

// Scenarios lists them all.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "dhcp", About: "a lease, a gateway and a name server on eth0", Up: upDHCP},
		{Name: "dead-carrier", About: "a static address on eth0, whose carrier is gone; NetworkManager says connected", Config: ignoreCarrier("eth0"), Up: upDeadCarrier},
		{Name: "lease-gone", About: "the DHCP server has died and the lease run out; NetworkManager says connected", Up: upLeaseGone},
		{Name: "gateway-dead", About: "a lease, but the gateway does not answer", Config: connectivity, Up: upGatewayDead},
		{Name: "8021x-peap", About: "802.1X with PEAP/MSCHAPv2 on eth0", Up: up8021X(peap(Password))},
		{Name: "8021x-ttls", About: "802.1X with TTLS/PAP on eth0", Up: up8021X(ttls())},
		{Name: "8021x-tls", About: "802.1X with a client certificate on eth0", Up: up8021X(tls())},
		{Name: "8021x-md5", About: "802.1X with MD5 on eth0", Up: up8021X(md5())},
		{Name: "8021x-wrong-password", About: "802.1X on eth0 was rejected once; NetworkManager still waits", Up: upWrongPassword},
		{Name: "8021x-given-up", About: "802.1X on eth0 was rejected until NetworkManager gave up", Up: upGivenUp},
		{Name: "8021x-silent", About: "802.1X on eth0 gets no answer at all", Up: upSilent},
		{Name: "8021x-reauth-rejected", About: "802.1X on eth0 was rejected when it was asked for again; NetworkManager says connected", Up: upReauthRejected},
		{Name: "openvpn", About: "OpenVPN with a certificate on eth0", Up: upOpenVPN(upDHCP, OpenVPNCertificate)},
		{Name: "openvpn-password", About: "OpenVPN with a password on eth0", Up: upOpenVPN(upDHCP, OpenVPNPassword)},
		{Name: "openvpn-static", About: "OpenVPN with a static key on eth0", Up: upOpenVPN(upDHCP, OpenVPNStaticKey)},
		{Name: "openvpn-ping", About: "OpenVPN on eth0 that ends 3 s after its server has fallen silent", Up: upOpenVPN(upDHCP, OpenVPNCertificate, "ping=1", "ping-exit=3")},
		{Name: "openvpn-wrong-password", About: "OpenVPN on eth0 was rejected", Up: upOpenVPNWrongPassword},
		{Name: "openvpn-server-gone", About: "the server of the OpenVPN on eth0 has died; NetworkManager says activated", Up: upOpenVPNServerGone},
		{Name: "vpnc", About: "vpnc with a group password and XAUTH on eth0", Up: upVPNC},
		{Name: "vpnc-wrong-password", About: "vpnc on eth0 was rejected", Up: upVPNCWrongPassword},
		{Name: "8021x-openvpn", About: "OpenVPN on eth0, which is authenticated by 802.1X", Up: upOpenVPN(up8021X(peap(Password)), OpenVPNCertificate)},
		{Name: "bridge", About: "a lease on the bridge br0, whose port is eth0", Up: upBridge},
		{Name: "macvlan", About: "a lease on mac0, a macvlan on the bridge br0, whose port is eth0", Up: upMacvlan},
		{Name: "macvlan-openvpn", About: "OpenVPN on mac0, a macvlan on the bridge br0, whose port is eth0", Up: upMacvlanOpenVPN},
		{Name: "vxlan", About: "a static address on vx0, a vxlan on the bridge br0, whose port is eth0", Up: upVXLAN},
		{Name: "demo", About: "a lease and a VPN on eth0, 802.1X on eth1, a dead carrier on eth2", Config: ignoreCarrier("eth2"), Up: upDemo},
	}
}

// ScenarioNamed finds a scenario.
func ScenarioNamed(name string) (Scenario, error) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
	}
	return Scenario{}, fmt.Errorf("no such scenario: %s", name)
}
