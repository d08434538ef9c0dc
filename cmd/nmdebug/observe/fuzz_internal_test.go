package observe

import (
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/inspect"
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror/mirrortest"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus"
)

// script packs what a bus, and daemons that are on it, might say.
type script struct {
	mirrortest.Stream
	packed []byte
}

// add packs records, each as kind, length in two bytes, bytes.
func (s *script) add(records ...record.Record) {
	for _, r := range records {
		s.packed = append(s.packed, byte(r.Kind))
		s.packed = binary.LittleEndian.AppendUint16(s.packed, uint16(len(r.Raw)))
		s.packed = append(s.packed, r.Raw...)
	}
}

// begin packs the beginning of a conversation, up to the questions to both daemons, whose serials are 2 and 3.
func begin(f *testing.F) *script {
	f.Helper()
	s := &script{Stream: mirrortest.Stream{TB: f}}
	s.add(s.Hello()...)
	s.add(s.Call(wire.Call{Service: nmwatch.Service, Path: "/org/freedesktop", Interface: "org.freedesktop.DBus.ObjectManager", Member: "GetManagedObjects"}))
	s.add(s.Call(wire.Call{Service: wpadbus.Service, Path: "/fi/w1/wpa_supplicant1", Interface: "org.freedesktop.DBus.Properties", Member: "GetAll", Args: []any{wpadbus.Service}}))
	return s
}

// tree is a small answer of NetworkManager, with right and wrong types.
func tree() map[dbus.ObjectPath]map[string]map[string]dbus.Variant {
	const nm = nmwatch.Service
	const root dbus.ObjectPath = "/org/freedesktop/NetworkManager"
	v := dbus.MakeVariant
	return map[dbus.ObjectPath]map[string]map[string]dbus.Variant{
		root: {nm: {"Version": v("1.42.4"), "State": v(uint32(70)), "ActiveConnections": v([]dbus.ObjectPath{root + "/ActiveConnection/1"})}},
		root + "/Devices/1": {nm + ".Device": {
			"Interface": v("eth0"), "Real": v(true), "State": v(uint32(100)), "DeviceType": v(uint32(1)), "Managed": v(true), "StateReason": v([]uint32{1}),
			"ActiveConnection": v(root + "/ActiveConnection/1"), "Ip4Config": v(root + "/IP4Config/1"), "Carrier": v("yes"),
		}},
		root + "/ActiveConnection/1": {
			nm + ".Connection.Active": {"Id": v("lan"), "State": v(uint32(2)), "Devices": v([]dbus.ObjectPath{root + "/Devices/1"}), "Vpn": v(true)},
			nm + ".VPN.Connection":    {"VpnState": v(uint32(99))},
		},
		root + "/IP4Config/1": {nm + ".IP4Config": {"AddressData": v([]map[string]dbus.Variant{{"address": v("192.0.2.1"), "prefix": v(uint32(77))}}), "Gateway": v("none")}},
	}
}

// FuzzWorld feeds the folds of all sources together: whatever the daemons and the kernel say, there is a pyramid, its
// explanation and its figures, and no panic.
func FuzzWorld(f *testing.F) {
	s := begin(f)
	s.add(
		s.Reply(nmwatch.Service, 2, tree()),
		s.Reply(wpadbus.Service, 3, map[string]dbus.Variant{"Interfaces": dbus.MakeVariant("none")}),
		s.Signal(nmwatch.Service, "/org/freedesktop/NetworkManager/Devices/1", nmwatch.Service+".Device.StateChanged", uint32(120), uint32(100), uint32(7)),
	)
	f.Add(s.packed)
	s = begin(f)
	s.add(s.Reply(nmwatch.Service, 2, "nothing"), s.Refusal(wpadbus.Service, 3, "org.example.No", "no"))
	f.Add(s.packed)
	f.Fuzz(func(t *testing.T, b []byte) {
		w, at := newWorld(askSparingly, nil), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		var meter inspect.Meter
		for len(b) >= 3 {
			size := min(int(binary.LittleEndian.Uint16(b[1:])), len(b)-3)
			at = at.Add(time.Second)
			w.apply(record.Record{Time: at, Kind: record.Kind(b[0]), Raw: b[3 : 3+size]})
			b = b[3+size:]
			w.wants()
		}
		snapshot := w.snapshot(at)
		p := inspect.Build(snapshot)
		inspect.Explain(p, p, true)
		meter.Measure(snapshot, p)
		for _, stack := range p.Stacks {
			inspect.DetailOf(snapshot, p, stack.Interface)
		}
		if _, err := json.Marshal(p); err != nil {
			t.Errorf("the pyramid has no JSON: %v", err)
		}
	})
}
