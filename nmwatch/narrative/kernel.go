package narrative

import (
	"fmt"
	"maps"
	"slices"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// changes tells what is different in the second of two states of the kernel that follow each other.
func (n *Narrator) changes(before, after kerneltypes.State) {
	n.links(before, after)
	n.addresses(before, after)
	n.routes(before, after)
	n.neighbours(before, after)
	n.radios(before, after)
	n.wireless(before, after)
}

// tell adds a line of the kernel's about a link.
func (n *Narrator) tell(iface, floor string, severity record.Severity, format string, args ...any) {
	n.add(record.Line{Process: processKernel, Interface: iface, Floor: floor, Severity: severity, Text: fmt.Sprintf(format, args...)})
}

func (n *Narrator) links(before, after kerneltypes.State) {
	for _, index := range slices.Sorted(maps.Keys(after.Links)) {
		l := after.Links[index]
		old, known := before.Links[index]
		switch {
		case !known:
			n.tell(l.Name, "l1", record.Notice, "the link appears%s", kindWords(l))
		case old != l:
			n.link(old, l, after)
		}
	}
	for _, index := range slices.Sorted(maps.Keys(before.Links)) {
		if _, still := after.Links[index]; !still {
			n.tell(before.Links[index].Name, "l1", record.Notice, "the link is gone")
		}
	}
}

func kindWords(l kerneltypes.Link) string {
	if l.Kind == "" {
		return ""
	}
	return " (" + l.Kind + ")"
}

// link tells what changed of one link.
func (n *Narrator) link(old, l kerneltypes.Link, after kerneltypes.State) {
	tell := func(floor string, severity record.Severity, format string, args ...any) {
		n.tell(l.Name, floor, severity, format, args...)
	}
	if old.Name != l.Name {
		tell("l1", record.Notice, "the link was %s before", old.Name)
	}
	if old.Up() != l.Up() {
		tell("l1", record.Notice, "the link is switched %s", map[bool]string{true: "on", false: "off"}[l.Up()])
	}
	if old.Carrier != l.Carrier && l.HasCarrier {
		if l.Carrier {
			tell("l1", record.Notice, "carrier")
		} else {
			tell("l1", record.Warning, "the carrier is lost")
		}
	}
	if old.Controller != l.Controller {
		if l.Controller == 0 {
			tell("l2", record.Notice, "leaves %s", after.Links[old.Controller].Name)
		} else {
			tell("l2", record.Notice, "becomes a port of %s", after.Links[l.Controller].Name)
		}
	}
	if old.Address != l.Address {
		tell("l1", record.Info, "has the address %s, %s before", l.Address, old.Address)
	}
	if old.MTU != l.MTU {
		tell("l1", record.Info, "MTU %d, %d before", l.MTU, old.MTU)
	}
}

func (n *Narrator) addresses(before, after kerneltypes.State) {
	for index, list := range after.Addrs {
		iface := after.Links[index].Name
		for _, a := range list {
			old, known := findAddress(before.Addrs[index], a)
			switch {
			case !known:
				n.tell(iface, "l3", record.Notice, "address %s added", a.Prefix)
			case a.DadFailed() && !old.DadFailed():
				n.tell(iface, "l3", record.Error, "address %s is another host's", a.Prefix)
			}
		}
	}
	for index, list := range before.Addrs {
		for _, a := range list {
			if _, still := findAddress(after.Addrs[index], a); !still {
				n.tell(before.Links[index].Name, "l3", record.Notice, "address %s removed", a.Prefix)
			}
		}
	}
}

func findAddress(list []kerneltypes.Addr, a kerneltypes.Addr) (kerneltypes.Addr, bool) {
	i := slices.IndexFunc(list, func(b kerneltypes.Addr) bool { return a.Prefix == b.Prefix && a.Peer == b.Peer })
	if i < 0 {
		return kerneltypes.Addr{}, false
	}
	return list[i], true
}

// routes tells of default routes and others: a default route is what a user misses first.
func (n *Narrator) routes(before, after kerneltypes.State) {
	if slices.Equal(before.Routes, after.Routes) {
		return
	}
	old, now := countRoutes(before), countRoutes(after)
	for _, r := range after.Routes {
		if old[withoutFlags(r)] == 0 {
			n.route(r, after, "added")
		}
	}
	for _, r := range before.Routes {
		if now[withoutFlags(r)] == 0 {
			n.route(r, before, "removed")
		}
	}
}

func countRoutes(s kerneltypes.State) map[kerneltypes.Route]int {
	count := make(map[kerneltypes.Route]int, len(s.Routes))
	for _, r := range s.Routes {
		count[withoutFlags(r)]++
	}
	return count
}

// withoutFlags is a route whatever its next hop's carrier: the route stays when that goes, and only a dump tells of it.
func withoutFlags(r kerneltypes.Route) kerneltypes.Route {
	r.Flags = 0
	return r
}

func (n *Narrator) route(r kerneltypes.Route, s kerneltypes.State, what string) {
	text, severity := r.Dst.String(), record.Info
	if r.Dst.Bits() == 0 {
		text, severity = "default", record.Notice
	}
	if r.Gateway.IsValid() {
		text += " via " + r.Gateway.String()
	}
	n.tell(s.Links[r.OIF].Name, "l3", severity, "route %s metric %d %s", text, r.Metric, what)
}

// neighbours tells of those that do not answer, and that answer again.
func (n *Narrator) neighbours(before, after kerneltypes.State) {
	if slices.Equal(before.Neighs, after.Neighs) {
		return
	}
	type key struct {
		index int
		ip    string
	}
	old := make(map[key]kerneltypes.NeighState, len(before.Neighs))
	for _, e := range before.Neighs {
		old[key{e.Index, e.IP.String()}] = e.State
	}
	for _, e := range after.Neighs {
		was := old[key{e.Index, e.IP.String()}]
		iface := after.Links[e.Index].Name
		switch {
		case e.State == was:
		case e.State == kerneltypes.NeighFailed:
			n.tell(iface, "l3", record.Warning, "neighbour %s does not answer", e.IP)
		case e.State == kerneltypes.NeighReachable && was == kerneltypes.NeighFailed:
			n.tell(iface, "l3", record.Notice, "neighbour %s answers again", e.IP)
		default:
			n.tell(iface, "l3", record.Debug, "neighbour %s %s", e.IP, e.Address)
		}
	}
}

// radios tells of rfkill switches.
func (n *Narrator) radios(before, after kerneltypes.State) {
	for index, r := range after.Rfkill {
		old := before.Rfkill[index]
		if old.Soft == r.Soft && old.Hard == r.Hard {
			continue
		}
		how, severity := "radio %s is not blocked", record.Notice
		switch {
		case r.Hard:
			how, severity = "radio %s is blocked by its switch", record.Warning
		case r.Soft:
			how, severity = "radio %s is blocked by software", record.Warning
		}
		n.tell("", "l1", severity, how, r.Name)
	}
}
