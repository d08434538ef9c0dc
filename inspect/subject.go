package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// subject is one interface with all that the sources say of it: what the checks look at.
type subject struct {
	snap   *Snapshot
	all    *joined
	name   string
	kind   string
	link   *kerneltypes.Link         // nil when the kernel has no such link
	dev    *nmtypes.Device           // nil when NetworkManager does not know it
	ac     *nmtypes.ActiveConnection // nil when no connection is active
	wpa    *wpatypes.Interface       // nil when the supplicant does not serve it
	needed Level                     // the floor up to which something wanted stands on it; 0 when nothing does
}

// joined finds a subject by each of the names that the sources use for it.
type joined struct {
	byName map[string]*subject
	byPath map[string]*subject // NetworkManager's device path
	byLink map[int]*subject
	sorted []*subject         // all, by name
	ports  map[int][]*subject // by the index of their controller, by name
	vpns   []nmtypes.ActiveConnection
	exits  [2][]kerneltypes.Route // the default routes of IPv4 and IPv6, the one in use first
}

// subjectsOf joins the sources by interface name, in a stable order.
func subjectsOf(s *Snapshot) []*subject {
	all := &joined{
		byName: map[string]*subject{}, byPath: map[string]*subject{}, byLink: map[int]*subject{}, ports: map[int][]*subject{},
		vpns: activeVPNs(s), exits: [2][]kerneltypes.Route{defaultRoutes(s, true), defaultRoutes(s, false)},
	}
	for _, index := range slices.Sorted(maps.Keys(s.Kernel.Links)) {
		link := s.Kernel.Links[index]
		sub := all.named(s, link.Name)
		sub.link = &link
		all.byLink[link.Index] = sub
	}
	all.joinDevices(s)
	all.joinPhones(s)
	for _, path := range slices.Sorted(maps.Keys(s.WPA.Interfaces)) {
		w := s.WPA.Interfaces[path]
		if sub, ok := all.byName[w.Name]; ok {
			sub.wpa = &w
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all.byName)) {
		sub := all.byName[name]
		if sub.kind == "" {
			sub.kind = kindOf(sub.link, sub.dev)
		}
		if sub.link != nil && sub.link.Controller != 0 {
			all.ports[sub.link.Controller] = append(all.ports[sub.link.Controller], sub)
		}
		all.sorted = append(all.sorted, sub)
	}
	for _, sub := range all.sorted {
		if sub.asked() {
			sub.demand()
		}
	}
	return all.sorted
}

// joinDevices adds what NetworkManager says. Of several devices with one name, as Open vSwitch has them, the one with a
// link is meant. A device that carries IP on another interface than its own, as PPPoE does, belongs to both.
func (j *joined) joinDevices(s *Snapshot) {
	for _, path := range slices.Sorted(maps.Keys(s.NM.Devices)) {
		dev := s.NM.Devices[path]
		name := stackName(dev)
		if name == "" {
			continue
		}
		sub := j.named(s, name)
		j.byPath[path] = sub
		sub.take(&dev)
		if below, ok := j.byName[dev.Interface]; ok && below != sub && below.dev == nil {
			below.take(&dev)
		}
	}
}

// joinPhones adds the phones that BlueZ knows and NetworkManager does not show, as it does when their adapter is off.
func (j *joined) joinPhones(s *Snapshot) {
	known := map[string]bool{}
	for _, dev := range s.NM.Devices {
		if dev.Type == nmtypes.TypeBluetooth {
			known[strings.ToUpper(dev.HwAddress)] = true
		}
	}
	for _, path := range slices.Sorted(maps.Keys(s.BlueZ.Devices)) {
		d := s.BlueZ.Devices[path]
		joined := d.Network != nil && d.Network.Connected
		if d.Paired && (d.OffersPAN() || d.OffersDUN()) && !known[d.Address] && !joined {
			j.named(s, d.Address).kind = kindBluetooth
		}
	}
}

// take makes a device the subject's own, with its active connection.
func (s *subject) take(dev *nmtypes.Device) {
	if s.dev != nil && (!hasLink(*dev) || hasLink(*s.dev)) {
		return
	}
	s.dev, s.ac = dev, nil
	if ac, ok := s.snap.NM.Active[dev.Active]; ok {
		s.ac = &ac
	}
}

// demand notes that something wanted stands on the interfaces below, which need not be managed themselves.
func (s *subject) demand() {
	level := Needs(s.kind)
	for _, below := range s.foundation() {
		if below.needed < level {
			below.needed = level
			below.demand()
		}
	}
}

// foundation are the interfaces without which the subject cannot stand. A bridge with an open port needs no other.
func (s *subject) foundation() []*subject {
	if s.joinsPorts() && slices.ContainsFunc(s.ports(), (*subject).openPort) {
		return nil
	}
	return s.bases()
}

