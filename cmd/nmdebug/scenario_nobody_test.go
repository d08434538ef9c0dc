package main_test

import "testing"

// veiled is how an authenticated wire is shown to somebody who may not ask the supplicant, and the right that is missing.
const (
	veiled = "l1 up link-up, l2 unknown supplicant-denied, l3 up addressed"
	right  = "wpa_supplicant may not be asked with these rights: needs root or group netdev"
)

func TestNobodyOnAPlainWire(t *testing.T) {
	s := playAs(t, "nobody", "dhcp")
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
	s.stands("eth0", standing)
	s.check(0, "--no-conflicts")
	s.carrier("p0", false)
	s.shows("eth0 l1 failed pair-broken", s.happened("link eth0 up carrier 0"))
	s.check(11, "eth0")
}

// The kernel and NetworkManager tell all, the supplicant nothing: what it would tell is unknown, with the right that is
// missing, in every command.
func TestNobodyOnAnAuthenticatedWire(t *testing.T) {
	s := playAs(t, "nobody", "8021x-peap")
	s.shows("source wpa_supplicant denied", s.said("DBus.NameOwnerChanged fi.w1.wpa_supplicant1  :"))
	s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
	s.stands("eth0", veiled)
	s.says([]string{"status"}, "wpa_supplicant may not be read (needs root or group netdev)", "? may not ask")
	s.why("eth0", "● eth0 stands, as far as can be seen", "not seen "+right)
	s.says([]string{"why"}, "not seen "+right)
	s.says([]string{"detail", "eth0"}, right)
	s.says([]string{"check", "eth0"}, "? FAILED eth0 L2 unknown: "+right)
	s.says([]string{"doctor"}, "Runs as nobody", "● NetworkManager ok", "● kernel ok",
		"✖ wpa_supplicant missing: it may not be asked", "do: join the group netdev, or run as root", "✖ D-Bus monitor missing")
	s.check(12)
	s.check(0, "eth0", "--require", "l1,l3")
}

// Even so it is seen that NetworkManager gives up, and what it says of it.
func TestNobodyWithAWrongPassword(t *testing.T) {
	s := playAs(t, "nobody", "8021x-given-up")
	s.shows("eth0 l2 failed no-secrets", s.said("Device.StateChanged 120 60 7 "))
	s.check(13, "eth0")
}

func TestNobodyWithoutNetworkManager(t *testing.T) {
	s := playAs(t, "nobody", "dhcp")
	s.stands("eth0", standing)
	s.act()
	must(t, s.NetworkManager.Kill())
	s.shows("source NetworkManager absent", s.said("DBus.NameOwnerChanged org.freedesktop.NetworkManager :"))
	s.stands("eth0", standing)
	s.fails(8, "NetworkManager is not on the bus", "status")
	s.check(0, "eth0")
}
