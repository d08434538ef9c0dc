package wifilab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/testenv"
)

const (
	nmName   = "org.freedesktop.NetworkManager"
	nmPath   = "/org/freedesktop/NetworkManager"
	nmDevice = nmName + ".Device"
)

// AwaitDevice waits until NetworkManager has a card in one of the states; one that only passes by counts.
func (l *Lab) AwaitDevice(ctx context.Context, card string, states ...testenv.DeviceState) error {
	f, err := l.Follow(ctx, card)
	if err != nil {
		return err
	}
	_, err = f.Await(ctx, states...)
	return errors.Join(err, f.Close())
}

// Follower sees every state that NetworkManager takes a card through.
type Follower struct {
	card    string
	conn    *dbus.Conn
	signals chan *dbus.Signal
	path    dbus.ObjectPath // of the device; "" until NetworkManager has it

	// Reason is why the card took the state that Await returned, in NetworkManager's numbers, where its signal was seen.
	Reason uint32
}

// Follow begins to follow a card. It need not be there yet.
func (l *Lab) Follow(ctx context.Context, card string) (*Follower, error) {
	conn, err := l.Dial(ctx)
	if err != nil {
		return nil, err
	}
	f := &Follower{card: card, conn: conn, signals: make(chan *dbus.Signal, 1024)}
	conn.Signal(f.signals)
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(nmDevice), dbus.WithMatchMember("StateChanged"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot follow %s: %w", card, err), conn.Close())
	}
	return f, nil
}

// Close ends the following.
func (f *Follower) Close() error { return f.conn.Close() }

// lookAgain is how long a device that NetworkManager lacks is not asked for again.
const lookAgain = 200 * time.Millisecond

// Await waits until the card is in one of the states, or has passed through it since the last call, and returns it.
func (f *Follower) Await(ctx context.Context, want ...testenv.DeviceState) (testenv.DeviceState, error) {
	state, err := f.now(ctx)
	for {
		if err == nil && slices.Contains(want, state) {
			return state, nil
		}
		var again <-chan time.Time
		if f.path == "" {
			again = time.After(lookAgain)
		}
		select {
		case <-ctx.Done():
			return state, fmt.Errorf("waiting for %s to be in state %v: %w (last: %d, %w)", f.card, want, context.Cause(ctx), state, err)
		case <-again:
			state, err = f.now(ctx)
		case s, ok := <-f.signals:
			if !ok {
				return 0, fmt.Errorf("waiting for %s: the connection to the bus is lost", f.card)
			}
			if f.path == "" {
				_, _ = f.now(ctx)
			}
			var reached, before, reason uint32
			if s.Path == f.path && dbus.Store(s.Body, &reached, &before, &reason) == nil {
				state, err, f.Reason = testenv.DeviceState(reached), nil, reason
			}
		}
	}
}

func (f *Follower) now(ctx context.Context) (testenv.DeviceState, error) {
	if f.path == "" {
		call := f.conn.Object(nmName, nmPath).CallWithContext(ctx, nmName+".GetDeviceByIpIface", dbus.FlagNoAutoStart, f.card)
		if err := call.Store(&f.path); err != nil {
			return 0, fmt.Errorf("cannot find %s: %w", f.card, err)
		}
	}
	var state uint32
	call := f.conn.Object(nmName, f.path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, nmDevice, "State")
	if err := call.Store(&state); err != nil {
		return 0, fmt.Errorf("cannot read the state of %s: %w", f.card, err)
	}
	return testenv.DeviceState(state), nil
}
