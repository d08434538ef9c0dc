package inspect

import (
	"encoding/hex"
	"fmt"
	"strings"

	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// ending is how an association ended.
type ending struct {
	reason wpatypes.Reason // negative when this side ended it
	seen   Evidence
}

// ending asks the supplicant, and where it tells nothing what nl80211 signalled; ok is false when neither knows.
func (s *subject) ending() (e ending, ok bool) {
	if !s.unheard() && s.wpa.DisconnectReason != 0 {
		r := s.wpa.DisconnectReason
		return ending{r, Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: disconnect reason %d (%s)", s.name, r, r)}}, true
	}
	if s.link == nil {
		return ending{}, false
	}
	log := s.snap.Kernel.Wireless[s.link.Index].Disconnect
	if log.At.IsZero() {
		return ending{}, false
	}
	r, by := wpatypes.Reason(log.Code), "the access point"
	if !log.ByAP {
		r, by = -r, "this side"
	}
	return ending{r, Evidence{Source: SourceNL80211, At: log.At, Text: fmt.Sprintf("%s: disconnected by %s, reason %d (%s)", s.name, by, r.Code(), r)}}, true
}

// silentAccessPoint is this side's reason when beacons stay away (hostap: the kernel gives it for a lost connection).
const silentAccessPoint = -wpatypes.ReasonDisassocInactivity

// wifiDisconnected says who ended the connection, and with which reason.
func (s *subject) wifiDisconnected() Finding {
	f := s.finding(L2, Failed, WifiDisconnected).saw(s.supplicantSays(), s.nmSays())
	e, told := s.ending()
	if !told {
		return f
	}
	switch {
	case e.reason == silentAccessPoint:
		f = s.finding(L2, Failed, WifiGone).saw(s.supplicantSays(), s.nmSays()).adds("This side gave up: %s (%d).", e.reason, e.reason)
	case e.reason.Local():
		f.Text = fmt.Sprintf("Disconnected by this side: %s (%d).", e.reason, e.reason)
	default:
		f.Text = fmt.Sprintf("Disconnected by the access point: %s (%d).", e.reason, e.reason)
	}
	return f.saw(e.seen).next(explain80211(e.reason))
}

// explain80211 is the command that explains a reason or status.
func explain80211[code ~int32](c code) string { return fmt.Sprintf("nmdebug explain -- 802.11 %d", c) }

// wifiGaveUp says on what NetworkManager gave up. It takes the association down whatever failed: a failure above is no
// fault of this floor.
func (s *subject) wifiGaveUp() Finding {
	switch {
	case !s.gaveUpAt(L2) && !s.gaveUpAt(L1):
		return s.finding(L2, Unknown, WifiReleased).saw(s.nmGaveUp())
	case s.dev.LastFailure.Reason != nmtypes.ReasonSSIDNotFound:
		return s.linkGaveUp(LinkFailed)
	case s.dev.LastFailure.From == nmtypes.DeviceActivated:
		return s.wifiGone()
	default:
		return s.wifiNotFound()
	}
}

// wifiGone is a network that was there and is not heard any more.
func (s *subject) wifiGone() Finding {
	f := s.nmFailure(L2, WifiGone)
	if e, told := s.ending(); told {
		f = f.adds("Before, it was disconnected with reason %d (%s).", e.reason, e.reason).saw(e.seen)
	}
	return f
}

// wifiNotFound is a network that was not heard at all.
func (s *subject) wifiNotFound() Finding {
	f := s.nmFailure(L2, WifiNotFound)
	if name := s.triedSSID(); name != "" {
		f.Text = strings.Replace(f.Text, "The network", "The network "+name, 1)
	}
	if w := s.dev.Wireless; w != nil && w.Visible == 0 {
		f = f.adds("No access point at all is heard.")
	}
	return f.next("nmcli device wifi list ifname " + shellWord(s.name) + " --rescan yes")
}

// triedSSID is the name of the network that was tried last, as wpa_supplicant.conf writes it: in quotes or in hex; "" when it is not known.
func (s *subject) triedSSID() string {
	if s.wpa == nil || s.tried() == nil {
		return ""
	}
	value := s.tried().Properties["ssid"]
	if quoted, ok := strings.CutPrefix(value, `"`); ok {
		return SSIDText([]byte(strings.TrimSuffix(quoted, `"`)))
	}
	ssid, err := hex.DecodeString(value)
	if err != nil || len(ssid) == 0 {
		return ""
	}
	return SSIDText(ssid)
}

// refused says whether the access point refused the last attempt before any key was proved.
func (s *subject) refused() bool {
	return s.wpa.State.Rank() == 0 && !s.activated() && (s.wpa.AuthStatus.Refusal() || s.wpa.AssocStatus.Refusal())
}

func (s *subject) wifiRefused() Finding {
	what, status := "authentication", s.wpa.AuthStatus
	if !status.Refusal() {
		what, status = "association", s.wpa.AssocStatus
	}
	f := s.finding(L2, Failed, WifiRefused).adds("Its answer was %s (%d).", status, status)
	if status == wpatypes.StatusUnspecifiedFailure && s.manages("SAE") && !s.sawAuth() {
		f = f.sure(Guess).adds("With WPA3, that is the answer to a wrong password, too.")
	}
	return f.saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: %s status %d (%s)", s.name, what, status, status)}).
		saw(s.supplicantSays(), s.nmSays()).next(explain80211(status))
}

// sawAuth says whether nl80211 showed us the frame with which the access point answered.
func (s *subject) sawAuth() bool {
	return s.link != nil && !s.snap.Kernel.Wireless[s.link.Index].Auth.At.IsZero()
}

// dot1xLeft is a refused 802.1X authentication of which only the disconnect reason is left.
func (s *subject) dot1xLeft() Finding {
	r := s.wpa.DisconnectReason
	f := s.finding(L2, Failed, Dot1xRejected).sure(Likely).
		saw(Evidence{Source: SourceSupplicant, Text: fmt.Sprintf("%s: disconnect reason %d (%s)", s.name, r, r)}).saw(s.supplicantSays(), s.nmSays())
	if s.ac != nil {
		f = f.next("nmcli -f 802-1x connection show id " + shellWord(s.ac.ID))
	}
	return f
}
