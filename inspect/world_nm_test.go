package inspect_test

import (
	"fmt"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
)

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

// withoutNM is a system on which NetworkManager does not run.
func withoutNM(w *world) {
	source(inspect.SourceNM, inspect.SourceAbsent)(w)
	w.later = append(w.later, func() { w.NM = nmtypes.State{} })
}

func nm(change func(*nmtypes.State)) part { return func(w *world) { change(&w.NM) } }

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
