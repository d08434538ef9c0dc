package inspect

import (
	"fmt"
	"slices"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// associated checks L2 of a Wi-Fi card: association, handshake, 802.1X. The supplicant is asked first, then nl80211,
// then NetworkManager.
func (s *subject) associated() []Finding {
	switch s.wifiRole() {
	case "monitor":
		return nil
	case "access point", "P2P group owner", "mesh point", "ad-hoc":
		return []Finding{s.wifiServing()}
	}
	switch {
	case s.unheard():
		return []Finding{s.associatedWithoutSupplicant()}
	case s.wpa.State == wpatypes.StateCompleted:
		return []Finding{s.wifiDone()}
	case s.roaming():
		return []Finding{s.finding(L2, Up, WifiRoaming).saw(s.supplicantSays(), s.nmSays())}
	case !s.wifiAsked():
		return []Finding{s.wifiOff()}
	default:
		return []Finding{s.unassociated()}
	}
}

// wifiRole is what the interface is in its network, in nl80211's word. A station is the rule.
func (s *subject) wifiRole() string {
	if st, ok := s.snap.Kernel.Stations[s.name]; ok && st.InterfaceType != "" {
		return st.InterfaceType
	}
	if s.dev != nil && s.dev.Wireless != nil {
		switch s.dev.Wireless.Mode { // NM80211Mode
		case 1:
			return "ad-hoc"
		case 3:
			return "access point"
		case 4:
			return "mesh point"
		}
	}
	return wifiStation
}

// wifiStation is nl80211's word for an interface that joins a network.
const wifiStation = "station"

// wifiServing judges an access point and its like: there is nobody to be associated with.
func (s *subject) wifiServing() Finding {
	f := s.finding(L2, Up, WifiServing)
	f.Brief = s.wifiRole()
	switch {
	case s.wpa != nil && s.wpa.State == wpatypes.StateCompleted && !s.unheard():
		return f.saw(s.supplicantSays())
	case s.link != nil && !s.blind() && s.link.Carrier:
		return f.saw(s.kernel("%s, carrier %t", s.wifiRole(), s.link.Carrier))
	case s.activating():
		return s.finding(L2, Starting, WifiWorking).saw(s.supplicantSays(), s.nmSays())
	default:
		return s.missing(L2, WifiOff).saw(s.supplicantSays(), s.nmSays())
	}
}

// wifiAsked says whether somebody wants an association: NetworkManager where it manages the card, else whoever gave the
// supplicant a network.
func (s *subject) wifiAsked() bool {
	if s.managed() {
		return s.asked()
	}
	return s.wpa.Network != nil || s.wpa.State.Rank() > 0 || s.needed >= L2
}

// unassociated says why there is no association. What the supplicant saw comes before what NetworkManager calls it, and
// a reason that it gave stays until another attempt gets further.
func (s *subject) unassociated() Finding {
	wrong, sure := s.wrongKey()
	switch {
	case s.wpa.EAP.Outcome == wpatypes.EAPFailure:
		return s.dot1xRejected(s.wpa.EAP).saw(s.supplicantSays(), s.nmSays())
	case wrong:
		return s.wifiKey(sure)
	case s.wpa.DisconnectReason == wpatypes.ReasonIEEE8021XAuthFailed && !s.activated():
		return s.dot1xLeft()
	case s.refused():
		return s.wifiRefused()
	case s.needsAuth():
		return s.finding(L2, Starting, SecretsAsked).saw(s.nmSays(), s.supplicantSays())
	case s.wpa.State.Rank() > 0:
		return s.wifiWorking()
	case s.activated(), !s.managed() && s.wpa.DisconnectReason != 0:
		return s.wifiDisconnected()
	case s.dev != nil && s.dev.LastFailure != nil && !s.activating():
		return s.wifiGaveUp()
	default:
		return s.wifiWorking()
	}
}

func (s *subject) wifiDone() Finding {
	f := s.finding(L2, Up, WifiDone).saw(s.supplicantSays())
	if s.wpa.AuthMode != "" && s.wpa.AuthMode != "INACTIVE" {
		f.Brief = s.wpa.AuthMode
	}
	if bss := s.wpa.BSS; bss != nil {
		f.Text = fmt.Sprintf("Associated with %s (%s, %d MHz) by %s.", SSIDText(bss.SSID), bss.BSSID, bss.Frequency, f.Brief)
		f = f.saw(Evidence{Source: SourceSupplicant, Text: s.name + ": CurrentBSS " + bss.BSSID})
		f = s.justRoamed(f)
	}
	return f
}

// justRoamed says of an association that it was moved to another access point a moment ago.
func (s *subject) justRoamed(f Finding) Finding {
	roam := s.wpa.Roam
	if roam.At.IsZero() || s.since(roam.At) >= HoldOff(L2) {
		return f
	}
	f.Code, f.Brief = WifiRoamed, WifiRoamed.Brief()
	f.Text = fmt.Sprintf("It moved from %s to %s (%d MHz) without losing the connection.", roam.From, s.wpa.BSS.BSSID, s.wpa.BSS.Frequency)
	return f.saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: CurrentBSS %s became %s", s.name, roam.From, s.wpa.BSS.BSSID), At: roam.At})
}

// roaming says whether the association is only being renewed: a station that moves to another access point of its
// network, and one whose keys are renewed, goes back some states and is complete again at once.
func (s *subject) roaming() bool {
	trail := s.wpa.Trail
	last := lastIndex(trail, wpatypes.StateCompleted)
	if s.managed() && !s.activated() || last < 0 || last == len(trail)-1 {
		return false
	}
	after := trail[last+1:]
	lost := slices.ContainsFunc(after, func(step wpatypes.StateStep) bool { return step.State.Rank() <= 0 })
	return !lost && s.since(after[0].At) < HoldOff(L2)
}

// lastIndex finds where a trail was last in a state; -1 when it never was.
func lastIndex(trail []wpatypes.StateStep, state wpatypes.InterfaceState) int {
	for i, step := range slices.Backward(trail) {
		if step.State == state {
			return i
		}
	}
	return -1
}

// passed says whether a trail has been in a state.
func passed(trail []wpatypes.StateStep, state wpatypes.InterfaceState) bool {
	return lastIndex(trail, state) >= 0
}

func (s *subject) wifiWorking() Finding {
	f := s.finding(L2, Starting, WifiWorking).saw(s.supplicantSays(), s.nmSays())
	f.Brief = string(s.wpa.State)
	if waited := s.since(s.wpa.StateAt); waited > time.Second {
		f = f.adds("It has been %s for %s.", s.wpa.State, waited.Round(time.Second))
	}
	return f
}

// wifiOff judges a card of which nobody wants anything. What went wrong last is what one looks for who comes when all is over.
func (s *subject) wifiOff() Finding {
	f := s.finding(L2, Down, WifiOff).saw(s.supplicantSays(), s.nmSays())
	w := s.wpa
	switch {
	case w.AuthStatus.Refusal():
		f = f.adds("The last attempt was refused: authentication status %d (%s).", w.AuthStatus, w.AuthStatus).next(explain80211(w.AuthStatus))
	case w.AssocStatus.Refusal():
		f = f.adds("The last attempt was refused: association status %d (%s).", w.AssocStatus, w.AssocStatus).next(explain80211(w.AssocStatus))
	case w.DisconnectReason != 0 && w.DisconnectReason != -wpatypes.ReasonDeauthLeaving:
		f = f.adds("The last connection or attempt ended with reason %d (%s).", w.DisconnectReason, w.DisconnectReason).next(explain80211(w.DisconnectReason))
	}
	if w.AuthStatus == wpatypes.StatusChallengeFail || w.AuthStatus == wpatypes.StatusUnspecifiedFailure || w.DisconnectReason == wpatypes.ReasonFourWayHandshakeTimeout {
		f = f.adds("A wrong password ends like that.").next("nmcli --ask device connect " + shellWord(s.name))
	}
	return f
}

// associatedWithoutSupplicant judges by nl80211 and NetworkManager: with iwd there is no supplicant, and without rights
// it cannot be read.
func (s *subject) associatedWithoutSupplicant() Finding {
	station, heard := s.snap.Kernel.Stations[s.name]
	src := s.snap.source(SourceSupplicant)
	unread, hidden := s.supplicantUnread()
	switch {
	case heard && station.Associated:
		return s.wifiKernel(station).lacks(src).saw(src.says(), s.nmSays())
	case heard && s.activated():
		return s.wifiDisconnected().lacks(src).
			saw(Evidence{Source: SourceNL80211, Text: s.name + ": not associated", At: station.At}).saw(src.says())
	case s.ac != nil && s.ac.Flags.Has(nmtypes.FlagLayer2Ready):
		return s.finding(L2, Up, LayerByNM).sure(Likely).lacks(src).saw(s.nmSays(), src.says())
	case s.needsAuth():
		return s.finding(L2, Starting, SecretsAsked).saw(s.nmSays())
	case s.activating():
		return s.finding(L2, Starting, WifiWorking).lacks(src).saw(s.nmSays(), src.says())
	case s.asked() && s.dev.LastFailure != nil && !s.activated():
		return s.wifiGaveUp().lacks(src).saw(src.says())
	case s.asked() && hidden:
		return unread
	case s.asked(), s.stranded():
		return s.finding(L2, Failed, SupplicantGone).saw(s.nmSays(), src.says()).next("systemctl status wpa_supplicant")
	default:
		return s.finding(L2, Down, WifiOff).saw(s.nmSays(), src.says())
	}
}

// stranded says whether NetworkManager cannot use the card because nobody is there who speaks 802.11 for it.
func (s *subject) stranded() bool {
	return s.managed() && !s.asleep() && s.dev.State == nmtypes.DeviceUnavailable &&
		s.snap.source(SourceSupplicant).Status == SourceAbsent && s.snap.source(SourceIWD).Status != SourceOK
}

// wifiKernel is an association that only nl80211 tells of, and why nobody else does.
func (s *subject) wifiKernel(st kerneltypes.Station) Finding {
	f := s.finding(L2, Up, WifiKernel).sure(Likely).
		saw(Evidence{Source: SourceNL80211, Text: s.name + ": associated with " + st.BSSID, At: st.At})
	switch supplicant := s.snap.source(SourceSupplicant); {
	case s.snap.source(SourceIWD).Status == SourceOK:
		return f.adds("There is no wpa_supplicant: iwd serves the card.")
	case supplicant.Status == SourceSilent:
		return f.adds("wpa_supplicant does not answer.")
	case supplicant.Status == SourceDenied:
		return f.adds("wpa_supplicant may not be asked.")
	default:
		return f.adds("There is no wpa_supplicant to ask for more.")
	}
}
