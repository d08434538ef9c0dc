package inspect

import (
	"fmt"
	"strings"
	"time"

	"nmdebug/wpadbus/wpatypes"
)

// silentAfter is how long a switch may leave the first EAPOL frame unanswered before we call it silent. A supplicant
// sends EAPOL-Start after 2 s and a switch answers at once; hostap's own start period is 30 s.
const silentAfter = 8 * time.Second

// driverWired is the supplicant's driver for 802.1X on wires.
const driverWired = "wired"

// dot1xWanted says whether the wire has to be authenticated by 802.1X.
func (s *subject) dot1xWanted() bool {
	switch {
	case s.kind == kindWifi:
		return false
	case s.wpa != nil && s.wpa.Driver == driverWired:
		return true
	default:
		return s.dev != nil && s.dev.Applied != nil && s.dev.Applied.Dot1X
	}
}

// dot1x checks the authentication of a wired port. The supplicant's own signals come first: NetworkManager stays
// "connected" when a re-authentication is refused.
func (s *subject) dot1x() []Finding {
	switch {
	case s.dot1xWanted():
	case s.dot1xEnded():
		return []Finding{s.dot1xGaveUp(*s.gone())}
	default:
		return nil
	}
	f := s.authenticated()
	if f.Status == Failed && s.dev != nil && s.dev.Applied != nil && s.dev.Applied.Dot1XOptional {
		f.Status = Degraded
		f = f.adds("The profile makes 802.1X optional, so the connection goes on without it.")
	}
	return []Finding{f}
}

// authenticated judges a port that has to be authenticated.
func (s *subject) authenticated() Finding {
	if s.unheard() {
		return s.dot1xUnserved()
	}
	switch {
	case s.managed() && !s.asked() && s.wpa.State != wpatypes.StateCompleted:
		return s.finding(L2, Down, Dot1xOff).saw(s.supplicantSays(), s.nmSays())
	case s.wpa.EAP.Outcome == wpatypes.EAPFailure:
		return s.dot1xRejected(s.wpa.EAP).saw(s.supplicantSays(), s.nmSays())
	case s.pae("HELD") || s.paeRefused():
		return s.dot1xHeld()
	case s.wpa.State == wpatypes.StateCompleted:
		return s.dot1xDone()
	case s.wpa.State == wpatypes.StateAssociated && unanswered(s.wpa.EAP) && s.since(s.wpa.StateAt) >= silentAfter:
		return s.dot1xSilent().saw(s.supplicantSays(), s.nmSays())
	case s.needsAuth():
		return s.finding(L2, Starting, SecretsAsked).saw(s.nmSays(), s.supplicantSays())
	case s.activating(), !s.managed() && s.wpa.State.Rank() > 0:
		return s.dot1xWorking()
	default:
		return s.missing(L2, Dot1xOff).saw(s.supplicantSays(), s.nmSays())
	}
}

// unheard says whether the supplicant tells nothing of the interface, or nothing new.
func (s *subject) unheard() bool {
	return s.wpa == nil || s.snap.source(SourceSupplicant).Status == SourceSilent
}

// dot1xUnserved judges a port whose supplicant cannot be seen: we may not look, or it is gone.
func (s *subject) dot1xUnserved() Finding {
	if f, blocked := s.supplicantUnread(); blocked {
		return f
	}
	src := s.snap.source(SourceSupplicant)
	switch {
	case s.activating(): // NetworkManager has the bus start it, and fails when that does not work
		return s.finding(L2, Starting, Dot1xWorking).saw(s.supplicantSays(), s.nmSays())
	case s.asked():
		return s.finding(L2, Failed, SupplicantGone).expected("served by wpa_supplicant", string(src.Status)).
			saw(src.says(), s.supplicantSays(), s.nmSays()).next("nmdebug doctor", "systemctl status wpa_supplicant")
	default:
		return s.finding(L2, Down, Dot1xOff).saw(s.supplicantSays(), s.nmSays())
	}
}

// supplicantUnread says why nothing is known of what the supplicant does: it may not be asked, has not been read yet, or
// does not answer. It is false where it told what there is.
func (s *subject) supplicantUnread() (f Finding, unread bool) {
	src := s.snap.source(SourceSupplicant)
	code := map[SourceStatus]Code{
		SourceDenied: SupplicantDenied, SourceReading: SupplicantUnread, SourceSilent: SupplicantSilent,
	}[src.Status]
	if code == "" {
		return Finding{}, false
	}
	f = s.finding(L2, Unknown, code).lacks(src).saw(src.says())
	if s.wpa != nil {
		f = f.saw(s.supplicantSays())
	}
	return f.saw(s.nmSays()), true
}

// dot1xRejected tells from what was said during the conversation why it failed.
func (s *subject) dot1xRejected(eap wpatypes.EAP) Finding {
	seen := Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: EAP completion failure (%d since the last success)", s.name, eap.Failures), At: eap.OutcomeAt}
	code, sure, why := rejection(eap)
	f := s.finding(L2, Failed, code).sure(sure).expected("EAP success", "EAP failure").saw(seen)
	if why != "" {
		f = f.adds("%s.", strings.TrimSuffix(why, ".")).saw(Evidence{Source: SourceSupplicant, Text: s.name + ": " + why})
	}
	if eap.Method != "" {
		f = f.usedMethod(eap.Method)
	}
	return f.nextProfile(s)
}

