package nmwatch_test

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror/mirrortest"
)

const (
	nmPath   = "/org/freedesktop/NetworkManager"
	nmIface  = "org.freedesktop.NetworkManager"
	devIface = nmIface + ".Device"
	acIface  = nmIface + ".Connection.Active"
	vpnIface = nmIface + ".VPN.Connection"
	owner    = ":1.5"
)

type (
	props   = map[string]dbus.Variant
	objects = map[dbus.ObjectPath]map[string]props
)

// epoch is the time before the first record.
func epoch() time.Time { return mirrortest.Epoch() }

// conversation is what NetworkManager says to us on a bus, message by message.
type conversation struct {
	*mirrortest.Daemon
	fold *nmwatch.Fold
}

// converse connects to a bus on which NetworkManager is there and shows objects.
func converse(tb testing.TB, askAtMost int, all objects) *conversation {
	tb.Helper()
	f := nmwatch.NewFold(askAtMost)
	c := &conversation{mirrortest.NewDaemon(tb, f, nmwatch.Service), f}
	c.Hear(c.Hello()...)
	c.Moves("", owner)
	c.snapshot(all)
	return c
}

// snapshot answers the call for all objects.
func (c *conversation) snapshot(all objects) {
	c.Helper()
	c.Answers(c.Wanted("GetManagedObjects"), all)
}

// added and removed are the ObjectManager's signals.
func (c *conversation) added(path string, interfaces map[string]props) {
	c.Helper()
	c.Says("/org/freedesktop", "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", dbus.ObjectPath(path), interfaces)
}

func (c *conversation) removed(path string, interfaces ...string) {
	c.Helper()
	c.Says("/org/freedesktop", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", dbus.ObjectPath(path), interfaces)
}

// v makes a variant.
func v(value any) dbus.Variant { return dbus.MakeVariant(value) }

// variants makes a variant of each value.
func variants(values map[string]any) props { return mirrortest.Variants(values) }
