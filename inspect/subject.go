package inspect

import (
	"fmt"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// subject is one interface with all that the sources say of it: what the checks look at.
type subject struct {
	snap   *Snapshot
	all    *joined
	name   string
	kind   string
	link   *kerneltypes.Link         // nil when the kernel has no such link
	dev    *nmtypes.Device           // nil when NetworkManager does not know it
	ac     *nmtypes.ActiveConnection // nil when no connection is active
	wpa    *wpatypes.Interface       // nil when the supplicant does not serve it
	needed Level                     // the floor up to which something wanted stands on it; 0 when nothing does
}

// managed says whether NetworkManager manages the interface by its own choice, not merely mirrors what others made.
func (s *subject) managed() bool {
	return s.dev != nil && s.dev.Managed && !s.external()
}

// external says whether NetworkManager only mirrors a connection that somebody else made.
func (s *subject) external() bool {
	return s.ac != nil && s.ac.Flags.Has(nmtypes.FlagExternal)
}

// asked says whether somebody asked for a connection here: one is active or activating, it failed, or the carrier took
// it away.
func (s *subject) asked() bool {
	switch {
	case !s.managed(), s.asleep():
		return false
	case s.ac != nil && (s.ac.State == nmtypes.ActiveActivated || s.ac.State == nmtypes.ActiveActivating):
		return true
	case s.dev.LastFailure != nil:
		return true
	default:
		return s.lostByCarrier()
	}
}

// asleep says whether NetworkManager let go of everything, for the night or because networking was switched off.
func (s *subject) asleep() bool {
	return !s.snap.NM.Manager.NetworkingEnabled || s.dev.Reason == nmtypes.ReasonSleeping || s.dev.Reason == nmtypes.ReasonNetworkingOff
}

// wanted says whether a floor that is missing has failed and is not merely off: a connection was asked for here, or
// something that is wanted stands on it.
func (s *subject) wanted(l Level) bool { return s.asked() || l <= s.needed }

// missing is a finding about a floor that is not there: a failure where somebody asked for it, off otherwise.
func (s *subject) missing(l Level, code Code) Finding {
	if s.wanted(l) {
		return s.finding(l, Failed, code)
	}
	return s.finding(l, Down, code)
}

// lostByCarrier says whether NetworkManager ended the connection because the carrier went away. A device that was idle
// before says the same; where we saw the change we can tell.
func (s *subject) lostByCarrier() bool {
	before := s.dev.StateBefore
	idle := nmtypes.DeviceUnavailable
	if s.dev.Type == nmtypes.TypeBluetooth {
		idle = nmtypes.DeviceDisconnected
	}
	return s.dev.State == idle && s.dev.Reason == nmtypes.ReasonCarrier &&
		(before == nmtypes.DeviceUnknown || before >= nmtypes.DevicePrepare)
}

// blind says whether the kernel's view is missing or may be old: then no floor is proved by it.
func (s *subject) blind() bool {
	return !s.snap.Kernel.Synced || s.snap.source(SourceKernel).Status == SourceLost
}

// activated says whether NetworkManager holds that the connection is complete.
func (s *subject) activated() bool {
	return s.dev != nil && s.dev.State == nmtypes.DeviceActivated
}

// activating says whether NetworkManager is at work on the connection, or about to begin: it tells of the connection
// before it tells of the device.
func (s *subject) activating() bool {
	if s.dev == nil || s.activated() {
		return false
	}
	return s.dev.State >= nmtypes.DevicePrepare && s.dev.State < nmtypes.DeviceActivated ||
		s.ac != nil && s.ac.State == nmtypes.ActiveActivating
}

// since is how long ago something was said; 0 when it is not known when.
func (s *subject) since(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return s.snap.At.Sub(t)
}

// finding begins a finding on one floor of the subject.
func (s *subject) finding(level Level, status Status, code Code) Finding {
	return code.Finding(s.name, level, status)
}

// kernel is evidence from the kernel about the link.
func (s *subject) kernel(format string, args ...any) Evidence {
	return Evidence{Source: SourceKernel, Text: s.name + ": " + fmt.Sprintf(format, args...)}
}

// nmSays is evidence: the state that NetworkManager gives the device.
func (s *subject) nmSays() Evidence {
	if src := s.snap.source(SourceNM); s.dev == nil && src.Status != SourceOK {
		return src.says()
	}
	if s.dev == nil {
		return Evidence{Source: SourceNM, Text: s.name + ": not known"}
	}
	text := fmt.Sprintf("%s: state %s (%d)", s.name, s.dev.State, s.dev.State)
	if s.dev.Reason != nmtypes.ReasonNone {
		text += fmt.Sprintf(", reason %s (%d)", s.dev.Reason, s.dev.Reason)
	}
	return Evidence{Source: SourceNM, Text: text, At: s.dev.StateAt}
}

// supplicantSays is evidence: the state that the supplicant gives the interface.
func (s *subject) supplicantSays() Evidence {
	if s.wpa == nil {
		return Evidence{Source: SourceSupplicant, Text: s.name + ": not served"}
	}
	return Evidence{Source: SourceSupplicant, Text: s.name + ": state " + string(s.wpa.State), At: s.wpa.StateAt}
}

// stack judges all floors of the subject.
func (s *subject) stack() Stack {
	st := Stack{
		Interface: s.name, Kind: s.kind, Managed: s.managed(), Wanted: s.asked(), DefaultRoute: s.ownsDefaultRoute(),
		On: s.below(), Conflicts: s.conflicts(), Tunnels: s.tunnels(),
	}
	if s.link != nil {
		st.Index = s.link.Index
	}
	if s.ac != nil {
		st.Connection = &Connection{ID: s.ac.ID, UUID: s.ac.UUID, Type: s.ac.Type, State: s.ac.State.String()}
	}
	st.Floors = []Floor{
		floorOf(L1, s.physical()),
		floorOf(L2, s.linked()),
		floorOf(L3, s.addressed()),
		floorOf(VPN, s.tunnelled(st.Tunnels)),
	}
	return st
}
