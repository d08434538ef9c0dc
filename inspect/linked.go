package inspect

import (
	"fmt"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// linked checks L2: what has to be agreed on with the other end before a frame of ours is accepted.
func (s *subject) linked() []Finding {
	switch s.kind {
	case kindLoopback, kindTun, kindWireGuard:
		return nil
	case kindWifi:
		return s.associated()
	case kindBluetooth:
		return s.pan()
	}
	var found []Finding
	for _, check := range []func() []Finding{s.dot1x, s.forwarding, s.hasPorts, s.linkFailure} {
		found = append(found, check()...)
	}
	if len(found) == 0 {
		found = append(found, s.plainLink())
	}
	return found
}

// plainLink is the second floor of a link that has nothing to negotiate: it stands as soon as the first does. That
// nothing has to be negotiated is sure only where the applied connection was read.
func (s *subject) plainLink() Finding {
	switch {
	case s.needsAuth():
		return s.finding(L2, Starting, SecretsAsked).saw(s.nmSays())
	case s.activating() && (s.link == nil || s.dev.Applied == nil && s.dev.State < nmtypes.DeviceIPConfig):
		return s.finding(L2, Starting, LinkWorking).saw(s.nmSays())
	case s.link == nil || s.blind():
		return s.finding(L2, Unknown, LinkUnseen).saw(s.nmSays())
	}
	f := s.finding(L2, Up, LinkPlain).saw(s.kernel("carrier %t, operstate %s", s.link.Carrier, s.link.OperState))
	switch {
	case !s.link.Up() || (s.link.HasCarrier && !s.link.Carrier):
		f.Status, f.Text = Down, "There is no link below."
	case s.link.OperState == kerneltypes.OperDormant:
		f.Status, f.Code, f.Brief, f.Text = Starting, LinkDormant, LinkDormant.Brief(), LinkDormant.Meaning()
	case s.dev == nil || s.activated() && s.dev.Applied == nil:
		f = f.sure(Likely)
	}
	return f
}

// needsAuth says whether NetworkManager waits for somebody to give it a password.
// It is in that state for a moment, too, when it fetches a password that it has.
func (s *subject) needsAuth() bool {
	return s.dev != nil && s.dev.State == nmtypes.DeviceNeedAuth && (s.dev.StateAt.IsZero() || s.since(s.dev.StateAt) >= fetchTime)
}

// fetchTime is more than NetworkManager takes to fetch a password from its own files.
const fetchTime = 300 * time.Millisecond

// linkFailure reports what NetworkManager gave up on at this floor, as long as it does not try again.
func (s *subject) linkFailure() []Finding {
	if !s.gaveUpAt(L2) || s.activating() || s.activated() || s.dot1xWanted() || s.dot1xEnded() {
		return nil
	}
	return []Finding{s.linkGaveUp(LinkFailed)}
}

// linkGaveUp is a finding about the last failure of the second floor. That NetworkManager lacks secrets may also mean
// that those it has were refused.
func (s *subject) linkGaveUp(code Code) Finding {
	switch s.dev.LastFailure.Reason {
	case nmtypes.ReasonNoSecrets:
		code = NoSecrets
	case nmtypes.ReasonSupplicantFailed:
		code = SupplicantGone
	default:
	}
	return s.nmFailure(L2, code)
}

// gaveUpAt says whether NetworkManager gave up on a floor when it last tried to bring the device up, and whether that
// still matters.
func (s *subject) gaveUpAt(l Level) bool {
	return s.asked() && s.dev.LastFailure != nil && floorOfFailure(*s.dev.LastFailure) == l
}

// nmFailure is a finding about the last time that NetworkManager failed to bring the device up.
func (s *subject) nmFailure(level Level, code Code) Finding {
	failure := s.dev.LastFailure
	f := s.finding(level, Failed, code).sure(Likely).next("nmdebug explain "+shellWord(failure.Reason.String())).
		adds("NetworkManager gave up in %s with reason %s (%d).", failure.From, failure.Reason, failure.Reason)
	return f.saw(s.nmGaveUp())
}

// nmGaveUp is evidence: the last time that NetworkManager failed to bring the device up.
func (s *subject) nmGaveUp() Evidence {
	failure := s.dev.LastFailure
	return Evidence{Source: SourceNM, At: failure.At, Text: fmt.Sprintf("%s: failed from %s (%d), reason %s (%d)",
		s.name, failure.From, failure.From, failure.Reason, failure.Reason)}
}

// floorOfFailure tells on which floor NetworkManager gave up: by the reason, and where that says nothing by the state
// that it failed in.
func floorOfFailure(f nmtypes.Failure) Level {
	if l := floorOfReason(f.Reason); l != 0 {
		return l
	}
	switch f.From {
	case nmtypes.DeviceIPConfig, nmtypes.DeviceIPCheck:
		return L3
	case nmtypes.DeviceSecondaries:
		return VPN
	default:
		return L2
	}
}

// floorOfReason tells which floor a device state reason speaks of; 0 when of none.
func floorOfReason(r nmtypes.DeviceReason) Level {
	switch r {
	case nmtypes.ReasonFirmwareMissing, nmtypes.ReasonCarrier, nmtypes.ReasonRemoved, nmtypes.ReasonModemNotFound,
		nmtypes.ReasonGSMSIMNotInserted, nmtypes.ReasonGSMSIMPINRequired, nmtypes.ReasonGSMSIMPUKRequired,
		nmtypes.ReasonGSMSIMWrong, nmtypes.ReasonSIMPINIncorrect, nmtypes.ReasonGSMPINCheckFailed,
		nmtypes.ReasonModemInitFailed, nmtypes.ReasonModemFailed, nmtypes.ReasonModemManagerUnavailable,
		nmtypes.ReasonSRIOVConfigurationFailed, nmtypes.ReasonDeviceHandlerFailed:
		return L1
	case nmtypes.ReasonNoSecrets, nmtypes.ReasonSupplicantDisconnect, nmtypes.ReasonSupplicantConfigFailed,
		nmtypes.ReasonSupplicantFailed, nmtypes.ReasonSupplicantTimeout, nmtypes.ReasonSSIDNotFound, nmtypes.ReasonBTFailed,
		nmtypes.ReasonPPPStartFailed, nmtypes.ReasonPPPDisconnect, nmtypes.ReasonPPPFailed, nmtypes.ReasonDependencyFailed,
		nmtypes.ReasonModemBusy, nmtypes.ReasonModemNoDialTone, nmtypes.ReasonModemNoCarrier, nmtypes.ReasonModemDialTimeout,
		nmtypes.ReasonModemDialFailed, nmtypes.ReasonGSMAPNFailed, nmtypes.ReasonGSMRegistrationIdle,
		nmtypes.ReasonGSMRegistrationDenied, nmtypes.ReasonGSMRegistrationTimeout, nmtypes.ReasonGSMRegistrationFailed,
		nmtypes.ReasonModemNoOperatorCode, nmtypes.ReasonInfiniBandMode, nmtypes.ReasonBR2684Failed,
		nmtypes.ReasonDCBFCoEFailed, nmtypes.ReasonTeamdControlFailed, nmtypes.ReasonOVSDBFailed, nmtypes.ReasonPeerNotFound:
		return L2
	case nmtypes.ReasonIPConfigUnavailable, nmtypes.ReasonIPConfigExpired,
		nmtypes.ReasonDHCPStartFailed, nmtypes.ReasonDHCPError, nmtypes.ReasonDHCPFailed,
		nmtypes.ReasonSharedStartFailed, nmtypes.ReasonSharedFailed,
		nmtypes.ReasonAutoIPStartFailed, nmtypes.ReasonAutoIPError, nmtypes.ReasonAutoIPFailed,
		nmtypes.ReasonIPAddressDuplicate, nmtypes.ReasonIPMethodUnsupported:
		return L3
	case nmtypes.ReasonSecondaryConnectionFailed:
		return VPN
	default:
		return 0
	}
}

// The states of a bridge port (linux/if_bridge.h, BR_STATE_*).
const (
	portListening  = 1
	portLearning   = 2
	portForwarding = 3
	portBlocking   = 4
)

// forwarding checks whether the bridge that the subject is a port of lets its frames through.
func (s *subject) forwarding() []Finding {
	bridge := s.controller()
	if bridge == nil || s.link.PortKind != kindBridge || s.blind() {
		return nil
	}
	var f Finding
	switch s.link.PortState {
	case portForwarding:
		f = s.finding(L2, Up, PortForwarding)
	case portListening, portLearning:
		f = s.finding(L2, Starting, PortLearning)
	case portBlocking:
		f = s.finding(L2, Degraded, PortBlocking).next("bridge -d link show dev " + shellWord(s.name))
	default:
		f = s.missing(L2, PortDisabled)
	}
	f.Brief = "port of " + bridge.name
	return []Finding{f.saw(s.kernel("port of %s, state %d", bridge.name, s.link.PortState))}
}

// hasPorts checks whether a bridge or bond has a port through which its frames can leave.
func (s *subject) hasPorts() []Finding {
	if s.link == nil || !s.joinsPorts() || s.blind() {
		return nil
	}
	var names []string
	open := 0
	for _, port := range s.ports() {
		names = append(names, port.name)
		if port.openPort() {
			open++
		}
	}
	seen := s.kernel("carrier %t, %d ports (%s), %d of them open", s.link.Carrier, len(names), strings.Join(names, " "), open)
	switch {
	case open > 0:
		f := s.finding(L2, Up, PortsOpen)
		f.Brief = fmt.Sprintf("%d of %d ports", open, len(names))
		return []Finding{f.saw(seen)}
	case s.activating():
		return []Finding{s.finding(L2, Starting, PortsAwaited).saw(seen, s.nmSays())}
	case len(names) == 0:
		return []Finding{s.missing(L2, NoPort).saw(seen, s.nmSays()).next("ip link show master " + shellWord(s.name))}
	default:
		return []Finding{s.missing(L2, PortsClosed).saw(seen, s.nmSays()).next("bridge link")}
	}
}