func (f Finding) usedMethod(name string) Finding { return f.adds("The method was %s.", name) }

// nextProfile sends the reader to what the profile says of 802.1X.
func (f Finding) nextProfile(s *subject) Finding {
	if s.ac == nil {
		return f
	}
	return f.next("nmcli -f 802-1x connection show id " + shellWord(s.ac.ID))
}

// rejection names the reason of a refused authentication, and what was said of it. A TLS alert tells whose certificate
// was not accepted: who sends it complains about the other.
func rejection(eap wpatypes.EAP) (code Code, sure Sureness, why string) {
	switch {
	case eap.CertError != "":
		return Dot1xCertificate, Certain, "server certificate: " + eap.CertError
	case eap.TLSAlert != "":
		return Dot1xTLS, Likely, "TLS alert " + eap.TLSAlert
	case eap.Method == "" && eap.Refused != "":
		return Dot1xMethod, Certain, "refused the method " + eap.Refused
	default:
		return Dot1xRejected, Likely, ""
	}
}

// pae says whether the port access entity is in a state.
func (s *subject) pae(state string) bool {
	return s.wpa.PAE != nil && s.wpa.PAE.State == state
}

// paeRefused says whether the last conversation ended in failure and left the port closed.
func (s *subject) paeRefused() bool {
	return s.wpa.PAE != nil && !s.wpa.PAE.Authorized && s.wpa.PAE.EAP == "FAILURE"
}

func (s *subject) dot1xHeld() Finding {
	f := s.finding(L2, Failed, Dot1xRejected).sure(Likely).expected("AUTHENTICATED", s.wpa.PAE.State).
		saw(s.paeSays(), s.supplicantSays(), s.nmSays())
	// hostap writes the number and the name: "25 (EAP-PEAP)".
	if _, name, ok := strings.Cut(s.wpa.PAE.Method, "(EAP-"); ok {
		f = f.usedMethod(strings.TrimSuffix(name, ")"))
	}
	return f.nextProfile(s)
}

func (s *subject) dot1xDone() Finding {
	f := s.finding(L2, Up, Dot1xDone).saw(s.supplicantSays())
	if mode := s.wpa.AuthMode; mode != "" && mode != "INACTIVE" {
		f.Brief = "802.1X " + strings.TrimPrefix(mode, "EAP-")
		f = f.saw(Evidence{Source: SourceSupplicant, Text: s.name + ": CurrentAuthMode " + mode})
	}
	return f
}

// unanswered says whether the switch never said a word of EAP.
func unanswered(eap wpatypes.EAP) bool {
	return eap.Started.IsZero() && eap.Method == "" && eap.Refused == "" && eap.Outcome == wpatypes.EAPUnseen
}

func (s *subject) dot1xSilent() Finding {
	return s.finding(L2, Failed, Dot1xSilent).sure(Likely).expected("an EAP request", "none").
		next("tcpdump -eni " + shellWord(s.name) + " ether proto 0x888e")
}

func (s *subject) dot1xWorking() Finding {
	f := s.finding(L2, Starting, Dot1xWorking).saw(s.supplicantSays(), s.nmSays())
	switch {
	case s.wpa.EAP.Method != "":
		f.Brief = "802.1X " + s.wpa.EAP.Method
	case s.wpa.StateAt.IsZero() && s.pae("CONNECTING") && unanswered(s.wpa.EAP): // who watches will see it come, or not
		f = f.adds("No EAP request has come so far; if that stays so, the switch port has no authenticator, or something drops EAPOL frames.").
			saw(s.paeSays()).next("tcpdump -eni " + shellWord(s.name) + " ether proto 0x888e")
	}
	return f
}

// paeSays is evidence: how the port access entity stands.
func (s *subject) paeSays() Evidence {
	pae := s.wpa.PAE
	return Evidence{
		Source: SourceSupplicant, At: pae.At,
		Text: fmt.Sprintf("%s: PAE state %s, port authorized %t, EAP %s", s.name, pae.State, pae.Authorized, pae.EAP),
	}
}

// gone is how the supplicant's interface stood when it was removed: NetworkManager makes a new one for each attempt. It
// is nil where we did not see it.
func (s *subject) gone() *wpatypes.Interface {
	if w, ok := s.snap.WPA.Gone[s.name]; ok && w.Driver == driverWired {
		return &w
	}
	return nil
}

// dot1xEnded says whether NetworkManager gave up on an authentication that we saw.
func (s *subject) dot1xEnded() bool {
	return s.gaveUpAt(L2) && !s.activating() && !s.activated() && s.gone() != nil
}

// dot1xGaveUp says how the authentication went on which NetworkManager gave up. Its own reason says little: it calls a
// refused password a missing one.
func (s *subject) dot1xGaveUp(w wpatypes.Interface) Finding {
	switch {
	case w.EAP.Outcome == wpatypes.EAPFailure:
		return s.dot1xRejected(w.EAP).saw(s.nmGaveUp())
	case unanswered(w.EAP) && passed(w.Trail, wpatypes.StateAssociated):
		return s.dot1xSilent().saw(s.nmGaveUp())
	default:
		return s.linkGaveUp(Dot1xFailed)
	}
}
