package plan

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// Goal is what must be so before the next step begins.
type Goal struct {
	Gone      string        `json:"gone,omitempty"`      // this active connection is over,
	Tunnel    string        `json:"tunnel,omitempty"`    // and nobody holds its interface any more
	Interface string        `json:"interface,omitempty"` // whose floors stand,
	Level     inspect.Level `json:"level,omitzero"`      // up to this one
	VPN       string        `json:"vpn,omitempty"`       // this VPN, by UUID, is up
	Fresh     Freshness     `json:"fresh,omitempty"`     // and it is so anew, not still
}

// Freshness says what must have happened since the step began.
type Freshness string

// What can be asked to be new.
const (
	FreshLink   Freshness = "link"   // the supplicant's association or authentication
	FreshLease  Freshness = "lease"  // an address was told anew
	FreshActive Freshness = "active" // the activation
	FreshTaken  Freshness = "taken"  // NetworkManager has the device, and it can be connected: a Wi-Fi card first gets its supplicant
)

// Met says whether a snapshot reaches the goal of a step that began at a time; when it does not, what is in the way.
func (g Goal) Met(s *inspect.Snapshot, p inspect.Pyramid, since time.Time) (ok bool, blocks string) {
	switch {
	case g.Gone != "":
		return g.gone(s)
	case g.VPN != "":
		return g.vpnUp(s, p)
	case g.Interface == "":
		return true, ""
	}
	stack, found := p.Stack(g.Interface)
	if !found {
		return false, "there is no interface " + g.Interface
	}
	if ok, blocks := g.stands(stack); !ok {
		return false, blocks
	}
	return g.fresh(s, stack, since)
}

// gone says whether the active connection is over.
func (g Goal) gone(s *inspect.Snapshot) (ok bool, blocks string) {
	if ac, there := s.NM.Active[g.Gone]; there && ac.State != nmtypes.ActiveDeactivated {
		return false, fmt.Sprintf("%s is still %s", ac.ID, ac.State)
	}
	for _, l := range s.Kernel.Links {
		if g.Tunnel != "" && l.Name == g.Tunnel && l.Carrier {
			return false, "a process still holds " + l.Name
		}
	}
	return true, ""
}

// stands says whether the floors up to the goal's stand; what this kind of interface does not have need not.
func (g Goal) stands(stack inspect.Stack) (ok bool, blocks string) {
	for _, f := range stack.Floors {
		if f.Level <= g.Level && !f.Status.Stands() && f.Status != inspect.Absent {
			return false, fmt.Sprintf("%s of %s %s: %s", f.Level, g.Interface, f.Status.Predicate(), f.Reason)
		}
	}
	return true, ""
}

// vpnUp says whether the VPN is up; a profile can have only one active connection.
func (g Goal) vpnUp(s *inspect.Snapshot, p inspect.Pyramid) (ok bool, blocks string) {
	for _, ac := range s.NM.Active {
		if !ac.VPN || ac.UUID != g.VPN {
			continue
		}
		if ac.State != nmtypes.ActiveActivated || ac.VPNState != nmtypes.VPNActivated {
			return false, fmt.Sprintf("%s is %s", ac.ID, ac.VPNState)
		}
		for _, stack := range p.Stacks {
			for _, t := range stack.Tunnels {
				if t.Name == ac.ID && t.Finding.Status.Stands() {
					return true, ""
				}
			}
		}
		return false, ac.ID + " has no interface yet"
	}
	for _, ac := range slices.Backward(s.NM.Ended) {
		if ac.VPN && ac.UUID == g.VPN {
			return false, fmt.Sprintf("%s has ended: %s", ac.ID, ac.Reason)
		}
	}
	return false, "it is not active"
}

// Lost says why there is no use in waiting for the goal: the VPN has ended, or the network has refused the authentication
// of a wire, since the step began. "" while there is.
func (g Goal) Lost(s *inspect.Snapshot, since time.Time) string {
	if g.Fresh == FreshLink {
		return refusal(s, g.Interface, since)
	}
	for _, ac := range s.NM.Ended {
		if g.VPN != "" && ac.VPN && ac.UUID == g.VPN && ac.StateAt.After(since) {
			reason := ac.Reason
			for _, step := range ac.VPNTrail {
				if step.State == nmtypes.VPNFailed && step.Reason > nmtypes.ActiveReasonNone {
					reason = step.Reason
				}
			}
			return fmt.Sprintf("the VPN %s has ended: %s", ac.ID, reason)
		}
	}
	return ""
}

