package inspect

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

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
	for _, ac := range s.all.vpns {
		if s.carries(ac) || s.isTunnelOf(ac) {
			found = append(found, s.vpnTunnel(ac))
		}
	}
	switch {
	case s.kind == kindWireGuard:
		found = append(found, Tunnel{Name: s.name, Kind: kindWireGuard, Interface: s.name, Finding: s.handshakes()})
	case s.kind == kindTun && len(found) == 0 && !s.managed() && s.link != nil && !s.blind():
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

// activeVPNs are the VPN connections of a snapshot in a stable order, those that ended badly included: one that was
// activated again since, or ended on purpose, is over and done with.
func activeVPNs(s *Snapshot) []nmtypes.ActiveConnection {
	var found []nmtypes.ActiveConnection
	again := map[string]bool{}
	for _, ac := range s.NM.Active {
		if ac.VPN {
			found = append(found, ac)
			again[ac.UUID] = true
		}
	}
	for _, ac := range slices.Backward(s.NM.Ended) {
		if ac.VPN && !again[ac.UUID] && !endedOnPurpose(ac.Reason) {
			found = append(found, ac)
		}
		again[ac.UUID] = true
	}
	slices.SortFunc(found, func(a, b nmtypes.ActiveConnection) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path), a.StateAt.Compare(b.StateAt))
	})
	return found
}

// endedOnPurpose says whether somebody asked for the end of a connection.
func endedOnPurpose(r nmtypes.ActiveReason) bool {
	return r == nmtypes.ActiveReasonUserDisconnected || r == nmtypes.ActiveReasonConnectionRemoved
}

// carries says whether a VPN rides on the subject.
func (s *subject) carries(ac nmtypes.ActiveConnection) bool {
	return s.dev != nil && s.carriesIP() && slices.Contains(ac.Devices, s.dev.Path)
}

// isTunnelOf says whether the subject is the interface of a VPN. NetworkManager does not name the interface: what ties
// the two is that the interface has an address that NetworkManager configured for the VPN. It may be of any kind: tun,
// tap, PPP, XFRM; some VPNs have none and put the address onto the interface that carries them.
func (s *subject) isTunnelOf(ac nmtypes.ActiveConnection) bool {
	if s.link == nil || ended(ac) || s.carries(ac) {
		return false
	}
	return slices.ContainsFunc(addressesOf(ac), s.has)
}

// ended says whether a VPN connection is over.
func ended(ac nmtypes.ActiveConnection) bool {
	return ac.State == nmtypes.ActiveDeactivated || ac.VPNState == nmtypes.VPNFailed || ac.VPNState == nmtypes.VPNDisconnected
}

// addressesOf are the addresses that NetworkManager configured for a VPN, those of the link alone left out.
func addressesOf(ac nmtypes.ActiveConnection) []netip.Addr {
	var all []netip.Addr
	for _, c := range []*nmtypes.IPConfig{ac.IP4, ac.IP6} {
		if c == nil {
			continue
		}
		for _, text := range c.Addresses {
			if p, err := netip.ParsePrefix(text); err == nil && !p.Addr().IsLinkLocalUnicast() {
				all = append(all, p.Addr())
			}
		}
	}
	return all
}

// tunnelBases are the interfaces that carry the VPN that the subject is.
func (s *subject) tunnelBases() []*subject {
	var bases []*subject
	for _, ac := range s.all.vpns {
		if s.isTunnelOf(ac) {
			bases = append(bases, s.all.basesOf(ac)...)
		}
	}
	return bases
}

func (j *joined) basesOf(ac nmtypes.ActiveConnection) []*subject {
	var bases []*subject
	for _, path := range ac.Devices {
		if base, ok := j.byPath[path]; ok {
			bases = append(bases, base)
		}
	}
	return bases
}

func (s *subject) vpnTunnel(ac nmtypes.ActiveConnection) Tunnel {
	t := Tunnel{Name: ac.ID, Kind: "vpn"}
	if bases := s.all.basesOf(ac); len(bases) > 0 {
		t.Base = bases[0].name
	}
	if owner := s.all.tunnelOf(ac); owner != nil {
		t.Interface = owner.name
	}
	t.Finding = s.vpnState(ac)
	return t
}

// tunnelOf is the interface of a VPN, the first by name; nil when it has none.
func (j *joined) tunnelOf(ac nmtypes.ActiveConnection) *subject {
	for _, sub := range j.sorted {
		if sub.isTunnelOf(ac) {
			return sub
		}
	}
	return nil
}

// vpnState judges one VPN connection. While NetworkManager tears a VPN down it still says activated, so the interface
// has the last word.
func (s *subject) vpnState(ac nmtypes.ActiveConnection) Finding {
	seen := Evidence{
		Source: SourceNM, At: ac.StateAt,
		Text: fmt.Sprintf("VPN %s: state %s (%d)", ac.ID, ac.VPNState, ac.VPNState),
	}
	if ended(ac) {
		return s.vpnEnded(ac).saw(seen)
	}
	switch ac.VPNState {
	case nmtypes.VPNActivated:
		return s.vpnUp(ac).saw(seen)
	case nmtypes.VPNUnknown, nmtypes.VPNPrepare, nmtypes.VPNNeedAuth, nmtypes.VPNConnect, nmtypes.VPNIPConfigGet:
		f := s.finding(VPN, Starting, VPNWorking)
		f.Brief = ac.VPNState.String()
		f.Text = fmt.Sprintf("The VPN %s is being connected (%s).", ac.ID, ac.VPNState)
		return f.saw(seen)
	default:
		f := s.finding(VPN, Unknown, VPNWorking)
		f.Brief = ac.VPNState.String()
		f.Text = fmt.Sprintf("The VPN %s is in a state that is not known here (%s).", ac.ID, ac.VPNState)
		return f.saw(seen)
	}
}

