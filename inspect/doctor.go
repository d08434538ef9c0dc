package inspect

import (
	"cmp"
	"fmt"
	"strings"
)

// Self is what nmdebug knows of its own rights and surroundings.
type Self struct {
	UID     int
	User    string
	Address string // of the bus
	Monitor Probe  // may it watch the traffic of the bus?
	Journal Probe  // may it read the system's journal?
}

// Probe is the result of trying one thing.
type Probe struct {
	OK     bool
	Absent bool // this system does not have it
	Detail string
}

// Ability is one thing that nmdebug can see here, or cannot.
type Ability struct {
	Name   string        `json:"name"`
	Status AbilityStatus `json:"status"`
	Detail string        `json:"detail"`
	Gives  string        `json:"gives"`        // what one sees by it
	Do     string        `json:"do,omitempty"` // what to do to get it
}

// AbilityStatus says whether an ability is there.
type AbilityStatus string

// The states of an ability.
const (
	Able    AbilityStatus = "ok"
	Unable  AbilityStatus = "missing"  // it can be had: Do says how
	Useless AbilityStatus = "not here" // this system has nothing to see there
)

// Checkup is the answer to "doctor".
type Checkup struct {
	SchemaVersion int       `json:"schema_version"`
	UID           int       `json:"uid"`
	User          string    `json:"user"`
	Bus           string    `json:"bus"`
	Abilities     []Ability `json:"abilities"`
}

// Examine says what nmdebug can see here and what to do about what it cannot.
func Examine(s *Snapshot, self Self) Checkup {
	c := Checkup{SchemaVersion: SchemaVersion, UID: self.UID, User: self.User, Bus: self.Address}
	add := func(a Ability) { c.Abilities = append(c.Abilities, a) }
	add(busAbility(s, self))
	add(nmAbility(s))
	add(supplicantAbility(s))
	add(sourceAbility(s, SourceKernel, "links, carrier, addresses, routes, neighbours", "is rtnetlink forbidden by a container's policy?"))
	add(sourceAbility(s, SourceEthtool, "speed and duplex of wires", "needs Linux 5.6 or newer"))
	add(sourceAbility(s, SourceNL80211, "signal, rates and retries of Wi-Fi", ""))
	add(sourceAbility(s, SourceRfkill, "radio switches", "read access to /dev/rfkill: group netdev, or root"))
	add(sourceAbility(s, SourceHCI, "Bluetooth adapters; signal and transmit power of phones", "run as root (CAP_NET_ADMIN)"))
	if a, ok := bluezAbility(s); ok {
		add(a)
	}
	add(sourceAbility(s, SourceWireGuard, "the handshakes of WireGuard peers", "run as root (CAP_NET_ADMIN)"))
	add(monitorAbility(s, self.Monitor))
	add(probeAbility("journal", self.Journal, "the logs of all daemons on one clock", "join the group systemd-journal or adm, or run as root"))
	return c
}

func busAbility(s *Snapshot, self Self) Ability {
	a := Ability{Name: SourceBus, Gives: "NetworkManager, wpa_supplicant", Detail: self.Address}
	src := s.source(SourceBus)
	if src.Status == SourceOK {
		a.Status = Able
		return a
	}
	a.Status, a.Detail = Unable, src.Detail
	a.Do = "start dbus (systemctl start dbus), or name the bus by --address or DBUS_SYSTEM_BUS_ADDRESS"
	return a
}

func nmAbility(s *Snapshot) Ability {
	a := Ability{Name: SourceNM, Gives: "devices, connections, VPNs, leases, DNS"}
	src := s.source(SourceNM)
	switch src.Status {
	case SourceOK:
		a.Status, a.Detail = Able, s.NM.Manager.Version+", "+count(s.NM.Profiles, "profile")
	case SourceSilent:
		a.Status, a.Detail, a.Do = Unable, "owns its name and does not answer", "systemctl status NetworkManager; it may be stopped or hang"
	case SourceLost:
		a.Status, a.Detail = Unable, src.Detail
	case SourceDenied:
		a.Status, a.Detail = Unable, src.Condition()
	case SourceUnreadable:
		a.Status, a.Detail, a.Do = Unable, src.Detail, "busctl status org.freedesktop.NetworkManager: is that NetworkManager?"
	case SourceAbsent, SourceReading:
		a.Status, a.Detail, a.Do = Unable, src.Condition(), "systemctl start NetworkManager"
		if src.Detail != "" { // it runs all the same
			a.Detail, a.Do = a.Detail+": "+src.Detail, "systemctl restart NetworkManager"
		}
	}
	return a
}

