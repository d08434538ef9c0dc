package wpadbus

import (
	"errors"
	"slices"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// Service is wpa_supplicant's name on the bus. A call to it would start it: all our calls carry NO_AUTO_START.
const Service = "fi.w1.wpa_supplicant1"

// The interfaces that are read, and the root object.
const (
	rootIface    = "fi.w1.wpa_supplicant1"
	ifaceIface   = "fi.w1.wpa_supplicant1.Interface"
	networkIface = "fi.w1.wpa_supplicant1.Network"
	bssIface     = "fi.w1.wpa_supplicant1.BSS"
	propsIface   = "org.freedesktop.DBus.Properties"

	rootPath wire.Path = "/fi/w1/wpa_supplicant1"
)

// Rules are the match rules under which wpa_supplicant's signals come: those of its interfaces and the changes of
// properties, not each access point that is seen or forgotten.
func Rules() []string {
	return []string{
		"type='signal',sender='" + Service + "',interface='" + rootIface + "'",
		"type='signal',sender='" + Service + "',interface='" + ifaceIface + "'",
		"type='signal',sender='" + Service + "',interface='" + propsIface + "'",
	}
}

// Fold follows wpa_supplicant. It is pure; one goroutine owns it.
type Fold struct {
	// AskBeyond is how many network blocks, and how many access points, of an interface are asked for beyond those in use.
	AskBeyond int

	state     *wpatypes.State // as it was given last; nil when something came since
	tree      *mirror.Tree
	history   map[wire.Path]*history // by interface
	asked     map[question]bool      // what was asked for in this conversation; true until it is answered
	again     map[wire.Path]bool     // interfaces that are to be asked for once more
	available bool                   // somebody may answer
	pae       map[string]wpatypes.PAE
	gone      map[string]wpatypes.Interface // by name

	associations map[string]wpatypes.Association // by name
	captures     Captures
	globals      []wpaconf.Key // those of an interface that the bus tells of; nil before there was one
}

// question is one object's interface that was asked for.
type question struct {
	path  wire.Path
	iface string
}

// mostGlobals is more than there are global keys.
const mostGlobals = 200

// NewFold makes a fold that knows nothing.
func NewFold() *Fold {
	f := &Fold{tree: mirror.NewTree(Service, "")}
	f.forget()
	return f
}

func (f *Fold) forget() {
	f.history = map[wire.Path]*history{}
	f.asked = map[question]bool{}
	f.again = map[wire.Path]bool{}
	f.pae = map[string]wpatypes.PAE{}
	f.associations = map[string]wpatypes.Association{}
	f.captures = Captures{}
	f.gone = map[string]wpatypes.Interface{}
}

// Apply takes the next event and tells whether the state may have changed.
func (f *Fold) Apply(e mirror.Event) bool {
	captured := f.captures.Apply(e)
	if captured {
		f.state = nil
	}
	if e.Overheard {
		return captured
	}
	switch {
	case e.Kind == mirror.BusUp:
		f.available = true
	case e.Kind == mirror.BusDown:
		f.forget()
		f.available = false
	case !e.From(Service):
		return captured
	case e.Kind == mirror.OwnerLost, e.Kind == mirror.OwnerChanged:
		f.forget()
		f.available = e.Kind == mirror.OwnerChanged
	case e.Kind == mirror.OwnerGained:
		f.available = true
	}
	f.state = nil
	known := f.known(e)
	changed := f.tree.Apply(e)
	f.tree.Merge(e.Call.Path, ifaceIface, known)
	f.answered(e)
	if e.Kind == mirror.Signal {
		f.signal(e)
	}
	return len(changed) > 0 || e.Kind == mirror.Signal || e.Kind == mirror.Reply
}

// Measured takes a reading of a control socket and tells whether it was one.
func (f *Fold) Measured(r record.Record) bool {
	if iface, pae, ok := parsePAE(r); ok {
		f.state, f.pae[iface] = nil, pae
		return true
	}
	iface, association, ok := parseAssociation(r)
	if ok {
		f.state = nil
		f.associations[iface] = association
	}
	return ok
}

// known is what a second answer about an interface must not change. As long as a network block is only tried, the property
// CurrentNetwork does not have it, and the signals say more.
func (f *Fold) known(e mirror.Event) map[string]any {
	props, ok := f.tree.Props(e.Call.Path, ifaceIface)
	if !ok || !e.Answers(propsIface, "GetAll") {
		return nil
	}
	network, ok := props.Path("CurrentNetwork")
	if !ok {
		return nil
	}
	return map[string]any{"CurrentNetwork": network}
}

// answered notes that a question has its answer, whatever it is. One that nobody was there to answer is asked again when
// somebody comes.
func (f *Fold) answered(e mirror.Event) {
	if !e.Answers(propsIface, "GetAll") {
		return
	}
	if e.Kind == mirror.Refused && errors.Is(e.Err, mirror.ErrAbsent) {
		f.forget()
		f.available = false
		return
	}
	args, err := e.Call.Args()
	if err != nil || len(args) == 0 {
		return
	}
	iface, _ := args[0].(string)
	q := question{e.Call.Path, iface}
	if _, asked := f.asked[q]; asked { // it may have been dropped meanwhile
		f.asked[q] = false
	}
	if props, ok := f.tree.Props(e.Call.Path, ifaceIface); ok && iface == ifaceIface {
		if f.globals == nil { // now, while other answers are awaited
			f.globals = slices.AppendSeq(make([]wpaconf.Key, 0, mostGlobals), wpaconf.Keys(wpaconf.Global))
		}
		name, _ := props.String("Ifname")
		delete(f.gone, name)
		if current, ok := props.Path("CurrentBSS"); ok && current != "/" {
			f.historyOf(e.Call.Path).bss = current
		}
	}
}

// Opening gives what can be asked before the bus is up; see mirror.Config.
func (f *Fold) Opening() []wire.Call {
	f.available = true
	return f.Wants()
}

// Wants gives the calls that would complete the state, each once: the root object, its interfaces, and of each the
// network and the access point in use.
func (f *Fold) Wants() []wire.Call {
	if !f.available {
		return nil
	}
	var calls []wire.Call
	ask := func(path wire.Path, iface string) {
		q := question{path, iface}
		if _, asked := f.asked[q]; asked || path == "" || path == "/" {
			return
		}
		f.asked[q] = true
		calls = append(calls, mirror.GetAll(Service, path, iface))
	}
	ask(rootPath, rootIface)
	for _, path := range f.interfaces() {
		ask(path, ifaceIface)
		if f.again[path] { // its last answer stands until the next
			calls = append(calls, mirror.GetAll(Service, path, ifaceIface))
		}
		props, _ := f.tree.Props(path, ifaceIface)
		network, _ := props.Path("CurrentNetwork")
		bss, _ := props.Path("CurrentBSS")
		ask(network, networkIface)
		ask(bss, bssIface)
		networks, _ := props.Paths("Networks")
		for _, path := range first(f.AskBeyond, networks) {
			ask(path, networkIface)
		}
		points, _ := props.Paths("BSSs")
		for _, path := range first(f.AskBeyond, points) {
			ask(path, bssIface)
		}
	}
	clear(f.again)
	return append(calls, f.tree.Wants()...)
}

func first(n int, paths []wire.Path) []wire.Path { return paths[:min(n, len(paths))] }

// interfaces lists the objects of all interfaces.
func (f *Fold) interfaces() []wire.Path {
	root, _ := f.tree.Props(rootPath, rootIface)
	paths, _ := root.Paths("Interfaces")
	return paths
}

// Synced tells whether all that was asked for has been answered.
func (f *Fold) Synced() bool {
	if _, ok := f.tree.Props(rootPath, rootIface); !ok {
		return false
	}
	for _, waiting := range f.asked {
		if waiting {
			return false
		}
	}
	return true
}

// Wired lists the interfaces that do 802.1X on a wire: those whose control sockets tell what the bus does not.
func (f *Fold) Wired() []string {
	var names []string
	for _, path := range f.interfaces() {
		props, _ := f.tree.Props(path, ifaceIface)
		if driver, _ := props.String("Driver"); driver == driverWired {
			name, _ := props.String("Ifname")
			names = append(names, name)
		}
	}
	return names
}

// Socket is a control socket that can tell what the bus does not.
type Socket struct {
	Interface string
	Network   string // path of the network block in use, else of the first; "" when there is none
}

// Sockets lists those of all interfaces.
func (f *Fold) Sockets() []Socket {
	var sockets []Socket
	for _, path := range f.interfaces() {
		props, ok := f.tree.Props(path, ifaceIface)
		if !ok {
			continue
		}
		s := Socket{}
		s.Interface, _ = props.String("Ifname")
		network, _ := props.Path("CurrentNetwork")
		if all, _ := props.Paths("Networks"); len(all) > 0 && len(network) <= 1 {
			network = all[0]
		}
		if len(network) > 1 {
			s.Network = string(network)
		}
		sockets = append(sockets, s)
	}
	return sockets
}

const driverWired = "wired"
