package main_test

import (
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
)

// authenticated is how a wire with 802.1X and an address is shown, refused how one is whose login was not accepted.
const (
	authenticated = "l1 up link-up, l2 up 8021x-done, l3 up addressed"
	refused       = "l1 up link-up, l2 failed 8021x-rejected, l3 blocked, cause eth0 l2 8021x-rejected"
)

func TestLoginByEachMethod(t *testing.T) {
	for _, method := range []string{"peap", "ttls", "tls", "md5"} {
		t.Run(method, func(t *testing.T) {
			s := play(t, "8021x-"+method)
			s.shows("eth0 l2 starting 8021x-working", s.said("Device.StateChanged 50 * (/org/freedesktop/NetworkManager/Devices/2)"))
			s.shows("eth0 l2 up 8021x-done", s.said("Interface.EAP completion success"))
			s.shows("eth0 l3 up addressed", s.happened("address eth0 10.99.0.* added"))
			s.stands("eth0", authenticated)
			s.never("* failed *")
			s.check(0, "eth0", "--no-conflicts")
		})
	}
}

// NetworkManager waits for its own timeout, 25 s by default, and then says that a password is missing.
func TestWrongPassword(t *testing.T) {
	s := play(t, "8021x-wrong-password")
	s.shows("eth0 l2 failed 8021x-rejected", s.said("Interface.EAP completion failure"))
	s.stands("eth0", refused)
	s.why("eth0", "✖ eth0 L2 has failed", "The network refused the 802.1X authentication", "The method was PEAP", "blocked L3 of eth0",
		"next nmcli -f 802-1x connection show id lan")
	s.check(12, "eth0")
	s.check(12)
}

// What NetworkManager gave up on it calls a missing password. The real reason outlives the attempt.
func TestWrongPasswordIsGivenUp(t *testing.T) {
	s := play(t, "8021x-given-up")
	s.from = s.said("Interface.EAP started")
	s.shows("eth0 l2 failed 8021x-rejected", s.said("Interface.EAP completion failure"))
	s.said("Device.StateChanged 120 60 7 ")
	must(t, s.watch.quiet(t.Context()))
	s.went("eth0 l2", "failed 8021x-rejected")
	// Who comes afterwards cannot know it, and is sent to where it is known.
	s.says([]string{"why"}, "○ eth0 is down", "available: /etc/NetworkManager/system-connections/lan.nmconnection", "next journalctl -u NetworkManager -g eth0")
	s.check(13, "eth0")
}

// Nothing is signalled when nothing comes: 8 s after the supplicant began to listen it has been silence.
func TestNobodyAnswersEAPOL(t *testing.T) {
	s := play(t, "8021x-silent")
	listens := s.said(`Interface.PropertiesChanged map[*State:"associated"]`)
	s.why("eth0", "802.1X authentication is under way. No EAP request has come so far", "next tcpdump -eni eth0 ether proto 0x888e")
	s.check(12, "eth0")
	s.shows("eth0 l2 failed 8021x-silent", listens.Add(8*time.Second))
}

// The supplicant is held, and NetworkManager goes on to say connected.
func TestRefusedAgain(t *testing.T) {
	s := play(t, "8021x-reauth-rejected")
	s.from = s.happened("address eth0 10.99.0.* added")
	no := s.said("Interface.EAP completion failure")
	s.shows("eth0 l2 failed 8021x-rejected", no)
	s.shows("conflict eth0 l2 connected-rejected", no)
	s.stands("eth0", refused+", conflict connected-rejected")
	s.why("eth0", "NetworkManager says eth0 is connected; the network refused the authentication.")
	s.check(12, "eth0")
	s.act()
	a := s.Authenticator("p0")
	must(t, a.SetUsers(testenv.UserPEAP))
	must(t, a.Restart(t.Context()))
	must(t, a.Challenge(t.Context(), s.hardwareAddress("eth0")))
	s.shows("eth0 l2 up 8021x-done", s.said("Interface.EAP completion success"))
	s.stands("eth0", authenticated)
}

func (s *scene) hardwareAddress(iface string) string {
	s.t.Helper()
	return strings.TrimSpace(string(s.MustRun(s.t, "cat", "/sys/class/net/"+iface+"/address")))
}
