package inspect_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

const forever = 0xffffffff

// addr is an address that the kernel has.
func addr(prefix string, change ...func(*kerneltypes.Addr)) opt {
	return func(i *iface) {
		a := kerneltypes.Addr{Prefix: netip.MustParsePrefix(prefix), Valid: forever, Preferred: forever, At: ago(time.Minute)}
		if a.Prefix.Addr().IsLinkLocalUnicast() {
			a.Scope = 253
		}
		for _, c := range change {
			c(&a)
		}
		i.w.Kernel.Addrs[i.link.Index] = append(i.w.Kernel.Addrs[i.link.Index], a)
	}
}

func tentative(a *kerneltypes.Addr) { a.Flags |= 0x40 }
func duplicate(a *kerneltypes.Addr) { a.Flags |= 0x08 }
func justTold(a *kerneltypes.Addr)  { a.At = noon() }
func validFor(s uint32) func(*kerneltypes.Addr) {
	return func(a *kerneltypes.Addr) { a.Valid, a.At = s, noon() }
}

// gateway adds a default route, and a neighbour entry when a state is given.
func gateway(ip string, state ...kerneltypes.NeighState) opt { return gatewayAt(ip, 100, state...) }

func gatewayAt(ip string, metric uint32, state ...kerneltypes.NeighState) opt {
	return func(i *iface) {
		address := netip.MustParseAddr(ip)
		everywhere := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if address.Is6() {
			everywhere = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		i.w.Kernel.Routes = append(i.w.Kernel.Routes, kerneltypes.Route{
			Dst: everywhere, Gateway: address, OIF: i.link.Index, Table: 254, Metric: metric, Type: 1,
		})
		for _, s := range state {
			i.w.Kernel.Neighs = append(i.w.Kernel.Neighs, kerneltypes.Neigh{Index: i.link.Index, IP: address, State: s, Since: ago(time.Second), At: ago(time.Second)})
		}
	}
}

// neighbours changes all neighbour entries.
func neighbours(change func(*kerneltypes.Neigh)) part {
	return func(w *world) {
		for i := range w.Kernel.Neighs {
			change(&w.Kernel.Neighs[i])
		}
	}
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

func unknownToNM(i *iface) { i.dev = nil }
func unmanaged(i *iface)   { i.dev.Managed, i.dev.State = false, nmtypes.DeviceUnmanaged }

func device(change func(*nmtypes.Device)) opt { return func(i *iface) { change(i.dev) } }

func state(s nmtypes.DeviceState, r ...nmtypes.DeviceReason) opt {
	return func(i *iface) {
		i.dev.State = s
		if len(r) > 0 {
			i.dev.Reason = r[0]
		}
	}
}

// activated is a device that NetworkManager holds to be connected.
func activated(i *iface) { i.connect(nmtypes.DeviceActivated, nmtypes.ActiveActivated) }

// activating is a device on its way, at a state of NetworkManager's.
func activating(s nmtypes.DeviceState) opt {
	return func(i *iface) { i.connect(s, nmtypes.ActiveActivating) }
}

func (i *iface) connect(s nmtypes.DeviceState, a nmtypes.ActiveState) {
	i.dev.State = s
	i.active = &nmtypes.ActiveConnection{
		Path: "/active/" + i.name, ID: i.name + " profile", UUID: "uuid-" + i.name, Type: i.dev.Type.String(), State: a, Devices: []string{i.dev.Path},
	}
}

func flags(f nmtypes.ActivationFlags) opt { return func(i *iface) { i.active.Flags = f } }
func external(i *iface)                   { activated(i); i.active.Flags = nmtypes.FlagExternal }

// gaveUp is a device that failed while we watched and is disconnected now.
func gaveUp(r nmtypes.DeviceReason, from nmtypes.DeviceState) opt {
	return func(i *iface) {
		i.dev.State = nmtypes.DeviceDisconnected
		i.dev.LastFailure = &nmtypes.Failure{Reason: r, From: from, At: ago(time.Second)}
	}
}

// methods are what the applied connection says of addresses.
func methods(ip4, ip6 string) opt {
	return func(i *iface) {
		if i.dev.Applied == nil {
			i.dev.Applied = &nmtypes.Applied{}
		}
		i.dev.Applied.IP4Method, i.dev.Applied.IP6Method = ip4, ip6
	}
}

// configured are addresses that NetworkManager says it configured.
func configured(addresses ...string) opt {
	return func(i *iface) {
		for _, a := range addresses {
			c := &i.dev.IP4
			if strings.Contains(a, ":") {
				c = &i.dev.IP6
			}
			if *c == nil {
				*c = &nmtypes.IPConfig{}
			}
			(*c).Addresses = append((*c).Addresses, a)
		}
	}
}

// static is a healthy connection with the address of a profile, as nmcli device show has it.
func static(address string) opt {
	return func(i *iface) {
		for _, o := range []opt{activated, methods("manual", "disabled"), configured(address), addr(address)} {
			o(i)
		}
	}
}

// leased is a connection with a DHCP lease that ends in so long.
func leased(address string, left time.Duration) opt {
	return func(i *iface) {
		for _, o := range []opt{activated, methods("auto", "auto"), configured(address), addr(address)} {
			o(i)
		}
		ip, _, _ := strings.Cut(address, "/")
		i.dev.DHCP4 = map[string]string{"ip_address": ip, "expiry": fmt.Sprint(noon().Add(left).Unix())}
	}
}

// The supplicant's side.

// served is an interface that wpa_supplicant serves.
func served(driver string, s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) opt {
	return func(i *iface) {
		i.wpa = &wpatypes.Interface{
			Path: "/wpa/" + i.name, Name: i.name, Driver: driver, State: s, StateAt: ago(time.Second),
			Network: &wpatypes.Network{Path: "/wpa/" + i.name + "/net", Properties: map[string]string{}},
		}
		for _, c := range change {
			c(i.wpa)
		}
	}
}

func supplicant(s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) opt {
	return served("nl80211", s, change...)
}

func authenticator(s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) opt {
	return func(i *iface) {
		served("wired", s, change...)(i)
		if i.dev == nil || i.active == nil {
			return
		}
		if i.dev.Applied == nil {
			i.dev.Applied = &nmtypes.Applied{}
		}
		i.dev.Applied.Dot1X = true
	}
}

func keyManagement(word string) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) { w.Network.Properties["key_mgmt"] = word }
}

