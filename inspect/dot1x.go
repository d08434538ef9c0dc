package inspect

import (
	"fmt"
	"time"

	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// silentAfter is how long a switch may leave the first EAPOL frame unanswered before we call it silent. A supplicant
// sends EAPOL-Start after 2 s and a switch answers at once; hostap's own start period is 30 s.
const silentAfter = 8 * time.Second

// dot1xWanted says whether the wire has to be authenticated by 802.1X.
func (s *subject) dot1xWanted() bool {
	if s.wpa != nil && s.wpa.Driver == "wired" {
		return true
	}
	return s.dev != nil && s.dev.Applied != nil && s.dev.Applied.Dot1X
}

// dot1x checks the authentication of a wired port. The supplicant's own signals come first: NetworkManager stays
// "connected" when a re-authentication is refused.
func (s *subject) dot1x() []Finding {
	if !s.dot1xWanted() {
		return nil
	}
	if s.wpa == nil {
		return []Finding{s.dot1xUnserved()}
	}
	eap := s.wpa.EAP
	switch {
	case eap.Outcome == wpatypes.EAPFailure:
		return []Finding{s.dot1xRejected()}
	case s.pae("HELD") || s.paeRefused():
		return []Finding{s.dot1xHeld()}
	case s.wpa.State == wpatypes.StateCompleted:
		return []Finding{s.dot1xDone()}
	case s.gaveUpUnanswered() || s.unansweredFor() >= silentAfter:
		return []Finding{s.dot1xSilent()}
	case s.dev != nil && s.dev.LastFailure != nil && floorOfReason(s.dev.LastFailure.Reason) == L2:
		return []Finding{s.nmFailure(L2, Dot1xFailed)}
	case s.activating():
		return []Finding{s.dot1xWorking()}
	case s.wanted():
		return []Finding{s.finding(L2, Failed, Dot1xOff).saw(s.supplicantSays(), s.nmSays())}
	default:
		return []Finding{s.finding(L2, Down, Dot1xOff).saw(s.supplicantSays(), s.nmSays())}
	}
}

// dot1xUnserved judges a port whose supplicant cannot be seen: we may not look, or it is gone.
func (s *subject) dot1xUnserved() Finding {
	src := s.snap.source(SourceSupplicant)
	switch {
	case src.Status == SourceDenied:
		f := s.finding(L2, Unknown, SupplicantDenied).saw(Evidence{Source: SourceSupplicant, Text: src.Detail}, s.nmSays())
		f.Right = src.Right
		return f
	case src.Status == SourceReading:
		return s.finding(L2, Unknown, SupplicantUnread).saw(s.nmSays())
	case src.Status == SourceSilent:
		return s.finding(L2, Unknown, SupplicantSilent).saw(Evidence{Source: SourceSupplicant, Text: src.Detail}, s.nmSays())
	case s.activating(): // NetworkManager has the bus start it, and fails when that does not work
		return s.finding(L2, Starting, Dot1xWorking).saw(s.supplicantSays(), s.nmSays())
	case s.wanted():
		return s.finding(L2, Failed, SupplicantGone).expected("served by wpa_supplicant", string(src.Status)).
			saw(s.supplicantSays(), s.nmSays()).next("nmdebug doctor", "systemctl status wpa_supplicant")
	default:
		return s.finding(L2, Down, Dot1xOff).saw(s.supplicantSays(), s.nmSays())
	}
}

func (s *subject) dot1xRejected() Finding {
	eap := s.wpa.EAP
	seen := Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: EAP completion failure (%d since the last success)", s.name, eap.Failures), At: eap.OutcomeAt}
	code, sure := Dot1xRejected, Likely
	var more []Evidence
	switch {
	case eap.CertError != "":
		code, sure = Dot1xCertificate, Certain
		more = append(more, Evidence{Source: SourceSupplicant, Text: s.name + ": server certificate: " + eap.CertError})
	case eap.TLSAlert != "":
		code = Dot1xTLS
		more = append(more, Evidence{Source: SourceSupplicant, Text: s.name + ": TLS alert " + eap.TLSAlert})
	case eap.Method == "" && eap.Refused != "":
		code, sure = Dot1xMethod, Certain
		more = append(more, Evidence{Source: SourceSupplicant, Text: s.name + ": refused the method " + eap.Refused})
	}
	f := s.finding(L2, Failed, code).sure(sure).expected("EAP success", "EAP failure").
		saw(seen).saw(more...).saw(s.supplicantSays(), s.nmSays())
	if eap.Method != "" {
		f.Text += " The method was " + eap.Method + "."
	}
	if s.ac != nil {
		f = f.next(fmt.Sprintf("nmcli -f 802-1x connection show %s", shellWord(s.ac.ID)))
	}
	return f
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
	pae := s.wpa.PAE
	return s.finding(L2, Failed, Dot1xRejected).sure(Likely).expected("AUTHENTICATED", pae.State).
		saw(Evidence{
			Source: SourceSupplicant, At: pae.At,
			Text: fmt.Sprintf("%s: PAE state %s, port authorized %t, EAP %s", s.name, pae.State, pae.Authorized, pae.EAP),
		}).
		saw(s.supplicantSays(), s.nmSays())
}

func (s *subject) dot1xDone() Finding {
	f := s.finding(L2, Up, Dot1xDone).saw(s.supplicantSays())
	if mode := s.wpa.AuthMode; mode != "" && mode != "INACTIVE" {
		f.Brief = "802.1X " + shortMethod(mode)
		f = f.saw(Evidence{Source: SourceSupplicant, Text: s.name + ": CurrentAuthMode " + mode})
	}
	return f
}

// shortMethod leaves the method of "EAP-PEAP".
func shortMethod(mode string) string {
	const prefix = "EAP-"
	if len(mode) > len(prefix) && mode[:len(prefix)] == prefix {
		return mode[len(prefix):]
	}
	return mode
}

// gaveUpUnanswered says whether NetworkManager gave up before any EAP method was proposed.
func (s *subject) gaveUpUnanswered() bool {
	if s.dev == nil || s.dev.LastFailure == nil || s.wpa.EAP.Method != "" || s.wpa.EAP.Refused != "" {
		return false
	}
	r := s.dev.LastFailure.Reason
	return r == nmtypes.ReasonSupplicantTimeout || r == nmtypes.ReasonNoSecrets || r == nmtypes.ReasonSupplicantDisconnect
}

// unansweredFor is how long the supplicant has waited for the first word of the switch; 0 when it does not wait.
func (s *subject) unansweredFor() time.Duration {
	if s.wpa.State != wpatypes.StateAssociated || s.wpa.EAP.Method != "" || s.wpa.EAP.Refused != "" {
		return 0
	}
	return s.since(s.wpa.StateAt)
}

func (s *subject) dot1xSilent() Finding {
	f := s.finding(L2, Failed, Dot1xSilent).sure(Likely).expected("an EAP request", "none").
		saw(s.supplicantSays(), s.nmSays())
	if s.dev != nil && s.dev.LastFailure != nil {
		f = f.saw(Evidence{Source: SourceNM, Text: fmt.Sprintf("%s: failed, reason %s (%d)", s.name, s.dev.LastFailure.Reason, s.dev.LastFailure.Reason), At: s.dev.LastFailure.At})
	}
	return f.next("tcpdump -eni " + s.name + " ether proto 0x888e")
}

func (s *subject) dot1xWorking() Finding {
	f := s.finding(L2, Starting, Dot1xWorking).saw(s.supplicantSays(), s.nmSays())
	if s.wpa.EAP.Method != "" {
		f.Brief = "802.1X " + s.wpa.EAP.Method
	}
	return f
}
