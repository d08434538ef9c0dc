package kernel

import (
	"maps"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// link applies an RTM_NEWLINK or RTM_DELLINK.
func (f *Fold) link(h header, body []byte, at time.Time) bool {
	m, err := parseLink(body)
	if err != nil {
		return f.problem("link message %d: %v", h.kind, err)
	}
	return f.linkParsed(h, m, at)
}

// linkParsed applies a link message that could be read.
func (f *Fold) linkParsed(h header, m linkMessage, at time.Time) bool {
	if m.event {
		return false
	}
	switch m.family {
	case unix.AF_UNSPEC:
	case unix.AF_BRIDGE:
		return f.bridgePort(h, m)
	default:
		return false // one protocol's view of the link (RTNLGRP_IPV6_IFINFO)
	}
	index := m.link.Index
	if f.links.stale(index, h.dumped()) {
		return false
	}
	old, known := f.links.get(index)
	if h.kind == unix.RTM_DELLINK {
		if !known {
			return false
		}
		f.links.del(index)
		f.linkGone(index, old)
		return true
	}
	if known {
		inherit(&m.link, old, at)
		if old.Name != m.link.Name {
			f.nameGone(index, old.Name)
		}
	}
	f.names[m.link.Name] = index
	return f.links.set(index, m.link)
}

// inherit takes over what the kernel does not repeat in every message.
func inherit(l *kerneltypes.Link, old kerneltypes.Link, at time.Time) {
	l.Driver, l.Phy, l.Wireless = old.Driver, old.Phy, old.Wireless
	l.CarrierAt = old.CarrierAt
	if l.HasCarrier && old.HasCarrier && l.Carrier != old.Carrier {
		l.CarrierAt = at
	}
}

// bridgePort applies a message of family AF_BRIDGE: a port's state changed, or (RTM_DELLINK) it left its bridge. The
// link itself stays, and the bridge sends such messages about itself too (net/bridge/br_netlink.c, br_info_notify).
func (f *Fold) bridgePort(h header, m linkMessage) bool {
	if !m.port {
		return false
	}
	return f.links.amend(m.link.Index, func(l *kerneltypes.Link) {
		if h.kind == unix.RTM_DELLINK {
			l.Controller, l.PortKind, l.PortState = 0, "", 0
			return
		}
		l.Controller, l.PortKind, l.PortState = m.link.Controller, "bridge", m.link.PortState
	})
}

// linkGone removes what stood on a link that does not exist any more.
func (f *Fold) linkGone(index int, l kerneltypes.Link) {
	f.air.forget(index)
	f.addrs.dropLink(index)
	f.routes.dropLink(index)
	maps.DeleteFunc(f.neighs.rows, func(k neighKey, _ row[kerneltypes.Neigh]) bool {
		if k.index != index {
			return false
		}
		f.neighs.dirty = true
		return true
	})
	f.nameGone(index, l.Name)
}

// nameGone forgets what was measured under a name, unless another link has it already.
func (f *Fold) nameGone(index int, name string) {
	if f.names[name] == index {
		delete(f.names, name)
		f.polled.forget(func(n string) bool { return n == name })
	}
}
