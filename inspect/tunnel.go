package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// Tunnel is one tunnel that rides on a stack, or that the stack itself is.
type Tunnel struct {
	Name      string  `json:"name"`      // the connection's, or the interface's where it has none
	Kind      string  `json:"kind"`      // "vpn" for NetworkManager's plugins, "wireguard", "tun"
	Interface string  `json:"interface"` // "" while it has none
	Base      string  `json:"base"`      // the interface that carries it, "" when unknown
	Finding   Finding `json:"finding"`
}

// tunnels lists the tunnels of the subject: those that it carries and the one that it is.
func (s *subject) tunnels() []Tunnel {
	found := []Tunnel{}
	for _, ac := range s.vpns() {
		found = append(found, s.vpnTunnel(ac))
	}
	switch {
	case s.kind == kindWireGuard:
		found = append(found, Tunnel{Name: s.name, Kind: kindWireGuard, Interface: s.name, Finding: s.handshakes()})
	case s.kind == kindTun && len(found) == 0:
		found = append(found, Tunnel{Name: s.name, Kind: kindTun, Interface: s.name, Finding: s.foreignTunnel()})
	}
	return found
}

// tunnelled checks the VPN floor.
func (s *subject) tunnelled(tunnels []Tunnel) []Finding {
	var found []Finding
	for _, t := range tunnels {
		found = append(found, t.Finding)
	}
	return found
}

