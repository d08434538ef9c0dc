package bluez_test

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	hci0   = "/org/bluez/hci0"
	phone  = "/org/bluez/hci0/dev_00_AA_01_01_00_24"
	nap    = "00001116-0000-1000-8000-00805f9b34fb"
	device = "org.bluez.Device1"
	propsI = "org.freedesktop.DBus.Properties"
)

type (
	props   = map[string]dbus.Variant
	objects = map[dbus.ObjectPath]map[string]props
)

func epoch() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// message makes a message as it comes off the wire.
func message(t *testing.T, m wire.Message, args ...any) wire.Message {
	t.Helper()
	m.Serial = 1
	raw, err := m.Encode(args...)
	if err != nil {
		t.Fatal(err)
	}
	m, err = wire.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// variants makes a variant of each value.
func variants(values map[string]any) props {
	all := props{}
	for name, value := range values {
		all[name] = dbus.MakeVariant(value)
	}
	return all
}

// synced is a fold to which BlueZ has shown an adapter and a phone with a network.
func synced(t *testing.T) *bluez.Fold {
	t.Helper()
	f := bluez.NewFold()
	f.Apply(mirror.Event{Kind: mirror.BusUp})
	f.Ask()
	calls := f.Wants()
	if len(calls) != 1 || calls[0].Member != "GetManagedObjects" || calls[0].Path != "/" || calls[0].Service != bluez.Service {
		t.Fatalf("it wants %+v", calls)
	}
	raw, err := calls[0].Encode(1)
	if err != nil {
		t.Fatal(err)
	}
	call, err := wire.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	f.Apply(mirror.Event{Kind: mirror.Reply, Service: bluez.Service, Call: call, Message: message(t, wire.Message{Type: wire.MethodReturn, ReplySerial: 1}, objects{
		hci0: {"org.bluez.Adapter1": variants(map[string]any{"Address": "00:AA:01:00:00:23", "Name": "laptop", "Alias": "laptop", "Powered": true})},
		phone: {
			device: variants(map[string]any{
				"Adapter": dbus.ObjectPath(hci0), "Address": "00:AA:01:01:00:24", "Alias": "\x1b[31mphone", "Icon": "phone",
				"Paired": true, "Trusted": true, "Connected": false, "UUIDs": []string{nap}, "RSSI": int16(-60),
			}),
			"org.bluez.Network1": variants(map[string]any{"Connected": false}),
		},
	})})
	return f
}

// changed is the signal that properties have changed.
func changed(t *testing.T, f *bluez.Fold, at time.Time, iface string, values map[string]any) bool {
	t.Helper()
	m := message(t, wire.Message{Type: wire.Signal, Path: phone, Interface: propsI, Member: "PropertiesChanged"}, iface, variants(values), []string{})
	return f.Apply(mirror.Event{Kind: mirror.Signal, Service: bluez.Service, Message: m, Record: record.Record{Time: at}})
}

func TestNothingIsAskedUnlessSomebodyWantsTo(t *testing.T) {
	f := bluez.NewFold()
	f.Apply(mirror.Event{Kind: mirror.BusUp})
	f.Apply(mirror.Event{Kind: mirror.OwnerGained, Service: bluez.Service})
	if calls := f.Wants(); len(calls) != 0 || f.Asked() {
		t.Errorf("it wants %+v", calls)
	}
	if s := f.State(); s.Synced {
		t.Errorf("it knows %+v", s)
	}
}

func TestState(t *testing.T) {
	s := synced(t).State()
	rssi := int16(-60)
	want := bluetypes.State{
		Synced:   true,
		Adapters: map[string]bluetypes.Adapter{hci0: {Path: hci0, Address: "00:AA:01:00:00:23", Name: "laptop", Alias: "laptop", Powered: true}},
		Devices: map[string]bluetypes.Device{phone: {
			Path: phone, Adapter: hci0, Address: "00:AA:01:01:00:24", Alias: "\x1b[31mphone", Icon: "phone", Paired: true, Trusted: true,
			RSSI: &rssi, UUIDs: []string{nap}, Network: &bluetypes.Network{},
		}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d := s.Devices[phone]
	if s.Adapters[hci0].HCI() != "hci0" || !d.OffersPAN() || d.OffersDUN() {
		t.Errorf("%s, offers PAN %t, DUN %t", s.Adapters[hci0].HCI(), d.OffersPAN(), d.OffersDUN())
	}
}

func TestSignals(t *testing.T) {
	f := synced(t)
	up, down := epoch(), epoch().Add(time.Minute)
	changed(t, f, up, device, map[string]any{"Connected": true})
	changed(t, f, up.Add(time.Second), device, map[string]any{"Trusted": true})
	changed(t, f, up.Add(time.Second), "org.bluez.Network1", map[string]any{"Connected": true, "Interface": "bnep0", "UUID": nap})
	d := f.State().Devices[phone]
	if !d.Connected || !d.ConnectedAt.Equal(up) || !d.UnconnectedAt.IsZero() {
		t.Errorf("connected %t since %s, parted %s", d.Connected, d.ConnectedAt, d.UnconnectedAt)
	}
	if diff := cmp.Diff(&bluetypes.Network{Connected: true, Interface: "bnep0", UUID: nap}, d.Network); diff != "" || d.Network.Role() != "NAP" {
		t.Errorf("role %s (-want +got):\n%s", d.Network.Role(), diff)
	}
	changed(t, f, down, device, map[string]any{"Connected": false})
	if d := f.State().Devices[phone]; d.Connected || !d.UnconnectedAt.Equal(down) {
		t.Errorf("connected %t, parted %s", d.Connected, d.UnconnectedAt)
	}
	f.Apply(mirror.Event{Kind: mirror.OwnerLost, Service: bluez.Service})
	if s := f.State(); s.Synced || len(s.Devices) > 0 {
		t.Errorf("without bluetoothd it knows %+v", s)
	}
}

func TestAWrongTypeIsAProblem(t *testing.T) {
	f := synced(t)
	changed(t, f, epoch(), device, map[string]any{"Alias": uint32(7)})
	want := []bluetypes.Problem{{Object: phone, Text: "org.bluez.Device1.Alias is an uint32 instead of a string"}}
	if diff := cmp.Diff(want, f.State().Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
