package mirror_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	root       wire.Path = "/org/example"
	propsIface           = "org.freedesktop.DBus.Properties"
	changed              = propsIface + ".PropertiesChanged"
	added                = "org.freedesktop.DBus.ObjectManager.InterfacesAdded"
	removed              = "org.freedesktop.DBus.ObjectManager.InterfacesRemoved"
)

// What a service says, in the types of godbus.
type (
	values  = map[string]dbus.Variant
	ifaces  = map[string]values
	objects = map[dbus.ObjectPath]ifaces
)

func mkv(v any) dbus.Variant { return dbus.MakeVariant(v) }

func TestTreeSnapshot(t *testing.T) {
	g := newGarden(t, root)
	if g.tree.Synced() {
		t.Error("synced before anything was read")
	}
	wantDiff(t, []string{"GetManagedObjects /org/example"}, g.asks())
	wantDiff(t, []string(nil), g.asks())
	// What comes before the snapshot is in it, or was gone when it was made.
	g.says("/a", changed, "i.A", values{"Id": mkv("early")}, []string{})
	g.says(root, added, dbus.ObjectPath("/early"), ifaces{"i.A": {}})
	g.says(root, removed, dbus.ObjectPath("/a"), []string{"i.A"})
	if g.tree.Len() != 0 {
		t.Errorf("%d objects before the snapshot", g.tree.Len())
	}
	g.answers(g.Serial, objects{"/a": {"i.A": {"Id": mkv("a")}}, "/empty": {}})
	wantDiff(t, whole{"/a": {"i.A": {"Id": "a"}}, "/empty": {}}, wholeOf(g.tree))
	wantDiff(t, []wire.Path{"/a", "/empty"}, g.touched)
	if !g.tree.Synced() || g.tree.Len() != 2 {
		t.Errorf("synced %v, %d objects", g.tree.Synced(), g.tree.Len())
	}
}

// What a conversation begins with is not asked for again, but in the next conversation.
func TestTreeOpening(t *testing.T) {
	g := &garden{script: &script{Stream: newStream(t), talk: mirror.NewTalk()}, tree: mirror.NewTree(service, root)}
	calls := g.tree.Opening()
	if len(calls) != 1 || calls[0].Member != "GetManagedObjects" {
		t.Fatalf("opening %v", calls)
	}
	hello := g.Hello()
	g.apply(hello[0], hello[1], g.Call(calls[0]), hello[2])
	g.grow()
	wantDiff(t, []string(nil), g.asks())
	g.answers(g.Serial, objects{"/a": {"i.A": {}}})
	wantDiff(t, whole{"/a": {"i.A": {}}}, wholeOf(g.tree))
	g.events = nil
	g.apply(g.Hello()...)
	g.grow()
	wantDiff(t, whole{}, wholeOf(g.tree))
	wantDiff(t, []string{"GetManagedObjects /org/example"}, g.asks())
}

