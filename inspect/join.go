package inspect

import (
	"maps"
	"slices"
	"strings"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// joined finds a subject by each of the names that the sources use for it.
type joined struct {
	byName map[string]*subject
	byPath map[string]*subject // NetworkManager's device path
	byLink map[int]*subject
	sorted []*subject         // all, by name
	ports  map[int][]*subject // by the index of their controller, by name
	vpns   []nmtypes.ActiveConnection
	exits  [2][]kerneltypes.Route // the default routes of IPv4 and IPv6, the one in use first
}

// subjectsOf joins the sources by interface name, in a stable order.
func subjectsOf(s *Snapshot) []*subject {
	all := &joined{
		byName: map[string]*subject{}, byPath: map[string]*subject{}, byLink: map[int]*subject{}, ports: map[int][]*subject{},
		vpns: activeVPNs(s), exits: [2][]kerneltypes.Route{defaultRoutes(s, true), defaultRoutes(s, false)},
	}
	for _, index := range slices.Sorted(maps.Keys(s.Kernel.Links)) {
		link := s.Kernel.Links[index]
		sub := all.named(s, link.Name)
		sub.link = &link
		all.byLink[link.Index] = sub
	}
	all.joinDevices(s)
	all.joinPhones(s)
	for _, path := range slices.Sorted(maps.Keys(s.WPA.Interfaces)) {
		w := s.WPA.Interfaces[path]
		if sub, ok := all.byName[w.Name]; ok {
			sub.wpa = &w
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all.byName)) {
		sub := all.byName[name]
		if sub.kind == "" {
			sub.kind = kindOf(sub.link, sub.dev)
		}
		if sub.link != nil && sub.link.Controller != 0 {
			all.ports[sub.link.Controller] = append(all.ports[sub.link.Controller], sub)
		}
		all.sorted = append(all.sorted, sub)
	}
	for _, sub := range all.sorted {
		if sub.asked() {
			sub.demand()
		}
	}
	return all.sorted
}

// joinDevices adds what NetworkManager says. Of several devices with one name, as Open vSwitch has them, the one with a
// link is meant. A device that carries IP on another interface than its own, as PPPoE does, belongs to both.
func (j *joined) joinDevices(s *Snapshot) {
	for _, path := range slices.Sorted(maps.Keys(s.NM.Devices)) {
		dev := s.NM.Devices[path]
		name := stackName(dev)
		if name == "" {
			continue
		}
		sub := j.named(s, name)
		j.byPath[path] = sub
		sub.take(&dev)
		if below, ok := j.byName[dev.Interface]; ok && below != sub && below.dev == nil {
			below.take(&dev)
		}
	}
}

// joinPhones adds the phones that BlueZ knows and NetworkManager does not show, as it does when their adapter is off.
func (j *joined) joinPhones(s *Snapshot) {
	known := map[string]bool{}
	for _, dev := range s.NM.Devices {
		if dev.Type == nmtypes.TypeBluetooth {
			known[strings.ToUpper(dev.HwAddress)] = true
		}
	}
	for _, path := range slices.Sorted(maps.Keys(s.BlueZ.Devices)) {
		d := s.BlueZ.Devices[path]
		joined := d.Network != nil && d.Network.Connected
		if d.Paired && (d.OffersPAN() || d.OffersDUN()) && !known[d.Address] && !joined {
			j.named(s, d.Address).kind = kindBluetooth
		}
	}
}

// take makes a device the subject's own, with its active connection.
func (s *subject) take(dev *nmtypes.Device) {
	if s.dev != nil && (!hasLink(*dev) || hasLink(*s.dev)) {
		return
	}
	s.dev, s.ac = dev, nil
	if ac, ok := s.snap.NM.Active[dev.Active]; ok {
		s.ac = &ac
	}
}

func (j *joined) named(s *Snapshot, name string) *subject {
	sub, ok := j.byName[name]
	if !ok {
		sub = &subject{snap: s, all: j, name: name}
		j.byName[name] = sub
	}
	return sub
}

// stackName is the name of the stack that a device belongs to; "" when it is none: a placeholder for a device that does
// not exist yet, or the peer-to-peer half of a Wi-Fi card.
func stackName(d nmtypes.Device) string {
	switch {
	case d.Type == nmtypes.TypeWifiP2P, !d.Real:
		return ""
	case d.IPInterface != "":
		return d.IPInterface
	default:
		return d.Interface
	}
}
