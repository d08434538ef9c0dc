package heal

import (
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
		if pr, broken := ownProblem(s); broken {
			all = append(all, pr)
			continue // what it carries is broken for that reason
		}
		all = append(all, tunnelProblems(s)...)
	}
	return all
}

// ownProblem is what is broken below the VPN floor of an interface that NetworkManager manages.
func ownProblem(s inspect.Stack) (pr problem, broken bool) {
	if s.Cause == nil || s.Cause.Interface != s.Interface || s.Cause.Level == inspect.VPN || !s.Managed {
		return problem{}, false
	}
	found := s.Cause.Finding
	return problem{
		key:  s.Interface,
		base: Decision{Interface: s.Interface, Broken: s.Cause.Level, Code: found.Code, Reason: found.Text},
		hope: mendable(found.Code),
		busy: s.Connection != nil && s.Connection.State == "activating",
	}, true
}

// tunnelProblems are the VPNs of plugins that an interface carries and that are broken.
func tunnelProblems(s inspect.Stack) []problem {
	var all []problem
	for _, t := range s.Tunnels {
		if t.Kind != "vpn" || t.Base != "" && t.Base != s.Interface || t.Finding.Status != inspect.Failed {
			continue
		}
		all = append(all, problem{
			key:  s.Interface + " " + t.Name,
			base: Decision{Interface: s.Interface, VPN: t.Name, Broken: inspect.VPN, Code: t.Finding.Code, Reason: t.Finding.Text},
			hope: mendable(t.Finding.Code),
		})
	}
	return all
}

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

// split takes a key apart again; names of interfaces have no blanks.
func split(key string) (iface, vpn string) {
	iface, vpn, _ = strings.Cut(key, " ")
	return iface, vpn
}

// mendable says whether a reconnect can mend what a code says. Nobody plugs a cable in by it; and asking again with a
// password that was refused only locks the account.
func mendable(c inspect.Code) bool {
	switch c {
	case inspect.NoCarrier, inspect.LinkGone, inspect.RadioOff, inspect.RfkillHard, inspect.RfkillSoft, inspect.FirmwareMissing, inspect.PluginMissing,
		inspect.NoPort, inspect.PairBroken, inspect.LowerDown,
		inspect.NoSecrets, inspect.SecretsAsked, inspect.Dot1xRejected, inspect.Dot1xCertificate, inspect.Dot1xMethod, inspect.WifiKey,
		inspect.VPNLogin, inspect.VPNSecrets, inspect.VPNNoPlugin, inspect.NoFloor:
		return false
	default:
		return true
	}
}