func TestTreeSignals(t *testing.T) {
	tests := []struct {
		name    string
		say     func(g *garden)
		want    func(w whole)
		touched []wire.Path
	}{
		{
			"changed", func(g *garden) {
				g.says("/a", changed, "i.A", values{"N": mkv(uint32(2)), "New": mkv(true)}, []string{})
			},
			func(w whole) { w["/a"]["i.A"] = map[string]any{"Id": "a", "N": uint32(2), "New": true} },
			[]wire.Path{"/a"},
		},
		{
			"invalidated", func(g *garden) { g.says("/a", changed, "i.A", values{}, []string{"N", "Unheard"}) },
			func(w whole) { delete(w["/a"]["i.A"], "N") },
			[]wire.Path{"/a"},
		},
		{
			"changed where there is no object",
			func(g *garden) { g.says("/c", changed, "i.A", values{"N": mkv("x")}, []string{"Id"}) }, nil, nil,
		},
		{
			"changed where there is no interface",
			func(g *garden) { g.says("/b", changed, "i.B", values{"N": mkv("x")}, []string{}) }, nil, nil,
		},
		{
			"changed by somebody else",
			func(g *garden) {
				g.events = g.talk.Apply(g.Signal(":1.99", "/a", changed, "i.A", values{"N": mkv("x")}, []string{}))
				g.grow()
			}, nil, nil,
		},
		{
			"object added", func(g *garden) { g.says(root, added, dbus.ObjectPath("/c"), ifaces{"i.C": {"X": mkv("y")}, "i.D": {}}) },
			func(w whole) { w["/c"] = map[string]map[string]any{"i.C": {"X": "y"}, "i.D": {}} },
			[]wire.Path{"/c"},
		},
		{
			"object without interfaces added", func(g *garden) { g.says(root, added, dbus.ObjectPath("/c"), ifaces{}) },
			func(w whole) { w["/c"] = map[string]map[string]any{} },
			[]wire.Path{"/c"},
		},
		{
			"interface added", func(g *garden) { g.says(root, added, dbus.ObjectPath("/b"), ifaces{"i.C": {"X": mkv("y")}}) },
			func(w whole) { w["/b"]["i.C"] = map[string]any{"X": "y"} },
			[]wire.Path{"/b"},
		},
		{
			"interface replaced", func(g *garden) { g.says(root, added, dbus.ObjectPath("/a"), ifaces{"i.A": {"X": mkv("y")}}) },
			func(w whole) { w["/a"]["i.A"] = map[string]any{"X": "y"} },
			[]wire.Path{"/a"},
		},
		{
			"interface removed", func(g *garden) { g.says(root, removed, dbus.ObjectPath("/a"), []string{"i.B", "i.Unheard"}) },
			func(w whole) { delete(w["/a"], "i.B") },
			[]wire.Path{"/a"},
		},
		{
			"object removed", func(g *garden) { g.says(root, removed, dbus.ObjectPath("/a"), []string{"i.B", "i.A"}) },
			func(w whole) { delete(w, "/a") },
			[]wire.Path{"/a"},
		},
		{
			"unknown object removed", func(g *garden) { g.says(root, removed, dbus.ObjectPath("/c"), []string{"i.B"}) },
			nil, nil,
		},
		{
			"added by another manager", func(g *garden) { g.says("/other", added, dbus.ObjectPath("/c"), ifaces{"i.C": {}}) },
			nil, nil,
		},
		{
			"another signal", func(g *garden) { g.says(root, "a.b.StateChanged", uint32(1)) },
			nil, nil,
		},
		{
			"owner lost", func(g *garden) { g.events = g.talk.Apply(g.OwnerChanged(service, owner, "")); g.grow() },
			func(w whole) { clear(w) },
			[]wire.Path{"/a", "/b"},
		},
		{
			"owner changed", func(g *garden) { g.events = g.talk.Apply(g.OwnerChanged(service, owner, ":1.8")); g.grow() },
			func(w whole) { clear(w) },
			[]wire.Path{"/a", "/b"},
		},
		{
			"bus down", func(g *garden) { g.events = g.talk.Apply(g.Note("down", 0, "why")); g.grow() },
			func(w whole) { clear(w) },
			[]wire.Path{"/a", "/b"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := planted(t)
			before := wholeOf(g.tree)
			kept := deepCopy(before)
			want := deepCopy(before)
			if tt.want != nil {
				tt.want(want)
			}
			tt.say(g)
			wantDiff(t, want, wholeOf(g.tree))
			wantDiff(t, tt.touched, g.touched)
			wantDiff(t, kept, before) // what was given away has not changed
			wantDiff(t, []mirror.Problem(nil), g.tree.Problems())
		})
	}
}

func deepCopy(w whole) whole {
	c := whole{}
	for path, object := range w {
		c[path] = map[string]map[string]any{}
		for iface, props := range object {
			c[path][iface] = maps.Clone(props)
		}
	}
	return c
}

// A signal about an object that is gone does not bring it back.
func TestTreeNoResurrection(t *testing.T) {
	g := planted(t)
	g.says(root, removed, dbus.ObjectPath("/a"), []string{"i.A", "i.B"})
	g.says("/a", changed, "i.A", values{"N": mkv(uint32(9))}, []string{"Id"})
	g.says(root, removed, dbus.ObjectPath("/a"), []string{"i.A"})
	if _, ok := g.tree.Object("/a"); ok || g.asks() != nil {
		t.Error("it rose again")
	}
}