// trail are the states that it went through, a second apart, the last one now.
func trail(states ...wpatypes.InterfaceState) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) {
		for n, s := range states {
			w.Trail = append(w.Trail, wpatypes.StateStep{State: s, At: ago(time.Duration(len(states)-n) * time.Second)})
		}
	}
}

func disconnected(r wpatypes.Reason) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) { w.DisconnectReason = r }
}

func eapFailed(change ...func(*wpatypes.EAP)) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) {
		w.EAP = wpatypes.EAP{Started: ago(2 * time.Second), Method: "PEAP", Outcome: wpatypes.EAPFailure, OutcomeAt: ago(time.Second), Failures: 1}
		for _, c := range change {
			c(&w.EAP)
		}
	}
}

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

// withoutNM is a system on which NetworkManager does not run.
func withoutNM(w *world) {
	source(inspect.SourceNM, inspect.SourceAbsent)(w)
	w.later = append(w.later, func() { w.NM = nmtypes.State{} })
}

// withoutSupplicant is a system on which wpa_supplicant does not run, or cannot be asked.
func withoutSupplicant(status inspect.SourceStatus, right ...string) part {
	return source(inspect.SourceSupplicant, status, right...)
}

func nm(change func(*nmtypes.State)) part { return func(w *world) { change(&w.NM) } }

func rfkill(name string, soft, hard bool) part {
	return func(w *world) {
		w.Kernel.Rfkill[uint32(len(w.Kernel.Rfkill))] = kerneltypes.Radio{Name: name, Type: 1, Soft: soft, Hard: hard}
	}
}

// vpn is an active VPN of a plugin, carried by an interface.
func vpn(id, base string, s nmtypes.VPNState, change ...func(*nmtypes.ActiveConnection)) part {
	return func(w *world) {
		ac := vpnOn(id, base, s, change...)
		w.NM.Active[ac.Path] = ac
	}
}

// ended is a VPN that ended while we watched.
func ended(id, base string, r nmtypes.ActiveReason, change ...func(*nmtypes.ActiveConnection)) part {
	return func(w *world) {
		ac := vpnOn(id, base, nmtypes.VPNDisconnected, change...)
		ac.State, ac.Reason, ac.Path = nmtypes.ActiveDeactivated, r, fmt.Sprintf("/active/%d", len(w.NM.Ended))
		w.NM.Ended = append(w.NM.Ended, ac)
	}
}

