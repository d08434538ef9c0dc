package bluez_test

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/mirrortest"
)

const (
	hci0   = "/org/bluez/hci0"
	phone  = "/org/bluez/hci0/dev_00_AA_01_01_00_24"
	nap    = "00001116-0000-1000-8000-00805f9b34fb"
	device = "org.bluez.Device1"
	owner  = ":1.5"
)

type objects = map[dbus.ObjectPath]map[string]map[string]dbus.Variant

// daemon is a BlueZ on a bus.
type daemon struct {
	*mirrortest.Daemon
	fold *bluez.Fold
}

// synced is a BlueZ that has shown an adapter and a phone with a network.
func synced(t *testing.T) daemon {
	t.Helper()
	f := bluez.NewFold()
	f.Ask()
	d := daemon{mirrortest.NewDaemon(t, f, bluez.Service), f}
	d.Hear(d.Hello()...)
	d.Moves("", owner)
	call := d.Wanted("GetManagedObjects")
	if len(d.Waiting) > 0 || call.Path != "/" || call.Destination != bluez.Service {
		t.Fatalf("it wants %+v", call)
	}
	d.Answers(call, objects{
		hci0: {"org.bluez.Adapter1": mirrortest.Variants(map[string]any{"Address": "00:AA:01:00:00:23", "Name": "laptop", "Alias": "laptop", "Powered": true})},
		phone: {
			device: mirrortest.Variants(map[string]any{
				"Adapter": dbus.ObjectPath(hci0), "Address": "00:AA:01:01:00:24", "Alias": "\x1b[31mphone", "Icon": "phone",
				"Paired": true, "Trusted": true, "Connected": false, "UUIDs": []string{nap}, "RSSI": int16(-60),
			}),
			"org.bluez.Network1": mirrortest.Variants(map[string]any{"Connected": false}),
		},
	})
	return d
}

// changed is the signal that properties of the phone have changed, at a time.
func (d daemon) changed(at time.Time, iface string, values map[string]any) {
	d.Helper()
	d.Now = at.Add(-d.Step)
	d.Changes(phone, iface, values)
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
	s := synced(t).fold.State()
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
	b := synced(t)
	up, down := mirrortest.Epoch(), mirrortest.Epoch().Add(time.Minute)
	b.changed(up, device, map[string]any{"Connected": true})
	b.changed(up.Add(time.Second), device, map[string]any{"Trusted": true})
	b.changed(up.Add(time.Second), "org.bluez.Network1", map[string]any{"Connected": true, "Interface": "bnep0", "UUID": nap})
	d := b.fold.State().Devices[phone]
	if !d.Connected || !d.ConnectedAt.Equal(up) || !d.UnconnectedAt.IsZero() {
		t.Errorf("connected %t since %s, parted %s", d.Connected, d.ConnectedAt, d.UnconnectedAt)
	}
	if diff := cmp.Diff(&bluetypes.Network{Connected: true, Interface: "bnep0", UUID: nap}, d.Network); diff != "" || d.Network.Role() != "NAP" {
		t.Errorf("role %s (-want +got):\n%s", d.Network.Role(), diff)
	}
	b.changed(down, device, map[string]any{"Connected": false})
	if d := b.fold.State().Devices[phone]; d.Connected || !d.UnconnectedAt.Equal(down) {
		t.Errorf("connected %t, parted %s", d.Connected, d.UnconnectedAt)
	}
	b.Moves(owner, "")
	if s := b.fold.State(); s.Synced || len(s.Devices) > 0 {
		t.Errorf("without bluetoothd it knows %+v", s)
	}
}

func TestAWrongTypeIsAProblem(t *testing.T) {
	b := synced(t)
	b.changed(mirrortest.Epoch(), device, map[string]any{"Alias": uint32(7)})
	want := []bluetypes.Problem{{Object: phone, Text: "org.bluez.Device1.Alias is an uint32 instead of a string"}}
	if diff := cmp.Diff(want, b.fold.State().Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
