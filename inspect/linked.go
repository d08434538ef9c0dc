package inspect

import (
	"fmt"
	"strings"

	"nmdebug/nmwatch/nmtypes"
)

// linked checks L2: what has to be agreed on with the other end before a frame of ours is accepted.
func (s *subject) linked() []Finding {
	switch s.kind {
	case kindLoopback, kindTun, kindWireGuard:
		return nil
	case kindWifi:
		return s.associated()
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

// plainLink is the second floor of a link that has nothing to negotiate: it stands as soon as the first does.
func (s *subject) plainLink() Finding {
	if s.link == nil {
		return s.finding(L2, Unknown, LinkUnseen).saw(s.nmSays())
	}
	if !s.link.Up() || (s.link.HasCarrier && !s.link.Carrier) {
		return s.finding(L2, Down, LinkPlain).saw(s.kernel("carrier %t", s.link.Carrier))
	}
	return s.finding(L2, Up, LinkPlain).saw(s.kernel("carrier %t", s.link.Carrier))
}

// linkFailure reports what NetworkManager gave up on at this floor, as long as it has not tried again with success.
func (s *subject) linkFailure() []Finding {
	if s.dev == nil || s.dev.LastFailure == nil || floorOfReason(s.dev.LastFailure.Reason) != L2 || s.dot1xWanted() {
		return nil
	}
	return []Finding{s.nmFailure(L2, LinkFailed)}
}

// nmFailure is a finding about the last time that NetworkManager failed to bring the device up.
func (s *subject) nmFailure(level Level, code Code) Finding {
	failure := s.dev.LastFailure
	f := s.finding(level, Failed, code).sure(Likely).next(fmt.Sprintf("nmdebug explain %s", failure.Reason))
	f.Text = fmt.Sprintf("%s NetworkManager gave up in %s with reason %s (%d).", code.Meaning(), failure.From, failure.Reason, failure.Reason)
	return f.saw(Evidence{Source: SourceNM, Text: fmt.Sprintf("%s: failed from %s, reason %s (%d)",
		s.name, failure.From, failure.Reason, failure.Reason), At: failure.At})
}

// floorOfReason tells which floor a device state reason speaks of; 0 when of none.
func floorOfReason(r nmtypes.DeviceReason) Level {
	switch r {
	case nmtypes.ReasonFirmwareMissing, nmtypes.ReasonCarrier, nmtypes.ReasonRemoved, nmtypes.ReasonModemNotFound:
		return L1
	case nmtypes.ReasonNoSecrets, nmtypes.ReasonSupplicantDisconnect, nmtypes.ReasonSupplicantConfigFailed,
		nmtypes.ReasonSupplicantFailed, nmtypes.ReasonSupplicantTimeout, nmtypes.ReasonSSIDNotFound, nmtypes.ReasonBTFailed,
		nmtypes.ReasonPPPStartFailed, nmtypes.ReasonPPPDisconnect, nmtypes.ReasonPPPFailed, nmtypes.ReasonDependencyFailed:
		return L2
	case nmtypes.ReasonIPConfigUnavailable, nmtypes.ReasonIPConfigExpired, nmtypes.ReasonConfigFailed,
		nmtypes.ReasonDHCPStartFailed, nmtypes.ReasonDHCPError, nmtypes.ReasonDHCPFailed,
		nmtypes.ReasonSharedStartFailed, nmtypes.ReasonSharedFailed,
		nmtypes.ReasonAutoIPStartFailed, nmtypes.ReasonAutoIPError, nmtypes.ReasonAutoIPFailed,
		nmtypes.ReasonIPAddressDuplicate, nmtypes.ReasonIPMethodUnsupported:
		return L3
	case nmtypes.ReasonSecondaryConnectionFailed:
		return VPN
	}
	return 0
}

// The states of a bridge port (linux/if_bridge.h, BR_STATE_*).
const (
	portDisabled   = 0
	portListening  = 1
	portLearning   = 2
	portForwarding = 3
	portBlocking   = 4
)

// forwarding checks whether the bridge that the subject is a port of lets its frames through.
func (s *subject) forwarding() []Finding {
	bridge := s.controller()
	if bridge == nil || s.link.PortKind != kindBridge {
		return nil
	}
	seen := s.kernel("port of %s, state %d", bridge.name, s.link.PortState)
	var f Finding
	switch s.link.PortState {
	case portForwarding:
		f = s.finding(L2, Up, PortForwarding)
	case portListening, portLearning:
		f = s.finding(L2, Starting, PortLearning)
	case portBlocking:
		f = s.finding(L2, Degraded, PortBlocking).next("bridge -d link show dev " + s.name)
	default:
		f = s.finding(L2, Down, PortDisabled)
	}
	f.Brief = "port of " + bridge.name
	return []Finding{f.saw(seen)}
}

// hasPorts checks whether a bridge or bond has a port through which its frames can leave.
func (s *subject) hasPorts() []Finding {
	if s.link == nil || (s.kind != kindBridge && s.kind != kindBond) {
		return nil
	}
	var names []string
	open := 0
	for _, port := range s.ports() {
		names = append(names, port.name)
		if port.link.Carrier && (port.link.PortKind != kindBridge || port.link.PortState == portForwarding) {
			open++
		}
	}
	seen := s.kernel("%d ports (%s), %d of them open", len(names), strings.Join(names, " "), open)
	switch {
	case open > 0:
		f := s.finding(L2, Up, PortsOpen)
		f.Brief = fmt.Sprintf("%d of %d ports", open, len(names))
		return []Finding{f.saw(seen)}
	case len(names) == 0:
		return []Finding{s.finding(L2, Down, NoPort).saw(seen)}
	default:
		return []Finding{s.finding(L2, Down, PortsClosed).saw(seen)}
	}
}
