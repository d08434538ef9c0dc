package graph

import (
	"fmt"
	"slices"
	"strings"

	"nmdebug/inspect"
	"nmdebug/nmwatch/proc/proctypes"
)

// processID is the id of the node of a process on one interface: one that serves several stands on each by itself.
func processID(pid int, iface string) string { return fmt.Sprintf("process:%d@%s", pid, iface) }

// process adds the node of a process on an interface and gives its id.
func (b *builder) process(p proctypes.Process, iface string, level inspect.Level) string {
	id := processID(p.PID, iface)
	b.add(Node{
		ID: id, Sort: Process, Class: string(p.Role), Name: p.Name, Detail: processDetail(p.PID, p.Unit), Interface: iface,
		Level: level, Status: inspect.Up, PID: p.PID, Unit: p.Unit,
	})
	return id
}

func processDetail(pid int, unit string) string {
	if pid == 0 {
		return "process not seen"
	}
	return strings.TrimSpace(fmt.Sprintf("pid %d %s", pid, unit))
}

// served adds the processes that serve an interface: on it, or - for a tunnel - below it.
func (b *builder) served(s inspect.Stack) {
	link := LinkID(s.Interface)
	for _, p := range b.holders(s.Interface) {
		b.stand(link, HeldBy, b.process(p, s.Interface, inspect.VPN))
	}
	if id := b.supplicant(s.Interface); id != "" {
		b.stand(id, RunsOn, link)
	}
	for _, p := range b.snap.Proc.Processes {
		switch p.Role {
		case proctypes.RoleAccessPoint, proctypes.RoleLinkLocal:
			if slices.Contains(p.Serves, s.Interface) {
				b.stand(b.process(p, s.Interface, inspect.L2), RunsOn, link)
			}
		case proctypes.RoleSupplicant: // more than one of them is a violation, which has to be seen
			if slices.Contains(p.Serves, s.Interface) {
				b.stand(b.process(p, s.Interface, inspect.L2), RunsOn, link)
			}
		default:
		}
	}
}

// holders are the processes that have a tunnel interface open.
func (b *builder) holders(iface string) []proctypes.Process {
	return slices.DeleteFunc(slices.Clone(b.snap.Proc.Processes), func(p proctypes.Process) bool { return !slices.Contains(p.Holds, iface) })
}

// supplicant adds the wpa_supplicant that serves an interface over D-Bus, and gives its id; "" when none does. The one
// on the bus names no interface when it is started.
func (b *builder) supplicant(iface string) string {
	for _, w := range b.snap.WPA.Interfaces {
		if w.Name != iface {
			continue
		}
		p := proctypes.Process{Name: "wpa_supplicant", Role: proctypes.RoleSupplicant}
		for _, candidate := range b.snap.Proc.Processes {
			if candidate.Role == proctypes.RoleSupplicant && candidate.Name == "wpa_supplicant" && len(candidate.Serves) == 0 {
				p = candidate
				break
			}
		}
		return b.process(p, iface, inspect.L2)
	}
	return ""
}

// leased adds the DHCP clients of a stack: programs that serve it, and the one that NetworkManager has built in.
func (b *builder) leased(s inspect.Stack) {
	if id := b.dhcp(s); id != "" {
		relation := RunsFor
		if b.base(s) == LinkID(s.Interface) {
			relation = RunsOn
		}
		b.stand(id, relation, b.base(s))
	}
	for _, p := range b.snap.Proc.Processes {
		if p.Role == proctypes.RoleDHCPClient && slices.Contains(p.Serves, s.Interface) {
			b.stand(b.process(p, s.Interface, inspect.L3), RunsOn, LinkID(s.Interface))
		}
	}
}

// dhcp adds the DHCP client whose lease NetworkManager shows, and gives its id; "" when there is no lease.
func (b *builder) dhcp(s inspect.Stack) string {
	d, ok := b.devices[s.Interface]
	if !ok || d.DHCP4 == nil && d.DHCP6 == nil {
		return ""
	}
	manager := proctypes.Process{}
	for _, p := range b.snap.Proc.Processes {
		if p.Role == proctypes.RoleDHCPClient && slices.Contains(p.Serves, s.Interface) {
			return b.process(p, s.Interface, inspect.L3)
		}
		if p.Name == "NetworkManager" {
			manager = p
		}
	}
	id := "dhcp:" + s.Interface
	b.add(Node{
		ID: id, Sort: Process, Class: string(proctypes.RoleDHCPClient), Name: "NetworkManager's DHCP", Detail: processDetail(manager.PID, manager.Unit),
		Interface: s.Interface, Level: inspect.L3, Status: inspect.Up, PID: manager.PID, Unit: manager.Unit,
	})
	return id
}

// otherProcesses adds the processes that serve interfaces which are not there.
func (b *builder) otherProcesses() {
	for _, p := range b.snap.Proc.Processes {
		for _, iface := range slices.Concat(p.Serves, p.Holds) {
			if !b.known[LinkID(iface)] && p.Role != proctypes.RoleResolver && p.Role != proctypes.RoleDialler {
				id := b.process(p, iface, inspect.L1)
				b.fail(id, "no interface "+iface)
			}
		}
	}
}

// fail marks a node as broken and says why.
func (b *builder) fail(id, why string) {
	i := slices.IndexFunc(b.nodes, func(n Node) bool { return n.ID == id })
	b.nodes[i].Status = inspect.Failed
	b.nodes[i].Detail += ", " + why
}
