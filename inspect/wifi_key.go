package inspect

import (
	"fmt"
	"strings"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/wpadbus/wpatypes"
)

// wrongKey says whether the signs point to a wrong password, and how sure that is. With WPA2 the 4-way handshake proves
// the key: an association that is lost in its first one means keys that differ, or a signal too weak to carry it. With
// SAE the access point refuses the confirm (status 15; 1 when it may have further passwords to try).
func (s *subject) wrongKey() (wrong bool, sure Sureness) {
	w := s.wpa
	switch {
	case !w.PskMismatchAt.IsZero(), !w.SaeMismatchAt.IsZero():
		sure = Likely
	case w.AuthStatus == wpatypes.StatusChallengeFail, w.AuthStatus == wpatypes.StatusUnspecifiedFailure && s.answeredSAE():
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

// answeredSAE says whether it was SAE that the access point answered last. NetworkManager lets a WPA2 profile do SAE too: then only the frame
// tells, which nl80211 shows to those who watch.
func (s *subject) answeredSAE() bool {
	if s.sawAuth() {
		return s.snap.Kernel.Wireless[s.link.Index].Auth.Algorithm == kerneltypes.AuthSAE
	}
	return s.manages("SAE") && !s.manages("PSK")
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
	n := s.tried()
	return n == nil || n.Properties["key_mgmt"] == "" || s.manages("PSK")
}

// manages says whether a kind of key management is among those of the network.
func (s *subject) manages(kind string) bool {
	n := s.tried()
	return n != nil && strings.Contains(n.Properties["key_mgmt"], kind)
}

// tried is the network block that reasons and statuses speak of; nil when it is not known.
func (s *subject) tried() *wpatypes.Network {
	if s.wpa.Tried != nil {
		return s.wpa.Tried
	}
	return s.wpa.Network
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
	if s.ac != nil {
		f = f.next("nmcli --ask connection up id " + shellWord(s.ac.ID))
	} else {
		f = f.next("nmcli --ask device connect " + shellWord(s.name))
	}
	if dBm, weakly := s.weakly(); weakly {
		f = f.adds("But it is heard at %d dBm only: the handshake may as well have been lost.", dBm)
	}
	return f
}
