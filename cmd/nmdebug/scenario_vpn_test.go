package main_test

import (
	"strings"
	"testing"
)

// How the two ends of a VPN are shown, while it is up and after it has ended.
const (
	carrier = "l1 up link-up, l2 up link-plain, l3 up addressed, vpn up vpn-done"
	tunnel  = "l1 up link-up, l3 up addressed, vpn up vpn-done"
)

func TestVPNIsUp(t *testing.T) {
	for _, scenario := range []string{"openvpn", "openvpn-password", "openvpn-static", "vpnc"} {
		t.Run(scenario, func(t *testing.T) {
			s := play(t, scenario)
			up := s.said("Connection.VpnStateChanged 5 1")
			s.shows("eth0 vpn up vpn-done", up)
			s.shows("tun0 vpn up vpn-done", up)
			s.stands("eth0", carrier)
			s.stands("tun0", tunnel)
			s.never("* failed *")
			s.check(0, "--require", "l1,l2,l3,vpn", "--no-conflicts")
			s.check(0, "vpn", "--require", "vpn")
		})
	}
}

func TestVPNOverAuthenticatedWire(t *testing.T) {
	s := play(t, "8021x-openvpn")
	s.shows("eth0 vpn up vpn-done", s.said("Connection.VpnStateChanged 5 1"))
	s.stands("eth0", "l1 up link-up, l2 up 8021x-done, l3 up addressed, vpn up vpn-done")
	s.stands("tun0", tunnel)
}

// The client finds out when nothing has come from the server for 3 s.
func TestVPNServerDies(t *testing.T) {
	s := play(t, "openvpn-ping")
	s.stands("eth0", carrier)
	s.act()
	must(t, s.Daemon("openvpn").Kill())
	s.vpnEnds("vpn-ended")
	s.shows("interface tun0 vanished", s.happened("link tun0 gone"))
}

// Dead peer detection takes 10 s here.
func TestVPNCServerDies(t *testing.T) {
	s := play(t, "vpnc")
	s.stands("eth0", carrier)
	s.act()
	must(t, s.Daemon("charon").Kill())
	s.vpnEnds("vpn-ended")
}

func TestVPNClientDies(t *testing.T) {
	s := play(t, "openvpn")
	s.stands("eth0", carrier)
	client, err := s.Find(t.Context(), "openvpn")
	must(t, err)
	s.act()
	must(t, client.Kill())
	s.vpnEnds("vpn-ended")
}

// NetworkManager's reason is that there are no secrets: the plugin asked for others, and nobody could give any.
func TestVPNPasswordIsWrong(t *testing.T) {
	play(t, "openvpn-wrong-password").vpnEnds("vpn-login")
}

// The plugin does not say why it gives up.
func TestVPNCPasswordIsWrong(t *testing.T) {
	play(t, "vpnc-wrong-password").vpnEnds("vpn-failed")
}

// A server without keepalives dies, and nobody is told: neither NetworkManager nor the kernel.
func TestVPNServerDiesUnheard(t *testing.T) {
	s := play(t, "openvpn-server-gone")
	s.stands("eth0", carrier)
	s.stands("tun0", tunnel)
}

func TestVPNLosesItsBase(t *testing.T) {
	s := play(t, "openvpn")
	s.stands("eth0", carrier)
	s.carrier("p0", false)
	lost := s.happened("link eth0 up carrier 0")
	s.shows("eth0 l1 failed pair-broken", lost)
	s.shows("tun0 vpn blocked", lost)
	s.shows("interface tun0 vanished", s.happened("link tun0 gone"))
	s.carrier("p0", true)
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
	s.shows("eth0 vpn failed vpn-base-lost", s.from)
	s.check(14, "eth0", "--require", "vpn")
}

// vpnEnds holds that the watch shows the end of the VPN and its reason once, that the floors below stand, and that who
// comes afterwards, and cannot know of it, finds no VPN.
func (s *scene) vpnEnds(code string) {
	s.t.Helper()
	s.shows("eth0 vpn failed "+code, s.said("Active.StateChanged 4 * (/org/freedesktop/NetworkManager/ActiveConnection/3)"))
	must(s.t, s.watch.quiet(s.t.Context()))
	if path := s.watch.path(s.from, "eth0 vpn"); !strings.HasSuffix(path, "failed "+code) || strings.Count(path, "failed vpn-") > 1 {
		s.t.Errorf("the VPN went through %s", path)
	}
	if got := s.status().Stack("eth0").Summary(); got != standing {
		s.t.Errorf("afterwards eth0 stands as\n  %s\nexpected\n  %s", got, standing)
	}
	s.check(14, "eth0", "--require", "vpn")
	s.check(10, "vpn")
	s.check(0, "eth0")
}
