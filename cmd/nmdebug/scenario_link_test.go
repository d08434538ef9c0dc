package main_test

import (
	"testing"
	"time"
)

// standing is how a plain wire with an address is shown.
const standing = "l1 up link-up, l2 up link-plain, l3 up addressed"

func TestLease(t *testing.T) {
	s := play(t, "dhcp")
	s.shows("eth0 l1 up link-up", s.happened("link eth0 up carrier 1"))
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
	s.stands("eth0", standing)
	s.why("eth0", "● eth0 stands")
	s.check(0)
	s.check(0, "eth0", "--no-conflicts")
	s.check(0, "lan")
	s.check(14, "eth0", "--require", "vpn")
	s.never("* failed *")
}

// A check ends as soon as the floors stand, and when its time is over names the lowest one that does not.
func TestCheckWaits(t *testing.T) {
	s := newScene(t)
	waiting := s.Command(deadline(t, time.Minute), program, "check", "--wait", "50s")
	must(t, waiting.Start())
	s.bring("dhcp")
	address := s.happened("address eth0 10.99.0.* added")
	must(t, waiting.Wait())
	if late := time.Since(address); late > soon {
		t.Errorf("the check ended %v after the address was there", late)
	}
	s.carrier("p0", false)
	s.happened("link eth0 up carrier 0")
	began := time.Now()
	s.check(11, "eth0", "--wait", "1s")
	if took := time.Since(began); took < time.Second || took > 2*time.Second {
		t.Errorf("a check with --wait 1s took %v", took)
	}
	s.check(10, "eth7", "--wait", "1s")
}

// NetworkManager waits for half a second here, and for 6 s on a real system, before it minds. nmdebug does not.
func TestCarrierGoesAndComes(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.carrier("p0", false)
	s.shows("eth0 l1 failed pair-broken", s.happened("link eth0 up carrier 0"))
	s.said("Device.StateChanged 20 100 40")
	s.stands("eth0", "l1 failed pair-broken, l2 blocked, l3 blocked, cause eth0 l1 pair-broken")
	s.went("eth0 l1", "failed pair-broken")
	s.why("eth0", "✖ eth0 L1 has failed", "the other end of the pair is down", "blocked L2 of eth0", "next ip -d link show eth0")
	s.check(11, "eth0")
	s.carrier("p0", true)
	s.shows("eth0 l1 up link-up", s.happened("link eth0 up carrier 1"))
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
	s.stands("eth0", standing)
	s.went("eth0 l1", "up link-up")
	s.check(0)
}

// NetworkManager holds on to a static address, as it is told to on servers, and says connected all the time.
func TestStaticAddressOnDeadCarrier(t *testing.T) {
	s := play(t, "dead-carrier")
	s.from = s.happened("address eth0 10.99.0.2 added")
	lost := s.happened("link eth0 up carrier 0")
	s.shows("eth0 l1 failed pair-broken", lost)
	s.shows("conflict eth0 l1 connected-without-carrier", lost)
	s.stands("eth0", "l1 failed pair-broken, l2 blocked, l3 blocked, cause eth0 l1 pair-broken, conflict connected-without-carrier")
	s.why("eth0", "✖ eth0 L1 has failed", "NetworkManager says eth0 is connected; the kernel says that there is no carrier.")
	s.check(11)
	s.check(11, "static", "--require", "l1,l3", "--no-conflicts")
	s.carrier("p0", true)
	back := s.happened("link eth0 up carrier 1")
	s.shows("eth0 l1 up link-up", back)
	s.shows("no conflict eth0 l1 connected-without-carrier", back)
}

func TestLinkIsSetDownAndUp(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	s.MustRun(t, "ip", "link", "set", "eth0", "down")
	s.shows("eth0 l1 failed admin-down", s.happened("link eth0 down"))
	s.why("eth0", "The link is set down", "next ip link set eth0 up")
	s.check(11, "eth0")
}

func TestInterfaceVanishes(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	s.Peer.MustRun(t, "ip", "link", "delete", "p0")
	s.shows("interface eth0 vanished", s.happened("link eth0 gone"))
	s.check(10, "eth0")
	s.act()
	must(t, s.Veth(t.Context(), "eth0", "p0"))
	s.shows("interface eth0 appeared", s.happened("link eth0"))
	s.shows("eth0 l1 up link-up", s.happened("link eth0 up carrier 1"))
}
