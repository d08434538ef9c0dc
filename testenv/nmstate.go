package testenv

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// DeviceState is a device's state in NetworkManager's numbers (NMDeviceState).
type DeviceState uint32

// The device states that scenarios and tests wait for.
const (
	DeviceUnavailable  DeviceState = 20
	DeviceDisconnected DeviceState = 30
	DeviceConfig       DeviceState = 50
	DeviceNeedAuth     DeviceState = 60
	DeviceIPConfig     DeviceState = 70
	DeviceActivated    DeviceState = 100
	DeviceFailed       DeviceState = 120
)

// ActiveState is the state of a profile that was activated, in NetworkManager's numbers (NMActiveConnectionState).
type ActiveState uint32

// The states of an active connection.
const (
	ActiveNone         ActiveState = 0 // there is no such active connection
	ActiveActivating   ActiveState = 1
	ActiveActivated    ActiveState = 2
	ActiveDeactivating ActiveState = 3
)

// Connectivity is what NetworkManager's checks have found, in its numbers (NMConnectivityState).
type Connectivity uint32

// The outcomes of connectivity checks that scenarios and tests wait for.
const (
	ConnectivityUnknown Connectivity = 0
	ConnectivityNone    Connectivity = 1
	ConnectivityLimited Connectivity = 3
	ConnectivityFull    Connectivity = 4
)

// AwaitConnectivity waits until NetworkManager's checks have this outcome.
func (l *Lab) AwaitConnectivity(ctx context.Context, want Connectivity) error {
	return awaitState(ctx, l, "waiting for connectivity", want, nmClient.connectivity)
}

// AwaitDevice waits until NetworkManager has the device in a state.
func (l *Lab) AwaitDevice(ctx context.Context, device string, want DeviceState) error {
	return awaitState(ctx, l, "waiting for device "+device, want, func(nm nmClient) (DeviceState, error) { return nm.deviceState(device) })
}

// AwaitActive waits until the profile's active connection is in a state.
func (l *Lab) AwaitActive(ctx context.Context, id string, want ActiveState) error {
	return awaitState(ctx, l, "waiting for connection "+id, want, func(nm nmClient) (ActiveState, error) { return nm.activeState(id) })
}

// DeviceState is the device's state in NetworkManager.
func (l *Lab) DeviceState(ctx context.Context, device string) (state DeviceState, err error) {
	err = l.askNM(ctx, func(nm nmClient) (err error) {
		state, err = nm.deviceState(device)
		return err
	})
	return state, err
}

// ActiveState is the state of the profile's active connection.
func (l *Lab) ActiveState(ctx context.Context, id string) (state ActiveState, err error) {
	err = l.askNM(ctx, func(nm nmClient) (err error) {
		state, err = nm.activeState(id)
		return err
	})
	return state, err
}

// awaitState asks for a state over one connection until it is as wanted.
func awaitState[S ~uint32](ctx context.Context, l *Lab, what string, want S, ask func(nmClient) (S, error)) error {
	return l.askNM(ctx, func(nm nmClient) error {
		return Await(ctx, what, func(context.Context) error {
			state, err := ask(nm)
			if err == nil && state != want {
				err = fmt.Errorf("it is %d, not %d", state, want)
			}
			return err
		})
	})
}

func (l *Lab) askNM(ctx context.Context, ask func(nmClient) error) error {
	conn, err := l.Dial(ctx)
	if err != nil {
		return err
	}
	return errors.Join(ask(nmClient{ctx: ctx, conn: conn}), conn.Close())
}

const (
	nmName = "org.freedesktop.NetworkManager"
	nmPath = "/org/freedesktop/NetworkManager"
)

// nmClient asks NetworkManager a few questions; it lives as long as one wait.
type nmClient struct {
	ctx  context.Context
	conn *dbus.Conn
}

func (nm nmClient) connectivity() (state Connectivity, err error) {
	err = nm.property(nmPath, nmName, "Connectivity", &state)
	return state, err
}

func (nm nmClient) deviceState(device string) (DeviceState, error) {
	var path dbus.ObjectPath
	if err := nm.call(nmPath, nmName+".GetDeviceByIpIface", device).Store(&path); err != nil {
		return 0, fmt.Errorf("cannot find %s: %w", device, err)
	}
	var state DeviceState
	err := nm.property(path, nmName+".Device", "State", &state)
	return state, err
}

func (nm nmClient) activeState(id string) (ActiveState, error) {
	var active []dbus.ObjectPath
	if err := nm.property(nmPath, nmName, "ActiveConnections", &active); err != nil {
		return 0, err
	}
	for _, path := range active {
		var name string
		if err := nm.property(path, nmName+".Connection.Active", "Id", &name); err != nil || name != id {
			continue
		}
		var state ActiveState
		err := nm.property(path, nmName+".Connection.Active", "State", &state)
		return state, err
	}
	return ActiveNone, nil
}

func (nm nmClient) property(path dbus.ObjectPath, iface, name string, to any) error {
	var value dbus.Variant
	if err := nm.call(path, "org.freedesktop.DBus.Properties.Get", iface, name).Store(&value); err != nil {
		return fmt.Errorf("cannot read %s of %s: %w", name, path, err)
	}
	return value.Store(to)
}

func (nm nmClient) call(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	return nm.conn.Object(nmName, path).CallWithContext(nm.ctx, method, dbus.FlagNoAutoStart, args...)
}
