package inspect

import (
	"fmt"
	"time"

	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// associated checks L2 of a Wi-Fi card: association, handshake, 802.1X. The supplicant is asked first, then nl80211,
// then NetworkManager.
func (s *subject) associated() []Finding {
	if s.wpa == nil {
		return []Finding{s.associatedWithoutSupplicant()}
	}
	switch {
	case s.wpa.State == wpatypes.StateCompleted:
		return []Finding{s.wifiDone()}
	case s.wpa.EAP.Outcome == wpatypes.EAPFailure && s.wpa.EAP.Failures > 0:
		return []Finding{s.dot1xRejected()}
	case !s.wanted():
		return []Finding{s.finding(L2, Down, WifiOff).saw(s.supplicantSays(), s.nmSays())}
	case s.wrongKey():
		return []Finding{s.wifiKey()}
	case s.wpa.DisconnectReason != 0 && !s.activating():
		return []Finding{s.wifiDisconnected()}
	case s.dev.LastFailure != nil:
		return []Finding{s.wifiGaveUp()}
	default:
		return []Finding{s.wifiWorking()}
	}
}

func (s *subject) wifiDone() Finding {
	f := s.finding(L2, Up, WifiDone).saw(s.supplicantSays())
	if s.wpa.AuthMode != "" {
		f.Brief = s.wpa.AuthMode
	}
	if bss := s.wpa.BSS; bss != nil {
		f.Text = fmt.Sprintf("Associated with %s (%s, %d MHz) by %s.", SSIDText(bss.SSID), bss.BSSID, bss.Frequency, s.wpa.AuthMode)
		f = f.saw(Evidence{Source: SourceSupplicant, Text: s.name + ": CurrentBSS " + bss.BSSID})
	}
	return f
}

// wrongKey says whether the signs point to a wrong password. The 4-way handshake proves the key to the access point: one
// that ends there with reason 15 or 2 means a key that differs. With SAE the access point refuses the commit or confirm.
func (s *subject) wrongKey() bool {
	const (
		fourWayTimeout   = 15
		prevAuthNotValid = 2
	)
	if !s.wpa.PskMismatchAt.IsZero() || !s.wpa.SaeMismatchAt.IsZero() {
		return true
	}
	if r := s.wpa.DisconnectReason; r.Local() {
		return false
	} else if r != fourWayTimeout && r != prevAuthNotValid {
		return s.saeRefused()
	}
	return s.passed(wpatypes.StateFourWayHandshake)
}

// saeRefused says whether authentication was refused with the status that a wrong SAE password gives (1: unspecified
// failure, IEEE 802.11-2020 §12.4.8.6.4).
func (s *subject) saeRefused() bool {
	return s.wpa.AuthStatus == 1 && s.wpa.Network != nil && s.wpa.Network.Properties["key_mgmt"] == "SAE"
}

// passed says whether the interface went through a state while we watched.
func (s *subject) passed(state wpatypes.InterfaceState) bool {
	for _, step := range s.wpa.Trail {
		if step.State == state {
			return true
		}
	}
	return false
}

func (s *subject) wifiKey() Finding {
	return s.finding(L2, Failed, WifiKey).sure(Likely).
		saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: disconnect reason %d (%s), authentication status %d (%s)",
			s.name, s.wpa.DisconnectReason, s.wpa.DisconnectReason, s.wpa.AuthStatus, s.wpa.AuthStatus)}).
		saw(s.supplicantSays(), s.nmSays())
}

func (s *subject) wifiDisconnected() Finding {
	r := s.wpa.DisconnectReason
	f := s.finding(L2, Failed, WifiDisconnected).
		saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: disconnect reason %d (%s)", s.name, r, r)}).
		saw(s.supplicantSays(), s.nmSays()).next(fmt.Sprintf("nmdebug explain -- 802.11 %d", r))
	who := "the access point"
	if r.Local() {
		who = "this side"
	}
	f.Text = fmt.Sprintf("Disconnected by %s: %s (%d).", who, r, r)
	return f
}

func (s *subject) wifiGaveUp() Finding {
	if s.dev.LastFailure.Reason == nmtypes.ReasonSSIDNotFound {
		return s.nmFailure(L2, WifiNotFound)
	}
	return s.nmFailure(L2, LinkFailed)
}

func (s *subject) wifiWorking() Finding {
	f := s.finding(L2, Starting, WifiWorking).saw(s.supplicantSays(), s.nmSays())
	f.Brief = string(s.wpa.State)
	if waited := s.since(s.wpa.StateAt); waited > time.Second {
		f.Text += fmt.Sprintf(" It has been %s for %s.", s.wpa.State, waited.Round(time.Second))
	}
	return f
}

// associatedWithoutSupplicant judges by nl80211 and NetworkManager: with iwd there is no supplicant, and without rights
// it cannot be read.
func (s *subject) associatedWithoutSupplicant() Finding {
	station, heard := s.snap.Kernel.Stations[s.name]
	src := s.snap.source(SourceSupplicant)
	seen := Evidence{Source: SourceSupplicant, Text: string(src.Status) + " " + src.Detail}
	switch {
	case heard && station.Associated:
		f := s.finding(L2, Up, WifiKernel).sure(Likely).
			saw(Evidence{Source: SourceNL80211, Text: s.name + ": associated with " + station.BSSID, At: station.At}).saw(seen, s.nmSays())
		f.Right = src.Right
		return f
	case s.ac != nil && s.ac.Flags.Has(nmtypes.FlagLayer2Ready):
		return s.finding(L2, Up, LayerByNM).sure(Likely).saw(s.nmSays(), seen)
	case s.activating():
		return s.finding(L2, Starting, WifiWorking).saw(s.nmSays(), seen)
	case s.wanted() && s.dev.LastFailure != nil:
		return s.wifiGaveUp().saw(seen)
	case s.wanted():
		return s.finding(L2, Failed, SupplicantGone).saw(s.nmSays(), seen)
	default:
		return s.finding(L2, Down, WifiOff).saw(s.nmSays(), seen)
	}
}
