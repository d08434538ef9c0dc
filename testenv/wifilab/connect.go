package wifilab

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"

	"nmdebug/testenv"
)

// Connect adds a profile, activates it and waits until it is connected; the error tells where NetworkManager gave up.
func (l *Lab) Connect(ctx context.Context, p Profile) error {
	p = p.complete()
	if err := l.AddProfile(ctx, p); err != nil {
		return err
	}
	f, err := l.Follow(ctx, p.Card)
	if err != nil {
		return err
	}
	if err := l.Activate(ctx, p); err != nil {
		return errors.Join(err, f.Close())
	}
	state, err := f.Await(ctx, testenv.DeviceActivated, testenv.DeviceFailed)
	if err == nil && state == testenv.DeviceFailed {
		err = fmt.Errorf("cannot connect %s: NetworkManager gave up, reason %d", p.Name, f.Reason)
	}
	return errors.Join(err, f.Close())
}

// Activate begins to activate a profile that was added.
func (l *Lab) Activate(ctx context.Context, p Profile) error {
	p = p.complete()
	err := l.withBus(ctx, func(conn *dbus.Conn) error {
		var profile, device, active dbus.ObjectPath
		settings, nm := conn.Object(nmName, nmPath+"/Settings"), conn.Object(nmName, nmPath)
		if err := settings.CallWithContext(ctx, nmName+".Settings.GetConnectionByUuid", dbus.FlagNoAutoStart, p.uuid()).Store(&profile); err != nil {
			return err
		}
		if err := nm.CallWithContext(ctx, nmName+".GetDeviceByIpIface", dbus.FlagNoAutoStart, p.Card).Store(&device); err != nil {
			return err
		}
		return nm.CallWithContext(ctx, nmName+".ActivateConnection", dbus.FlagNoAutoStart, profile, device, dbus.ObjectPath("/")).Store(&active)
	})
	if err != nil {
		return fmt.Errorf("cannot activate %s: %w", p.Name, err)
	}
	return nil
}

// loadProfile has NetworkManager read a profile's file.
func (l *Lab) loadProfile(ctx context.Context, path string) error {
	return l.withBus(ctx, func(conn *dbus.Conn) error {
		var ok bool
		var refused []string
		settings := conn.Object(nmName, nmPath+"/Settings")
		if err := settings.CallWithContext(ctx, nmName+".Settings.LoadConnections", dbus.FlagNoAutoStart, []string{path}).Store(&ok, &refused); err != nil {
			return fmt.Errorf("cannot load %s: %w", path, err)
		}
		if !ok {
			return fmt.Errorf("cannot load %s: NetworkManager refuses it", path)
		}
		return nil
	})
}

func (l *Lab) withBus(ctx context.Context, do func(*dbus.Conn) error) error {
	conn, err := l.Dial(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(conn), conn.Close())
}
