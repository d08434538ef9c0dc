package wpadbus

import (
	"fmt"
	"maps"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/secret"
	"nmdebug/wpadbus/wpatypes"
)

// State is the state after all that was applied. What it returns never changes any more; as long as nothing changes the states share
// all they have, because many of them may be kept.
func (f *Fold) State() wpatypes.State {
	if f.state == nil {
		s := f.read()
		f.state = &s
	}
	s := *f.state
	s.Synced = f.Synced()
	return s
}

func (f *Fold) read() wpatypes.State {
	s := wpatypes.State{Interfaces: map[string]wpatypes.Interface{}, Gone: maps.Clone(f.gone)}
	in := f.tree.Read()
	root := in.Reader(rootPath, rootIface)
	s.Capabilities = root.Strings("Capabilities")
	s.EAPMethods = root.Strings("EapMethods")
	s.DebugLevel = root.String("DebugLevel")
	for _, path := range f.interfaces() {
		if i, ok := f.interfaceAt(in, path); ok {
			s.Interfaces[i.Path] = i
		}
	}
	s.Problems = mirror.ProblemsOf[wpatypes.Problem](in)
	return s
}

func (f *Fold) interfaceAt(in *mirror.Reading, path wire.Path) (wpatypes.Interface, bool) {
	if _, ok := f.tree.Props(path, ifaceIface); !ok {
		return wpatypes.Interface{}, false
	}
	r := in.Reader(path, ifaceIface)
	h := f.historyOf(path)
	i := wpatypes.Interface{
		Path:             string(path),
		Name:             r.String("Ifname"),
		Driver:           r.String("Driver"),
		State:            wpatypes.InterfaceState(r.String("State")),
		StateAt:          h.stateAt,
		Trail:            h.trail,
		Scanning:         r.Bool("Scanning"),
		AuthMode:         r.String("CurrentAuthMode"),
		DisconnectReason: wpatypes.Reason(h.news(r, "DisconnectReason")),
		AuthStatus:       wpatypes.Status(h.news(r, "AuthStatusCode")),
		AssocStatus:      wpatypes.Status(h.news(r, "AssocStatusCode")),
		Network:          network(in, r.Path("CurrentNetwork")),
		BSS:              bss(in, r.Path("CurrentBSS")),
		Roam:             h.roam,
		Config:           config(in, r, f.globals),
		Seen:             seen(in, r),
		EAP:              h.eap,
		PskMismatchAt:    h.pskWrong,
		SaeMismatchAt:    h.saeWrong,
	}
	i.Tried = f.tried(in, i.Network, h)
	if pae, ok := f.pae[i.Name]; ok {
		i.PAE = &pae
	}
	if a, ok := f.associations[i.Name]; ok {
		i.Association = &a
	}
	if c, ok := f.captures.Of(i.Path); ok {
		i.Captured = &c
	}
	return i, true
}

// tried is the network block that states, reasons and refusals speak of: the current one, else the one that was chosen last.
func (f *Fold) tried(in *mirror.Reading, current *wpatypes.Network, h *history) *wpatypes.Network {
	if current != nil || h.chosen == "" {
		return current
	}
	if chosen := network(in, h.chosen); chosen != nil {
		return chosen
	}
	return h.removed
}

// news reads a code that wpa_supplicant keeps until the next; 0 while it speaks of the network block before.
func (h *history) news(r *mirror.Reader, name string) int32 {
	if code := r.Int32(name); !h.old[name] {
		return code
	}
	return 0
}

// network reads a network block, without secrets.
func network(in *mirror.Reading, path wire.Path) *wpatypes.Network {
	if _, ok := in.Props(path, networkIface); !ok {
		return nil
	}
	r := in.Reader(path, networkIface)
	values := r.Dict("Properties")
	n := &wpatypes.Network{Path: string(path), Enabled: r.Bool("Enabled"), Properties: make(map[string]string, len(values))}
	for key, value := range values {
		n.Properties[key] = clean(key, fmt.Sprint(value))
	}
	return n
}

// clean takes the secrets out of one value of a network block. Keys are not on the bus, save those of networks that came
// by WPS, P2P or DPP; the PIN of a smart card is, inside the PKCS#11 URI.
func clean(key, value string) string {
	if value != "" && (secret.Key(key) || secret.PrivateKey(key) && !secret.Place(value)) {
		return secret.Mark
	}
	return secret.URI(value)
}
