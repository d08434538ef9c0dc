package wpadbus

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/wpadbus/wpatypes"
)

// maxTrail bounds the states that are remembered of an interface.
const maxTrail = 32

// history is what the signals of one interface told and its properties do not keep.
type history struct {
	stateAt  time.Time
	trail    []wpatypes.StateStep
	eap      wpatypes.EAP
	pskWrong time.Time
	saeWrong time.Time
	old      map[string]bool   // properties that still speak of the network block before
	chosen   wire.Path         // the network block that was selected last; "" when that was not seen
	removed  *wpatypes.Network // the chosen block, after its removal
	bss      wire.Path         // CurrentBSS; "" for none
	roam     wpatypes.Roam
}

// selected begins with another network block: nothing that was refused before says anything of it.
func (h *history) selected(chosen wire.Path) {
	old := map[string]bool{"DisconnectReason": true, "AuthStatusCode": true, "AssocStatusCode": true}
	*h = history{stateAt: h.stateAt, old: old, chosen: chosen, bss: h.bss}
}

func (f *Fold) historyOf(path wire.Path) *history {
	h, ok := f.history[path]
	if !ok {
		h = &history{}
		f.history[path] = h
	}
	return h
}

// signal takes one signal, after the tree did.
func (f *Fold) signal(e mirror.Event) {
	switch e.Message.Interface {
	case rootIface:
		f.rootSignal(e)
	case ifaceIface:
		f.interfaceSignal(e)
	case propsIface:
		f.stateSignal(e)
	}
}

// rootSignal follows InterfaceAdded(o, a{sv}) and InterfaceRemoved(o).
func (f *Fold) rootSignal(e mirror.Event) {
	args, err := e.Message.Args()
	if err != nil || len(args) == 0 {
		return
	}
	path, ok := args[0].(wire.Path)
	if !ok {
		return
	}
	others := slices.DeleteFunc(slices.Clone(f.interfaces()), func(p wire.Path) bool { return p == path })
	switch e.Message.Member {
	case "InterfaceAdded":
		f.tree.Merge(rootPath, rootIface, map[string]any{"Interfaces": append(others, path)})
	case "InterfaceRemoved":
		f.remember(path)
		f.tree.Merge(rootPath, rootIface, map[string]any{"Interfaces": others})
		f.drop(path)
		delete(f.history, path)
	}
}

// maxGone bounds the interfaces that are remembered.
const maxGone = 32

// remember keeps how an interface stood that is being removed.
func (f *Fold) remember(path wire.Path) {
	i, ok := f.interfaceAt(f.tree.Read(), path)
	if !ok {
		return
	}
	if len(f.gone) >= maxGone {
		clear(f.gone)
	}
	f.gone[i.Name] = i
}

// drop forgets an object and those below it: the same path may be another object's later.
func (f *Fold) drop(path wire.Path) {
	below := func(p wire.Path) bool { return p == path || strings.HasPrefix(string(p), string(path)+"/") }
	var gone []wire.Path
	for p := range f.tree.Objects() {
		if below(p) {
			gone = append(gone, p)
		}
	}
	for _, p := range gone {
		f.tree.Remove(p)
	}
	maps.DeleteFunc(f.asked, func(q question, _ bool) bool { return below(q.path) })
}

// stateSignal notes when an interface took a state, and which of its properties are news.
func (f *Fold) stateSignal(e mirror.Event) {
	args, err := e.Message.Args()
	if err != nil || len(args) < 2 || args[0] != ifaceIface {
		return
	}
	changed, ok := args[1].(map[string]any)
	if !ok {
		return
	}
	h := f.historyOf(e.Message.Path)
	for name := range changed {
		delete(h.old, name)
	}
	f.moved(h, changed, e.Record.Time)
	if state, ok := mirror.Props(changed).String("State"); ok {
		h.stateAt = e.Record.Time
		if wpatypes.InterfaceState(state) == wpatypes.StateCompleted {
			h.pskWrong, h.saeWrong = time.Time{}, time.Time{}
		}
		f.forgetPAE(e.Message.Path)
		h.trail = append(slices.Clone(h.trail), wpatypes.StateStep{State: wpatypes.InterfaceState(state), At: e.Record.Time})
		if len(h.trail) > maxTrail {
			h.trail = h.trail[len(h.trail)-maxTrail:]
		}
	}
}

// moved follows CurrentBSS: when another access point takes the place of one at once, the station roams.
func (f *Fold) moved(h *history, changed mirror.Props, at time.Time) {
	to, told := changed.Path("CurrentBSS")
	switch {
	case !told || to == h.bss:
		return
	case to == "/":
		to = ""
	case h.bss != "":
		h.roam = wpatypes.Roam{At: at}
		if from := bss(f.tree.Read(), h.bss); from != nil {
			h.roam.From = from.BSSID
		}
	}
	h.bss = to
}