func (s *subject) vpnUp(ac nmtypes.ActiveConnection) Finding {
	owner := s.all.tunnelOf(ac)
	if want := addressesOf(ac); owner == nil && len(want) > 0 && !s.onBase(ac, want) && !s.blind() {
		f := s.finding(VPN, Failed, TunnelGone).expected("an interface with "+want[0].String(), "none")
		return f.saw(Evidence{Source: SourceKernel, Text: "no interface has " + want[0].String()}).
			next("nmcli connection up id " + shellWord(ac.ID))
	}
	f := s.finding(VPN, Up, VPNDone)
	f.Brief = ac.ID
	f.Text = "The VPN " + ac.ID + " is up."
	if owner != nil && owner != s {
		f.Text = "The VPN " + ac.ID + " is up on " + owner.name + "."
	}
	return f
}

// onBase says whether an interface that carries a VPN has the VPN's address.
func (s *subject) onBase(ac nmtypes.ActiveConnection, want []netip.Addr) bool {
	return slices.ContainsFunc(s.all.basesOf(ac), func(base *subject) bool { return slices.ContainsFunc(want, base.has) })
}

// vpnEnded names the reason. NetworkManager ends a plugin's failure with "service-stopped" whatever it was; the steps
// before say more.
func (s *subject) vpnEnded(ac nmtypes.ActiveConnection) Finding {
	reason := ac.Reason
	for _, step := range ac.VPNTrail {
		if step.State == nmtypes.VPNFailed && step.Reason > nmtypes.ActiveReasonNone {
			reason = step.Reason
		}
	}
	code := endOf(ac, reason)
	f := s.finding(VPN, Failed, code).expected("activated", ac.VPNState.String()+", "+reason.String()).
		next("nmcli connection up id "+shellWord(ac.ID), "journalctl -t nm-openvpn -t vpnc -t NetworkManager --since -5min")
	f.Text = fmt.Sprintf("VPN %s: %s NetworkManager's reason is %s (%d).", ac.ID, code.Meaning(), reason, reason)
	if code == VPNEnded || code == VPNFailedEarly || reason == nmtypes.ActiveReasonNoSecrets {
		f = f.sure(Likely) // the plugin's log knows
	}
	if code == VPNLogin && reason == nmtypes.ActiveReasonNoSecrets {
		f = f.adds("It asked for secrets again after it had used those that it has.")
	}
	for _, step := range ac.VPNTrail {
		f = f.saw(Evidence{Source: SourceNM, At: step.At, Text: fmt.Sprintf("VPN %s: %s (%d), reason %s (%d)",
			ac.ID, step.State, step.State, step.Reason, step.Reason)})
	}
	return f
}

// endOf names the end of a VPN.
func endOf(ac nmtypes.ActiveConnection, reason nmtypes.ActiveReason) Code {
	switch reason {
	case nmtypes.ActiveReasonLoginFailed:
		return VPNLogin
	case nmtypes.ActiveReasonNoSecrets:
		if hadSecrets(ac) {
			return VPNLogin
		}
		return VPNSecrets
	case nmtypes.ActiveReasonConnectTimeout:
		return VPNTimeout
	case nmtypes.ActiveReasonServiceStartTimeout, nmtypes.ActiveReasonServiceStartFailed:
		return VPNNoPlugin
	case nmtypes.ActiveReasonIPConfigInvalid:
		return VPNAddresses
	case nmtypes.ActiveReasonDeviceDisconnected, nmtypes.ActiveReasonDeviceRemoved, nmtypes.ActiveReasonDependencyFailed:
		return VPNBaseLost
	default:
	}
	if wasUp(ac) {
		return VPNEnded
	}
	return VPNFailedEarly
}

// hadSecrets says whether a VPN had what it needs to connect to its server. When it lacks secrets after that, those that
// it has were refused.
func hadSecrets(ac nmtypes.ActiveConnection) bool {
	return slices.ContainsFunc(ac.VPNTrail, func(step nmtypes.VPNStep) bool { return step.State == nmtypes.VPNConnect })
}

// wasUp says whether a VPN was up before it ended: we saw it so, or it was past connecting when we came.
func wasUp(ac nmtypes.ActiveConnection) bool {
	connecting := false
	for _, step := range ac.VPNTrail {
		switch step.State {
		case nmtypes.VPNActivated:
			return true
		case nmtypes.VPNPrepare, nmtypes.VPNNeedAuth, nmtypes.VPNConnect, nmtypes.VPNIPConfigGet:
			connecting = true
		default:
		}
	}
	return !connecting
}

// foreignTunnel judges a tunnel that is nobody's. One without addresses may belong to a VPN that is being connected: they
// come later.
func (s *subject) foreignTunnel() Finding {
	seen := s.kernel("tun, carrier %t", s.link.Carrier)
	for _, ac := range s.all.vpns {
		if len(s.usable()) == 0 && !ended(ac) && ac.VPNState < nmtypes.VPNActivated {
			return s.vpnState(ac).sure(Guess).saw(seen)
		}
	}
	if !s.link.Up() || !s.link.Carrier {
		return s.finding(VPN, Down, TunnelForeign).saw(seen)
	}
	return s.finding(VPN, Up, TunnelForeign).saw(seen)
}
