package inspect

import (
	"fmt"
	"strconv"
)

// sectionBluetooth is where the facts about the other end of a Bluetooth link stand.
const sectionBluetooth = "Bluetooth"

// phone lists what is said of the other end of a Bluetooth link.
func (f *facts) phone(s *subject) {
	const section = sectionBluetooth
	p := s.phone()
	if a := p.adapter; a != nil {
		f.add(section, "adapter", fmt.Sprintf("%s %s, %s", a.Name, a.Address, upDown(a.Up)), SourceHCI)
	}
	if d := p.device; d != nil {
		f.add(section, "device", d.Address+" "+d.Alias, SourceBlueZ)
		f.add(section, "object", d.Path, SourceBlueZ)
		f.add(section, "kind", d.Icon, SourceBlueZ)
		f.add(section, "paired", strconv.FormatBool(d.Paired), SourceBlueZ)
		f.add(section, "trusted", strconv.FormatBool(d.Trusted), SourceBlueZ)
		f.add(section, "connected", strconv.FormatBool(d.Connected), SourceBlueZ)
		if n := d.Network; n != nil {
			f.add(section, "network", fmt.Sprintf("connected %t %s %s", n.Connected, n.Interface, n.Role()), SourceBlueZ)
		}
		for _, uuid := range d.UUIDs {
			f.add(section, "service", uuid, SourceBlueZ)
		}
	}
	if p.peer != nil {
		f.add(section, "connection", fmt.Sprintf("connected %t, handle %d", p.peer.Connected, p.peer.Handle), SourceHCI)
	}
	h := p.hearing()
	f.figure("signal", h.dBm, "dBm")
	f.figure("signal from golden range", h.golden, "dB")
	f.figure("transmit power", h.txPower, "dBm")
	f.figure("maximal transmit power", h.maxPower, "dBm")
}

// figure adds a figure that may not have been told.
func (f *facts) figure(name string, v *int, unit string) {
	if v != nil {
		f.add(sectionBluetooth, name, fmt.Sprintf("%d %s", *v, unit), SourceHCI)
	}
}
