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
	snap *Snapshot
	all  *joined
	name string
	kind string
	link *kerneltypes.Link         // nil when the kernel has no such link
	dev  *nmtypes.Device           // nil when NetworkManager does not know it
	ac   *nmtypes.ActiveConnection // nil when no connection is active
	wpa  *wpatypes.Interface       // nil when the supplicant does not serve it
}

// joined finds a subject by each of the names that the sources use for it.
type joined struct {
	byName map[string]*subject
	byPath map[string]*subject // NetworkManager's device path
	byLink map[int]*subject
}

// subjectsOf joins the sources by interface name, in a stable order.
func subjectsOf(s *Snapshot) []*subject {
	all := &joined{byName: map[string]*subject{}, byPath: map[string]*subject{}, byLink: map[int]*subject{}}
	for _, link := range s.Kernel.Links {
		sub := all.named(s, link.Name)
		sub.link = &link
		all.byLink[link.Index] = sub
	}
	for path, dev := range s.NM.Devices {
		if name := stackName(dev); name != "" {
			sub := all.named(s, name)
			sub.dev = &dev
			all.byPath[path] = sub
			if ac, ok := s.NM.Active[dev.Active]; ok {
				sub.ac = &ac
			}
		}
	}
	for _, w := range s.WPA.Interfaces {
		if sub, ok := all.byName[w.Name]; ok {
			sub.wpa = &w
		}
	}
	subjects := make([]*subject, 0, len(all.byName))
	for _, name := range slices.Sorted(maps.Keys(all.byName)) {
		sub := all.byName[name]
		sub.kind = kindOf(sub.link, sub.dev)
		subjects = append(subjects, sub)
	}
	return subjects
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

// The kinds that checks ask for. All other kinds are the kernel's or NetworkManager's word.
const (
	kindLoopback  = "loopback"
	kindEthernet  = "ethernet"
	kindWifi      = "wifi"
	kindBridge    = "bridge"
	kindBond      = "bond"
	kindVeth      = "veth"
	kindTun       = "tun"
	kindTap       = "tap"
	kindWireGuard = "wireguard"
	kindVxlan     = "vxlan"
)

// kindOf names the kind of an interface: the kernel's word first, since it exists without NetworkManager too.
func kindOf(link *kerneltypes.Link, dev *nmtypes.Device) string {
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
	case dev != nil && dev.Type != nmtypes.TypeUnknown && dev.Type != nmtypes.TypeGeneric:
		return dev.Type.String()
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

// wanted says whether somebody asked for a connection here, so that a floor that is missing has failed and is not
// merely off: a connection is active or activating, it failed, or the carrier took it away.
func (s *subject) wanted() bool {
	switch {
	case !s.managed():
		return false
	case s.ac != nil:
		return s.ac.State == nmtypes.ActiveActivated || s.ac.State == nmtypes.ActiveActivating
	case s.dev.LastFailure != nil:
		return true
	default:
		return s.lostByCarrier()
	}
}

// lostByCarrier says whether NetworkManager ended the connection because the carrier went away.
func (s *subject) lostByCarrier() bool {
	return s.dev != nil && s.dev.State == nmtypes.DeviceUnavailable && s.dev.Reason == nmtypes.ReasonCarrier
}

// activated says whether NetworkManager holds that the connection is complete.
func (s *subject) activated() bool {
	return s.dev != nil && s.dev.State == nmtypes.DeviceActivated
}

// activating says whether NetworkManager is at work on the connection.
func (s *subject) activating() bool {
	return s.dev != nil && s.dev.State >= nmtypes.DevicePrepare && s.dev.State < nmtypes.DeviceActivated
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
	return Finding{
		Code: code, Interface: s.name, Level: level, Status: status, Sure: Certain,
		Brief: code.Brief(), Text: code.Meaning(), Evidence: []Evidence{},
	}
}

// kernel is evidence from the kernel about the link.
func (s *subject) kernel(format string, args ...any) Evidence {
	return Evidence{Source: SourceKernel, Text: s.name + ": " + fmt.Sprintf(format, args...)}
}

// nmSays is evidence: the state that NetworkManager gives the device.
func (s *subject) nmSays() Evidence {
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
		Interface: s.name, Kind: s.kind, Managed: s.managed(), Wanted: s.wanted(), DefaultRoute: s.ownsDefaultRoute(),
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
	add := func(sub *subject) {
		if sub != nil && sub != s && !slices.Contains(names, sub.name) {
			names = append(names, sub.name)
		}
	}
	for _, port := range s.ports() {
		add(port)
	}
	add(s.parent())
	for _, base := range s.tunnelBases() {
		add(base)
	}
	return names
}

// ports are the interfaces whose controller is the subject, by name.
func (s *subject) ports() []*subject {
	if s.link == nil {
		return nil
	}
	var ports []*subject
	for _, sub := range s.all.byLink {
		if sub.link.Controller == s.link.Index {
			ports = append(ports, sub)
		}
	}
	slices.SortFunc(ports, func(a, b *subject) int { return strings.Compare(a.name, b.name) })
	return ports
}

// parent is the interface that a macvlan, vlan or vxlan rides on; nil when there is none. A veth's peer is not below it.
func (s *subject) parent() *subject {
	if s.link != nil && s.link.Kind != kindVeth && s.link.Parent != 0 && !s.link.PeerNetns {
		if sub, ok := s.all.byLink[s.link.Parent]; ok {
			return sub
		}
	}
	if s.dev != nil && s.dev.Parent != "" && s.dev.Type != nmtypes.TypeVeth {
		return s.all.byPath[s.dev.Parent]
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