// interfaceSignal takes the signals that tell how the authentication goes.
func (f *Fold) interfaceSignal(e mirror.Event) {
	args, err := e.Message.Args()
	if err != nil {
		return
	}
	h := f.historyOf(e.Message.Path)
	switch e.Message.Member {
	case "EAP":
		f.forgetPAE(e.Message.Path)
		if status, ok := textAt(args, 0); ok {
			parameter, _ := textAt(args, 1)
			h.eap = advance(h.eap, status, parameter, e.Record.Time)
		}
	case "Certification":
		if len(args) > 0 {
			if cert, ok := args[0].(map[string]any); ok {
				h.eap.Subject = leafSubject(h.eap.Subject, cert)
			}
		}
	case "NetworkRequest":
		if field, ok := textAt(args, 1); ok {
			h.eap.Asked = field
		}
	case "NetworkSelected":
		f.networkSelected(e.Message.Path, h, args)
	case "NetworkAdded", "NetworkRemoved", "BSSRemoved":
		if path, ok := pathBelow(e.Message.Path, args); ok {
			if path == h.chosen && h.removed == nil {
				h.removed = network(f.tree.Read(), path)
			}
			f.drop(path)
		}
	case "PskMismatch":
		h.pskWrong = e.Record.Time
	case "SaePasswordMismatch":
		h.saeWrong = e.Record.Time
	}
}

// networkSelected follows the choice of a network block. wpa_supplicant 2.10 does not always tell that CurrentNetwork changes with it.
// Nor does it tell that most settings of an interface were changed: whoever configures it does that before, so they are asked for again.
func (f *Fold) networkSelected(of wire.Path, h *history, args []any) {
	path, ok := pathBelow(of, args)
	h.selected(path)
	f.again[of] = true
	if ok {
		f.tree.Merge(of, ifaceIface, map[string]any{"CurrentNetwork": path})
	}
}

// pathBelow is the first argument where it is the path of an object of an interface.
func pathBelow(iface wire.Path, args []any) (path wire.Path, ok bool) {
	if len(args) > 0 {
		path, ok = args[0].(wire.Path)
	}
	if !ok || !strings.HasPrefix(string(path), string(iface)+"/") {
		return "", false
	}
	return path, true
}

// advance takes one EAP signal (wpa_supplicant's wpas_dbus_signal_eap_status; the words are eap_peer's). A conversation
// begins when the identity is asked for: what went wrong in the one before says nothing of it, save that it failed.
func advance(eap wpatypes.EAP, status, parameter string, at time.Time) wpatypes.EAP {
	switch status {
	case "started":
		eap = wpatypes.EAP{Started: at, Outcome: eap.Outcome, OutcomeAt: eap.OutcomeAt, Failures: eap.Failures}
	case "accept proposed method":
		eap.Method, eap.Refused = parameter, ""
	case "refuse proposed method":
		eap.Refused = parameter
	case "remote certificate verification":
		eap.CertError = ""
		if parameter != "success" {
			eap.CertError = parameter
		}
	case "local TLS alert":
		eap.TLSAlert = "sent: " + parameter
	case "remote TLS alert":
		eap.TLSAlert = "received: " + parameter
	case "eap parameter needed":
		eap.Asked = parameter
	case "completion":
		eap = completed(eap, parameter, at)
	}
	return eap
}

func completed(eap wpatypes.EAP, result string, at time.Time) wpatypes.EAP {
	eap.OutcomeAt = at
	if result == "success" {
		eap.Outcome, eap.Failures, eap.TLSAlert, eap.CertError, eap.Refused = wpatypes.EAPSuccess, 0, "", "", ""
		return eap
	}
	eap.Outcome = wpatypes.EAPFailure
	eap.Failures++
	return eap
}

// leafSubject keeps the subject of the server's own certificate, at depth 0 of the chain.
func leafSubject(before string, cert map[string]any) string {
	depth, _ := mirror.Props(cert).Uint32("depth")
	subject, ok := mirror.Props(cert).String("subject")
	if depth != 0 || !ok {
		return before
	}
	return subject
}

func textAt(args []any, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	if s, ok := args[i].(string); ok {
		return s, true
	}
	return fmt.Sprint(args[i]), false
}

// forgetPAE drops what a control socket said before the signal that has just come: it is old, and will be read again.
func (f *Fold) forgetPAE(path wire.Path) {
	props, _ := f.tree.Props(path, ifaceIface)
	if name, ok := props.String("Ifname"); ok {
		delete(f.pae, name)
	}
}