// supplicantAbility takes iwd into account: where it does the work, no supplicant is missing.
func supplicantAbility(s *Snapshot) Ability {
	a := Ability{Name: SourceSupplicant, Gives: "association, 4-way handshake, 802.1X: the real reasons of L2"}
	src := s.source(SourceSupplicant)
	switch {
	case src.Status == SourceOK:
		a.Status, a.Detail = Able, count(len(s.WPA.Interfaces), "interface")
	case src.Status == SourceDenied:
		a.Status, a.Detail, a.Do = Unable, "it may not be asked", "join the group netdev, or run as root"
	case s.source(SourceIWD).Status == SourceOK:
		a.Status, a.Detail = Useless, "iwd serves Wi-Fi here: L2 comes from NetworkManager and nl80211"
	case src.Status == SourceAbsent:
		a.Status, a.Detail = Useless, "not running: NetworkManager starts it when Wi-Fi or 802.1X needs it"
	case src.Status == SourceLost:
		a.Status, a.Detail = Unable, src.Detail
	default:
		a.Status, a.Detail, a.Do = Unable, cmp.Or(src.Detail, src.Condition()), "systemctl status wpa_supplicant; it may be stopped or hang"
	}
	return a
}

// count writes so many of a thing.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// bluezAbility says how BlueZ can be asked; ok is false where there is no Bluetooth, and so nothing to ask.
func bluezAbility(s *Snapshot) (a Ability, ok bool) {
	a = Ability{Name: SourceBlueZ, Gives: "phones: paired, connected, the network that they share"}
	if len(s.Kernel.Adapters) == 0 {
		return a, false
	}
	src := s.source(SourceBlueZ)
	switch src.Status {
	case SourceOK:
		a.Status, a.Detail = Able, count(len(s.BlueZ.Devices), "device")
	case SourceAbsent:
		a.Status, a.Detail, a.Do = Unable, "bluetoothd does not run", "systemctl start bluetooth"
	case SourceDenied:
		a.Status, a.Detail, a.Do = Unable, "it may not be asked", "join the group bluetooth, or run as root"
	default:
		a.Status, a.Detail = Unable, strings.TrimSpace(string(src.Status)+" "+src.Detail)
	}
	return a, true
}

func sourceAbility(s *Snapshot, name, gives, do string) Ability {
	a := Ability{Name: name, Gives: gives}
	src := s.source(name)
	switch src.Status {
	case SourceOK:
		a.Status, a.Detail = Able, src.Detail
	case SourceAbsent:
		a.Status, a.Detail = Useless, cmp.Or(src.Detail, "this system has none")
	default:
		a.Status, a.Detail, a.Do = Unable, strings.TrimSpace(src.Detail+" "+src.Right), do
	}
	return a
}

// monitorAbility does not advise to become root where there is no bus.
func monitorAbility(s *Snapshot, p Probe) Ability {
	a := probeAbility("D-Bus monitor", p, "the traffic between NetworkManager and its helpers", "run as root")
	if s.source(SourceBus).Status != SourceOK {
		a.Detail, a.Do = "no bus", ""
	}
	return a
}

func probeAbility(name string, p Probe, gives, do string) Ability {
	a := Ability{Name: name, Gives: gives, Detail: p.Detail}
	switch {
	case p.OK:
		a.Status = Able
	case p.Absent:
		a.Status = Useless
	default:
		a.Status, a.Do = Unable, do
	}
	return a
}
