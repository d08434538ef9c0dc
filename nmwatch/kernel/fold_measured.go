package kernel

import (
	"encoding/json"
	"fmt"
	"maps"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// What a measurement can be, and the type of its value.
const (
	whatSpeed     = "ethtool"         // kerneltypes.Speed
	whatDevice    = "sysfs"           // kerneltypes.Device
	whatRadioName = "rfkill-name"     // kerneltypes.RadioName
	whatStation   = "station"         // kerneltypes.Station
	whatWireGuard = "wireguard"       // kerneltypes.WireGuard
	whatBluetooth = "bluetooth"       // []kerneltypes.Adapter, all there are
	whatPeerEvent = "bluetooth-event" // kerneltypes.PeerEvent
)

// measurements keeps the newest of what was polled, by interface name.
type measurements struct {
	speeds    map[string]kerneltypes.Speed
	stations  map[string]kerneltypes.Station
	wireguard map[string]kerneltypes.WireGuard
	dirty     bool
}

func newMeasurements() measurements {
	return measurements{
		speeds:    map[string]kerneltypes.Speed{},
		stations:  map[string]kerneltypes.Station{},
		wireguard: map[string]kerneltypes.WireGuard{},
	}
}

// measurement applies one measurement; those of other packages change nothing.
func (f *Fold) measurement(r record.Record) bool {
	m, err := record.MeasurementOf(r)
	if err != nil {
		return f.problem("%v", err)
	}
	changed, err := f.measured(m)
	if err != nil {
		return f.problem("measurement %q of %q: %v", m.What, m.About, err)
	}
	return changed
}

func (f *Fold) measured(m record.Measured) (bool, error) {
	switch m.What {
	case whatSpeed:
		return keep(f, f.polled.speeds, m)
	case whatStation:
		changed, err := keep(f, f.polled.stations, m)
		return f.wireless(m.About) || changed, err
	case whatWireGuard:
		return keep(f, f.polled.wireguard, m)
	case whatDevice:
		var d kerneltypes.Device
		if err := json.Unmarshal(m.Value, &d); err != nil {
			return false, fmt.Errorf("cannot read value: %w", err)
		}
		return f.links.amend(d.Index, func(l *kerneltypes.Link) {
			l.Driver, l.Phy = d.Driver, d.Phy
			l.Wireless = l.Wireless || d.Phy != ""
		}), nil
	case whatRadioName:
		var n kerneltypes.RadioName
		if err := json.Unmarshal(m.Value, &n); err != nil {
			return false, fmt.Errorf("cannot read value: %w", err)
		}
		return f.radios.name(n), nil
	case whatBluetooth:
		return f.blue.adaptersAre(m.Value)
	case whatPeerEvent:
		return f.blue.happened(m.Value)
	default:
		return false, nil
	}
}

// maxMeasured bounds the interfaces of which measurements are kept.
const maxMeasured = 65536

// keep stores a measurement about an interface. One that is gone can still be measured: the probes run beside rtnetlink.
func keep[V any](f *Fold, to map[string]V, m record.Measured) (bool, error) {
	var v V
	if err := json.Unmarshal(m.Value, &v); err != nil {
		return false, fmt.Errorf("cannot read value: %w", err)
	}
	if _, exists := f.names[m.About]; f.synced && !exists {
		return false, nil
	}
	if _, known := to[m.About]; !known && len(to) >= maxMeasured {
		return false, fmt.Errorf("more than %d interfaces", maxMeasured)
	}
	to[m.About] = v
	f.polled.dirty = true
	return true, nil
}

// wireless marks a link that nl80211 knows.
func (f *Fold) wireless(name string) bool {
	index, known := f.names[name]
	return known && f.links.amend(index, func(l *kerneltypes.Link) { l.Wireless = true })
}

// forget removes what was measured of some interfaces.
func (p *measurements) forget(gone func(name string) bool) {
	n := len(p.speeds) + len(p.stations) + len(p.wireguard)
	maps.DeleteFunc(p.speeds, func(k string, _ kerneltypes.Speed) bool { return gone(k) })
	maps.DeleteFunc(p.stations, func(k string, _ kerneltypes.Station) bool { return gone(k) })
	maps.DeleteFunc(p.wireguard, func(k string, _ kerneltypes.WireGuard) bool { return gone(k) })
	p.dirty = p.dirty || n != len(p.speeds)+len(p.stations)+len(p.wireguard)
}

func (p *measurements) publish(s *kerneltypes.State) {
	if !p.dirty && s.Speeds != nil {
		return
	}
	p.dirty = false
	s.Speeds = maps.Clone(p.speeds)
	s.Stations = maps.Clone(p.stations)
	s.WireGuard = maps.Clone(p.wireguard)
}
