package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/godbus/dbus/v5"
)

// busConfig is the distribution's own, with a second socket: a pathname, which can be reached from any network namespace.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <include>/usr/share/dbus-1/system.conf</include>
  <listen>unix:path=%s</listen>
</busconfig>
`

// newBus describes the system bus of the sandbox.
func newBus(l *Lab) (*Daemon, error) {
	config := filepath.Join(l.dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, l.busSocket()), 0o644); err != nil {
		return nil, err
	}
	d := l.daemon(&l.Space, "dbus-daemon", "dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile")
	d.ready = func(ctx context.Context) error {
		conn, err := l.Dial(ctx)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	return d, nil
}

func (l *Lab) busSocket() string { return filepath.Join(l.dir, "bus.sock") }

// BusAddress is the lab's system bus as it can be reached from outside of the sandbox; inside it is where a system bus always is.
func (l *Lab) BusAddress() string { return "unix:path=" + l.busSocket() }

// Dial opens a connection of its own to the lab's bus; the caller closes it.
func (l *Lab) Dial(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.Connect(l.BusAddress(), dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("cannot reach the lab's bus: %w", err)
	}
	return conn, nil
}

// owned returns a check whether a name has an owner on the bus.
func (l *Lab) owned(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := l.Dial(ctx)
		if err != nil {
			return err
		}
		var owned bool
		err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
		if err == nil && !owned {
			err = fmt.Errorf("nobody owns %s", name)
		}
		return errors.Join(err, conn.Close())
	}
}
