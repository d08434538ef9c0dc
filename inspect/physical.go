package inspect

import (
	"fmt"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// physical checks L1. It asks the kernel, since NetworkManager says "connected" with a dead cable.
func (s *subject) physical() []Finding {
	switch {
	case s.link == nil && s.snap.Kernel.Synced && s.dev != nil && !hasLink(s.dev.Type):
		return s.withoutLink()
	case s.link == nil && s.snap.Kernel.Synced:
		return []Finding{s.missing(LinkGone).expected("a link", "none").saw(s.kernel("no such link"), s.nmSays())}
	case s.link == nil:
		return []Finding{s.unknownKernel()}
	}
	var found []Finding
	for _, check := range []func() []Finding{s.firmware, s.radio, s.admin, s.carrier, s.duplex} {
		found = append(found, check()...)
	}
	if len(found) == 0 {
		found = append(found, s.linkUp())
	}
	return found
}

// hasLink says whether a device of this type has a network link of its own from the start; a modem gets one with the call.
func hasLink(t nmtypes.DeviceType) bool {
	switch t {
	case nmtypes.TypeModem, nmtypes.TypeBluetooth, nmtypes.TypeADSL, nmtypes.TypeWimax, nmtypes.TypeOVSPort, nmtypes.TypeOVSBridge:
		return false
	default:
		return true
	}
}

// missing is a finding about a floor that is not there: a failure where somebody asked for it, off otherwise.
func (s *subject) missing(code Code) Finding {
	if s.wanted() {
		return s.finding(L1, Failed, code)
	}
	return s.finding(L1, Down, code)
}

func (s *subject) withoutLink() []Finding {
	if s.activated() {
		return []Finding{s.finding(L1, Up, NoLinkNeeded).sure(Likely).saw(s.nmSays())}
	}
	return []Finding{s.finding(L1, Unknown, NoLinkNeeded).saw(s.nmSays())}
}

func (s *subject) unknownKernel() Finding {
	f := s.finding(L1, Unknown, KernelUnread)
	src := s.snap.source(SourceKernel)
	f.Right = src.Right
	return f.saw(Evidence{Source: SourceKernel, Text: string(src.Status) + " " + src.Detail})
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

// radio checks the switches of a Wi-Fi card.
func (s *subject) radio() []Finding {
	if s.kind != kindWifi {
		return nil
	}
	var found []Finding
	for _, r := range s.snap.Kernel.Rfkill {
		found = append(found, s.blockedRadio(r)...)
	}
	if len(found) == 0 && s.dev != nil && !s.snap.NM.Manager.WirelessEnabled {
		found = append(found, s.finding(L1, Down, RadioOff).
			saw(Evidence{Source: SourceNM, Text: "WirelessEnabled=false"}).next("nmcli radio wifi on"))
	}
	return found
}

func (s *subject) blockedRadio(r kerneltypes.Radio) []Finding {
	const wlan = 1 // RFKILL_TYPE_WLAN
	if r.Type != wlan || (r.Name != "" && s.link.Phy != "" && r.Name != s.link.Phy) {
		return nil
	}
	seen := Evidence{Source: SourceRfkill, Text: fmt.Sprintf("%s: soft=%t hard=%t", r.Name, r.Soft, r.Hard)}
	switch {
	case r.Hard:
		return []Finding{s.finding(L1, Down, RfkillHard).saw(seen)}
	case r.Soft:
		return []Finding{s.finding(L1, Down, RfkillSoft).saw(seen).next("rfkill unblock wifi")}
	}
	return nil
}

func (s *subject) admin() []Finding {
	if s.link.Up() {
		return nil
	}
	return []Finding{s.missing(AdminDown).expected("IFF_UP", "not set").
		saw(s.kernel("flags lack UP, operstate %s", s.link.OperState), s.nmSays()).
		next("ip link set " + s.name + " up")}
}

// carrier looks for the signal of the other end. A link that is administratively down has none and says so already.
func (s *subject) carrier() []Finding {
	if !s.link.Up() || !s.link.HasCarrier || s.link.Carrier || s.kind == kindWifi {
		return nil
	}
	seen := s.kernel("carrier 0, operstate %s", s.link.OperState)
	seen.At = s.link.CarrierAt
	code, next := NoCarrier, "ethtool "+s.name
	switch {
	case s.kind == kindBridge || s.kind == kindBond:
		code, next = NoPort, "bridge link"
	case s.kind == kindTun || s.kind == kindTap:
		code, next = NoTunOwner, "ip -d link show "+s.name
	case s.parent() != nil:
		code, next = LowerDown, "nmdebug why "+s.parent().name
	}
	return []Finding{s.missing(code).expected("carrier", "none").saw(seen, s.nmSays()).next(next)}
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
		f = f.saw(Evidence{Source: SourceNL80211, Text: s.name + ": signal " + f.Brief, At: station.At})
		if station.SignalDBm < weakSignal {
			f.Status, f.Code, f.Text = Degraded, WeakSignal, WeakSignal.Meaning()
		}
	case speed.Mbps > 0:
		f.Brief = bitRate(speed.Mbps)
		f.Text = "The link is up at " + f.Brief + "."
		f = f.saw(Evidence{Source: SourceEthtool, Text: fmt.Sprintf("%s: %s, %s duplex", s.name, f.Brief, speed.Duplex)})
	}
	return f
}

// weakSignal is the level in dBm below which data rates collapse and handshakes get lost.
const weakSignal = -80

// bitRate writes megabits as people say them.
func bitRate(mbps int) string {
	if mbps >= 1000 && mbps%100 == 0 {
		return fmt.Sprintf("%g Gb/s", float64(mbps)/1000)
	}
	return fmt.Sprintf("%d Mb/s", mbps)
}
