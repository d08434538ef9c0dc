package mirror_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"pgregory.net/rapid"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

// manager is a service with an ObjectManager. As real services do, it handles one thing after the other: what it
// answers is what it was between two signals.
type manager struct {
	*peer

	one   sync.Mutex // guards state, and that signals and answers go out in the order of the changes
	state objects
}

func (m *manager) answer(call wire.Message) {
	m.one.Lock()
	defer m.one.Unlock()
	reply := wire.Message{Type: wire.MethodReturn, ReplySerial: call.Serial, Destination: call.Sender}
	if call.Member == "GetManagedObjects" {
		m.send(reply, m.state)
		return
	}
	args, err := call.Args()
	if err != nil || len(args) != 1 {
		m.tb.Error(args, err)
		return
	}
	props, ok := m.state[dbus.ObjectPath(call.Path)][fmt.Sprint(args[0])]
	if !ok {
		reply.Type, reply.ErrorName = wire.Error, "org.freedesktop.DBus.Error.UnknownObject"
		if m.state[dbus.ObjectPath(call.Path)] != nil {
			reply.ErrorName = "org.freedesktop.DBus.Error.UnknownInterface"
		}
		m.send(reply, "it vanished")
		return
	}
	m.send(reply, props)
}

// change is one thing that happens to one interface of one object.
type change struct {
	Kind  string
	Path  dbus.ObjectPath
	Iface string
	Prop  string
	Value any
}

func drawChange(t *rapid.T) change {
	return change{
		Kind:  rapid.SampledFrom([]string{"add", "add", "remove", "remove object", "set", "set", "invalidate", "late"}).Draw(t, "kind"),
		Path:  rapid.SampledFrom([]dbus.ObjectPath{"/a", "/b", "/c"}).Draw(t, "path"),
		Iface: rapid.SampledFrom([]string{"i.A", "i.B"}).Draw(t, "iface"),
		Prop:  rapid.SampledFrom([]string{"P", "Q"}).Draw(t, "prop"),
		Value: rapid.SampledFrom([]any{uint32(1), uint32(2), "text", []string{"a"}, true}).Draw(t, "value"),
	}
}

// do makes a change and says so, as the specification wants it, except for "late", which no service should do.
func (m *manager) do(c change) {
	m.one.Lock()
	defer m.one.Unlock()
	props := m.state[c.Path][c.Iface]
	value := dbus.MakeVariant(c.Value)
	switch {
	case c.Kind == "add":
		m.add(c, values{c.Prop: value})
	case c.Kind == "late" && props == nil:
		m.signal(wire.Path(c.Path), propsIface, "PropertiesChanged", c.Iface, values{c.Prop: value}, []string{c.Prop})
	case props == nil:
	case c.Kind == "remove":
		m.remove(c.Path, c.Iface)
	case c.Kind == "remove object":
		m.remove(c.Path, slices.Sorted(maps.Keys(m.state[c.Path]))...)
	case c.Kind == "set":
		props[c.Prop] = value
		m.signal(wire.Path(c.Path), propsIface, "PropertiesChanged", c.Iface, values{c.Prop: value}, []string{})
	case c.Kind == "invalidate":
		props[c.Prop] = value
		m.signal(wire.Path(c.Path), propsIface, "PropertiesChanged", c.Iface, values{}, []string{c.Prop})
	}
}