func (j *joined) named(s *Snapshot, name string) *subject {
	sub, ok := j.byName[name]
	if !ok {
		sub = &subject{snap: s, all: j, name: name}
		j.byName[name] = sub
	}
	return sub
}

// stackName is the name of the stack that a device belongs to; "" when it is none: a placeholder for a device that does
// not exist yet, or the peer-to-peer half of a Wi-Fi card.
func stackName(d nmtypes.Device) string {
	switch {
	case d.Type == nmtypes.TypeWifiP2P, !d.Real:
		return ""
	case d.IPInterface != "":
		return d.IPInterface
	default:
		return d.Interface
	}
}

// KindBluetooth is the kind of a link over Bluetooth, in NetworkManager's word.
const KindBluetooth = "bt"

// The kinds that checks ask for. All other kinds are the kernel's or NetworkManager's word.
const (
	kindLoopback  = "loopback"
	kindEthernet  = "ethernet"
	kindWifi      = "wifi"
	kindBridge    = "bridge"
	kindBond      = "bond"
	kindTeam      = "team"
	kindVeth      = "veth"
	kindTun       = "tun"
	kindTap       = "tap"
	kindWireGuard = "wireguard"
	kindVxlan     = "vxlan"
	kindVRF       = "vrf"
	kindBluetooth = KindBluetooth
)

// kindOf names the kind of an interface: the kernel's word first, since it exists without NetworkManager too.
func kindOf(link *kerneltypes.Link, dev *nmtypes.Device) string {
	const untold, ether = 0, 1 // ARPHRD_ETHER
	switch {
	case link == nil && dev == nil:
		return "unknown"
	case link == nil:
		return dev.Type.String()
	case link.Loopback():
		return kindLoopback
	case link.Wireless, dev != nil && dev.Type == nmtypes.TypeWifi:
		return kindWifi
	case link.Kind == kindTun && link.TunMode == kindTap:
		return kindTap
	case link.Kind != "":
		return link.Kind
	case overBluetooth(link):
		return kindBluetooth
	case dev != nil && dev.Type != nmtypes.TypeUnknown && dev.Type != nmtypes.TypeGeneric:
		return dev.Type.String()
	case link.Type != untold && link.Type != ether:
		return nmtypes.TypeGeneric.String()
	default:
		return kindEthernet
	}
}

// managed says whether NetworkManager manages the interface by its own choice, not merely mirrors what others made.
func (s *subject) managed() bool {
	return s.dev != nil && s.dev.Managed && !s.external()
}

// external says whether NetworkManager only mirrors a connection that somebody else made.
func (s *subject) external() bool {
	return s.ac != nil && s.ac.Flags.Has(nmtypes.FlagExternal)
}

// asked says whether somebody asked for a connection here: one is active or activating, it failed, or the carrier took
// it away.
func (s *subject) asked() bool {
	switch {
	case !s.managed(), s.asleep():
		return false
	case s.ac != nil && (s.ac.State == nmtypes.ActiveActivated || s.ac.State == nmtypes.ActiveActivating):
		return true
	case s.dev.LastFailure != nil:
		return true
	default:
		return s.lostByCarrier()
	}
}

// asleep says whether NetworkManager let go of everything, for the night or because networking was switched off.
func (s *subject) asleep() bool {
	return !s.snap.NM.Manager.NetworkingEnabled || s.dev.Reason == nmtypes.ReasonSleeping || s.dev.Reason == nmtypes.ReasonNetworkingOff
}

// wanted says whether a floor that is missing has failed and is not merely off: a connection was asked for here, or
// something that is wanted stands on it.
func (s *subject) wanted(l Level) bool { return s.asked() || l <= s.needed }

// missing is a finding about a floor that is not there: a failure where somebody asked for it, off otherwise.
func (s *subject) missing(l Level, code Code) Finding {
	if s.wanted(l) {
		return s.finding(l, Failed, code)
	}
	return s.finding(l, Down, code)
}

// lostByCarrier says whether NetworkManager ended the connection because the carrier went away. A device that was idle
// before says the same; where we saw the change we can tell.
func (s *subject) lostByCarrier() bool {
	before := s.dev.StateBefore
	idle := nmtypes.DeviceUnavailable
	if s.dev.Type == nmtypes.TypeBluetooth {
		idle = nmtypes.DeviceDisconnected
	}
	return s.dev.State == idle && s.dev.Reason == nmtypes.ReasonCarrier &&
		(before == nmtypes.DeviceUnknown || before >= nmtypes.DevicePrepare)
}

// blind says whether the kernel's view is missing or may be old: then no floor is proved by it.
func (s *subject) blind() bool {
	return !s.snap.Kernel.Synced || s.snap.source(SourceKernel).Status == SourceLost
}

// activated says whether NetworkManager holds that the connection is complete.
func (s *subject) activated() bool {
	return s.dev != nil && s.dev.State == nmtypes.DeviceActivated
}

