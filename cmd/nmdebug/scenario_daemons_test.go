package main_test

import (
	"strings"
	"testing"
	"time"
)

// The kernel goes on without NetworkManager, and so does nmdebug.
func TestNetworkManagerIsKilled(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	must(t, s.NetworkManager.Kill())
	s.shows("source NetworkManager absent", s.said("DBus.NameOwnerChanged org.freedesktop.NetworkManager :"))
	s.stands("eth0", standing)
	const missing = "NetworkManager is not on the bus"
	s.fails(8, missing, "status")
	s.fails(8, missing, "why")
	s.fails(8, missing, "detail", "eth0")
	s.fails(8, missing, "check")
	s.says([]string{"doctor"}, "✖ NetworkManager missing: "+missing, "do: systemctl start NetworkManager")
	s.check(0, "eth0")
	s.check(10, "lan")

	s.carrier("p0", false)
	s.shows("eth0 l1 down pair-broken", s.happened("link eth0 up carrier 0"))
	s.check(11, "eth0")
	s.carrier("p0", true)
	s.shows("eth0 l1 up link-up", s.happened("link eth0 up carrier 1"))

	s.act()
	must(t, s.NetworkManager.Start(t.Context()))
	s.shows("source NetworkManager ok", s.said("DBus.NameOwnerChanged org.freedesktop.NetworkManager  :"))
	s.check(0, "lan", "--wait", "10s")
	s.stands("eth0", standing)
}

func TestNetworkManagerIsRestarted(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	must(t, s.NetworkManager.Restart(t.Context()))
	s.shows("source NetworkManager ok", s.said("DBus.NameOwnerChanged org.freedesktop.NetworkManager  :"))
	s.stands("eth0", standing)
	s.never("* failed *")
	s.check(0, "--no-conflicts")
}

// A process that is stopped keeps its name and signals nothing. What the kernel tells is shown as soon as ever; that
// NetworkManager does not react to it, when it has had its time: a second, and two more to answer a ping.
func TestNetworkManagerHangs(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	must(t, s.NetworkManager.Freeze())
	const mute = "NetworkManager does not answer"
	s.fails(8, mute, "status")
	s.fails(8, mute, "check")
	s.says([]string{"doctor"}, "✖ NetworkManager missing: owns its name and does not answer")
	s.check(0, "eth0")
	s.carrier("p0", false)
	lost := s.happened("link eth0 up carrier 0")
	s.shows("eth0 l1 failed pair-broken", lost)
	s.shows("source NetworkManager silent", lost.Add(3*time.Second))
	s.check(11, "eth0")
	s.act()
	must(t, s.NetworkManager.Thaw())
	s.shows("source NetworkManager ok", time.Now())
	s.said("Device.StateChanged 20 100 40")
	s.stands("eth0", "l1 failed pair-broken, l2 blocked, l3 blocked, cause eth0 l1 pair-broken")
}

// NetworkManager has another supplicant started, and logs in again. It is held back until nmdebug has shown the time between.
func TestSupplicantIsKilled(t *testing.T) {
	s := play(t, "8021x-peap")
	s.stands("eth0", authenticated)
	supplicant, err := s.Find(t.Context(), "wpa_supplicant")
	must(t, err)
	must(t, s.NetworkManager.Freeze())
	s.act()
	must(t, supplicant.Kill())
	gone := s.said("DBus.NameOwnerChanged fi.w1.wpa_supplicant1 :")
	s.shows("source wpa_supplicant absent", gone)
	s.shows("eth0 l2 failed supplicant-gone", gone)
	must(t, s.NetworkManager.Thaw())
	s.shows("source wpa_supplicant ok", s.said("DBus.NameOwnerChanged fi.w1.wpa_supplicant1  :"))
	s.shows("eth0 l2 up 8021x-done", s.said("Interface.EAP completion success"))
	s.stands("eth0", authenticated)
}

// It keeps its name and does not answer; what it said before is no longer worth anything.
func TestSupplicantHangs(t *testing.T) {
	s := play(t, "8021x-peap")
	s.stands("eth0", authenticated)
	supplicant, err := s.Find(t.Context(), "wpa_supplicant")
	must(t, err)
	must(t, supplicant.Freeze())
	s.says([]string{"doctor"}, "✖ wpa_supplicant missing")
	s.why("eth0", "L2 unknown wpa_supplicant owns its name on the bus and does not answer.")
	s.check(12, "eth0")
	must(t, supplicant.Thaw())
	s.stands("eth0", authenticated)
}

// NetworkManager goes on running and never joins the new bus; nmdebug does, and says what has to be done.
func TestBusIsRestarted(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	s.act()
	must(t, s.Bus.Kill())
	s.shows("source D-Bus lost", s.from)
	s.shows("source NetworkManager lost", s.from)
	s.fails(8, "D-Bus cannot be reached", "status")
	s.check(8)
	s.check(0, "eth0")
	s.says([]string{"doctor"}, "✖ D-Bus missing", "do: start dbus")
	s.carrier("p0", false)
	s.shows("eth0 l1 down pair-broken", s.happened("link eth0 up carrier 0")) // nobody says that it is wanted
	s.carrier("p0", true)
	s.shows("eth0 l1 up link-up", s.happened("link eth0 up carrier 1"))

	s.act()
	must(t, s.Bus.Start(t.Context()))
	s.shows("source D-Bus ok", time.Now())
	s.shows("source NetworkManager absent", time.Now())
	pid := strings.TrimSpace(string(s.MustRun(t, "pidof", "NetworkManager")))
	stray := "NetworkManager is not on the bus: it runs as process " + pid + " and must be restarted"
	s.fails(8, stray, "status")
	s.fails(8, stray, "check")
	s.says([]string{"doctor"}, stray, "do: systemctl restart NetworkManager")
	s.check(0, "eth0")

	s.act()
	must(t, s.NetworkManager.Restart(t.Context()))
	s.shows("source NetworkManager ok", time.Now())
	s.check(0, "lan", "--wait", "10s")
	s.stands("eth0", standing)
}

// It takes connections and calls, and answers nothing.
func TestBusHangs(t *testing.T) {
	s := play(t, "dhcp")
	s.stands("eth0", standing)
	must(t, s.Bus.Freeze())
	s.fails(8, "D-Bus", "status")
	s.check(0, "eth0")
	s.carrier("p0", false)
	s.shows("eth0 l1 failed pair-broken", s.happened("link eth0 up carrier 0"))
	must(t, s.Bus.Thaw())
	s.said("Device.StateChanged 20 100 40")
	s.stands("eth0", "l1 failed pair-broken, l2 blocked, l3 blocked, cause eth0 l1 pair-broken")
}
