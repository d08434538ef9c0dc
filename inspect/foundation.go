package inspect

import (
	"slices"

	"nmdebug/nmwatch/nmtypes"
)

// demand notes that something wanted stands on the interfaces below, which need not be managed themselves.
func (s *subject) demand() {
	level := Needs(s.kind)
	for _, below := range s.foundation() {
		if below.needed < level {
			below.needed = level
			below.demand()
		}
	}
}

// foundation are the interfaces without which the subject cannot stand. A bridge with an open port needs no other.
func (s *subject) foundation() []*subject {
	if s.joinsPorts() && slices.ContainsFunc(s.ports(), (*subject).openPort) {
		return nil
	}
	return s.bases()
}

// bases are the interfaces that the subject stands on, each once: its ports, its parent, and what carries it as a VPN.
func (s *subject) bases() []*subject {
	var all []*subject
	for _, base := range slices.Concat(s.ports(), []*subject{s.parent()}, s.tunnelBases()) {
		if base != nil && base != s && !slices.Contains(all, base) {
			all = append(all, base)
		}
	}
	return all
}

// below lists the interfaces that the subject stands on, by name.
func (s *subject) below() []string {
	names := []string{}
	for _, base := range s.bases() {
		names = append(names, base.name)
	}
	return names
}

// joinsPorts says whether the subject is made of ports: a bridge, bond or team.
func (s *subject) joinsPorts() bool { return JoinsPorts(s.kind) }

// ports are the interfaces whose controller is the subject, by name.
func (s *subject) ports() []*subject {
	if s.link == nil {
		return nil
	}
	return s.all.ports[s.link.Index]
}

// openPort says whether frames pass through the subject into its controller.
func (s *subject) openPort() bool {
	return s.link.Up() && s.link.Carrier && (s.link.PortKind != kindBridge || s.link.PortState == portForwarding)
}

// parent is the interface that a macvlan, vlan, vxlan or PPPoE rides on; nil when there is none. A veth's peer is not
// below it.
func (s *subject) parent() *subject {
	if s.link != nil && s.link.Kind != kindVeth && s.link.Parent != 0 && !s.link.PeerNetns {
		if sub, ok := s.all.byLink[s.link.Parent]; ok {
			return sub
		}
	}
	switch {
	case s.dev == nil:
		return nil
	case s.dev.Parent != "" && s.dev.Type != nmtypes.TypeVeth:
		return s.all.byPath[s.dev.Parent]
	case s.dev.Interface != s.name:
		return s.all.byName[s.dev.Interface]
	}
	return nil
}

// controller is the bridge or bond that the subject is a port of; nil when it is none.
func (s *subject) controller() *subject {
	if s.link == nil || s.link.Controller == 0 {
		return nil
	}
	return s.all.byLink[s.link.Controller]
}