// activating says whether NetworkManager is at work on the connection, or about to begin: it tells of the connection
// before it tells of the device.
func (s *subject) activating() bool {
	if s.dev == nil || s.activated() {
		return false
	}
	return s.dev.State >= nmtypes.DevicePrepare && s.dev.State < nmtypes.DeviceActivated ||
		s.ac != nil && s.ac.State == nmtypes.ActiveActivating
}

// since is how long ago something was said; 0 when it is not known when.
func (s *subject) since(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return s.snap.At.Sub(t)
}

// finding begins a finding on one floor of the subject.
func (s *subject) finding(level Level, status Status, code Code) Finding {
	return code.Finding(s.name, level, status)
}

// kernel is evidence from the kernel about the link.
func (s *subject) kernel(format string, args ...any) Evidence {
	return Evidence{Source: SourceKernel, Text: s.name + ": " + fmt.Sprintf(format, args...)}
}

// nmSays is evidence: the state that NetworkManager gives the device.
func (s *subject) nmSays() Evidence {
	if src := s.snap.source(SourceNM); s.dev == nil && src.Status != SourceOK {
		return src.says()
	}
	if s.dev == nil {
		return Evidence{Source: SourceNM, Text: s.name + ": not known"}
	}
	text := fmt.Sprintf("%s: state %s (%d)", s.name, s.dev.State, s.dev.State)
	if s.dev.Reason != nmtypes.ReasonNone {
		text += fmt.Sprintf(", reason %s (%d)", s.dev.Reason, s.dev.Reason)
	}
	return Evidence{Source: SourceNM, Text: text, At: s.dev.StateAt}
}

// supplicantSays is evidence: the state that the supplicant gives the interface.
func (s *subject) supplicantSays() Evidence {
	if s.wpa == nil {
		return Evidence{Source: SourceSupplicant, Text: s.name + ": not served"}
	}
	return Evidence{Source: SourceSupplicant, Text: s.name + ": state " + string(s.wpa.State), At: s.wpa.StateAt}
}

// stack judges all floors of the subject.
func (s *subject) stack() Stack {
	st := Stack{
		Interface: s.name, Kind: s.kind, Managed: s.managed(), Wanted: s.asked(), DefaultRoute: s.ownsDefaultRoute(),
		On: s.below(), Conflicts: s.conflicts(), Tunnels: s.tunnels(),
	}
	if s.link != nil {
		st.Index = s.link.Index
	}
	if s.ac != nil {
		st.Connection = &Connection{ID: s.ac.ID, UUID: s.ac.UUID, Type: s.ac.Type, State: s.ac.State.String()}
	}
	st.Floors = []Floor{
		floorOf(L1, s.physical()),
		floorOf(L2, s.linked()),
		floorOf(L3, s.addressed()),
		floorOf(VPN, s.tunnelled(st.Tunnels)),
	}
	return st
}

// below lists the interfaces that the subject stands on, by name.
func (s *subject) below() []string {
	names := []string{}
	for _, base := range s.bases() {
		names = append(names, base.name)
	}
	return names
}

// bases are the interfaces that the subject stands on, each once: its ports, its parent, and what carries it as a VPN.
func (s *subject) bases() []*subject {
	var all []*subject
	for _, base := range slices.Concat(s.ports(), []*subject{s.parent()}, s.tunnelBases()) {
		if base != nil && base != s && !slices.Contains(all, base) {
			all = append(all, base)
		}
	}
	return all
}

// joinsPorts says whether the subject is made of ports: a bridge, bond or team.
func (s *subject) joinsPorts() bool { return JoinsPorts(s.kind) }

// ports are the interfaces whose controller is the subject, by name.
func (s *subject) ports() []*subject {
	if s.link == nil {
		return nil
	}
	return s.all.ports[s.link.Index]
}

// openPort says whether frames pass through the subject into its controller.
func (s *subject) openPort() bool {
	return s.link.Up() && s.link.Carrier && (s.link.PortKind != kindBridge || s.link.PortState == portForwarding)
}

// parent is the interface that a macvlan, vlan, vxlan or PPPoE rides on; nil when there is none. A veth's peer is not
// below it.
func (s *subject) parent() *subject {
	if s.link != nil && s.link.Kind != kindVeth && s.link.Parent != 0 && !s.link.PeerNetns {
		if sub, ok := s.all.byLink[s.link.Parent]; ok {
			return sub
		}
	}
	switch {
	case s.dev == nil:
		return nil
	case s.dev.Parent != "" && s.dev.Type != nmtypes.TypeVeth:
		return s.all.byPath[s.dev.Parent]
	case s.dev.Interface != s.name:
		return s.all.byName[s.dev.Interface]
	}
	return nil
}

// controller is the bridge or bond that the subject is a port of; nil when it is none.
func (s *subject) controller() *subject {
	if s.link == nil || s.link.Controller == 0 {
		return nil
	}
	return s.all.byLink[s.link.Controller]
}
