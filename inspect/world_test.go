package inspect_test

import (
	"slices"
	"strings"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// noon is when all snapshots of the tests are taken.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// ago is a time before noon.
func ago(d time.Duration) time.Time { return noon().Add(-d) }

// world is a snapshot in the making.
type world struct {
	*inspect.Snapshot
	later []func() // what needs all interfaces to be there
}

// part is one thing in a world: an interface, a VPN, a source that fails.
type part func(*world)

// snapshot makes a world in which all sources answer, out of its parts.
func snapshot(parts ...part) *inspect.Snapshot {
	w := &world{Snapshot: &inspect.Snapshot{
		At: noon(),
		NM: nmtypes.State{
			Synced: true,
			Manager: nmtypes.Manager{
				Version: "1.42.4", State: nmtypes.GlobalConnectedGlobal, Connectivity: nmtypes.ConnectivityFull,
				NetworkingEnabled: true, WirelessEnabled: true, WirelessHwEnabled: true,
			},
			Devices: map[string]nmtypes.Device{}, Active: map[string]nmtypes.ActiveConnection{},
			DNS: []nmtypes.DNSEntry{{Nameservers: []string{"192.0.2.53"}}},
		},
		WPA: wpatypes.State{Synced: true, Interfaces: map[string]wpatypes.Interface{}},
		Kernel: kerneltypes.State{
			Synced: true, Links: map[int]kerneltypes.Link{}, Addrs: map[int][]kerneltypes.Addr{},
			Rfkill: map[uint32]kerneltypes.Radio{}, Speeds: map[string]kerneltypes.Speed{},
			Stations: map[string]kerneltypes.Station{}, WireGuard: map[string]kerneltypes.WireGuard{},
		},
	}}
	for _, name := range []string{
		inspect.SourceBus, inspect.SourceNM, inspect.SourceSupplicant, inspect.SourceKernel, inspect.SourceRfkill,
		inspect.SourceEthtool, inspect.SourceNL80211, inspect.SourceWireGuard,
	} {
		w.Sources = append(w.Sources, inspect.Source{Name: name, Status: inspect.SourceOK})
	}
	for _, p := range parts {
		p(w)
	}
	for _, f := range w.later {
		f()
	}
	return w.Snapshot
}

// iface is one interface with what each source says of it; what is nil, the source does not know.
type iface struct {
	w      *world
	name   string
	link   *kerneltypes.Link
	dev    *nmtypes.Device
	active *nmtypes.ActiveConnection
	wpa    *wpatypes.Interface
}

// opt changes one thing about an interface.
type opt func(*iface)

// link is an interface of a kind as the kernel names it and of a type as NetworkManager does. Left alone it is up with a
// carrier, and NetworkManager manages it without a connection.
func link(name, kind string, t nmtypes.DeviceType, opts ...opt) part {
	return func(w *world) {
		index := len(w.Kernel.Links) + 1
		i := &iface{
			w: w, name: name,
			link: &kerneltypes.Link{
				Index: index, Name: name, Kind: kind, Type: 1, Flags: 1, OperState: kerneltypes.OperUp, Carrier: true, HasCarrier: true, MTU: 1500,
			},
			dev: &nmtypes.Device{
				Path: "/dev/" + name, Interface: name, IPInterface: name, Type: t, State: nmtypes.DeviceDisconnected, Managed: true, Real: true,
			},
		}
		for _, o := range opts {
			o(i)
		}
		i.store()
	}
}

func (i *iface) store() {
	if i.link != nil {
		i.w.Kernel.Links[i.link.Index] = *i.link
	}
	if i.dev != nil {
		if i.active != nil {
			i.dev.Active = i.active.Path
			i.w.NM.Active[i.active.Path] = *i.active
		}
		i.w.NM.Devices[i.dev.Path] = *i.dev
	}
	if i.wpa != nil {
		i.w.WPA.Interfaces[i.wpa.Path] = *i.wpa
	}
}

func ethernet(name string, opts ...opt) part { return link(name, "", nmtypes.TypeEthernet, opts...) }

func veth(name string, opts ...opt) part { return link(name, "veth", nmtypes.TypeVeth, opts...) }

func bridge(name string, opts ...opt) part { return link(name, "bridge", nmtypes.TypeBridge, opts...) }

func bond(name string, opts ...opt) part { return link(name, "bond", nmtypes.TypeBond, opts...) }

func tun(name string, opts ...opt) part {
	return link(name, "tun", nmtypes.TypeTun, append([]opt{func(i *iface) { i.link.TunMode = "tun" }}, opts...)...)
}

func wireguard(name string, opts ...opt) part {
	return link(name, "wireguard", nmtypes.TypeWireGuard, opts...)
}

func loopback(opts ...opt) part {
	return link("lo", "", nmtypes.TypeLoopback, append([]opt{func(i *iface) { i.link.Flags |= 8; i.link.Type = 772 }, addr("127.0.0.1/8")}, opts...)...)
}

func wifi(name string, opts ...opt) part {
	return link(name, "", nmtypes.TypeWifi, append([]opt{func(i *iface) {
		i.link.Wireless, i.link.Phy = true, "phy0"
		i.dev.Wireless = &nmtypes.Wireless{Mode: 2}
	}}, opts...)...)
}

// modem has a control port for a name and no link until it is connected.
func modem(opts ...opt) part {
	return link("cdc-wdm0", "", nmtypes.TypeModem, append([]opt{withoutLink, func(i *iface) { i.dev.IPInterface = "" }}, opts...)...)
}

// The kernel's side.

func withoutLink(i *iface) { i.link = nil }
func noCarrier(i *iface)   { i.link.Carrier, i.link.OperState = false, kerneltypes.OperDown }
func adminDown(i *iface)   { noCarrier(i); i.link.Flags &^= 1 }
func dormant(i *iface)     { i.link.OperState = kerneltypes.OperDormant }

func speed(mbps int, duplex string) opt {
	return func(i *iface) { i.w.Kernel.Speeds[i.name] = kerneltypes.Speed{Mbps: mbps, Duplex: duplex} }
}

// portOf makes it a port of a controller, which forwards when it is a bridge.
func portOf(controller string, state ...uint8) opt {
	return func(i *iface) {
		index := i.link.Index
		i.w.later = append(i.w.later, func() {
			l, c := i.w.Kernel.Links[index], i.w.linkNamed(controller)
			l.Controller, l.PortKind, l.PortState = c.Index, c.Kind, 3
			if len(state) > 0 {
				l.PortState = state[0]
			}
			i.w.Kernel.Links[index] = l
		})
	}
}

// on puts it onto another interface.
func on(base string) opt {
	return func(i *iface) {
		index := i.link.Index
		i.w.later = append(i.w.later, func() {
			l := i.w.Kernel.Links[index]
			l.Parent = i.w.linkNamed(base).Index
			i.w.Kernel.Links[index] = l
		})
	}
}

func (w *world) linkNamed(name string) kerneltypes.Link {
	for _, l := range w.Kernel.Links {
		if l.Name == name {
			return l
		}
	}
	panic("no link " + name)
}

func station(change func(*kerneltypes.Station)) opt {
	return func(i *iface) {
		s := kerneltypes.Station{
			BSSID: "02:00:00:00:00:01", SSID: []byte("home"), SignalDBm: -50, InterfaceType: "station", Associated: true, At: noon(),
		}
		change(&s)
		i.w.Kernel.Stations[i.name] = s
	}
}

// signalled is what nl80211 signalled of it.
func signalled(log kerneltypes.WirelessLog) opt {
	return func(i *iface) { i.w.Kernel.Wireless = map[int]kerneltypes.WirelessLog{i.link.Index: log} }
}

// thrownOut is the end of an association that nl80211 signalled.
func thrownOut(reason uint16, byAP bool) opt {
	return signalled(kerneltypes.WirelessLog{Disconnect: kerneltypes.WirelessEvent{At: ago(time.Second), Code: reason, ByAP: byAP}})
}

func heardAt(dBm int) opt { return station(func(s *kerneltypes.Station) { s.SignalDBm = dBm }) }

// NetworkManager's side.

// The supplicant's side.

// The rest of the world.

func source(name string, status inspect.SourceStatus, right ...string) part {
	return func(w *world) {
		i := slices.IndexFunc(w.Sources, func(s inspect.Source) bool { return s.Name == name })
		if i < 0 {
			i = len(w.Sources)
			w.Sources = append(w.Sources, inspect.Source{})
		}
		w.Sources[i] = inspect.Source{Name: name, Status: status, Right: strings.Join(right, ", ")}
	}
}

func rfkill(name string, soft, hard bool) part {
	return func(w *world) {
		w.Kernel.Rfkill[uint32(len(w.Kernel.Rfkill))] = kerneltypes.Radio{Name: name, Type: 1, Soft: soft, Hard: hard}
	}
}
