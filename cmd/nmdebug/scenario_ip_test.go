package main_test

import (
	"testing"
	"time"
)

// NetworkManager says connected for 45 s more, without any address.
func TestLeaseIsLost(t *testing.T) {
	s := play(t, "lease-gone")
	lost := s.happened("address eth0 10.99.0.* removed")
	s.shows("eth0 l3 failed lease-lost", lost)
	s.shows("conflict eth0 l3 connected-without-address", lost)
	s.never("eth0 l3 failed address-missing")
	s.stands("eth0", "l1 up link-up, l2 up link-plain, l3 failed lease-lost, cause eth0 l3 lease-lost, conflict connected-without-address")
	s.why("eth0", "✖ eth0 L3 has failed", "The DHCP lease ran out and no server renewed it", "NetworkManager says eth0 is connected; the kernel has no address on it.",
		"next nmcli device up eth0")
	s.check(13)
	s.check(0, "--require", "l1,l2")
}

// Nothing else changes: the carrier, the lease and NetworkManager's state are as before.
func TestGatewayDies(t *testing.T) {
	s := play(t, "gateway-dead")
	s.from = s.happened("neighbour eth0 10.99.0.1 forgotten")
	silent := s.happened("neighbour eth0 10.99.0.1 failed")
	s.shows("eth0 l3 failed gateway-silent", silent)
	s.shows("conflict eth0 l3 connected-without-gateway", silent)
	s.stands("eth0", "l1 up link-up, l2 up link-plain, l3 failed gateway-silent, cause eth0 l3 gateway-silent, conflict connected-without-gateway")
	s.why("eth0", "The gateway 10.99.0.1 does not answer on this link.", "next ping -c1 10.99.0.1")
	s.check(13, "eth0")
	s.act()
	must(t, s.Pass(t.Context(), "p0"))
	s.MustRun(t, "ping", "-c", "1", "-W", "5", "10.99.0.1")
	answered := time.Now()
	s.shows("no conflict eth0 l3 connected-without-gateway", answered)
	s.shows("eth0 l3 up addressed", answered)
	s.check(0, "eth0", "--no-conflicts")
}

// A server that never answers is waited for: 45 s by default, after which the real reason is kept.
func TestNoServerAnswers(t *testing.T) {
	s := newScene(t)
	must(t, s.Veth(t.Context(), "eth0", "p0"))
	must(t, s.AddProfile(t.Context(), "lan", "type=ethernet\ninterface-name=eth0\nautoconnect-retries=1\n[ipv4]\nmethod=auto\ndhcp-timeout=2\n[ipv6]\nmethod=disabled\n"))
	s.shows("eth0 l3 starting dhcp-waiting", s.said("Device.StateChanged 70 * (/org/freedesktop/NetworkManager/Devices/2)"))
	s.check(13, "eth0")
	s.act()
	s.shows("eth0 l3 failed ip-failed", s.said("Device.StateChanged 120 70 5 "))
	must(t, s.watch.quiet(t.Context()))
	s.went("eth0 l3", "failed ip-failed")
}

// Somebody else takes the address away; NetworkManager does not mind.
func TestAddressIsFlushed(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	s.MustRun(t, "ip", "address", "flush", "dev", "eth0")
	gone := s.happened("address eth0 10.99.0.* removed")
	s.shows("eth0 l3 failed address-missing", gone)
	s.shows("conflict eth0 l3 connected-without-address", gone)
	s.stands("eth0", "l1 up link-up, l2 up link-plain, l3 failed address-missing, cause eth0 l3 address-missing, conflict connected-without-address")
	s.why("eth0", "something else removed it", "next nmcli device reapply eth0")
	s.check(13, "eth0")
	s.act()
	s.MustRun(t, "nmcli", "device", "reapply", "eth0")
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
}

// What somebody wanted so is no failure.
func TestConnectionIsTakenDown(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	s.MustRun(t, "nmcli", "device", "disconnect", "eth0")
	s.shows("eth0 l3 down taken-down", s.said("Device.StateChanged 30 * (/org/freedesktop/NetworkManager/Devices/2)"))
	s.stands("eth0", "l1 up link-up, l2 up link-plain, l3 down taken-down")
	s.never("* failed *")
	s.why("eth0", "Somebody took its connection down", "next nmcli device up eth0")
	s.says([]string{"why"}, "Nothing is broken")
	s.check(13, "eth0")
	s.check(11)
	s.act()
	s.MustRun(t, "nmcli", "device", "up", "eth0")
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
}