// vpns are the VPN connections that the subject carries or is, those that ended badly included.
func (s *subject) vpns() []nmtypes.ActiveConnection {
	var found []nmtypes.ActiveConnection
	for _, ac := range s.snap.NM.Active {
		if ac.VPN && (s.carries(ac) || s.isTunnelOf(ac)) {
			found = append(found, ac)
		}
	}
	for _, ac := range s.snap.NM.Ended {
		if ac.VPN && s.carries(ac) && !endedOnPurpose(ac.Reason) && !s.replaced(ac) {
			found = append(found, ac)
		}
	}
	slices.SortFunc(found, func(a, b nmtypes.ActiveConnection) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

// carries says whether a VPN rides on the subject.
func (s *subject) carries(ac nmtypes.ActiveConnection) bool {
	return s.dev != nil && slices.Contains(ac.Devices, s.dev.Path)
}

// isTunnelOf says whether the subject is the interface of a VPN. NetworkManager does not name the interface: what ties
// the two is that the interface has the address that NetworkManager configured for the VPN.
func (s *subject) isTunnelOf(ac nmtypes.ActiveConnection) bool {
	if s.link == nil || s.kind != kindTun || ac.IP4 == nil {
		return false
	}
	return slices.ContainsFunc(s.snap.Kernel.Addrs[s.link.Index], func(a kerneltypes.Addr) bool {
		return slices.Contains(ac.IP4.Addresses, a.Prefix.String())
	})
}

// endedOnPurpose says whether somebody asked for the end of a connection.
func endedOnPurpose(r nmtypes.ActiveReason) bool {
	return r == nmtypes.ActiveReasonUserDisconnected || r == nmtypes.ActiveReasonConnectionRemoved
}

// replaced says whether a connection that ended was activated again since, or ended again later.
func (s *subject) replaced(ended nmtypes.ActiveConnection) bool {
	for _, ac := range s.snap.NM.Active {
		if ac.UUID == ended.UUID {
			return true
		}
	}
	for _, other := range s.snap.NM.Ended {
		if other.UUID == ended.UUID && other.StateAt.After(ended.StateAt) {
			return true
		}
	}
	return false
}

// tunnelBases are the interfaces that carry the VPN that the subject is.
func (s *subject) tunnelBases() []*subject {
	var bases []*subject
	for _, ac := range s.snap.NM.Active {
		if !ac.VPN || !s.isTunnelOf(ac) {
			continue
		}
		for _, path := range ac.Devices {
			if base, ok := s.all.byPath[path]; ok {
				bases = append(bases, base)
			}
		}
	}
	return bases
}

func (s *subject) vpnTunnel(ac nmtypes.ActiveConnection) Tunnel {
	t := Tunnel{Name: ac.ID, Kind: "vpn"}
	for _, path := range ac.Devices {
		if base, ok := s.all.byPath[path]; ok {
			t.Base = base.name
		}
	}
	var owner *subject
	for _, sub := range s.all.byName {
		if sub.isTunnelOf(ac) {
			owner, t.Interface = sub, sub.name
		}
	}
	t.Finding = s.vpnState(ac, owner)
	return t
}

// vpnState judges one VPN connection. While NetworkManager tears a VPN down it still says activated, so the interface
// has the last word.
func (s *subject) vpnState(ac nmtypes.ActiveConnection, owner *subject) Finding {
	seen := Evidence{Source: SourceNM, At: ac.StateAt,
		Text: fmt.Sprintf("VPN %s: state %s (%d)", ac.ID, ac.VPNState, ac.VPNState)}
	switch ac.VPNState {
	case nmtypes.VPNActivated:
		return s.vpnUp(ac, owner).saw(seen)
	case nmtypes.VPNFailed, nmtypes.VPNDisconnected:
		return s.vpnEnded(ac).saw(seen)
	case nmtypes.VPNUnknown, nmtypes.VPNPrepare, nmtypes.VPNNeedAuth, nmtypes.VPNConnect, nmtypes.VPNIPConfigGet:
		f := s.finding(VPN, Starting, VPNWorking)
		f.Brief = ac.VPNState.String()
		f.Text = fmt.Sprintf("The VPN %s is being connected (%s).", ac.ID, ac.VPNState)
		return f.saw(seen)
	}
	return s.finding(VPN, Unknown, VPNWorking).saw(seen)
}

func (s *subject) vpnUp(ac nmtypes.ActiveConnection, owner *subject) Finding {
	if owner == nil && ac.IP4 != nil && len(ac.IP4.Addresses) > 0 {
		f := s.finding(VPN, Failed, TunnelGone).expected("an interface with "+ac.IP4.Addresses[0], "none")
		return f.saw(Evidence{Source: SourceKernel, Text: "no interface has " + ac.IP4.Addresses[0]}).
			next("nmcli connection up " + shellWord(ac.ID))
	}
	f := s.finding(VPN, Up, VPNDone)
	f.Brief = ac.ID
	f.Text = "The VPN " + ac.ID + " is up."
	if owner != nil && owner != s {
		f.Text = "The VPN " + ac.ID + " is up on " + owner.name + "."
	}
	return f
}

// vpnEnded names the reason. NetworkManager ends a plugin's failure with "service-stopped" whatever it was; the steps
// before say more.
func (s *subject) vpnEnded(ac nmtypes.ActiveConnection) Finding {
	reason := ac.Reason
	for _, step := range ac.VPNTrail {
		if step.State == nmtypes.VPNFailed && step.Reason != nmtypes.ActiveReasonNone {
			reason = step.Reason
		}
	}
	code := VPNEnded
	switch reason {
	case nmtypes.ActiveReasonLoginFailed:
		code = VPNLogin
	case nmtypes.ActiveReasonNoSecrets:
		code = VPNSecrets
	case nmtypes.ActiveReasonConnectTimeout, nmtypes.ActiveReasonServiceStartTimeout:
		code = VPNTimeout
	case nmtypes.ActiveReasonIPConfigInvalid:
		code = VPNAddresses
	case nmtypes.ActiveReasonDeviceDisconnected:
		code = VPNBaseLost
	default:
		if !slices.ContainsFunc(ac.VPNTrail, func(step nmtypes.VPNStep) bool { return step.State == nmtypes.VPNActivated }) {
			code = VPNFailedEarly
		}
	}
	f := s.finding(VPN, Failed, code).expected("activated", ac.VPNState.String()+", "+reason.String()).
		next("nmcli connection up "+shellWord(ac.ID), "journalctl -t nm-openvpn -t vpnc -t NetworkManager --since -5min")
	f.Text = fmt.Sprintf("VPN %s: %s NetworkManager's reason is %s (%d).", ac.ID, code.Meaning(), reason, reason)
	for _, step := range ac.VPNTrail {
		f = f.saw(Evidence{Source: SourceNM, At: step.At, Text: fmt.Sprintf("VPN %s: %s (%d), reason %s (%d)",
			ac.ID, step.State, step.State, step.Reason, step.Reason)})
	}
	return f
}

func (s *subject) foreignTunnel() Finding {
	seen := s.kernel("tun, carrier %t", s.link.Carrier)
	if !s.link.Up() || !s.link.Carrier {
		return s.finding(VPN, Down, TunnelForeign).saw(seen)
	}
	return s.finding(VPN, Up, TunnelForeign).saw(seen)
}

// handshakeLife is how long a WireGuard session lives without a new handshake (WireGuard paper §6.1, Reject-After-Time).
const handshakeLife = 180 * time.Second

// handshakes judges a WireGuard interface by the age of its peers' last handshakes.
func (s *subject) handshakes() Finding {
	wg, ok := s.snap.Kernel.WireGuard[s.name]
	if !ok {
		src := s.snap.source(SourceWireGuard)
		f := s.finding(VPN, Unknown, HandshakeUnseen).saw(Evidence{Source: SourceWireGuard, Text: string(src.Status) + " " + src.Detail})
		f.Right = src.Right
		return f
	}
	worst := s.finding(VPN, Down, NoPeers)
	for i, peer := range wg.Peers {
		if f := s.handshake(peer); i == 0 || f.Status.weight() > worst.Status.weight() {
			worst = f
		}
	}
	return worst
}

func (s *subject) handshake(p kerneltypes.WireGuardPeer) Finding {
	age := s.since(p.LastHandshake).Round(time.Second)
	seen := Evidence{Source: SourceWireGuard, At: p.LastHandshake,
		Text: fmt.Sprintf("%s: peer %.8s… at %s, %d bytes in, %d out", s.name, p.PublicKey, p.Endpoint, p.RxBytes, p.TxBytes)}
	switch {
	case p.LastHandshake.IsZero() && p.TxBytes > 0:
		return s.finding(VPN, Failed, HandshakeNever).saw(seen).next("wg show " + s.name)
	case p.LastHandshake.IsZero():
		return s.finding(VPN, Unknown, HandshakeIdle).saw(seen)
	case age > handshakeLife && p.KeepaliveSec > 0:
		return s.finding(VPN, Failed, HandshakeOld).expected("a handshake within 180s", age.String()+" ago").saw(seen).next("wg show " + s.name)
	case age > handshakeLife:
		return s.finding(VPN, Degraded, HandshakeOld).sure(Guess).saw(seen)
	default:
		f := s.finding(VPN, Up, HandshakeFresh).saw(seen)
		f.Brief = "handshake " + age.String()
		return f
	}
}
