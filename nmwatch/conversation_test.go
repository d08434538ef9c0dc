package nmwatch_test

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	busName  = "org.freedesktop.DBus"
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

// epoch is the time of the first record.
func epoch() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// conversation is what NetworkManager says to us on a bus, message by message.
type conversation struct {
	tb     testing.TB
	talk   *mirror.Talk
	fold   *nmwatch.Fold
	now    time.Time
	serial uint32
	calls  []wire.Message // that the fold wanted and nobody has answered yet
	owner  string
}

// converse connects to a bus on which NetworkManager is there and shows objects.
func converse(tb testing.TB, askAtMost int, all objects) *conversation {
	tb.Helper()
	c := &conversation{tb: tb, talk: mirror.NewTalk(), fold: nmwatch.NewFold(askAtMost), now: epoch(), owner: owner}
	c.note(record.Noted{Source: "bus", Event: record.Up})
	hello := c.call(wire.Call{Service: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: "Hello"})
	c.reply(hello, busName, ":1.9")
	c.ownerChanged("", owner)
	c.snapshot(all)
	return c
}

// snapshot answers the call for all objects.
func (c *conversation) snapshot(all objects) {
	c.tb.Helper()
	c.reply(c.wanted("GetManagedObjects"), c.owner, all)
}

// wanted takes the oldest call that waits for an answer, which must be of that member.
func (c *conversation) wanted(member string) wire.Message {
	c.tb.Helper()
	if len(c.calls) == 0 || c.calls[0].Member != member {
		c.tb.Fatalf("waiting calls are %v, want %s first", c.calls, member)
	}
	call := c.calls[0]
	c.calls = c.calls[1:]
	return call
}

func (c *conversation) note(n record.Noted) {
	c.tb.Helper()
	c.apply(record.Note, n.Record(c.now, 0).Raw)
}

// call sends a call.
func (c *conversation) call(call wire.Call) wire.Message {
	c.tb.Helper()
	c.serial++
	raw, err := call.Encode(c.serial)
	if err != nil {
		c.tb.Fatal(err)
	}
	c.apply(record.DBusSent, raw)
	m, err := wire.Parse(raw)
	if err != nil {
		c.tb.Fatal(err)
	}
	return m
}

// reply answers a call.
func (c *conversation) reply(call wire.Message, sender string, args ...any) {
	c.tb.Helper()
	c.receive(wire.Message{Type: wire.MethodReturn, ReplySerial: call.Serial, Sender: sender}, args...)
}

// refuse answers a call with an error.
func (c *conversation) refuse(call wire.Message, name string) {
	c.tb.Helper()
	c.receive(wire.Message{Type: wire.Error, ReplySerial: call.Serial, Sender: c.owner, ErrorName: name}, "no")
}

// signal is a signal of NetworkManager.
func (c *conversation) signal(path, iface, member string, args ...any) {
	c.tb.Helper()
	c.receive(wire.Message{Type: wire.Signal, Sender: c.owner, Path: wire.Path(path), Interface: iface, Member: member}, args...)
}

// changed is PropertiesChanged.
func (c *conversation) changed(path, iface string, values props) {
	c.tb.Helper()
	c.signal(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", iface, values, []string{})
}

// added and removed are the ObjectManager's signals.
func (c *conversation) added(path string, interfaces map[string]props) {
	c.tb.Helper()
	c.signal("/org/freedesktop", "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", dbus.ObjectPath(path), interfaces)
}

func (c *conversation) removed(path string, interfaces ...string) {
	c.tb.Helper()
	c.signal("/org/freedesktop", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", dbus.ObjectPath(path), interfaces)
}

// ownerChanged is the bus saying who owns NetworkManager's name.
func (c *conversation) ownerChanged(before, after string) {
	c.tb.Helper()
	if after != "" {
		c.owner = after
	}
	c.receive(wire.Message{
		Type: wire.Signal, Sender: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: "NameOwnerChanged",
	}, nmwatch.Service, before, after)
}

func (c *conversation) receive(m wire.Message, args ...any) {
	c.tb.Helper()
	m.Serial = 1
	raw, err := m.Encode(args...)
	if err != nil {
		c.tb.Fatal(err)
	}
	c.apply(record.DBusReceived, raw)
}

// apply takes one record and makes the calls that the fold wants after it.
func (c *conversation) apply(k record.Kind, raw []byte) {
	c.tb.Helper()
	c.now = c.now.Add(time.Millisecond)
	up := false
	for _, e := range c.talk.Apply(record.Record{Time: c.now, Kind: k, Raw: raw}) {
		c.fold.Apply(e)
		up = up || e.Kind != mirror.BusDown
	}
	if !up {
		return
	}
	for _, call := range c.fold.Wants() {
		c.calls = append(c.calls, c.call(call))
	}
}

// v makes a variant.
func v(value any) dbus.Variant { return dbus.MakeVariant(value) }

// variants makes a variant of each value.
func variants(values map[string]any) props {
	all := props{}
	for name, value := range values {
		all[name] = v(value)
	}
	return all
}