// An invalidated property is unknown until it has been asked for.
func TestTreeInvalidated(t *testing.T) {
	g := planted(t)
	g.says("/a", changed, "i.A", values{}, []string{"N"})
	wantDiff(t, []string{"GetAll /a"}, g.asks())
	wantDiff(t, []string(nil), g.asks())
	// The answer comes behind whatever is invalidated meanwhile, and holds it.
	g.says("/a", changed, "i.A", values{}, []string{"N"})
	wantDiff(t, []string(nil), g.asks())
	g.answers(g.Serial, values{"N": mkv(uint32(3))})
	wantDiff(t, map[string]any{"N": uint32(3)}, wholeOf(g.tree)["/a"]["i.A"])

	// The object may vanish while it is asked for; then there is nothing to ask any more.
	for _, name := range []string{"UnknownMethod", "UnknownInterface"} {
		g.says(root, added, dbus.ObjectPath("/c"), ifaces{"i.A": {"N": mkv("x")}, "i.B": {"N": mkv("x")}})
		g.says("/c", changed, "i.A", values{}, []string{"N"})
		g.asks()
		g.refuses(g.Serial, "org.freedesktop.DBus.Error."+name)
		wantDiff(t, map[string]map[string]any{"i.B": {"N": "x"}}, wholeOf(g.tree)["/c"])
	}
	g.says("/c", changed, "i.B", values{}, []string{"N"})
	g.asks()
	g.refuses(g.Serial, "org.freedesktop.DBus.Error.UnknownObject")
	wantDiff(t, []wire.Path{"/a", "/b"}, slices.Sorted(maps.Keys(wholeOf(g.tree))))
	g.says("/b", changed, "i.A", values{}, []string{"Id"})
	g.asks()
	g.refuses(g.Serial, "org.freedesktop.DBus.Error.Failed")
	g.says(root, added, dbus.ObjectPath("/c"), ifaces{"i.A": {}, "i.B": {}})
	g.says("/c", changed, "i.A", values{}, []string{"N"})
	g.says(root, removed, dbus.ObjectPath("/c"), []string{"i.A"})
	wantDiff(t, []string(nil), g.asks())
	g.says("/c", changed, "i.B", values{}, []string{"N"})
	g.says(root, removed, dbus.ObjectPath("/c"), []string{"i.B"})
	wantDiff(t, map[string]map[string]any{"i.A": {}}, wholeOf(g.tree)["/b"])
	wantDiff(t, []string(nil), g.asks())
}

// However much is invalidated, few calls are under way at a time; one that is not answered makes room.
func TestTreeAsksLittle(t *testing.T) {
	g := newGarden(t, root)
	g.asks()
	all := objects{}
	for i := range 100 {
		all[dbus.ObjectPath(fmt.Sprintf("/o/%d", i))] = ifaces{"i.A": {"N": mkv(uint32(1))}}
	}
	g.answers(g.Serial, all)
	for path := range all {
		g.says(wire.Path(path), changed, "i.A", values{}, []string{"N"})
	}
	answered := g.Serial
	asked := len(g.asks())
	if again := g.asks(); asked != 24 || again != nil {
		t.Errorf("%d calls, then %q", asked, again)
	}
	for answered < g.Serial {
		answered++
		if answered%2 == 0 {
			g.answers(answered, values{"N": mkv(uint32(2))})
		} else {
			g.events = g.talk.Apply(g.Note(record.NoAnswer, answered, "why"))
			g.grow()
		}
		asked += len(g.asks())
	}
	if asked != len(all) {
		t.Errorf("%d calls in all", asked)
	}
}

func TestTreeAsksAgain(t *testing.T) {
	snapshot := []string{"GetManagedObjects /org/example"}
	t.Run("a service that comes later", func(t *testing.T) {
		g := newGarden(t, root)
		wantDiff(t, snapshot, g.asks())
		g.refuses(g.Serial, serviceUnknown)
		wantDiff(t, []string(nil), g.asks())
		g.events = g.talk.Apply(g.OwnerChanged(service, owner, ""))
		g.grow()
		wantDiff(t, []string(nil), g.asks())
		g.events = g.talk.Apply(g.OwnerChanged(service, "", owner))
		g.grow()
		wantDiff(t, snapshot, g.asks())
	})
	t.Run("another process", func(t *testing.T) {
		g := planted(t)
		g.events = g.talk.Apply(g.OwnerChanged(service, owner, ":1.8"))
		g.grow()
		wantDiff(t, snapshot, g.asks())
		g.answers(g.Serial, objects{"/old": {}}) // from the one before
		if g.tree.Synced() || g.tree.Len() != 0 {
			t.Error("the snapshot of another process was taken")
		}
	})
	t.Run("the bus", func(t *testing.T) {
		g := planted(t)
		for _, r := range append(g.Hello(), g.Call(ownerCall(service))) {
			g.events = g.talk.Apply(r)
			g.grow()
		}
		asked := g.Serial
		wantDiff(t, snapshot, g.asks())
		g.events = g.talk.Apply(g.Reply(busName, asked, owner)) // the owner is told when it has been asked already
		g.grow()
		wantDiff(t, []string(nil), g.asks())
	})
}