// refusal says that a wired port was refused; the supplicant asks again only a minute later. Over the air it tries
// another access point.
func refusal(s *inspect.Snapshot, iface string, since time.Time) string {
	for _, w := range s.WPA.Interfaces {
		if w.Name == iface && w.Driver == "wired" && w.EAP.Outcome == wpatypes.EAPFailure && w.EAP.OutcomeAt.After(since) {
			return "the network refused the authentication of " + iface
		}
	}
	return ""
}

// fresh says whether what stands does so since the step began.
func (g Goal) fresh(s *inspect.Snapshot, stack inspect.Stack, since time.Time) (ok bool, blocks string) {
	switch g.Fresh {
	case "":
		return true, ""
	case FreshLink:
		return freshLink(s, stack.Interface, since)
	case FreshLease:
		return freshLease(s, stack, since)
	case FreshTaken:
		return freshTaken(s, stack.Interface, since)
	case FreshActive:
		least := nmtypes.DeviceActivated
		if g.Level < inspect.L3 {
			least = nmtypes.DeviceIPConfig // its link layer is ready by then
		}
		for _, d := range s.NM.Devices {
			if named(d, stack.Interface) && d.State >= least && d.State <= nmtypes.DeviceActivated && d.StateAt.After(since) {
				return true, ""
			}
		}
		return false, "NetworkManager has not connected " + stack.Interface + " anew yet"
	}
	return false, "internal error: unknown goal"
}

// freshTaken says whether NetworkManager could connect a device, by a state that it took since the step began: right after
// the call it may still tell the state from before.
func freshTaken(s *inspect.Snapshot, iface string, since time.Time) (ok bool, blocks string) {
	for _, d := range s.NM.Devices {
		ready := d.State >= nmtypes.DeviceDisconnected && d.State <= nmtypes.DeviceActivated
		if named(d, iface) && d.Managed && ready && d.StateAt.After(since) {
			return true, ""
		}
	}
	return false, "NetworkManager has not made " + iface + " ready yet"
}

func freshLink(s *inspect.Snapshot, iface string, since time.Time) (ok bool, blocks string) {
	for _, w := range s.WPA.Interfaces {
		if w.Name == iface {
			done := w.State == wpatypes.StateCompleted && (w.StateAt.After(since) || w.EAP.Outcome == wpatypes.EAPSuccess && w.EAP.OutcomeAt.After(since))
			return done, fmt.Sprintf("wpa_supplicant is %s on %s and was not asked anew yet", w.State, iface)
		}
	}
	return false, "wpa_supplicant does not serve " + iface
}

// Earliest is when a step may begin so that its goal can be told from what was so before: NetworkManager says nothing of
// a lease that ends in the same second as the one before.
func (g Goal) Earliest(s *inspect.Snapshot) time.Time {
	if g.Fresh != FreshLease {
		return time.Time{}
	}
	for _, d := range s.NM.Devices {
		if !named(d, g.Interface) {
			continue
		}
		expiry, err1 := strconv.ParseInt(d.DHCP4["expiry"], 10, 64)
		lasts, err2 := strconv.ParseInt(d.DHCP4["dhcp_lease_time"], 10, 64)
		if err1 == nil && err2 == nil {
			return time.Unix(expiry-lasts+1, 0)
		}
	}
	return time.Time{}
}

// freshLease says whether NetworkManager told of a lease, or the kernel of an IPv6 address, since the step began.
func freshLease(s *inspect.Snapshot, stack inspect.Stack, since time.Time) (ok bool, blocks string) {
	for _, d := range s.NM.Devices {
		if named(d, stack.Interface) && d.LeaseAt.After(since) {
			return true, ""
		}
	}
	for _, a := range s.Kernel.Addrs[stack.Index] { // of IPv4 it may be the old lease's, put back while a new one is asked for
		if a.At.After(since) && a.Prefix.Addr().Is6() && !a.Prefix.Addr().IsLinkLocalUnicast() {
			return true, ""
		}
	}
	return false, "no address of " + stack.Interface + " was renewed yet"
}

func named(d nmtypes.Device, iface string) bool {
	return d.IPInterface == iface || d.IPInterface == "" && d.Interface == iface
}
