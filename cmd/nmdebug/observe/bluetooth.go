package observe

import (
	"nmdebug/inspect"
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

// blue is what is known of Bluetooth beside the kernel's part, and whether BlueZ is worth a question.
//
// BlueZ is asked where a network can hang on it: NetworkManager has a phone, a network link runs over Bluetooth, or an
// adapter is off, for NetworkManager hides the phones behind it. Who looks thoroughly asks wherever there is an adapter.
// So a status costs a call more where there is Bluetooth to judge, and none elsewhere.
type blue struct {
	fold    *bluez.Fold
	curious bool // ask wherever there is an adapter
	phones  bool // NetworkManager has a Bluetooth device
}

// heard takes note of what an event tells of the phones that NetworkManager has.
func (b *blue) heard(e mirror.Event, nm *nmwatch.Fold) {
	if e.From(nmwatch.Service) && !b.fold.Asked() {
		b.phones = nm.HasBluetooth()
	}
}

// wantsOfBlueZ gives the calls to BlueZ; none when it is known not to run.
func (w *world) wantsOfBlueZ() []wire.Call {
	if !w.blue.fold.Asked() && w.worthBlueZ() {
		w.blue.fold.Ask()
	}
	if w.talk.Service(bluez.Service).Status == mirror.Absent {
		return nil
	}
	return w.blue.fold.Wants()
}

// worthBlueZ says whether BlueZ has something to tell that is of use.
func (w *world) worthBlueZ() bool {
	if w.blue.phones {
		return true
	}
	state := w.kernel.State()
	for _, a := range state.Adapters {
		if w.blue.curious || !a.Up {
			return true
		}
	}
	if len(state.Adapters) == 0 {
		return false
	}
	for _, l := range state.Links {
		if _, _, ok := l.OverBluetooth(); ok {
			return true
		}
	}
	return false
}

// sourceBlueZ says how BlueZ fares; ok is false when nobody wants to know.
func (w *world) sourceBlueZ() (src inspect.Source, ok bool) {
	if !w.blue.fold.Asked() {
		return inspect.Source{}, false
	}
	src = w.service(inspect.SourceBlueZ, bluez.Service)
	if src.Right != "" {
		src.Right = "root or group bluetooth"
	}
	return src, true
}
