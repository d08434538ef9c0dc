package mirror

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"nmdebug/nmwatch/mirror/wire"
)

// Tree is the replica of the objects of one service. It is a pure fold of events; one goroutine owns it.
//
// The order of the wire is the truth: a reply holds everything that the service did before it, so it replaces what was
// there; a signal after it is applied to it; a signal about an object or interface that is not there is dropped, for
// either the snapshot that will bring it is still to come, or it is gone and must not rise again.
//
// What Tree gives away is never changed afterwards: a change replaces the maps it touches. Readers must not write.
type Tree struct {
	service  string
	root     wire.Path
	objects  map[wire.Path]Object
	paths    []wire.Path // sorted keys of objects; nil when they have changed
	synced   bool
	wanted   bool                // GetManagedObjects should be called
	asked    bool                // it has been, and was not refused yet
	stale    map[staleProps]bool // invalidated properties; true when they have been asked for
	problems problems
	changed  []wire.Path // reused
}

type staleProps struct {
	path  wire.Path
	iface string
}

// Object is one object: its interfaces with their properties.
type Object map[string]map[string]any

// Props gives the properties of one interface.
func (o Object) Props(iface string) (Props, bool) {
	p, ok := o[iface]
	return p, ok
}

// NewTree makes an empty replica of a service. Root is the path of its ObjectManager, "" when it has none: then the
// objects come from the answers to GetAll, and from Set.
func NewTree(service string, root wire.Path) *Tree {
	return &Tree{
		service: service, root: root,
		objects: make(map[wire.Path]Object), stale: make(map[staleProps]bool),
	}
}

// Synced tells whether a snapshot has been read: what is not in the tree does not exist. It stays false without an
// ObjectManager.
func (t *Tree) Synced() bool { return t.synced }

// Len is the number of objects.
func (t *Tree) Len() int { return len(t.objects) }

// Objects gives all objects in the order of their paths. The tree must not be changed meanwhile.
func (t *Tree) Objects() iter.Seq2[wire.Path, Object] {
	if t.paths == nil {
		t.paths = slices.Sorted(maps.Keys(t.objects))
	}
	return func(yield func(wire.Path, Object) bool) {
		for _, path := range t.paths {
			if !yield(path, t.objects[path]) {
				return
			}
		}
	}
}

// Object gives one object.
func (t *Tree) Object(path wire.Path) (Object, bool) {
	o, ok := t.objects[path]
	return o, ok
}

// Props gives the properties of one interface of one object.
func (t *Tree) Props(path wire.Path, iface string) (Props, bool) {
	return t.objects[path].Props(iface)
}

// Problems are the messages of the service that were not as the specification has them, oldest first.
func (t *Tree) Problems() []Problem { return t.problems.list() }

// maxAsked bounds the GetAll calls under way: dbus-daemon allows 128 unanswered calls to a connection, and several trees
// share it.
const maxAsked = 24

// Opening gives the call that a conversation can begin with: it is made before the bus is up, and not again then.
func (t *Tree) Opening() []wire.Call {
	t.wanted = t.root != ""
	return t.Wants()
}

// Wants gives the calls that should be made now: the snapshot of a service that came, the properties that were
// invalidated. Each is given once. Not all may be given at once: ask again after each record.
func (t *Tree) Wants() []wire.Call {
	var calls []wire.Call
	if t.wanted {
		t.wanted, t.asked = false, true
		calls = append(calls, wire.Call{
			Service: t.service, Path: t.root, Interface: managerIface, Member: "GetManagedObjects",
		})
	}
	return append(calls, t.staleWants()...)
}

func (t *Tree) staleWants() (calls []wire.Call) {
	var todo []staleProps
	for s, asked := range t.stale {
		if !asked {
			todo = append(todo, s)
		}
	}
	slices.SortFunc(todo, func(a, b staleProps) int {
		return cmp.Or(strings.Compare(string(a.path), string(b.path)), strings.Compare(a.iface, b.iface))
	})
	underWay := len(t.stale) - len(todo)
	for _, s := range todo[:min(len(todo), max(0, maxAsked-underWay))] {
		t.stale[s] = true
		calls = append(calls, GetAll(t.service, s.path, s.iface))
	}
	return calls
}

// GetAll is the call for all properties of one interface of one object.
func GetAll(service string, path wire.Path, iface string) wire.Call {
	return wire.Call{Service: service, Path: path, Interface: propsIface, Member: "GetAll", Args: []any{iface}}
}

// Set replaces the properties of an interface; the tree owns values from now on. It is for what services say in words
// of their own.
func (t *Tree) Set(path wire.Path, iface string, values map[string]any) {
	object, ok := t.objects[path]
	if !ok {
		t.paths = nil
	}
	object = cloneOf(object)
	object[iface] = values
	t.objects[path] = object
	delete(t.stale, staleProps{path, iface})
	t.touch(path)
}

// Merge changes single properties of an interface; it does nothing when the tree does not have the interface.
func (t *Tree) Merge(path wire.Path, iface string, values map[string]any) {
	old, ok := t.objects[path][iface]
	if !ok {
		return
	}
	merged := cloneOf(old)
	maps.Copy(merged, values)
	object := cloneOf(t.objects[path])
	object[iface] = merged
	t.objects[path] = object
	t.touch(path)
}

// Remove removes an object.
func (t *Tree) Remove(path wire.Path) {
	object, ok := t.objects[path]
	if !ok {
		return
	}
	for iface := range object {
		delete(t.stale, staleProps{path, iface})
	}
	delete(t.objects, path)
	t.paths = nil
	t.touch(path)
}

// removeInterface removes the object, too, when it was its last one.
func (t *Tree) removeInterface(path wire.Path, iface string) {
	object, ok := t.objects[path]
	if _, has := object[iface]; !ok || !has {
		return
	}
	if len(object) == 1 {
		t.Remove(path)
		return
	}
	object = cloneOf(object)
	delete(object, iface)
	t.objects[path] = object
	delete(t.stale, staleProps{path, iface})
	t.touch(path)
}

// clear forgets everything: the service is gone, or is another process now.
func (t *Tree) clear() {
	for path := range t.objects {
		t.touch(path)
	}
	t.objects = make(map[wire.Path]Object)
	t.paths, t.synced, t.asked, t.wanted = nil, false, false, false
	clear(t.stale)
}

// touch notes that an object has changed, came or went.
func (t *Tree) touch(path wire.Path) { t.changed = append(t.changed, path) }

// cloneOf copies a map, and makes one of none.
func cloneOf[M ~map[string]V, V any](m M) M {
	if m == nil {
		return make(M)
	}
	return maps.Clone(m)
}
