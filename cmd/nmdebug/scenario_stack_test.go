package main_test

import "testing"

// blocked is how an interface is shown whose base, two floors down, has lost its carrier.
const blocked = "l1 blocked, l2 blocked, l3 blocked, cause eth0 l1 pair-broken"

func TestBridge(t *testing.T) {
	s := play(t, "bridge")
	s.shows("br0 l3 up addressed", s.happened("address br0 10.99.0.* added"))
	s.stands("br0", "l1 up link-up, l2 up ports-open, l3 up addressed")
	s.stands("eth0", "l1 up link-up, l2 up port-forwarding")
	s.never("* failed *")
	s.check(0, "--no-conflicts")
	s.baseBreaks("br0", blocked+", conflict connected-without-carrier")
	s.stands("eth0", "l1 failed pair-broken, l2 blocked, cause eth0 l1 pair-broken, conflict connected-without-carrier")
	s.baseMends("br0")
}

// The bridge has a second port: that is enough.
func TestBridgeLosesOneOfItsPorts(t *testing.T) {
	s := play(t, "bridge")
	must(t, s.Veth(t.Context(), "eth1", "p1"))
	s.MustRun(t, "ip", "link", "set", "eth1", "up", "master", "br0")
	s.stands("eth1", "l1 up link-up, l2 up port-forwarding")
	s.carrier("p0", false)
	s.shows("eth0 l1 failed pair-broken", s.happened("link eth0 up carrier 0"))
	s.stands("br0", "l1 up link-up, l2 up ports-open, l3 up addressed")
	s.check(0, "br0", "--require", "l1,l2,l3")
}

func TestMacvlan(t *testing.T) {
	s := play(t, "macvlan")
	s.shows("mac0 l3 up addressed", s.happened("address mac0 10.99.0.* added"))
	s.stands("mac0", standing)
	s.never("* failed *")
	s.check(0, "--no-conflicts")
	s.baseBreaks("mac0", blocked) // NetworkManager ends the connection
	s.baseMends("mac0")
}

func TestVXLAN(t *testing.T) {
	s := play(t, "vxlan")
	s.shows("vx0 l3 up addressed", s.happened("address vx0 10.96.0.2 added"))
	s.stands("vx0", standing)
	s.never("* failed *")
	s.check(0, "--no-conflicts")
	s.baseBreaks("vx0", blocked)
	s.baseMends("vx0")
}

// A vxlan needs the addresses of its base, on which it is blocked when they go.
func TestVXLANLosesTheAddressBelow(t *testing.T) {
	s := play(t, "vxlan")
	s.stands("vx0", standing)
	s.act()
	s.MustRun(t, "ip", "address", "flush", "dev", "br0")
	s.shows("vx0 l3 blocked", s.happened("address br0 10.99.0.* removed"))
	s.stands("vx0", "l1 blocked, l2 blocked, l3 blocked, cause br0 l3 address-missing")
	s.why("vx0", "✖ vx0 is blocked: L3 of br0 has failed", "next nmcli device reapply br0")
	s.check(11, "vx0")
}

// baseBreaks takes the carrier of the port at the bottom, and holds that the cause is carried to what stands on it.
func (s *scene) baseBreaks(top, want string) {
	s.t.Helper()
	s.carrier("p0", false)
	lost := s.happened("link eth0 up carrier 0")
	s.shows("eth0 l1 failed pair-broken", lost)
	s.shows(top+" l3 blocked", lost)
	s.stands(top, want)
	s.why(top, "✖ "+top+" is blocked: L1 of eth0 has failed", "the other end of the pair is down", "blocked L3 of "+top)
	s.why("eth0", top+", which stands on it")
	s.check(11, top)
}

func (s *scene) baseMends(top string) {
	s.t.Helper()
	s.carrier("p0", true)
	back := s.happened("link eth0 up carrier 1")
	s.shows("eth0 l1 up link-up", back)
	s.shows(top+" l1 up link-up", back)
	s.check(0, top, "--wait", "10s")
}