func (m *manager) doAll(changes []change) {
	for _, c := range changes {
		m.do(c)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (m *manager) add(c change, props values) {
	if m.state[c.Path] == nil {
		m.state[c.Path] = ifaces{}
	}
	m.state[c.Path][c.Iface] = props
	m.signal(root, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", c.Path, ifaces{c.Iface: props})
}

func (m *manager) remove(path dbus.ObjectPath, names ...string) {
	for _, name := range names {
		delete(m.state[path], name)
	}
	if len(m.state[path]) == 0 {
		delete(m.state, path)
	}
	m.signal(root, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", path, names)
}

// Whatever a service does while and after it is read: when it is quiet, the tree is what a fresh GetManagedObjects
// gives, as read by godbus.
func TestLiveTreeIsFresh(t *testing.T) {
	d := newDaemon(t)
	client, err := dbus.Connect(d.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(when string) []change { return rapid.SliceOfN(rapid.Custom(drawChange), 1, 20).Draw(rt, when) }
		o := mirrored(d, draw("before"), draw("during"), draw("after"))
		var fresh objects
		if err := client.Object(service, dbus.ObjectPath(root)).
			Call("org.freedesktop.DBus.ObjectManager.GetManagedObjects", 0).Store(&fresh); err != nil {
			rt.Fatal(err)
		}
		o.service.nc.Close()
		wantDiff(t, wholeOfGodbus(fresh), wholeOf(o.tree))
		wantDiff(t, []mirror.Problem(nil), o.tree.Problems())
		o.end()
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// A property that is invalidated hundreds of times before the service answers costs one call: dbus-daemon refuses the 129th
// of a connection, and what another object is asked for would stay unknown.
func TestManyInvalidationsCostOneCall(t *testing.T) {
	d := newDaemon(t)
	m := &manager{peer: d.peer(service), state: objects{}}
	go m.serve(m.answer)
	for _, path := range []dbus.ObjectPath{"/a", "/b"} {
		m.do(change{Kind: "add", Path: path, Iface: "i.A", Prop: "P", Value: uint32(1)})
	}
	o := d.observe(service, settled)
	o.until("the snapshot", func(mirror.Event) bool { return o.tree.Synced() })
	m.one.Lock() // nothing is answered meanwhile
	for range 500 {
		m.signal("/a", propsIface, "PropertiesChanged", "i.A", values{}, []string{"P"})
	}
	m.signal("/b", propsIface, "PropertiesChanged", "i.A", values{}, []string{"P"})
	m.signal("/", "i.Test", "Quiet")
	o.until("the burst", func(e mirror.Event) bool { return e.IsSignal("i.Test", "Quiet") })
	m.one.Unlock()
	for o.talk.Pending() > 0 {
		o.until("the answers", func(mirror.Event) bool { return true })
	}
	wantDiff(t, whole{"/a": {"i.A": {"P": uint32(1)}}, "/b": {"i.A": {"P": uint32(1)}}}, wholeOf(o.tree))
	m.nc.Close()
	o.end()
}

// mirrored runs a service through changes: some before it is observed, some again and again until it has been read,
// some after that, until all is quiet.
func mirrored(d *daemon, before, during, after []change) observed {
	m := &manager{peer: d.peer(service), state: objects{}}
	go m.serve(m.answer)
	m.doAll(before)
	o := d.observe(service, settled)
	synced := make(chan struct{})
	go func() {
		for !isClosed(synced) {
			m.doAll(during)
		}
		m.doAll(after)
		m.signal("/", "i.Test", "Quiet")
	}()
	o.until("the snapshot", func(mirror.Event) bool { return o.tree.Synced() })
	close(synced)
	quiet := false
	o.until("the end", func(e mirror.Event) bool {
		quiet = quiet || e.IsSignal("i.Test", "Quiet")
		return quiet
	})
	for o.talk.Pending() > 0 { // what was invalidated at the very end
		o.until("the answers", func(mirror.Event) bool { return true })
	}
	return observed{o, m}
}

type observed struct {
	*observer
	service *manager
}

func wholeOfGodbus(all objects) whole {
	w := whole{}
	for path, object := range all {
		w[wire.Path(path)] = map[string]map[string]any{}
		for iface, props := range object {
			w[wire.Path(path)][iface] = map[string]any{}
			for name, value := range props {
				w[wire.Path(path)][iface][name] = value.Value()
			}
		}
	}
	return w
}
