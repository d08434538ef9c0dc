package heal

import (
	"maps"
	"slices"
	"strings"

	"nmdebug/inspect"
)

// problems lists what is broken and wanted, each with what is to blame: a floor of an interface, or a VPN on it.
func (h *Healer) problems(p inspect.Pyramid) []problem {
	var all []problem
	for _, s := range p.Stacks {
		if len(h.policy.Interfaces) > 0 && !slices.Contains(h.policy.Interfaces, s.Interface) {
			continue
		}
		if pr, broken := h.ownProblem(s); broken {
			all = append(all, pr)
			continue // what it carries is broken for that reason
		}
		all = append(append(all, h.tunnelProblems(s)...), h.lostTunnels(s)...)
	}
	if p.Source(inspect.SourceNM).Status != inspect.SourceOK { // there is nobody to ask for a reconnect
		for i := range all {
			all[i].busy = true
		}
	}
	return all
}

// NetworkManager's words for the state of a connection.
const (
	activating = "activating"
	activated  = "activated"
)

// ownProblem is what is broken of an interface that NetworkManager manages: below the VPN floor, save for WireGuard, which
// is its own VPN.
func (h *Healer) ownProblem(s inspect.Stack) (pr problem, broken bool) {
	if s.Cause == nil || s.Cause.Interface != s.Interface || s.Cause.Level == inspect.VPN && s.Kind != "wireguard" || !s.Managed {
		return problem{}, false
	}
	found := s.Cause.Finding
	return problem{
		key:  s.Interface,
		base: Decision{Interface: s.Interface, Broken: s.Cause.Level, Code: found.Code, Reason: found.Text},
		hope: mendable(found.Code) || refused(found.Code) && (h.memory.accepted[s.Interface] != "" || carrying(s)),
		busy: s.Connection != nil && s.Connection.State == activating,
	}, true
}

// tunnelProblems are the VPNs of plugins that an interface carries and that are broken.
func (h *Healer) tunnelProblems(s inspect.Stack) []problem {
	var all []problem
	for _, t := range ridden(s) {
		if t.Finding.Status != inspect.Failed {
			continue
		}
		key := vpnKey(s.Interface, t.Name)
		all = append(all, problem{
			key:  key,
			base: Decision{Interface: s.Interface, VPN: t.Name, Broken: inspect.VPN, Code: t.Finding.Code, Reason: t.Finding.Text},
			hope: mendable(t.Finding.Code) || refused(t.Finding.Code) && h.memory.proven[key],
			busy: !carrying(s),
		})
	}
	return all
}

// lostTunnels are the VPNs of an interface that ended together with it or with a NetworkManager: the next one knows
// nothing of them.
func (h *Healer) lostTunnels(s inspect.Stack) []problem {
	var all []problem
	for _, key := range slices.Sorted(maps.Keys(h.memory.lost)) {
		iface, name := split(key)
		if iface != s.Interface {
			continue
		}
		all = append(all, problem{
			key:  key,
			base: Decision{Interface: iface, VPN: name, Broken: inspect.VPN, Code: inspect.VPNEnded, Reason: h.memory.lost[key]},
			hope: true,
			busy: !carrying(s),
		})
	}
	return all
}

// carrying says whether NetworkManager has connected an interface: where it has not, nothing can be connected on it. Who
// took it down on purpose does not want it back because of what stood on it.
func carrying(s inspect.Stack) bool { return s.Connection != nil && s.Connection.State == activated }

// stands says whether what was broken is there: the floors of an interface up to a level, or a VPN.
func stands(p inspect.Pyramid, iface, vpn string, level inspect.Level) bool {
	s, ok := p.Stack(iface)
	if !ok {
		return false
	}
	if vpn != "" {
		return slices.ContainsFunc(s.Tunnels, func(t inspect.Tunnel) bool { return t.Name == vpn && t.Finding.Status.Stands() })
	}
	return !slices.ContainsFunc(s.Floors, func(f inspect.Floor) bool {
		return f.Level <= level && !f.Status.Stands() && f.Status != inspect.Absent
	})
}

// mending says whether what was broken is on its way by itself.
func mending(p inspect.Pyramid, iface, vpn string, level inspect.Level) bool {
	s, ok := p.Stack(iface)
	if !ok {
		return false
	}
	if vpn != "" {
		return slices.ContainsFunc(s.Tunnels, func(t inspect.Tunnel) bool { return t.Name == vpn && t.Finding.Status == inspect.Starting })
	}
	return slices.ContainsFunc(s.Floors, func(f inspect.Floor) bool { return f.Level <= level && f.Status == inspect.Starting })
}

// vpnKey names a VPN by the interface that carries it and its own name.
func vpnKey(iface, vpn string) string { return iface + " " + vpn }

// split takes a key apart again; names of interfaces have no blanks.
func split(key string) (iface, vpn string) {
	iface, vpn, _ = strings.Cut(key, " ")
	return iface, vpn
}

// refused says whether a code is the answer of the other side to who we are. Asking again with a password that was never
// right only locks the account; where it was right a moment ago, it may be the server that is not.
func refused(c inspect.Code) bool {
	switch c {
	case inspect.NoSecrets, inspect.Dot1xRejected, inspect.Dot1xCertificate, inspect.Dot1xMethod, inspect.WifiKey, inspect.VPNLogin:
		return true
	default:
		return false
	}
}

// mendable says whether a reconnect can mend what a code says, whatever was before. Nobody plugs a cable in by it.
func mendable(c inspect.Code) bool {
	switch c {
	case inspect.NoCarrier, inspect.LinkGone, inspect.RadioOff, inspect.RfkillHard, inspect.RfkillSoft, inspect.FirmwareMissing, inspect.PluginMissing,
		inspect.NoPort, inspect.PairBroken, inspect.LowerDown,
		inspect.SecretsAsked, inspect.VPNSecrets, inspect.VPNNoPlugin, inspect.NoFloor:
		return false
	default:
		return !refused(c)
	}
}
