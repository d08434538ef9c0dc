package bluez

import (
	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

// reading is one pass over the tree that collects what BlueZ said in a form that its interfaces do not have.
type reading struct {
	tree    *mirror.Tree
	readers []*mirror.Reader
}

func (in *reading) reader(path wire.Path, iface string) *mirror.Reader {
	r := in.tree.Reader(path, iface)
	in.readers = append(in.readers, r)
	return r
}

func (in *reading) adapter(path wire.Path) bluetypes.Adapter {
	r := in.reader(path, adapterIface)
	return bluetypes.Adapter{
		Path: string(path), Address: r.String("Address"), Name: r.String("Name"), Alias: r.String("Alias"),
		Powered: r.Bool("Powered"), Discovering: r.Bool("Discovering"),
	}
}

func (in *reading) device(path wire.Path) bluetypes.Device {
	r := in.reader(path, deviceIface)
	d := bluetypes.Device{
		Path: string(path), Adapter: string(r.Path("Adapter")), Address: r.String("Address"), Alias: r.String("Alias"), Icon: r.String("Icon"),
		Paired: r.Bool("Paired"), Trusted: r.Bool("Trusted"), Blocked: r.Bool("Blocked"), Connected: r.Bool("Connected"),
		UUIDs: r.Strings("UUIDs"),
	}
	if r.Has("RSSI") {
		rssi := r.Int16("RSSI")
		d.RSSI = &rssi
	}
	if _, ok := in.tree.Props(path, networkIface); ok {
		n := in.reader(path, networkIface)
		d.Network = &bluetypes.Network{Connected: n.Bool("Connected"), Interface: n.String("Interface"), UUID: n.String("UUID")}
	}
	return d
}

// problems lists what the tree and the readers stumbled over.
func (in *reading) problems() []bluetypes.Problem {
	var found []bluetypes.Problem
	for _, p := range in.tree.Problems() {
		found = append(found, bluetypes.Problem{Object: string(p.Path), Text: p.Text})
	}
	for _, r := range in.readers {
		for _, p := range r.Problems {
			found = append(found, bluetypes.Problem{Object: string(p.Path), Text: p.Text})
		}
	}
	return found
}
