// Package inspecttest makes snapshots for the tests of what is built on package inspect: healthy networks, of which a
// test breaks what it wants broken.
package inspecttest

import (
	"net/netip"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/wpadbus/wpatypes"
)

// World is a snapshot in the making.
type World struct{ *inspect.Snapshot }

// Noon is when all snapshots are taken.
func Noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// New makes a world in which all sources answer and nothing is there but NetworkManager's process.
func New() *World {
	w := &World{&inspect.Snapshot{
		At: Noon(),
		NM: nmtypes.State{
			Synced: true, Manager: nmtypes.Manager{
				Version: "1.42.4", State: nmtypes.GlobalConnectedGlobal, NetworkingEnabled: true, WirelessEnabled: true, WirelessHwEnabled: true,
			},
			Devices: map[string]nmtypes.Device{}, Active: map[string]nmtypes.ActiveConnection{},
		},
		WPA:    wpatypes.State{Synced: true, Interfaces: map[string]wpatypes.Interface{}},
		Kernel: kerneltypes.State{Synced: true, Links: map[int]kerneltypes.Link{}, Addrs: map[int][]kerneltypes.Addr{}},
		Proc: proctypes.State{Read: true, Processes: []proctypes.Process{
			{PID: 8, Parent: 1, Name: "NetworkManager", Role: proctypes.RoleManager, Unit: "NetworkManager.service"},
		}},
	}}
	for _, name := range []string{inspect.SourceBus, inspect.SourceNM, inspect.SourceSupplicant, inspect.SourceKernel, inspect.SourceProc} {
		w.Sources = append(w.Sources, inspect.Source{Name: name, Status: inspect.SourceOK})
	}
	return w
}

// Pyramid judges the world as it is now.
func (w *World) Pyramid() inspect.Pyramid { return inspect.Build(w.Snapshot) }

// Process adds a process.
func (w *World) Process(p proctypes.Process) {
	w.Proc.Processes = append(w.Proc.Processes, p)
}

// Route adds a route of the main table, with a gateway unless it is "".
func (w *World) Route(dst, gateway string, i *Iface, protocol uint8, metric uint32) {
	r := kerneltypes.Route{Dst: netip.MustParsePrefix(dst), OIF: i.index, Table: 254, Type: 1, Protocol: protocol, Metric: metric}
	if gateway != "" {
		r.Gateway = netip.MustParseAddr(gateway)
	}
	w.Kernel.Routes = append(w.Kernel.Routes, r)
}

// VPN adds an active VPN of a plugin on a base, whose own interface has an address.
func (w *World) VPN(id string, base, own *Iface, address string) {
	path := "/active/" + id
	w.NM.Active[path] = nmtypes.ActiveConnection{
		Path: path, Connection: "/settings/" + id, ID: id, UUID: "uuid-" + id, Type: "vpn", VPN: true, VPNState: nmtypes.VPNActivated,
		State: nmtypes.ActiveActivated, Base: "/active/" + base.name, Devices: []string{base.device()},
		IP4: &nmtypes.IPConfig{Addresses: []string{address}},
	}
	own.own(address)
}

// Iface is one interface of a world.
type Iface struct {
	w     *World
	name  string
	index int
}

// Link adds an interface that is up with a carrier, and that NetworkManager manages without a connection.
func (w *World) Link(name, kind string, t nmtypes.DeviceType) *Iface {
	i := &Iface{w: w, name: name, index: len(w.Kernel.Links) + 1}
	w.Kernel.Links[i.index] = kerneltypes.Link{
		Index: i.index, Name: name, Kind: kind, Type: 1, Flags: 1, OperState: kerneltypes.OperUp, Carrier: true, HasCarrier: true, MTU: 1500,
	}
	w.NM.Devices[i.device()] = nmtypes.Device{
		Path: i.device(), Interface: name, IPInterface: name, Type: t, State: nmtypes.DeviceDisconnected, Managed: true, Real: true,
	}
	return i
}

// Tun adds a tunnel interface that a process holds; NetworkManager only mirrors it.
func (w *World) Tun(name string, p proctypes.Process) *Iface {
	i := w.Link(name, "tun", nmtypes.TypeTun)
	i.Kernel(func(l *kerneltypes.Link) { l.TunMode = "tun" })
	i.Connected(name)
	i.Active(func(ac *nmtypes.ActiveConnection) { ac.Flags = nmtypes.FlagExternal })
	if p.PID != 0 {
		p.Holds = append(p.Holds, name)
		w.Process(p)
	}
	return i
}