// A service without ObjectManager is read by GetAll, and by words of its own.
func TestTreeWithoutManager(t *testing.T) {
	g := newGarden(t, "")
	wantDiff(t, []string(nil), g.asks())
	g.talk.Apply(g.Call(mirror.GetAll(service, "/a", "i.A")))
	g.says("/a", changed, "i.A", values{"N": mkv(uint32(1))}, []string{}) // is in the answer
	g.answers(g.Serial, values{"N": mkv(uint32(1)), "Id": mkv("x")})
	g.says("/a", changed, "i.A", values{"N": mkv(uint32(2))}, []string{})
	wantDiff(t, whole{"/a": {"i.A": {"N": uint32(2), "Id": "x"}}}, wholeOf(g.tree))
	g.tree.Set("/b", "i.B", map[string]any{"X": "y"})
	g.tree.Merge("/b", "i.B", map[string]any{"Z": "z"})
	g.tree.Merge("/b", "i.C", map[string]any{"Z": "z"})
	g.tree.Remove("/c")
	wantDiff(t, map[string]map[string]any{"i.B": {"X": "y", "Z": "z"}}, wholeOf(g.tree)["/b"])
	g.tree.Remove("/b")
	if g.tree.Len() != 1 || g.tree.Synced() {
		t.Errorf("%d objects, synced %v", g.tree.Len(), g.tree.Synced())
	}
	for range g.tree.Objects() {
		break
	}
}

// Whatever a service says in the wrong form is a problem and changes nothing.
func TestTreeProblems(t *testing.T) {
	g := planted(t)
	before := wholeOf(g.tree)
	g.says("/a", changed)
	g.says("/a", changed, uint32(1), values{}, []string{})
	g.says("/a", changed, "i.A", []string{}, []string{})
	g.says("/a", changed, "i.A", values{}, "Id")
	g.says(root, added, "/c", ifaces{})
	g.says(root, added, dbus.ObjectPath("/c"), values{})
	g.says(root, removed, dbus.ObjectPath("/a"), []dbus.ObjectPath{})
	g.talk.Apply(g.Call(mirror.GetAll(service, "/a", "i.A")))
	g.answers(g.Serial, ifaces{})
	g.talk.Apply(g.Call(wire.Call{
		Service: service, Path: root, Interface: "org.freedesktop.DBus.ObjectManager", Member: "GetManagedObjects",
	}))
	g.answers(g.Serial)
	wantDiff(t, before, wholeOf(g.tree))
	c := propsIface + ".PropertiesChanged: "
	m := "org.freedesktop.DBus.ObjectManager."
	wantDiff(t, []mirror.Problem{
		{Path: "/a", Text: c + "argument 1 is missing"},
		{Path: "/a", Text: c + "argument 2 is missing"},
		{Path: "/a", Text: c + "argument 3 is missing"},
		{Path: "/a", Text: c + "argument 1 is an uint32 instead of a string"},
		{Path: "/a", Text: c + "argument 2 is an array of strings instead of a dictionary"},
		{Path: "/a", Text: c + "argument 3 is a string instead of an array of strings"},
		{Path: root, Text: m + "InterfacesAdded: argument 1 is a string instead of an object path"},
		{Path: root, Text: m + "InterfacesAdded: argument 2 is a dictionary instead of a dictionary of dictionaries"},
		{Path: root, Text: m + "InterfacesRemoved: argument 2 is an array of object paths instead of an array of strings"},
		{Path: "/a", Text: propsIface + ".GetAll: argument 1 is a dictionary of dictionaries instead of a dictionary"},
		{Path: root, Text: m + "GetManagedObjects: argument 1 is missing"},
	}, g.tree.Problems())
}
