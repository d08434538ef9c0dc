package blame

import (
	"time"

	"nmdebug/nmwatch/record"
)

// phase is how far a device is, by all who take part.
type phase struct {
	device     string
	supplicant string
	eap        bool // the authentication has begun and not ended
	dot1x      bool // there was one
	lease      string
}

type finisher func(under map[string]*attempt, key string, at time.Time, o Outcome)

// followDevice takes the next mark of a device.
func followDevice(under map[string]*attempt, l record.Line, told titles, finish finisher) {
	a := under[l.Interface]
	if l.Mark.Kind == record.DeviceMark {
		switch {
		case l.Mark.State == "prepare" && (a == nil || a.phase.device != "need-auth"):
			if a != nil && a.phase.device == "prepare" {
				return // told by another source
			}
			finish(under, l.Interface, l.At, Abandoned)
			a = &attempt{Activation: Activation{Interface: l.Interface, Connection: told[l.Interface], Began: l.At, Steps: []Step{}}}
			delete(told, l.Interface)
			under[l.Interface] = a
		case l.Mark.State == "activated":
			finish(under, l.Interface, l.At, Activated)
			return
		case l.Mark.State == "failed":
			finish(under, l.Interface, l.At, Failed)
			return
		case l.Mark.State == "deactivating", l.Mark.State == "disconnected", l.Mark.State == "unavailable", l.Mark.State == "unmanaged":
			finish(under, l.Interface, l.At, Abandoned)
			return
		}
	}
	if a == nil {
		return
	}
	a.phase.take(l.Mark)
	a.enter(a.phase.name(), l.At)
}

// titles are the names of the connections that were told before their activation began, by their interfaces: NetworkManager logs
// the name first, and signals it after the first state.
type titles map[string]string

// take gives the name to the activation that is under way, unless that has one, or else to the next.
func (t titles) take(a *attempt, l record.Line) {
	if a != nil && a.Connection == "" {
		a.Connection = l.Mark.Title
		return
	}
	t[l.Interface] = l.Mark.Title
}

// take notes what a mark says.
func (p *phase) take(m record.Mark) {
	switch m.Kind {
	case record.DeviceMark:
		p.device = m.State
	case record.SupplicantMark:
		p.supplicant = m.State
	case record.EAPMark:
		p.eap, p.dot1x = m.State == "started", true
	case record.LeaseMark:
		p.lease = m.State
	case record.ConnectionMark, record.VPNMark:
	}
}

// name is what takes the time in a phase.
func (p *phase) name() string {
	switch p.device {
	case "prepare":
		return "prepare"
	case "config":
		return p.linking()
	case "need-auth":
		return "wait for secrets"
	case "ip-config":
		if p.lease == "asking" {
			return "DHCP"
		}
		return "addresses"
	case "ip-check":
		return "scripts"
	case "secondaries":
		return "VPNs that belong to it"
	default:
		return p.device
	}
}

// linking is the part of the second floor that is under way: the supplicant's states are those of wpa_supplicant's enum
// wpa_states.
func (p *phase) linking() string {
	switch p.supplicant {
	case "scanning":
		return "scan"
	case "authenticating":
		return "authenticate"
	case "associating":
		return "associate"
	case "associated":
		if p.eap {
			return "EAP"
		}
		if p.dot1x {
			return "EAP over"
		}
		return "wait for the other side"
	case "4way_handshake", "group_handshake":
		return "4-way handshake"
	case "completed":
		return "link is up"
	case "disconnected", "inactive", "interface_disabled":
		return "supplicant"
	default:
		return "link"
	}
}

// followVPN takes the next mark of a VPN.
func followVPN(under map[string]*attempt, l record.Line, finish finisher) {
	key := l.Mark.Title
	a := under[key]
	switch l.Mark.State {
	case "starting", "prepare":
		if a == nil {
			a = &attempt{Activation: Activation{Connection: key, VPN: key, Began: l.At, Steps: []Step{}}}
			under[key] = a
		}
		a.enter("plugin", l.At)
	case "need-auth":
		a.step("wait for secrets", l.At)
	case "connect":
		a.step("connect", l.At)
	case "ip-config-get":
		a.step("addresses", l.At)
	case "activated":
		finish(under, key, l.At, Activated)
	case "failed", "disconnected":
		finish(under, key, l.At, Failed)
	}
}

func (a *attempt) step(name string, at time.Time) {
	if a != nil {
		a.enter(name, at)
	}
}

// carried ends the activation of a VPN of which only logs tell: its tunnel is a device that is activated right after it.
func carried(under map[string]*attempt, l record.Line, finish finisher) {
	if len(under) != 1 || !isTunnel(l.Interface) {
		return
	}
	for key, a := range under {
		if len(a.Steps) == 1 {
			a.Interface = l.Interface
			finish(under, key, l.At, Activated)
		}
	}
}

func isTunnel(name string) bool {
	for _, prefix := range []string{"tun", "tap", "ppp", "vpn", "ipsec"} {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			return true
		}
	}
	return false
}