func (i *Iface) device() string { return "/device/" + i.name }

// Kernel changes the link.
func (i *Iface) Kernel(change func(*kerneltypes.Link)) *Iface {
	l := i.w.Kernel.Links[i.index]
	change(&l)
	i.w.Kernel.Links[i.index] = l
	return i
}

// Device changes what NetworkManager says of the device.
func (i *Iface) Device(change func(*nmtypes.Device)) *Iface {
	d := i.w.NM.Devices[i.device()]
	change(&d)
	i.w.NM.Devices[i.device()] = d
	return i
}

// Active changes the active connection.
func (i *Iface) Active(change func(*nmtypes.ActiveConnection)) *Iface {
	ac := i.w.NM.Active["/active/"+i.name]
	change(&ac)
	i.w.NM.Active[ac.Path] = ac
	return i
}

// On puts the interface onto another.
func (i *Iface) On(base *Iface) *Iface {
	return i.Kernel(func(l *kerneltypes.Link) { l.Parent = base.index })
}

// PortOf makes the interface a port that forwards.
func (i *Iface) PortOf(controller *Iface) *Iface {
	return i.Kernel(func(l *kerneltypes.Link) {
		l.Controller, l.PortKind, l.PortState = controller.index, i.w.Kernel.Links[controller.index].Kind, 3
	})
}

// Connected activates a connection.
func (i *Iface) Connected(id string) *Iface {
	path := "/active/" + i.name
	i.w.NM.Active[path] = nmtypes.ActiveConnection{
		Path: path, Connection: "/settings/" + id, ID: id, UUID: "uuid-" + id, Type: "802-3-ethernet", State: nmtypes.ActiveActivated, Devices: []string{i.device()},
	}
	return i.Device(func(d *nmtypes.Device) {
		d.State, d.Active = nmtypes.DeviceActivated, path
		d.Applied = &nmtypes.Applied{IP4Method: "disabled", IP6Method: "disabled"}
	})
}

// Address gives the interface an address that NetworkManager did not give it.
func (i *Iface) Address(prefix string) *Iface {
	const forever = 0xffffffff
	i.w.Kernel.Addrs[i.index] = append(i.w.Kernel.Addrs[i.index], kerneltypes.Addr{
		Prefix: netip.MustParsePrefix(prefix), Valid: forever, At: Noon().Add(-time.Minute),
	})
	return i
}

// own gives the interface an address as NetworkManager does.
func (i *Iface) own(prefix string) *Iface {
	const noPrefixRoute = 0x200
	i.Address(prefix)
	all := i.w.Kernel.Addrs[i.index]
	all[len(all)-1].Flags |= noPrefixRoute
	return i
}

// Static gives the interface the address of its profile.
func (i *Iface) Static(prefix string) *Iface {
	return i.own(prefix).Device(func(d *nmtypes.Device) {
		d.IP4, d.Applied.IP4Method = &nmtypes.IPConfig{Addresses: []string{prefix}}, "manual"
	})
}

// Leased gives the interface a DHCP lease, with a default route unless the gateway is "".
func (i *Iface) Leased(prefix, gateway string) *Iface {
	i.own(prefix).Device(func(d *nmtypes.Device) {
		d.IP4 = &nmtypes.IPConfig{Addresses: []string{prefix}, Gateway: gateway}
		d.DHCP4 = map[string]string{"ip_address": netip.MustParsePrefix(prefix).Addr().String()}
		d.Applied.IP4Method = "auto"
	})
	if gateway != "" {
		i.w.Route("0.0.0.0/0", gateway, i, 16, 100+uint32(i.index))
	}
	return i
}

// Authenticated serves the interface by the wpa_supplicant on the bus, with 802.1X.
func (i *Iface) Authenticated() *Iface {
	path := "/wpa/" + i.name
	i.w.WPA.Interfaces[path] = wpatypes.Interface{Path: path, Name: i.name, Driver: "wired", State: wpatypes.StateCompleted}
	i.w.Process(proctypes.Process{PID: 30, Parent: 1, Name: "wpa_supplicant", Role: proctypes.RoleSupplicant, Unit: "wpa_supplicant.service"})
	return i.Device(func(d *nmtypes.Device) { d.Applied.Dot1X = true })
}

// Prefix reads an address with its network, or a network.
func Prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
