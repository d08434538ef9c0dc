package main

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	bluez     = "org.bluez"
	laptop    = dbus.ObjectPath("/org/bluez/hci0")
	telephone = dbus.ObjectPath("/org/bluez/hci1")
	agentPath = dbus.ObjectPath("/agent")
)

// pair pairs the laptop with the phone, whose network it has BlueZ serve. All of it lasts as long as the connection to the bus, which
// nobody closes.
func (d *daemon) pair(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*patience)
	defer cancel()
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		return err
	}
	d.conn = conn
	ready := func(all objects) bool {
		d.phone, _ = all[telephone]["org.bluez.Adapter1"]["Address"].Value().(string)
		return all[laptop] != nil && d.phone != ""
	}
	if err := d.await(ctx, ready); err != nil {
		return fmt.Errorf("waiting for the adapters: %w", err)
	}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"register an agent", d.agree},
		{"switch the adapters on", d.powerOn},
		{"serve the phone's network", d.share},
		{"find the phone", d.discover},
		{"pair with the phone", d.bond},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("cannot %s: %w", step.what, err)
		}
	}
	return nil
}

// daemon is bluetoothd.
type daemon struct {
	conn  *dbus.Conn
	phone string // the phone's address
}

type objects = map[dbus.ObjectPath]map[string]map[string]dbus.Variant

func (d *daemon) call(ctx context.Context, path dbus.ObjectPath, method string, args ...any) error {
	return d.conn.Object(bluez, path).CallWithContext(ctx, method, 0, args...).Err
}

func (d *daemon) set(ctx context.Context, path dbus.ObjectPath, iface, property string, value any) error {
	return d.call(ctx, path, "org.freedesktop.DBus.Properties.Set", iface, property, dbus.MakeVariant(value))
}

// await waits until the objects are as they are wanted.
func (d *daemon) await(ctx context.Context, done func(objects) bool) error {
	for {
		var all objects
		err := d.conn.Object(bluez, "/").CallWithContext(ctx, "org.freedesktop.DBus.ObjectManager.GetManagedObjects", 0).Store(&all)
		if err == nil && done(all) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// agent says yes to everything (org.bluez.Agent1).
type agent struct{}

func (agent) Release() *dbus.Error                                    { return nil }
func (agent) Cancel() *dbus.Error                                     { return nil }
func (agent) RequestConfirmation(dbus.ObjectPath, uint32) *dbus.Error { return nil }
func (agent) RequestAuthorization(dbus.ObjectPath) *dbus.Error        { return nil }
func (agent) AuthorizeService(dbus.ObjectPath, string) *dbus.Error    { return nil }

func (d *daemon) agree(ctx context.Context) error {
	if err := d.conn.Export(agent{}, agentPath, "org.bluez.Agent1"); err != nil {
		return err
	}
	if err := d.manager(ctx, "RegisterAgent", agentPath, "NoInputNoOutput"); err != nil {
		return err
	}
	return d.manager(ctx, "RequestDefaultAgent", agentPath)
}

func (d *daemon) manager(ctx context.Context, m string, a ...any) error {
	return d.call(ctx, "/org/bluez", "org.bluez.AgentManager1."+m, a...)
}

func (d *daemon) powerOn(ctx context.Context) error {
	for _, p := range []struct {
		adapter  dbus.ObjectPath
		property string
		value    any
	}{
		{laptop, "Powered", true},
		{laptop, "Pairable", true},
		{telephone, "Alias", "Lab phone"},
		{telephone, "Powered", true},
		{telephone, "Pairable", true},
		{telephone, "Discoverable", true},
	} {
		if err := d.insist(ctx, p.adapter, p.property, p.value); err != nil {
			return fmt.Errorf("%s of %s: %w", p.property, p.adapter, err)
		}
	}
	return nil
}

// insist sets a property of an adapter until it is set: bluetoothd refuses while it is busy with the adapter itself.
func (d *daemon) insist(ctx context.Context, adapter dbus.ObjectPath, property string, value any) error {
	var refused error
	err := d.await(ctx, func(all objects) bool {
		if all[adapter]["org.bluez.Adapter1"][property].Value() == value {
			return true
		}
		refused = d.set(ctx, adapter, "org.bluez.Adapter1", property, value)
		return false
	})
	if err != nil && refused != nil {
		return refused
	}
	return err
}

func (d *daemon) share(ctx context.Context) error {
	return d.call(ctx, telephone, "org.bluez.NetworkServer1.Register", "nap", "br-bt")
}

func (d *daemon) stopSharing(ctx context.Context) error {
	return d.call(ctx, telephone, "org.bluez.NetworkServer1.Unregister", "nap")
}

// found is what the laptop has found of the phone; "" when it has not.
func found(all objects, by, who dbus.ObjectPath) dbus.ObjectPath {
	address := all[who]["org.bluez.Adapter1"]["Address"].Value()
	for path, object := range all {
		device, ok := object["org.bluez.Device1"]
		if ok && device["Address"].Value() == address && device["Adapter"].Value() == by {
			return path
		}
	}
	return ""
}

func (d *daemon) discover(ctx context.Context) error {
	if err := d.call(ctx, laptop, "org.bluez.Adapter1.StartDiscovery"); err != nil {
		return err
	}
	if err := d.await(ctx, func(all objects) bool { return found(all, laptop, telephone) != "" }); err != nil {
		return err
	}
	return d.call(ctx, laptop, "org.bluez.Adapter1.StopDiscovery")
}

// bond pairs, and waits until the laptop knows of the phone's network.
func (d *daemon) bond(ctx context.Context) error {
	var phone, peer dbus.ObjectPath
	look := func(all objects) bool {
		phone, peer = found(all, laptop, telephone), found(all, telephone, laptop)
		return phone != ""
	}
	if err := d.await(ctx, look); err != nil {
		return err
	}
	if err := d.call(ctx, phone, "org.bluez.Device1.Pair"); err != nil {
		return err
	}
	if err := d.set(ctx, phone, "org.bluez.Device1", "Trusted", true); err != nil {
		return err
	}
	if err := d.await(ctx, func(all objects) bool { return look(all) && peer != "" && all[phone]["org.bluez.Network1"] != nil }); err != nil {
		return err
	}
	return d.set(ctx, peer, "org.bluez.Device1", "Trusted", true)
}
