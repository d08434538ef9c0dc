// Package bluez follows BlueZ: a pure fold of what bluetoothd said on the bus into how adapters and devices stand.
//
// The objects come from a replica of its object tree. When a device was connected and when it ceased to be, the tree
// forgets: that comes from the signals that were seen.
package bluez

import (
	"time"

	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

// Service is BlueZ's name on the bus. A call to it would start bluetoothd: all our calls carry NO_AUTO_START.
const Service = "org.bluez"

// root is the path of BlueZ's ObjectManager.
const root wire.Path = "/"

// The interfaces that are read.
const (
	adapterIface = "org.bluez.Adapter1"
	deviceIface  = "org.bluez.Device1"
	networkIface = "org.bluez.Network1"
	propsIface   = "org.freedesktop.DBus.Properties"
	objectsIface = "org.freedesktop.DBus.ObjectManager"
)

// Rules are the match rules under which BlueZ's signals come: objects that come and go, and properties of adapters,
// devices and networks, not those of players and of GATT.
func Rules() []string {
	rules := []string{"type='signal',sender='" + Service + "',interface='" + objectsIface + "'"}
	for _, iface := range []string{adapterIface, deviceIface, networkIface} {
		rules = append(rules, "type='signal',sender='"+Service+"',interface='"+propsIface+"',arg0='"+iface+"'")
	}
	return rules
}

// Fold follows BlueZ. It is pure; one goroutine owns it.
type Fold struct {
	tree      *mirror.Tree
	asked     bool                    // somebody wants to know of BlueZ
	connected map[wire.Path]time.Time // when a device was last connected
	parted    map[wire.Path]time.Time // when it last ceased to be
}

// NewFold makes a fold that knows nothing and asks nothing; see Ask.
func NewFold() *Fold {
	f := &Fold{tree: mirror.NewTree(Service, root)}
	f.forget()
	return f
}

func (f *Fold) forget() {
	f.connected, f.parted = map[wire.Path]time.Time{}, map[wire.Path]time.Time{}
}

// Ask has the fold ask BlueZ for its objects. Until then it costs no call.
func (f *Fold) Ask() { f.asked = true }

// Asked tells whether BlueZ was asked for its objects.
func (f *Fold) Asked() bool { return f.asked }

// Wants gives the calls that would complete the state, each once.
func (f *Fold) Wants() []wire.Call {
	if !f.asked {
		return nil
	}
	return f.tree.Wants()
}

// Synced tells whether the first snapshot is complete.
func (f *Fold) Synced() bool { return f.tree.Synced() }

// Apply takes the next event and tells whether the state may have changed.
func (f *Fold) Apply(e mirror.Event) bool {
	if e.Overheard {
		return false
	}
	if e.Kind == mirror.BusDown || e.From(Service) && (e.Kind == mirror.OwnerLost || e.Kind == mirror.OwnerChanged) {
		f.forget()
	}
	var before bool
	about := e.Kind == mirror.Signal && e.From(Service) && e.IsSignal(propsIface, "PropertiesChanged")
	if about {
		before = f.isConnected(e.Message.Path)
	}
	changed := f.tree.Apply(e)
	if about && before != f.isConnected(e.Message.Path) {
		if before {
			f.parted[e.Message.Path] = e.Record.Time
		} else {
			f.connected[e.Message.Path] = e.Record.Time
		}
	}
	return len(changed) > 0
}

func (f *Fold) isConnected(path wire.Path) bool {
	props, _ := f.tree.Props(path, deviceIface)
	connected, _ := props.Bool("Connected")
	return connected
}

// State is the state after all that was applied.
func (f *Fold) State() bluetypes.State {
	s := bluetypes.State{Synced: f.tree.Synced()}
	if !s.Synced {
		return s
	}
	s.Adapters, s.Devices = map[string]bluetypes.Adapter{}, map[string]bluetypes.Device{}
	in := f.tree.Read()
	for path, object := range f.tree.Objects() {
		if _, ok := object[adapterIface]; ok {
			s.Adapters[string(path)] = adapter(in, path)
		}
		if _, ok := object[deviceIface]; ok {
			d := device(in, path)
			d.ConnectedAt, d.UnconnectedAt = f.connected[path], f.parted[path]
			s.Devices[string(path)] = d
		}
	}
	s.Problems = mirror.ProblemsOf[bluetypes.Problem](in)
	return s
}
