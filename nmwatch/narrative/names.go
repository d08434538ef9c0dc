package narrative

import (
	"strings"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

// The processes that are told of by other names than those under which they log.
const (
	processBus    = "dbus"
	processKernel = "kernel"
	processOwn    = "nmdebug"
	processPacket = "packet"
)

// processOf names the process behind a well-known bus name; the name itself where it is none of those that we know.
func processOf(service string) string {
	const nm = "org.freedesktop.NetworkManager"
	switch service {
	case nm:
		return "NetworkManager"
	case "fi.w1.wpa_supplicant1":
		return "wpa_supplicant"
	case "org.bluez":
		return "bluetoothd"
	case serviceIWD:
		return "iwd"
	case "org.freedesktop.DBus":
		return processBus
	case "org.freedesktop.ModemManager1":
		return "ModemManager"
	case "org.freedesktop.resolve1":
		return "systemd-resolved"
	case "org.freedesktop.nm_dispatcher":
		return "nm-dispatcher"
	case "org.freedesktop.PolicyKit1":
		return "polkitd"
	}
	if plugin, ok := strings.CutPrefix(service, nm+"."); ok {
		plugin, _, _ = strings.Cut(plugin, ".Connection_")
		return "nm-" + plugin
	}
	return service
}

// names is what object paths stand for, as far as their properties were told.
type names map[wire.Path]name

type name struct {
	iface string // the network interface
	title string // what a person calls it: a connection's name, an SSID
}

// of gives what a path stands for. An object below a known one is about the same interface.
func (n names) of(path wire.Path) name {
	for at := string(path); at != "" && at != "/"; {
		if found, ok := n[wire.Path(at)]; ok {
			return found
		}
		cut := strings.LastIndexByte(at, '/')
		if cut <= 0 {
			break
		}
		at = at[:cut]
	}
	return name{}
}

// maxNames bounds what is remembered: access points come and go.
const maxNames = 16384

// learn takes names from whatever tells properties.
func (n names) learn(e mirror.Event) {
	args, err := e.Message.Args()
	if err != nil || len(args) == 0 {
		return
	}
	switch {
	case e.Message.Member == "PropertiesChanged" && len(args) > 1:
		n.take(e.Message.Path, args[1])
	case e.Message.Member == "InterfacesAdded" && len(args) > 1:
		if path, ok := args[0].(wire.Path); ok {
			n.takeObject(path, args[1])
		}
	case strings.HasSuffix(e.Message.Member, "Added") && len(args) > 1:
		if path, ok := args[0].(wire.Path); ok {
			n.take(path, args[1])
		}
	case e.Kind == mirror.Reply && e.Call.Member == "GetManagedObjects":
		objects, _ := args[0].(map[wire.Path]map[string]map[string]any)
		for range 2 { // an active connection is about its device, which may come behind it
			for path, object := range objects {
				n.takeObject(path, object)
			}
		}
	case e.Kind == mirror.Reply && e.Call.Member == "GetAll":
		n.take(e.Call.Path, args[0])
	}
}

func (n names) takeObject(path wire.Path, object any) {
	interfaces, _ := object.(map[string]map[string]any)
	for _, props := range interfaces {
		n.take(path, props)
	}
}

// take reads the properties that name an object: NetworkManager's Interface and IpInterface of a device, Id of an active
// connection, Ssid of an access point; the supplicant's Ifname of an interface and SSID of a BSS; BlueZ's Alias.
func (n names) take(path wire.Path, properties any) {
	values, ok := properties.(map[string]any)
	if !ok {
		return
	}
	known := n[path]
	props := mirror.Props(values)
	for _, property := range []string{"Interface", "IpInterface", "Ifname"} {
		if v, ok := props.String(property); ok && v != "" {
			known.iface = strings.Clone(v) // and not the message that it is a part of
		}
	}
	for _, property := range []string{"Id", "Alias"} {
		if v, ok := props.String(property); ok {
			known.title = strings.Clone(v)
		}
	}
	for _, property := range []string{"Ssid", "SSID"} {
		if v, ok := props.Bytes(property); ok {
			known.title = string(v)
		}
	}
	if devices, ok := props.Paths("Devices"); ok && len(devices) == 1 {
		known.iface = n[devices[0]].iface
	}
	for _, property := range []string{"Ip4Config", "Ip6Config", "Dhcp4Config", "Dhcp6Config"} {
		if path, ok := props.Path(property); ok && path != "/" && known.iface != "" && len(n) < maxNames {
			n[path] = name{iface: known.iface}
		}
	}
	if known != (name{}) && (len(n) < maxNames || n[path] != (name{})) {
		n[path] = known
	}
}
