package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/nmwatch/nmtypes"
)

// How long a step may take. A DHCP client waits for 45 s, a VPN for 60, 802.1X for 25 before they give up.
const (
	downLimit = 10 * time.Second
	l1Limit   = 15 * time.Second
	l2Limit   = 40 * time.Second
	l3Limit   = 60 * time.Second
	vpnLimit  = 75 * time.Second
)

// maker collects the steps of one plan.
type maker struct {
	snap    *inspect.Snapshot
	pyramid inspect.Pyramid
	graph   graph.Graph
	req     Request
	plan    Plan
	down    []Step // from the ground up; the plan has them the other way round
	up      []Step
}

// Make makes a plan. The pyramid and the graph are those of the snapshot.
func Make(s *inspect.Snapshot, p inspect.Pyramid, g graph.Graph, r Request) Plan {
	m := &maker{snap: s, pyramid: p, graph: g, req: r, plan: Plan{
		SchemaVersion: SchemaVersion, Interface: r.Interface, VPN: r.VPN, From: r.From,
		Steps: []Step{}, Cuts: []Cut{}, Keeps: []Keep{}, Refusals: []Refusal{}, Devices: []string{}, Names: []string{},
	}}
	switch {
	case r.VPN != "":
		m.oneVPN()
	case r.From == inspect.VPN && m.isWireGuard(r.Interface):
		m.interfaceFrom()
	case r.From == inspect.VPN:
		m.vpnsOn(r.Interface)
	default:
		m.interfaceFrom()
	}
	slices.Reverse(m.down)
	m.plan.Steps = append(append(m.plan.Steps, m.down...), m.up...)
	for i := range m.plan.Steps {
		s := &m.plan.Steps[i]
		s.Calls, s.Seconds = s.Action.Busctl(), s.Limit.Seconds()
	}
	if len(m.plan.Steps) == 0 && len(m.plan.Refusals) == 0 {
		m.refuse(Nothing, fmt.Sprintf("There is nothing to reconnect on %s from %s upward.", cmp.Or(r.VPN, r.Interface), r.From)+hint(r.From))
	}
	m.guard()
	return m.plan
}

// hint says what a person may have meant.
func hint(from inspect.Level) string {
	if from != inspect.VPN {
		return ""
	}
	return " A VPN that is not active is connected by its own name."
}

func (m *maker) refuse(code RefusalCode, text string, overrides ...string) {
	if overrides == nil {
		overrides = []string{}
	}
	m.plan.Refusals = append(m.plan.Refusals, Refusal{code, text, overrides})
}

// interfaceFrom plans an interface from L1, L2 or L3 upward, or WireGuard, with all that stands on it.
func (m *maker) interfaceFrom() {
	stack, ok := m.pyramid.Stack(m.req.Interface)
	dev, known := m.device(m.req.Interface)
	switch {
	case !ok || !known || !dev.Managed || stack.Connection != nil && !stack.Managed:
		m.refuse(NotManaged, "NetworkManager does not manage "+m.req.Interface+", so it cannot bring it up again.")
		return
	case m.req.From == inspect.L3 && stack.Floor(inspect.L3).Status == inspect.Absent:
		m.refuse(Nothing, m.req.Interface+" has no addresses of its own"+m.controllerHint(stack)+".")
		return
	}
	m.touch(dev)
	m.cut(stack.Interface, cutText(m.req.From))
	switch {
	case m.req.From == inspect.VPN:
		m.wireGuard(stack, dev)
		return
	case m.req.From < inspect.L3:
		m.floors(stack, dev)
	default:
		m.third(stack, dev)
	}
	m.above(stack, m.req.From)
}

func cutText(from inspect.Level) string {
	if from == inspect.L3 {
		return "its addresses and routes may change"
	}
	return "its link is interrupted"
}

// controllerHint says where the addresses are instead.
func (m *maker) controllerHint(s inspect.Stack) string {
	for _, other := range m.pyramid.Stacks {
		if slices.Contains(other.On, s.Interface) && inspect.JoinsPorts(other.Kind) {
			return ": they are on " + other.Interface
		}
	}
	return ""
}

// device finds NetworkManager's device of a stack.
func (m *maker) device(iface string) (nmtypes.Device, bool) {
	for _, d := range m.snap.NM.Devices {
		if d.Real && named(d, iface) {
			return d, true
		}
	}
	return nmtypes.Device{}, false
}

// profile is the path of the profile that is active on a device, or was there last, as we saw or were told; "/" lets
// NetworkManager choose, which it does only among those that it finds available: none where the link is down.
func (m *maker) profile(d nmtypes.Device) string {
	if ac, ok := m.snap.NM.Active[d.Active]; ok && ac.Connection != "" {
		return ac.Connection
	}
	for _, ac := range slices.Backward(m.snap.NM.Ended) {
		if !ac.VPN && ac.Connection != "" && slices.Contains(ac.Devices, d.Path) {
			return ac.Connection
		}
	}
	if m.req.Last != "" && named(d, m.req.Interface) {
		return m.req.Last
	}
	return "/"
}

// touch notes that a device changes.
func (m *maker) touch(d nmtypes.Device) {
	name := d.IPInterface
	if name == "" {
		name = d.Interface
	}
	if slices.Contains(m.plan.Names, name) {
		return
	}
	m.plan.Names = append(m.plan.Names, name)
	m.plan.Devices = append(m.plan.Devices, d.Path)
	if d.State >= nmtypes.DevicePrepare && d.State < nmtypes.DeviceActivated && !m.req.Force {
		m.refuse(OnItsWay, fmt.Sprintf("NetworkManager is at work on %s (%s, %d): let it finish.", name, d.State, d.State), "--force")
	}
}

func (m *maker) cut(name, text string) {
	if !slices.ContainsFunc(m.plan.Cuts, func(c Cut) bool { return c.Name == name }) {
		m.plan.Cuts = append(m.plan.Cuts, Cut{name, text})
	}
}

func (m *maker) keep(name, why string) {
	if !slices.ContainsFunc(m.plan.Keeps, func(k Keep) bool { return k.Name == name }) {
		m.plan.Keeps = append(m.plan.Keeps, Keep{name, why})
	}
}

func (m *maker) raise(s Step) {
	s.Phase = Up
	m.up = append(m.up, s)
}

func (m *maker) lower(s Step) {
	s.Phase, s.Limit = Down, downLimit
	m.down = append(m.down, s)
}
