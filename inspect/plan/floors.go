package plan

import (
	"slices"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
)

// floors plans L1 and L2 of the interface itself by the gentlest call that there is for its kind, and L3 after them.
func (m *maker) floors(s inspect.Stack, d nmtypes.Device) {
	switch {
	case d.Wireless != nil && !m.snap.NM.Manager.WirelessEnabled:
		m.raise(Step{Does: "Switch Wi-Fi on", Interface: s.Interface, Action: Action{Verb: RadioOn}, Goal: fresh(stands(s, inspect.L1), FreshTaken), Limit: l1Limit})
		m.activate(s, d)
	case s.Floor(inspect.L1).Code == inspect.AdminDown && hardware(s.Kind): // to connect it sets it up, to take it anew does not
		m.activate(s, d)
	case m.req.From == inspect.L1 && hardware(s.Kind):
		m.raise(Step{
			Does: "Let NetworkManager let go of " + s.Interface + " and take it anew", Interface: s.Interface,
			Action: Action{Verb: Retake, Device: d.Path}, Goal: fresh(stands(s, inspect.L1), FreshTaken), Limit: l1Limit,
		})
		m.activate(s, d)
	case m.req.From == inspect.L1, d.State != nmtypes.DeviceActivated:
		m.anew(s, d)
	case inspect.JoinsPorts(s.Kind):
		m.ports(s)
		m.third(s, d)
	case d.Wireless != nil && m.supplicant(s.Interface) != "":
		m.raise(Step{
			Does: "Associate " + s.Interface + " anew", Interface: s.Interface,
			Action: Action{Verb: Reassociate, Supplicant: m.supplicant(s.Interface)}, Goal: fresh(stands(s, inspect.L2), FreshLink), Limit: l2Limit,
		})
		m.third(s, d)
	case d.Applied != nil && d.Applied.Dot1X && m.supplicant(s.Interface) != "":
		m.raise(Step{
			Does: "Authenticate " + s.Interface + " by 802.1X anew", Interface: s.Interface,
			Action: Action{Verb: Relogin, Supplicant: m.supplicant(s.Interface)}, Goal: fresh(stands(s, inspect.L2), FreshLink), Limit: l2Limit,
		})
		m.third(s, d)
	default:
		m.activate(s, d)
	}
}

// hardware says whether a kind of interface is there without a connection that makes it.
func hardware(kind string) bool {
	return slices.Contains([]string{"ethernet", "wifi", "veth", "infiniband", "bluetooth", "bt", "modem", "gsm", "cdma"}, kind)
}

// anew plans a software interface from its link upward: what it is made of is taken down and made again.
func (m *maker) anew(s inspect.Stack, d nmtypes.Device) {
	if !hardware(s.Kind) && d.Active != "" {
		m.lower(Step{
			Does: "Disconnect " + m.connectionName(s), Interface: s.Interface, Action: Action{Verb: Deactivate, Active: d.Active}, Goal: Goal{Gone: d.Active},
		})
	}
	m.activate(s, d)
	m.up[len(m.up)-m.activationSteps(s)].Replaces = d.Active
}

// activationSteps is how many steps an activation has.
func (m *maker) activationSteps(s inspect.Stack) int {
	if s.Floor(inspect.L3).Status == inspect.Absent {
		return 1
	}
	return 2
}

// activate plans a connection: NetworkManager brings L2 and L3 up in one go, and each is looked at by itself.
func (m *maker) activate(s inspect.Stack, d nmtypes.Device) {
	device := d.Path
	if !hardware(s.Kind) {
		device = "/" // it will be another object by then
	}
	step := Step{
		Does: "Connect " + m.connectionName(s), Interface: s.Interface,
		Action: Action{Verb: Activate, Profile: m.profile(d), Device: device}, Goal: fresh(stands(s, inspect.L2), FreshActive), Limit: l2Limit,
	}
	if d.Wireless != nil && step.Action.Profile == "/" { // it can choose a profile only when it has seen the network: it scans, and then connects
		step.Does, step.Action = "Wait until NetworkManager connects "+s.Interface, Action{}
	}
	m.raise(step)
	if s.Floor(inspect.L3).Status != inspect.Absent {
		m.raise(Step{
			Does: "Wait until " + s.Interface + " has its addresses", Interface: s.Interface, Goal: fresh(stands(s, inspect.L3), FreshActive), Limit: l3Limit,
		})
	}
}

// connectionName is what a connection is called beside its interface.
func (m *maker) connectionName(s inspect.Stack) string {
	if s.Connection == nil || s.Connection.ID == s.Interface {
		return s.Interface
	}
	return s.Connection.ID + " on " + s.Interface
}

// ports plans the ports of a bridge or bond: each is attached again.
func (m *maker) ports(s inspect.Stack) {
	for _, name := range s.On {
		d, ok := m.device(name)
		port, there := m.pyramid.Stack(name)
		if !ok || !there || !port.Managed || port.Connection == nil {
			m.keep(name, "a port that NetworkManager did not attach")
			continue
		}
		m.touch(d)
		m.cut(name, "it is taken out of "+s.Interface+" and put back")
		m.raise(Step{
			Does: "Attach " + name + " to " + s.Interface + " anew", Interface: name,
			Action: Action{Verb: Activate, Profile: m.profile(d), Device: d.Path}, Goal: fresh(stands(port, inspect.L2), FreshActive), Limit: l2Limit,
		})
	}
	m.raise(Step{Does: "Wait until " + s.Interface + " carries frames", Interface: s.Interface, Goal: stands(s, inspect.L2), Limit: l2Limit})
}

// third plans L3 while L2 stands: a lease that is really asked for anew, or what is missing put back.
func (m *maker) third(s inspect.Stack, d nmtypes.Device) {
	switch {
	case s.Floor(inspect.L3).Status == inspect.Absent:
	case d.State != nmtypes.DeviceActivated:
		m.activate(s, d)
	case leased(d):
		m.raise(Step{
			Does: "Ask for a new lease on " + s.Interface, Interface: s.Interface,
			Action: Action{Verb: Renew, Device: d.Path}, Goal: fresh(stands(s, inspect.L3), FreshLease), Limit: l3Limit,
		})
	default:
		m.raise(Step{
			Does: "Put the addresses and routes of " + s.Interface + " back", Interface: s.Interface,
			Action: Action{Verb: Reapply, Device: d.Path}, Goal: stands(s, inspect.L3), Limit: l3Limit,
		})
	}
}

// leased says whether the addresses of a device come from a server.
func leased(d nmtypes.Device) bool {
	if d.Applied == nil {
		return d.DHCP4 != nil || d.DHCP6 != nil
	}
	return d.Applied.IP4Method == "auto" || d.Applied.IP6Method == "auto" || d.Applied.IP6Method == "dhcp"
}

// supplicant is the path of wpa_supplicant's interface; "" when there is none.
func (m *maker) supplicant(iface string) string {
	for path, w := range m.snap.WPA.Interfaces {
		if w.Name == iface {
			return path
		}
	}
	return ""
}

func stands(s inspect.Stack, level inspect.Level) Goal {
	return Goal{Interface: s.Interface, Level: level}
}

func fresh(g Goal, f Freshness) Goal {
	g.Fresh = f
	return g
}
