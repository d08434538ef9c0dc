package inspect

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
		return []Finding{s.finding(L2, Down, WifiOff).saw(s.supplicantSays(), s.nmSays())}
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
	}
	return f
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

// wrongKey says whether the signs point to a wrong password, and how sure that is. With WPA2 the 4-way handshake proves
// the key: an association that is lost in its first one means keys that differ, or a signal too weak to carry it. With
// SAE the access point refuses the confirm (status 15; 1 when it may have further passwords to try).
func (s *subject) wrongKey() (wrong bool, sure Sureness) {
	w := s.wpa
	switch {
	case !w.PskMismatchAt.IsZero(), !w.SaeMismatchAt.IsZero():
		sure = Likely
	case w.AuthStatus == wpatypes.StatusChallengeFail, w.AuthStatus == wpatypes.StatusUnspecifiedFailure && s.manages("SAE"):
		sure = Likely
	case s.lostInHandshake() && s.proving():
		sure = Likely
		if r := w.DisconnectReason; r != wpatypes.ReasonFourWayHandshakeTimeout && r != wpatypes.ReasonPrevAuthNotValid {
			sure = Guess
		}
	default:
		return false, ""
	}
	if _, heard := s.weakly(); heard {
		sure = Guess
	}
	return true, sure
}

// lostInHandshake says whether the association was lost in a 4-way handshake and was not complete since the network was
// chosen. Where it was, the key is right, whatever ended it.
func (s *subject) lostInHandshake() (lost bool) {
	proving := false
	for _, step := range s.wpa.Trail {
		switch {
		case step.State == wpatypes.StateCompleted:
			return false
		case step.State == wpatypes.StateFourWayHandshake:
			proving = true
		case proving && step.State.Rank() <= 0:
			lost = true
		}
	}
	return lost
}

// proving says whether the 4-way handshake proves a password: with 802.1X and SAE that was done before.
func (s *subject) proving() bool {
	return s.wpa.Network == nil || s.wpa.Network.Properties["key_mgmt"] == "" || s.manages("PSK")
}

// manages says whether a kind of key management is among those of the network.
func (s *subject) manages(kind string) bool {
	return s.wpa.Network != nil && strings.Contains(s.wpa.Network.Properties["key_mgmt"], kind)
}

// weakly says whether the access point is heard too weakly for a handshake, and how strong that is.
func (s *subject) weakly() (dBm int, weakly bool) {
	if st, ok := s.snap.Kernel.Stations[s.name]; ok && st.SignalDBm != 0 {
		return st.SignalDBm, weak(st)
	}
	if bss := s.wpa.BSS; bss != nil && bss.SignalDBm != 0 {
		return int(bss.SignalDBm), bss.SignalDBm < weakSignal
	}
	return 0, false
}

func (s *subject) wifiKey(sure Sureness) Finding {
	f := s.finding(L2, Failed, WifiKey).sure(sure).
		saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: disconnect reason %d (%s), authentication status %d (%s)",
			s.name, s.wpa.DisconnectReason, s.wpa.DisconnectReason, s.wpa.AuthStatus, s.wpa.AuthStatus)}).
		saw(s.supplicantSays(), s.nmSays())
	if dBm, weakly := s.weakly(); weakly {
		f = f.adds("But it is heard at %d dBm only: the handshake may as well have been lost.", dBm)
	}
	return f
}

func (s *subject) wifiDisconnected() Finding {
	r := s.wpa.DisconnectReason
	f := s.finding(L2, Failed, WifiDisconnected).saw(s.supplicantSays(), s.nmSays())
	if r == 0 {
		return f
	}
	who := "the access point"
	if r.Local() {
		who = "this side"
	}
	f.Text = fmt.Sprintf("Disconnected by %s: %s (%d).", who, r, r)
	return f.saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: disconnect reason %d (%s)", s.name, r, r)}).
		next(fmt.Sprintf("nmdebug explain -- 802.11 %d", r))
}

// wifiGaveUp says on what NetworkManager gave up. It takes the association down whatever failed: a failure above is no
// fault of this floor.
func (s *subject) wifiGaveUp() Finding {
	switch {
	case !s.gaveUpAt(L2) && !s.gaveUpAt(L1):
		return s.finding(L2, Unknown, WifiReleased).saw(s.nmGaveUp())
	case s.dev.LastFailure.Reason == nmtypes.ReasonSSIDNotFound:
		return s.nmFailure(L2, WifiNotFound)
	default:
		return s.linkGaveUp(LinkFailed)
	}
}

func (s *subject) wifiWorking() Finding {
	f := s.finding(L2, Starting, WifiWorking).saw(s.supplicantSays(), s.nmSays())
	f.Brief = string(s.wpa.State)
	if waited := s.since(s.wpa.StateAt); waited > time.Second {
		f = f.adds("It has been %s for %s.", s.wpa.State, waited.Round(time.Second))
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
		return s.finding(L2, Up, WifiKernel).sure(Likely).lacks(src).
			saw(Evidence{Source: SourceNL80211, Text: s.name + ": associated with " + station.BSSID, At: station.At}).saw(src.says(), s.nmSays())
	case heard && s.activated():
		return s.finding(L2, Failed, WifiDisconnected).lacks(src).
			saw(Evidence{Source: SourceNL80211, Text: s.name + ": not associated", At: station.At}).saw(src.says(), s.nmSays())
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
	case s.asked():
		return s.finding(L2, Failed, SupplicantGone).saw(s.nmSays(), src.says())
	default:
		return s.finding(L2, Down, WifiOff).saw(s.nmSays(), src.says())
	}
}
