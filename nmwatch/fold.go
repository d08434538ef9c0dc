package nmwatch

import (
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// Service is NetworkManager's name on the bus.
const Service = "org.freedesktop.NetworkManager"

// root is the path of NetworkManager's ObjectManager, above its own object.
const root wire.Path = "/org/freedesktop"

// The interfaces that are read.
const (
	managerIface    = "org.freedesktop.NetworkManager"
	deviceIface     = "org.freedesktop.NetworkManager.Device"
	wiredIface      = "org.freedesktop.NetworkManager.Device.Wired"
	wirelessIface   = "org.freedesktop.NetworkManager.Device.Wireless"
	bluetoothIface  = "org.freedesktop.NetworkManager.Device.Bluetooth"
	statisticsIface = "org.freedesktop.NetworkManager.Device.Statistics"
	apIface         = "org.freedesktop.NetworkManager.AccessPoint"
	activeIface     = "org.freedesktop.NetworkManager.Connection.Active"
	vpnIface        = "org.freedesktop.NetworkManager.VPN.Connection"
	ip4Iface        = "org.freedesktop.NetworkManager.IP4Config"
	ip6Iface        = "org.freedesktop.NetworkManager.IP6Config"
	dhcp4Iface      = "org.freedesktop.NetworkManager.DHCP4Config"
	dhcp6Iface      = "org.freedesktop.NetworkManager.DHCP6Config"
	profileIface    = "org.freedesktop.NetworkManager.Settings.Connection"
	dnsIface        = "org.freedesktop.NetworkManager.DnsManager"

	managerPath wire.Path = "/org/freedesktop/NetworkManager"
	dnsPath     wire.Path = "/org/freedesktop/NetworkManager/DnsManager"
)

// Rules are the match rules under which NetworkManager's signals come. Statistics are left out: they tick for as long
// as anybody asked for them.
func Rules() []string {
	return []string{"type='signal',sender='" + Service + "'"}
}

// Fold follows NetworkManager. It is pure; one goroutine owns it.
type Fold struct {
	state   *nmtypes.State // as it was given last; nil when something came since
	tree    *mirror.Tree
	history history
	applied applied
	changed bool // since Wants was asked
}

// NewFold makes a fold that knows nothing. AskAtMost bounds of how many devices it asks for the applied connections, 0 for
// none.
func NewFold(askAtMost int) *Fold {
	return &Fold{
		tree:    mirror.NewTree(Service, root),
		history: newHistory(),
		applied: applied{limit: askAtMost, known: map[string]appliedTo{}},
	}
}

// Apply takes the next event and tells whether the state may have changed.
func (f *Fold) Apply(e mirror.Event) bool {
	if e.Overheard {
		return false
	}
	if another(e) || e.From(Service) {
		f.state = nil
	}
	if another(e) {
		f.history.forget()
		f.applied.forget()
	}
	if e.Kind == mirror.Signal && e.From(Service) {
		f.history.signal(e, f.tree) // before the tree: a signal about the end of an object finds it still there
	}
	changed := f.tree.Apply(e)
	answered := f.applied.apply(e)
	if len(changed) > 0 || answered {
		f.state, f.changed = nil, true
	}
	return len(changed) > 0 || answered || e.Kind == mirror.Signal && e.From(Service)
}

// another says whether whoever speaks after the event is not who spoke before.
func another(e mirror.Event) bool {
	switch e.Kind {
	case mirror.BusUp, mirror.BusDown:
		return true
	case mirror.OwnerLost, mirror.OwnerChanged:
		return e.From(Service)
	default:
		return false
	}
}

// Opening gives what can be asked before the bus is up; see mirror.Config.
func (f *Fold) Opening() []wire.Call { return f.tree.Opening() }

// Wants gives the calls that would complete the state, each once.
func (f *Fold) Wants() []wire.Call {
	calls := f.tree.Wants()
	if f.tree.Synced() && f.changed {
		f.changed = false
		calls = append(calls, f.applied.wants(f.devices(f.tree.Read()))...)
	}
	return calls
}

// Synced tells whether the first snapshot is complete, with the answers that were asked for.
func (f *Fold) Synced() bool { return f.tree.Synced() && f.applied.waiting == 0 }

// HasBluetooth tells whether NetworkManager has a Bluetooth device.
func (f *Fold) HasBluetooth() bool {
	for _, object := range f.tree.Objects() {
		if _, ok := object[bluetoothIface]; ok {
			return true
		}
	}
	return false
}

// State is the state after all that was applied. What it returns never changes any more; as long as nothing changes the states share
// all they have, because many of them may be kept.
func (f *Fold) State() nmtypes.State {
	if f.state == nil {
		s := f.read()
		f.state = &s
	}
	return *f.state
}

func (f *Fold) read() nmtypes.State {
	s := nmtypes.State{
		Synced:  f.tree.Synced(),
		Active:  map[string]nmtypes.ActiveConnection{},
		Ended:   f.history.ended,
		Speaker: f.history.speakers,
	}
	if !s.Synced {
		return s
	}
	in := f.tree.Read()
	s.Manager = manager(in)
	s.Devices = f.devices(in)
	for path, object := range f.tree.Objects() {
		if _, ok := object[activeIface]; ok {
			s.Active[string(path)] = f.history.since(activeConnection(in, path))
		}
		if _, ok := object[profileIface]; ok {
			s.Profiles++
		}
	}
	s.DNS, s.DNSMode = f.dns(in)
	s.Problems = mirror.ProblemsOf[nmtypes.Problem](in)
	return s
}

func manager(in *mirror.Reading) nmtypes.Manager {
	r := in.Reader(managerPath, managerIface)
	return nmtypes.Manager{
		Version:              r.String("Version"),
		State:                nmtypes.GlobalState(r.Uint32("State")),
		Connectivity:         nmtypes.Connectivity(r.Uint32("Connectivity")),
		ConnectivityCheck:    r.Bool("ConnectivityCheckAvailable") && r.Bool("ConnectivityCheckEnabled") && r.String("ConnectivityCheckUri") != "",
		NetworkingEnabled:    r.Bool("NetworkingEnabled"),
		WirelessEnabled:      r.Bool("WirelessEnabled"),
		WirelessHwEnabled:    r.Bool("WirelessHardwareEnabled"),
		Startup:              r.Bool("Startup"),
		PrimaryConnection:    object(r.Path("PrimaryConnection")),
		ActivatingConnection: object(r.Path("ActivatingConnection")),
	}
}

// object is a path as nmtypes has it: "" for NetworkManager's "/".
func object(p wire.Path) string {
	if p == "/" {
		return ""
	}
	return string(p)
}

func objects(paths []wire.Path) []string {
	var all []string
	for _, p := range paths {
		all = append(all, object(p))
	}
	return all
}
