package act

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
)

const (
	service    = "org.freedesktop.NetworkManager"
	rootPath   = "/org/freedesktop/NetworkManager"
	deviceName = service + ".Device"
)

// Bus is a connection for calls that change something. It is safe for several goroutines.
type Bus struct{ conn *dbus.Conn }

// Dial connects to a bus, which is from then on the one that gonetworkmanager uses, too: it takes the address from the
// environment.
func Dial(address string) (*Bus, error) {
	if err := os.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address); err != nil {
		return nil, fmt.Errorf("cannot name the bus: %w", err)
	}
	conn, err := dbus.Connect(address)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the bus %s: %w", address, err)
	}
	return &Bus{conn}, nil
}

// Close ends the connection.
func (b *Bus) Close() error { return b.conn.Close() }

// Call calls a method and waits for its answer, which it stores unless nothing is given to store it in. Asking does not
// start a daemon. A refusal is a *mirror.CallError.
func (b *Bus) Call(ctx context.Context, to Method, store []any, args ...any) error {
	body, err := b.body(ctx, to, args...)
	if err != nil || len(store) == 0 {
		return err
	}
	if err := dbus.Store(body, store...); err != nil {
		return fmt.Errorf("cannot read the answer of %s: %w", to.Member, err)
	}
	return nil
}

// body calls a method and gives its answer as it was decoded.
func (b *Bus) body(ctx context.Context, to Method, args ...any) ([]any, error) {
	answer := b.conn.Object(to.Service, dbus.ObjectPath(to.Path)).CallWithContext(ctx, to.Interface+"."+to.Member, dbus.FlagNoAutoStart, args...)
	if answer.Err != nil {
		return nil, to.refused(answer.Err)
	}
	return answer.Body, nil
}

// Do is Call without an answer.
func (b *Bus) Do(ctx context.Context, service, path, iface, member string) error {
	return b.Call(ctx, Method{service, path, iface, member}, nil)
}

// Method names a method of an object.
type Method struct{ Service, Path, Interface, Member string }

// refused puts the error of a call into words.
func (m Method) refused(err error) error {
	var said dbus.Error
	if !errors.As(err, &said) {
		return fmt.Errorf("cannot call %s.%s on %s %s: %w", m.Interface, m.Member, m.Service, m.Path, err)
	}
	text := ""
	if len(said.Body) > 0 {
		text, _ = said.Body[0].(string)
	}
	return &mirror.CallError{Op: m.Interface + "." + m.Member, Object: m.Service + " " + m.Path, Name: said.Name, Text: text}
}

// within runs a call of gonetworkmanager's and gives up waiting when the context ends.
func within[T any](ctx context.Context, m Method, call func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := call()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return o.value, m.refused(o.err)
		}
		return o.value, nil
	case <-ctx.Done():
		var nothing T
		return nothing, fmt.Errorf("no answer of %s.%s on %s %s: %w", m.Interface, m.Member, m.Service, m.Path, context.Cause(ctx))
	}
}

// do is within for a call that gives no value.
func do(ctx context.Context, m Method, call func() error) error {
	_, err := within(ctx, m, func() (struct{}, error) { return struct{}{}, call() })
	return err
}
