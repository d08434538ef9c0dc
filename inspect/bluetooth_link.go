package inspect

import (
	"fmt"

	"nmdebug/nmwatch/nmtypes"
)

// pan checks L2 of a Bluetooth link: the network that the phone shares over PAN, or its modem.
func (s *subject) pan() []Finding {
	p := s.phone()
	switch {
	case s.dialsIn(p):
		return []Finding{s.plainDial()}
	case s.dev == nil && s.link != nil && s.controller() != nil:
		return s.forwarding()
	case s.panJoined(p):
		return []Finding{s.panUp(p)}
	case s.panGone():
		return []Finding{s.bluetoothdGone()}
	case s.dev == nil && s.link != nil:
		return []Finding{s.finding(L2, Up, PANServing).saw(s.kernel("over %s", s.link.Hardware))}
	case s.panUnseen():
		return []Finding{s.panByKernel()}
	case s.activating():
		return []Finding{s.finding(L2, Starting, PANWorking).saw(s.nmSays(), p.networkSays())}
	case s.activated():
		return []Finding{s.finding(L2, Failed, PANEnded).saw(s.nmSays(), p.networkSays())}
	case s.gaveUpAt(L2):
		return []Finding{s.panRefused(p)}
	case p.device != nil && !p.device.OffersPAN() && !p.device.OffersDUN():
		return []Finding{s.missing(L2, PANNotOffered).saw(p.networkSays()).next("bluetoothctl info " + shellWord(p.address))}
	default:
		return []Finding{s.missing(L2, PANOff).saw(s.nmSays(), p.networkSays())}
	}
}

// panJoined says whether BlueZ holds the network to be joined, by the subject's link.
func (s *subject) panJoined(p phone) bool {
	return p.device != nil && p.device.Network != nil && p.device.Network.Connected && s.link != nil
}

func (s *subject) panUp(p phone) Finding {
	f := s.finding(L2, Up, PANUp).saw(p.networkSays())
	role := p.device.Network.Role()
	if role != "" {
		f.Brief = "PAN " + role
	}
	f.Text = fmt.Sprintf("It has joined the network of %s (%s).", p.name(), f.Brief)
	return f
}

// panGone says whether there is a want of a network and nobody who could make it.
func (s *subject) panGone() bool {
	return s.snap.source(SourceBlueZ).Status == SourceAbsent && s.blueZAsked() && (s.wanted(L2) || s.link != nil)
}

// blueZAsked says whether BlueZ was asked at all: one that was not is absent for all that is known.
func (s *subject) blueZAsked() bool {
	for _, src := range s.snap.Sources {
		if src.Name == SourceBlueZ {
			return true
		}
	}
	return false
}

func (s *subject) bluetoothdGone() Finding {
	f := s.finding(L2, Failed, BluetoothdGone).saw(s.snap.source(SourceBlueZ).says(), s.nmSays()).next("systemctl start bluetooth", "journalctl -u bluetooth")
	if s.link != nil {
		f = f.adds("Its network link is left over.")
	}
	return f
}

// panUnseen says whether BlueZ cannot be asked, and the link is there all the same.
func (s *subject) panUnseen() bool {
	return s.link != nil && s.snap.source(SourceBlueZ).Status != SourceOK
}

// panByKernel judges by the kernel: it has the link as long as the network is joined.
func (s *subject) panByKernel() Finding {
	src := s.snap.source(SourceBlueZ)
	return s.finding(L2, Up, PANKernel).sure(Likely).lacks(src).saw(s.kernel("over %s", s.link.Hardware), src.says(), s.nmSays())
}

// panRefused judges the last attempt, in which the phone was reached.
func (s *subject) panRefused(p phone) Finding {
	switch s.dev.LastFailure.Reason {
	case nmtypes.ReasonBTFailed:
		return s.finding(L2, Failed, PANRefused).sure(Likely).saw(s.nmGaveUp(), p.networkSays()).
			next("nmcli connection up "+shellWord(s.name), "journalctl -u bluetooth")
	default:
		return s.linkGaveUp(LinkFailed)
	}
}

// dialsIn says whether the phone is used as a modem.
func (s *subject) dialsIn(p phone) bool {
	if s.dev == nil || s.overBluetooth() {
		return false
	}
	return s.dev.BluetoothCaps == nmtypes.BluetoothDUN || p.device != nil && p.device.OffersDUN() && !p.device.OffersPAN()
}

// plainDial judges a call by NetworkManager's word, which has it from ModemManager.
func (s *subject) plainDial() Finding {
	switch {
	case s.activated(), s.ac != nil && s.ac.Flags.Has(nmtypes.FlagLayer2Ready):
		return s.finding(L2, Up, LayerByNM).sure(Likely).saw(s.nmSays())
	case s.activating():
		return s.finding(L2, Starting, LinkWorking).saw(s.nmSays())
	case s.gaveUpAt(L2):
		return s.linkGaveUp(LinkFailed)
	default:
		return s.missing(L2, PANOff).saw(s.nmSays())
	}
}

// networkSays is evidence: what BlueZ says of the network that the phone offers.
func (p phone) networkSays() Evidence {
	e := p.bluezSays()
	switch {
	case p.device == nil:
	case p.device.Network == nil:
		e.Text = p.device.Address + ": offers no network"
	default:
		e.Text = fmt.Sprintf("%s: network connected %t %s", p.device.Address, p.device.Network.Connected, p.device.Network.Interface)
	}
	return e
}

// connectedWithoutPhone holds NetworkManager's view against BlueZ's and the kernel's.
func (s *subject) connectedWithoutPhone() []Finding {
	if s.kind != kindBluetooth {
		return nil
	}
	p := s.phone()
	switch {
	case p.adapter != nil && !p.connected():
		return []Finding{s.conflict(L1, ConnectedWithoutPhone, p.kernelSays())}
	case p.device != nil && p.device.Network != nil && !p.device.Network.Connected:
		return []Finding{s.conflict(L2, ConnectedWithoutPAN, p.networkSays())}
	}
	return nil
}