func vpnOn(id, base string, s nmtypes.VPNState, change ...func(*nmtypes.ActiveConnection)) nmtypes.ActiveConnection {
	ac := nmtypes.ActiveConnection{
		Path: "/active/" + id, ID: id, UUID: "uuid-" + id, Type: "vpn", VPN: true, VPNState: s, State: nmtypes.ActiveActivated,
		Devices: []string{"/dev/" + base}, StateAt: ago(time.Second),
	}
	for _, c := range change {
		c(&ac)
	}
	return ac
}

func vpnAddress(address string) func(*nmtypes.ActiveConnection) {
	return func(ac *nmtypes.ActiveConnection) { ac.IP4 = &nmtypes.IPConfig{Addresses: []string{address}} }
}

// went are the states that a VPN went through, each with its reason.
func went(pairs ...uint32) func(*nmtypes.ActiveConnection) {
	return func(ac *nmtypes.ActiveConnection) {
		for n := 0; n < len(pairs); n += 2 {
			ac.VPNTrail = append(ac.VPNTrail, nmtypes.VPNStep{
				State: nmtypes.VPNState(pairs[n]), Reason: nmtypes.ActiveReason(pairs[n+1]), At: ago(time.Second),
			})
		}
	}
}

// verdict is one case: what is to be said of one interface of a world.
type verdict struct {
	name      string
	in        *inspect.Snapshot
	of        string
	want      string         // of the floors from the ground up: "up link-up | absent | failed no-address | absent"
	cause     string         // "eth0 L1 no-carrier", "" when nothing is broken
	whole     inspect.Status // of the stack; not looked at when it is Unknown
	says      []string       // parts of the reasons of the floors, of the cause or of its evidence
	conflicts []inspect.Code
}

// judge holds the cases against what Build makes of them.
func judge(t *testing.T, cases []verdict) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, ok := inspect.Build(c.in).Stack(c.of)
			if !ok {
				t.Fatalf("there is no stack %s", c.of)
			}
			if diff := cmp.Diff(c.want, floors(s)); diff != "" {
				t.Errorf("floors (-want +got):\n%s\n%s", diff, spoken(s))
			}
			if diff := cmp.Diff(c.cause, causeOf(s)); diff != "" {
				t.Errorf("cause (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.conflicts, codes(s.Conflicts)); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
			if c.whole != inspect.Unknown && s.Status != c.whole {
				t.Errorf("the whole is %s, want %s", s.Status, c.whole)
			}
			for _, part := range c.says {
				if !strings.Contains(spoken(s), part) {
					t.Errorf("nobody says %q in:\n%s", part, spoken(s))
				}
			}
		})
	}
}

// floors are the floors of a stack in the form of verdict.want.
func floors(s inspect.Stack) string {
	var words []string
	for _, f := range s.Floors {
		word := f.Status.String()
		if f.Status != inspect.Blocked && f.Code != "" {
			word += " " + string(f.Code)
		}
		words = append(words, word)
	}
	return strings.Join(words, " | ")
}

// causeOf is the cause of a stack in the form of verdict.cause.
func causeOf(s inspect.Stack) string {
	if s.Cause == nil {
		return ""
	}
	return fmt.Sprintf("%s %s %s", s.Cause.Interface, s.Cause.Level, s.Cause.Finding.Code)
}

func codes(findings []inspect.Finding) []inspect.Code {
	var all []inspect.Code
	for _, f := range findings {
		all = append(all, f.Code)
	}
	return all
}

// spoken is all text that a stack gives to people.
func spoken(s inspect.Stack) string {
	var b strings.Builder
	say := func(f inspect.Finding) {
		fmt.Fprintf(&b, "%s %s %s (%s): %s [%s] %s\n", f.Level, f.Status, f.Code, f.Sure, f.Text, f.Brief, f.Right)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "    %s: %s\n", e.Source, e.Text)
		}
		for _, n := range f.Next {
			fmt.Fprintf(&b, "    $ %s\n", n)
		}
	}
	for _, f := range s.Floors {
		fmt.Fprintf(&b, "%s %s: %s [%s]\n", f.Level, f.Status, f.Reason, f.Brief)
		for _, found := range f.Findings {
			say(found)
		}
	}
	if s.Cause != nil {
		say(s.Cause.Finding)
	}
	for _, c := range s.Conflicts {
		say(c)
	}
	return b.String()
}
