package nmwatch

import (
	"slices"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// The bounds of what is remembered: older entries are forgotten first.
const (
	maxEnded = 32
	maxTrail = 32
)

// history is what the signals told and the objects do not keep: an active connection disappears right after its end, and
// its reason with it; a device that failed is disconnected a moment later.
type history struct {
	stateAt  map[string]time.Time    // by device or active connection
	leaseAt  map[wire.Path]time.Time // by DHCP configuration; when its options were last told
	before   map[string]nmtypes.DeviceState
	failures map[string]*nmtypes.Failure // by device; the last one
	reasons  map[string]nmtypes.ActiveReason
	trails   map[string][]nmtypes.VPNStep
	over     map[string]bool // the active connections whose end is remembered
	ended    []nmtypes.ActiveConnection
	speakers int // how many have spoken
}

func newHistory() history {
	h := history{}
	h.forget()
	return h
}

// forget ends a conversation: the objects of the next one may have the same paths and be others. The connections that
// ended stay, without their profile and the devices that they were on.
func (h *history) forget() {
	ended := slices.Clone(h.ended)
	for i := range ended {
		ended[i].Devices, ended[i].Connection = nil, ""
	}
	*h = history{
		stateAt:  map[string]time.Time{},
		leaseAt:  map[wire.Path]time.Time{},
		before:   map[string]nmtypes.DeviceState{},
		failures: map[string]*nmtypes.Failure{},
		reasons:  map[string]nmtypes.ActiveReason{},
		trails:   map[string][]nmtypes.VPNStep{},
		over:     map[string]bool{},
		ended:    ended,
		speakers: h.speakers + 1,
	}
}

// signal takes one signal, before the tree does.
func (h *history) signal(e mirror.Event, tree *mirror.Tree) {
	switch {
	case e.IsSignal(deviceIface, "StateChanged"):
		h.deviceState(e, tree)
	case e.IsSignal(activeIface, "StateChanged"):
		h.activeState(e, tree)
	case e.IsSignal(vpnIface, "VpnStateChanged"):
		h.vpnState(e)
	case e.IsSignal("org.freedesktop.DBus.Properties", "PropertiesChanged"):
		h.lease(e)
	case e.IsSignal("org.freedesktop.DBus.ObjectManager", "InterfacesRemoved"):
		h.removed(e, tree)
	}
}

// deviceState takes StateChanged(new, old, reason). The properties may follow some milliseconds later: until then a device
// would have the old state since just now.
func (h *history) deviceState(e mirror.Event, tree *mirror.Tree) {
	args, ok := numbers(e, 3)
	if !ok {
		return
	}
	path := string(e.Message.Path)
	state, old, reason := nmtypes.DeviceState(args[0]), nmtypes.DeviceState(args[1]), nmtypes.DeviceReason(args[2])
	h.stateAt[path], h.before[path] = e.Record.Time, old
	tree.Merge(e.Message.Path, deviceIface, map[string]any{"State": args[0], "StateReason": []any{args[0], args[2]}})
	switch {
	case state == nmtypes.DeviceFailed:
		h.failures[path] = &nmtypes.Failure{Reason: reason, From: old, At: e.Record.Time}
	case state == nmtypes.DeviceActivated, reason == nmtypes.ReasonUserRequested, reason == nmtypes.ReasonConnectionRemoved:
		delete(h.failures, path)
	}
}

// lease takes PropertiesChanged of a lease's options: a new lease is told by them, also when it is like the one before.
func (h *history) lease(e mirror.Event) {
	args, err := e.Message.Args()
	if err != nil || len(args) < 2 || args[0] != dhcp4Iface && args[0] != dhcp6Iface {
		return
	}
	h.leaseAt[e.Message.Path] = e.Record.Time
}

// activeState takes StateChanged(state, reason). The connection is remembered with its end, since its object goes now.
func (h *history) activeState(e mirror.Event, tree *mirror.Tree) {
	args, ok := numbers(e, 2)
	if !ok {
		return
	}
	path := string(e.Message.Path)
	h.stateAt[path], h.reasons[path] = e.Record.Time, nmtypes.ActiveReason(args[1])
	if nmtypes.ActiveState(args[0]) != nmtypes.ActiveDeactivated {
		return
	}
	if _, known := tree.Props(e.Message.Path, activeIface); known && !h.over[path] {
		h.end(tree, e.Message.Path, e.Record.Time)
	}
}

// end remembers a connection that is over. The state that a VPN ended in may still be told; see lastStep.
func (h *history) end(tree *mirror.Tree, path wire.Path, at time.Time) {
	ac := h.since(activeConnection(tree.Read(), path))
	ac.State, ac.StateAt = nmtypes.ActiveDeactivated, at
	if ac.VPN && ac.VPNState != nmtypes.VPNFailed {
		ac.VPNState = nmtypes.VPNDisconnected
	}
	h.over[ac.Path] = true
	h.ended = append(slices.Clone(h.ended), ac)
	if len(h.ended) > maxEnded {
		h.ended = h.ended[len(h.ended)-maxEnded:]
	}
}

// vpnState takes VpnStateChanged(state, reason).
func (h *history) vpnState(e mirror.Event) {
	args, ok := numbers(e, 2)
	if !ok {
		return
	}
	path := string(e.Message.Path)
	trail := append(slices.Clone(h.trails[path]), nmtypes.VPNStep{
		State: nmtypes.VPNState(args[0]), Reason: nmtypes.ActiveReason(args[1]), At: e.Record.Time,
	})
	if len(trail) > maxTrail {
		trail = trail[len(trail)-maxTrail:]
	}
	h.trails[path], h.stateAt[path] = trail, e.Record.Time
	h.lastStep(path)
}

// lastStep adds the last step of a VPN to what is remembered of it: NetworkManager says that the connection is over
// before it says what became of the VPN, and why.
func (h *history) lastStep(path string) {
	if !h.over[path] {
		return
	}
	h.ended = slices.Clone(h.ended)
	for i, ac := range slices.Backward(h.ended) {
		if ac.Path == path {
			trail := h.trails[path]
			h.ended[i].VPNTrail, h.ended[i].VPNState = trail, trail[len(trail)-1].State
			return
		}
	}
}

// removed forgets an object that is gone; an active connection that ended without a word is remembered as ended.
func (h *history) removed(e mirror.Event, tree *mirror.Tree) {
	args, err := e.Message.Args()
	if err != nil || len(args) == 0 {
		return
	}
	path, ok := args[0].(wire.Path)
	if !ok {
		return
	}
	name := string(path)
	if _, active := tree.Props(path, activeIface); active && !h.over[name] {
		h.end(tree, path, e.Record.Time)
	}
	delete(h.stateAt, name)
	delete(h.before, name)
	delete(h.failures, name)
	delete(h.reasons, name)
	delete(h.trails, name)
	delete(h.over, name)
}

// since adds to an active connection what the signals told of it.
func (h *history) since(ac nmtypes.ActiveConnection) nmtypes.ActiveConnection {
	ac.StateAt, ac.Reason, ac.VPNTrail = h.stateAt[ac.Path], h.reasons[ac.Path], h.trails[ac.Path]
	return ac
}

// numbers reads the arguments of a signal that are all of type u.
func numbers(e mirror.Event, count int) ([]uint32, bool) {
	args, err := e.Message.Args()
	if err != nil || len(args) < count {
		return nil, false
	}
	values := make([]uint32, count)
	for i := range values {
		v, ok := args[i].(uint32)
		if !ok {
			return nil, false
		}
		values[i] = v
	}
	return values, true
}

// leased is when a device's lease was last told.
func (h *history) leased(r *mirror.Reader) time.Time {
	at := time.Time{}
	for _, property := range []string{"Dhcp4Config", "Dhcp6Config"} {
		if told := h.leaseAt[r.Path(property)]; told.After(at) {
			at = told
		}
	}
	return at
}
