package bluez

import (
	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

func adapter(in *mirror.Reading, path wire.Path) bluetypes.Adapter {
	r := in.Reader(path, adapterIface)
	return bluetypes.Adapter{
		Path: string(path), Address: r.String("Address"), Name: r.String("Name"), Alias: r.String("Alias"),
		Powered: r.Bool("Powered"), Discovering: r.Bool("Discovering"),
	}
}

func device(in *mirror.Reading, path wire.Path) bluetypes.Device {
	r := in.Reader(path, deviceIface)
	d := bluetypes.Device{
		Path: string(path), Adapter: string(r.Path("Adapter")), Address: r.String("Address"), Alias: r.String("Alias"), Icon: r.String("Icon"),
		Paired: r.Bool("Paired"), Trusted: r.Bool("Trusted"), Blocked: r.Bool("Blocked"), Connected: r.Bool("Connected"),
		UUIDs: r.Strings("UUIDs"),
	}
	if r.Has("RSSI") {
		rssi := r.Int16("RSSI")
		d.RSSI = &rssi
	}
	if _, ok := in.Props(path, networkIface); ok {
		n := in.Reader(path, networkIface)
		d.Network = &bluetypes.Network{Connected: n.Bool("Connected"), Interface: n.String("Interface"), UUID: n.String("UUID")}
	}
	return d
}
