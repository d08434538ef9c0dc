package inspect

import (
	"fmt"
	"maps"
	"slices"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// physical checks L1. It asks the kernel, since NetworkManager says "connected" with a dead cable.
func (s *subject) physical() []Finding {
	switch {
	case s.blind():
		return []Finding{s.unknownKernel(L1)}
	case s.kind == kindBluetooth:
		return s.bluetooth()
	case s.link == nil && !hasLink(*s.dev):
		return []Finding{s.withoutLink()}
	case s.link == nil:
		return []Finding{s.missing(L1, LinkGone).expected("a link", "none").saw(s.kernel("no such link"), s.nmSays())}
	}
	found := append(s.firmware(), s.radio()...)
	if len(found) > 0 {
		return found // why the link is down
	}
	for _, check := range []func() []Finding{s.admin, s.carrier, s.duplex} {
		found = append(found, check()...)
	}
	if len(found) == 0 {
		found = append(found, s.linkUp())
	}
	return found
}

// hasLink says whether a device has a network link of its own: a modem gets one with the call, and some devices exist in
// a database alone.
func hasLink(d nmtypes.Device) bool {
	switch d.Type {
	case nmtypes.TypeOVSPort, nmtypes.TypeOVSBridge:
		return false
	case nmtypes.TypeModem, nmtypes.TypeBluetooth, nmtypes.TypeADSL, nmtypes.TypeWimax:
		return d.IPInterface != ""
	default:
		return true
	}
}

func (s *subject) withoutLink() Finding {
	switch {
	case s.gaveUpAt(L1) && !s.activating():
		return s.nmFailure(L1, DeviceFailed)
	case s.activated():
		return s.finding(L1, Up, NoLinkNeeded).sure(Likely).saw(s.nmSays())
	default:
		return s.finding(L1, Unknown, NoLinkNeeded).saw(s.nmSays())
	}
}

func (s *subject) unknownKernel(l Level) Finding {
	src := s.snap.source(SourceKernel)
	return s.finding(l, Unknown, KernelUnread).lacks(src).saw(src.says())
}

func (s *subject) firmware() []Finding {
	switch {
	case s.dev == nil:
		return nil
	case s.dev.FirmwareMissing:
		return []Finding{s.finding(L1, Failed, FirmwareMissing).
			saw(Evidence{Source: SourceNM, Text: s.name + ": FirmwareMissing=true, driver " + s.dev.Driver}).
			next("dmesg | grep -i firmware")}
	case s.dev.PluginMissing:
		return []Finding{s.finding(L1, Failed, PluginMissing).
			saw(Evidence{Source: SourceNM, Text: s.name + ": NmPluginMissing=true"})}
	}
	return nil
}

// radio checks the switches of a Wi-Fi card: the kernel's first, NetworkManager's where those cannot be read.
func (s *subject) radio() []Finding {
	if s.kind != kindWifi {
		return nil
	}
	const wlan = 1 // RFKILL_TYPE_WLAN
	var found []Finding
	for _, r := range s.rfkill(wlan, s.link.Phy) {
		found = append(found, s.blockedRadio(r, "wifi")...)
	}
	m := s.snap.NM.Manager
	switch {
	case len(found) > 0 || !s.managed():
		return found
	case !m.WirelessHwEnabled:
		return []Finding{s.finding(L1, Down, RfkillHard).saw(Evidence{Source: SourceNM, Text: "WirelessHardwareEnabled=false"})}
	case !m.WirelessEnabled:
		return []Finding{s.finding(L1, Down, RadioOff).
			saw(Evidence{Source: SourceNM, Text: "WirelessEnabled=false"}).next("nmcli radio wifi on")}
	}
	return nil
}

// rfkill are the switches of a type of radio that belong to the one of a name, or may do so.
func (s *subject) rfkill(kind uint8, name string) []kerneltypes.Radio {
	var all []kerneltypes.Radio
	for _, index := range slices.Sorted(maps.Keys(s.snap.Kernel.Rfkill)) {
		r := s.snap.Kernel.Rfkill[index]
		if r.Type == kind && (r.Name == "" || name == "" || r.Name == name) {
			all = append(all, r)
		}
	}
	return all
}

// blockedRadio is the finding about a switch that is off; radio is rfkill's word for what it switches.
func (s *subject) blockedRadio(r kerneltypes.Radio, radio string) []Finding {
	seen := Evidence{Source: SourceRfkill, Text: fmt.Sprintf("%s: soft=%t hard=%t", r.Name, r.Soft, r.Hard)}
	switch {
	case r.Hard:
		return []Finding{s.finding(L1, Down, RfkillHard).saw(seen)}
	case r.Soft:
		return []Finding{s.finding(L1, Down, RfkillSoft).saw(seen).next("rfkill unblock " + radio)}
	}
	return nil
}

func (s *subject) admin() []Finding {
	if s.link.Up() {
		return nil
	}
	return []Finding{s.missing(L1, AdminDown).expected("IFF_UP", "not set").
		saw(s.kernel("flags lack UP, operstate %s", s.link.OperState), s.nmSays()).
		next("ip link set " + shellWord(s.name) + " up")}
}

// carrier looks for the signal of the other end. A link that is administratively down has none and says so already; what
// is made of ports has one when a port has, which is for the second floor to say; a Wi-Fi card has one when associated.
func (s *subject) carrier() []Finding {
	if !s.link.Up() || !s.link.HasCarrier || s.link.Carrier || s.kind == kindWifi || s.joinsPorts() {
		return nil
	}
	seen := s.kernel("carrier 0, operstate %s", s.link.OperState)
	seen.At = s.link.CarrierAt
	code, next := NoCarrier, "ethtool "+shellWord(s.name)
	switch {
	case s.kind == kindTun || s.kind == kindTap:
		code, next = NoTunOwner, "ip -d link show "+shellWord(s.name)
	case s.parent() != nil:
		code, next = LowerDown, "nmdebug why "+shellWord(s.parent().name)
	case s.kind == kindVeth:
		code, next = PairBroken, "ip -d link show "+shellWord(s.name)
	}
	return []Finding{s.missing(L1, code).expected("carrier", "none").saw(seen, s.nmSays()).next(next)}
}

// duplex finds the half-duplex links that a failed negotiation leaves: they work, slowly.
func (s *subject) duplex() []Finding {
	speed, ok := s.snap.Kernel.Speeds[s.name]
	if !ok || speed.Duplex != "half" || !s.link.Carrier {
		return nil
	}
	return []Finding{s.finding(L1, Degraded, HalfDuplex).
		saw(Evidence{Source: SourceEthtool, Text: fmt.Sprintf("%s: %d Mb/s, half duplex", s.name, speed.Mbps)})}
}

func (s *subject) linkUp() Finding {
	f := s.finding(L1, Up, LinkUp).saw(s.kernel("up, carrier %t, operstate %s", s.link.Carrier, s.link.OperState))
	speed := s.snap.Kernel.Speeds[s.name]
	station, wifi := s.snap.Kernel.Stations[s.name]
	switch {
	case wifi && station.Associated && station.SignalDBm != 0:
		f.Brief = fmt.Sprintf("%d dBm", station.SignalDBm)
		f.Text = "The radio is on, the access point is heard at " + f.Brief + "."
		f = f.saw(Evidence{
			Source: SourceNL80211, Text: fmt.Sprintf("%s: signal %s, average %d dBm", s.name, f.Brief, station.AverageDBm), At: station.At,
		})
		if weak(station) {
			f.Status, f.Code, f.Text = Degraded, WeakSignal, WeakSignal.Meaning()
			f = f.adds("It is %d dBm on average.", heardAt(station)).next("nmdebug quality " + shellWord(s.name) + " --every 1s")
		}
	case speed.Mbps > 0:
		f.Brief = bitRate(speed.Mbps)
		f.Text = "The link is up at " + f.Brief + "."
		text := s.name + ": " + f.Brief
		if speed.Duplex != "" { // a macvlan has a speed alone
			text += ", " + speed.Duplex + " duplex"
		}
		f = f.saw(Evidence{Source: SourceEthtool, Text: text})
	}
	return f
}

// weakSignal is the level in dBm below which data rates collapse and handshakes get lost.
const weakSignal = -80

// weak says whether an access point is heard too weakly.
func weak(st kerneltypes.Station) bool { return heardAt(st) < weakSignal }

// heardAt is how strongly an access point is heard, in dBm. The average counts where there is one: the last frame alone jumps by some dB all
// the time.
func heardAt(st kerneltypes.Station) int {
	if st.AverageDBm != 0 {
		return st.AverageDBm
	}
	return st.SignalDBm
}

// bitRate writes megabits as people say them.
func bitRate(mbps int) string {
	if mbps >= 1000 && mbps%100 == 0 {
		return fmt.Sprintf("%g Gb/s", float64(mbps)/1000)
	}
	return fmt.Sprintf("%d Mb/s", mbps)
}
