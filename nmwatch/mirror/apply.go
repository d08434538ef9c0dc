package mirror

import (
	"fmt"
	"slices"

	"nmdebug/nmwatch/mirror/wire"
)

// The interfaces of "Standard Interfaces".
const (
	managerIface = "org.freedesktop.DBus.ObjectManager"
	propsIface   = "org.freedesktop.DBus.Properties"
)

// Apply takes the next event and gives the paths of the objects that changed, came or went because of it, sorted; nil
// when nothing did. The slice is valid until the next Apply.
func (t *Tree) Apply(e Event) []wire.Path {
	t.changed = t.changed[:0]
	switch {
	case e.Overheard:
		return nil
	case e.Kind == BusUp:
		t.wanted = t.root != "" && !t.asked // it is in the opening
	case e.Kind == BusDown:
		t.clear()
	case e.From(t.service):
		t.applyOwn(e)
	}
	if len(t.changed) == 0 {
		return nil
	}
	slices.Sort(t.changed)
	return slices.Compact(t.changed)
}

// applyOwn takes an event of the tree's own service.
func (t *Tree) applyOwn(e Event) {
	switch e.Kind {
	case OwnerGained:
		t.wanted = t.root != "" && !t.asked
	case OwnerChanged:
		t.clear()
		t.wanted = t.root != ""
	case OwnerLost:
		t.clear()
	case Reply:
		t.reply(e)
	case Refused:
		t.refused(e)
	case Signal:
		t.signal(e)
	case NoAnswer:
		t.noAnswer(e)
	default: // BusUp and BusDown are not about a service
	}
}

func (t *Tree) reply(e Event) {
	switch {
	case e.Answers(managerIface, "GetManagedObjects") && e.Call.Path == t.root:
		t.snapshot(e)
	case e.Answers(propsIface, "GetAll"):
		iface, ok := firstString(e.Call)
		values, valuesOK := argument[map[string]any](t, e, 0)
		if ok && valuesOK {
			t.Set(e.Call.Path, iface, values)
		}
	}
}

// refused takes the objects out that the service does not have any more: they vanished while they were read.
func (t *Tree) refused(e Event) {
	switch {
	case e.Answers(managerIface, "GetManagedObjects") && e.Call.Path == t.root:
		t.asked = false
	case e.Answers(propsIface, "GetAll"):
		iface, _ := firstString(e.Call)
		delete(t.stale, staleProps{e.Call.Path, iface})
		switch e.Err.Name {
		case errUnknownObject:
			t.Remove(e.Call.Path)
		case errUnknownInterface, errUnknownMethod:
			t.removeInterface(e.Call.Path, iface)
		}
	}
}

// noAnswer makes room for other questions. The answer may still come, and will be taken then.
func (t *Tree) noAnswer(e Event) {
	if e.Answers(propsIface, "GetAll") {
		iface, _ := firstString(e.Call)
		delete(t.stale, staleProps{e.Call.Path, iface})
	}
}

// snapshot replaces everything by what GetManagedObjects gave.
func (t *Tree) snapshot(e Event) {
	all, ok := argument[map[wire.Path]map[string]map[string]any](t, e, 0)
	if !ok {
		return
	}
	t.clear()
	t.synced, t.asked = true, true
	for path, object := range all {
		t.objects[path] = object
		t.touch(path)
	}
}

func (t *Tree) signal(e Event) {
	switch {
	case e.IsSignal(propsIface, "PropertiesChanged"):
		t.propertiesChanged(e)
	case !t.synced || e.Message.Path != t.root:
	case e.IsSignal(managerIface, "InterfacesAdded"):
		t.interfacesAdded(e)
	case e.IsSignal(managerIface, "InterfacesRemoved"):
		t.interfacesRemoved(e)
	}
}

// interfacesAdded takes InterfacesAdded(object, interfaces with all their properties).
func (t *Tree) interfacesAdded(e Event) {
	path, pathOK := argument[wire.Path](t, e, 0)
	added, ok := argument[map[string]map[string]any](t, e, 1)
	if !pathOK || !ok {
		return
	}
	if _, known := t.objects[path]; !known {
		t.objects[path] = Object{}
		t.paths = nil
		t.touch(path)
	}
	for iface, values := range added {
		t.Set(path, iface, values)
	}
}

// interfacesRemoved takes InterfacesRemoved(object, interfaces).
func (t *Tree) interfacesRemoved(e Event) {
	path, pathOK := argument[wire.Path](t, e, 0)
	removed, ok := argument[[]string](t, e, 1)
	if !pathOK || !ok {
		return
	}
	for _, iface := range removed {
		t.removeInterface(path, iface)
	}
	if object, known := t.objects[path]; known && len(object) == 0 {
		t.Remove(path)
	}
}

// propertiesChanged takes PropertiesChanged(interface, changed values, names of those whose value is not told). The
// latter are unknown until they have been asked for; see Wants.
func (t *Tree) propertiesChanged(e Event) {
	iface, ifaceOK := argument[string](t, e, 0)
	changed, changedOK := argument[map[string]any](t, e, 1)
	invalidated, ok := argument[[]string](t, e, 2)
	path := e.Message.Path
	if _, known := t.objects[path][iface]; !known || !ifaceOK || !changedOK || !ok {
		return
	}
	t.Merge(path, iface, changed)
	if len(invalidated) == 0 {
		return
	}
	props := t.objects[path][iface] // Merge has just made it: nobody has it yet
	for _, name := range invalidated {
		delete(props, name)
	}
	// A question that is under way will be answered behind this signal, and so with what holds after it.
	if s := (staleProps{path, iface}); !t.stale[s] {
		t.stale[s] = false
	}
}

// argument gives one argument of a message, or notes what is wrong with it.
func argument[T any](t *Tree, e Event, index int) (T, bool) {
	var zero T
	args, err := e.Message.Args()
	if err == nil && index >= len(args) {
		err = fmt.Errorf("argument %d is missing", index+1)
	}
	if err == nil {
		if v, ok := args[index].(T); ok {
			return v, true
		}
		err = fmt.Errorf("argument %d is %s instead of %s", index+1, typeName(args[index]), typeName(zero))
	}
	message, path := e.Message, e.Message.Path
	if e.Kind != Signal {
		message, path = e.Call, e.Call.Path
	}
	t.problems.add(path, fmt.Sprintf("%s: %v", operation(message), err))
	return zero, false
}
