package inspect

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// addressed checks L3: addresses and their lease, the default route, names, connectivity.
func (s *subject) addressed() []Finding {
	switch {
	case s.isPort(), !s.carriesIP():
		return nil
	case s.blind():
		return []Finding{s.unknownKernel(L3)}
	}
	found := append(s.duplicate(), s.hasAddress()) // why there is no address, before that there is none
	for _, check := range []func() []Finding{
		s.leaseExpired, s.lostAddresses, s.ipFailure, s.gateway, s.names, s.connectivity,
	} {
		found = append(found, check()...)
	}
	return found
}

// isPort says whether the subject has no addresses of its own because a bridge or bond has them. What belongs to a VRF
// keeps its own.
func (s *subject) isPort() bool {
	return s.controller() != nil && s.link.PortKind != kindVRF
}

// carriesIP says whether the addresses of the subject's device are on the subject itself: those of PPPoE are not.
func (s *subject) carriesIP() bool {
	return s.dev == nil || s.all.byPath[s.dev.Path] == s
}

// addresses are those that the kernel has on the subject.
func (s *subject) addresses() []kerneltypes.Addr {
	if s.link == nil {
		return nil
	}
	return s.snap.Kernel.Addrs[s.link.Index]
}

// usable are the addresses that do what the subject needs addresses for: to reach beyond the link, save on a loopback
// and where the profile asks for the link alone.
func (s *subject) usable() []kerneltypes.Addr {
	const scopeLink = 253 // RT_SCOPE_LINK
	near := s.kind == kindLoopback || s.linkLocalOnly()
	return slices.DeleteFunc(slices.Clone(s.addresses()), func(a kerneltypes.Addr) bool {
		reaches := a.Scope < scopeLink && !a.Prefix.Addr().IsLinkLocalUnicast()
		return a.DadFailed() || !reaches && !near
	})
}

// hasAddress is the finding about the addresses themselves.
func (s *subject) hasAddress() Finding {
	usable := s.usable()
	if len(usable) == 0 {
		return s.withoutAddress()
	}
	if !slices.ContainsFunc(usable, func(a kerneltypes.Addr) bool { return !a.Tentative() }) {
		return s.tentative(usable[0])
	}
	f := s.finding(L3, Up, Addressed)
	f.Brief = usable[0].Prefix.String()
	f.Text = "It has the address " + f.Brief + "."
	for _, a := range usable {
		f = f.saw(s.kernel("address %s%s", a.Prefix, s.remaining(a)))
	}
	return f
}

// duplicatesFoundWithin is how long the search for duplicates may take: the kernel asks once and waits for a second.
const duplicatesFoundWithin = 10 * time.Second

// tentative judges an address that is still being checked for duplicates, and none other is there.
func (s *subject) tentative(a kerneltypes.Addr) Finding {
	f := s.finding(L3, Starting, AddressTentative).saw(s.kernel("address %s is tentative", a.Prefix))
	if waited := s.since(a.At); waited > duplicatesFoundWithin {
		f.Status = Failed
		f = f.sure(Likely).adds("It has been so for %s: the link does not carry frames.", waited.Round(time.Second))
	}
	return f
}

// remaining writes how long an address stays valid.
func (s *subject) remaining(a kerneltypes.Addr) string {
	if !expires(a) {
		return ""
	}
	return fmt.Sprintf(", valid for %s", s.left(a).Round(time.Second))
}

// expires says whether an address is valid for a limited time.
func expires(a kerneltypes.Addr) bool {
	const forever = 0xffffffff // INFINITY_LIFE_TIME
	return a.Valid != forever && a.Valid != 0
}

// left is how long an address that expires is still valid.
func (s *subject) left(a kerneltypes.Addr) time.Duration {
	return time.Duration(a.Valid)*time.Second - s.since(a.At)
}

// withoutAddress tells apart: not asked for, on its way, lost.
func (s *subject) withoutAddress() Finding {
	seen := s.kernel("no address of global scope")
	lost := s.notOnLink()
	switch {
	case s.ipDisabled():
		return s.finding(L3, Absent, IPDisabled).saw(seen)
	case s.activating() && s.waitsForDHCP():
		return s.finding(L3, Starting, DHCPWaiting).saw(seen, s.nmSays())
	case s.activating():
		return s.finding(L3, Starting, IPWaiting).saw(seen, s.nmSays())
	case len(lost) > 0 && !s.leaseOver():
		return s.addressLost(Failed, lost)
	case s.activated() && s.asked() && s.waitsForDHCP():
		return s.finding(L3, Failed, LeaseLost).sure(Likely).saw(seen, s.nmSays()).next(s.renew())
	case s.activated() && s.asked() && s.dev.Applied == nil:
		return s.finding(L3, Unknown, NoAddress).adds("Whether its profile asks for one was not read.").saw(seen, s.nmSays())
	case s.gaveUpAt(L3) && s.asked():
		return s.ipGaveUp().saw(seen)
	case s.idle():
		return s.notConnected().saw(seen)
	default:
		return s.missing(L3, NoAddress).saw(seen)
	}
}

// idle says whether NetworkManager leaves alone what it could connect: it gave up before we came, or somebody told it to.
func (s *subject) idle() bool {
	return s.managed() && s.ac == nil && s.dev.State == nmtypes.DeviceDisconnected && s.dev.Available > 0 && !s.wanted(L3)
}

// notConnected tells of a profile that is not in use. Why, only who watched it fail can tell, and NetworkManager's log.
func (s *subject) notConnected() Finding {
	seen := Evidence{Source: SourceNM, Text: fmt.Sprintf("%s: autoconnect %t, available: %s", s.name, s.dev.Autoconnect,
		cmp.Or(s.dev.AvailableFile, count(s.dev.Available, "profile")))}
	up := "nmcli device up " + shellWord(s.name)
	if !s.dev.Autoconnect {
		return s.finding(L3, Down, TakenDown).saw(s.nmSays(), seen).next(up)
	}
	return s.finding(L3, Down, NotConnected).saw(s.nmSays(), seen).
		adds("It gave up, or the profile is not to be activated by itself.").next("journalctl -u NetworkManager -g "+shellWord(s.name), up)
}

// ipDisabled says whether the profile wants no addresses at all.
func (s *subject) ipDisabled() bool {
	off := func(method string) bool { return method == "disabled" || method == "ignore" }
	a := s.applied()
	return a != nil && off(a.IP4Method) && off(a.IP6Method)
}

// linkLocalOnly says whether the profile wants addresses that reach no farther than the link.
func (s *subject) linkLocalOnly() bool {
	near := func(method string) bool { return method == "link-local" }
	off := func(method string) bool { return method == "disabled" || method == "ignore" || near(method) }
	a := s.applied()
	return a != nil && off(a.IP4Method) && off(a.IP6Method) && (near(a.IP4Method) || near(a.IP6Method))
}

// applied is what the active connection asked for; nil when that is not known.
func (s *subject) applied() *nmtypes.Applied {
	if s.dev == nil {
		return nil
	}
	return s.dev.Applied
}

// waitsForDHCP says whether addresses are to come from a lease.
func (s *subject) waitsForDHCP() bool {
	switch {
	case s.dev == nil:
		return false
	case s.dev.DHCP4 != nil, s.dev.DHCP6 != nil:
		return true
	case s.dev.Applied == nil, s.dialled():
		return false
	}
	return s.dev.Applied.IP4Method == "auto" || s.dev.Applied.IP6Method == "dhcp"
}

// dialled says whether addresses come with the call: from PPP, or from the modem.
func (s *subject) dialled() bool {
	return s.dev.Type == nmtypes.TypeModem || s.dev.Type == nmtypes.TypeADSL || s.kind == "ppp"
}

// renew is the command that asks for a new lease.
func (s *subject) renew() string { return "nmcli device up " + shellWord(s.name) }

// duplicate finds addresses that another host uses. They fail the floor when there is no other.
func (s *subject) duplicate() []Finding {
	status := Failed
	if len(s.usable()) > 0 {
		status = Degraded
	}
	var found []Finding
	for _, a := range s.addresses() {
		if a.DadFailed() {
			f := s.finding(L3, status, AddressDuplicate).saw(s.kernel("address %s: DADFAILED", a.Prefix))
			f.Text = fmt.Sprintf("Another host uses the same address, %s.", a.Prefix.Addr())
			found = append(found, f)
		}
	}
	return found
}

// leaseExpired finds a DHCP lease that ran out while its address is still in use. The kernel counts the same time down
// on a clock that nobody sets: where it has some left, it was the wall clock that jumped.
func (s *subject) leaseExpired() []Finding {
	if s.dev == nil || s.dev.DHCP4 == nil || !s.activated() || len(s.usable()) == 0 {
		return nil
	}
	expiry, ok := s.leaseEnd()
	if !ok || s.snap.At.Unix() <= expiry.Unix() {
		return nil
	}
	for _, a := range s.usable() {
		if a.Prefix.Addr().String() == s.dev.DHCP4["ip_address"] && expires(a) && s.left(a) > 0 {
			return nil
		}
	}
	over := s.snap.At.Sub(expiry).Round(time.Second)
	return []Finding{s.finding(L3, Degraded, LeaseExpired).sure(Likely).expected("a renewed lease", "expired "+over.String()+" ago").
		saw(Evidence{Source: SourceNM, Text: s.name + ": DHCP4 expiry " + expiry.UTC().Format(time.RFC3339)}).
		next(s.renew())}
}

// leaseEnd is when the DHCPv4 lease runs out; ok is false when there is none, or one for ever.
func (s *subject) leaseEnd() (end time.Time, ok bool) {
	if s.dev == nil || s.dev.DHCP4 == nil {
		return time.Time{}, false
	}
	expiry, err := strconv.ParseInt(s.dev.DHCP4["expiry"], 10, 64)
	return time.Unix(expiry, 0), err == nil
}

// leased is the address of a DHCPv4 lease that has not run out.
func (s *subject) leased() (ip netip.Addr, ok bool) {
	if s.dev.DHCP4 == nil || s.leaseOver() {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(s.dev.DHCP4["ip_address"])
	return ip, err == nil
}

// leaseOver says whether the lease has run out: then the kernel takes its address away, and NetworkManager says so later.
// Both count in seconds, each in its own.
func (s *subject) leaseOver() bool {
	end, ok := s.leaseEnd()
	return ok && !s.snap.At.Before(end.Add(-time.Second))
}

// lostAddresses finds addresses that NetworkManager configured and the kernel does not have, beside others that it has.
func (s *subject) lostAddresses() []Finding {
	lost := s.notOnLink()
	if len(lost) == 0 || len(s.usable()) == 0 {
		return nil
	}
	return []Finding{s.addressLost(Degraded, lost)}
}

func (s *subject) addressLost(status Status, lost []string) Finding {
	return s.finding(L3, status, AddressMissing).expected(strings.Join(lost, " "), "not on the link").
		saw(Evidence{Source: SourceNM, Text: s.name + ": configured " + strings.Join(lost, " ")}, s.kernel("has no such address")).
		next("nmcli device reapply " + shellWord(s.name))
}

// notOnLink are the addresses that NetworkManager configured and the kernel does not have. Those of the link alone do
// not count: the kernel makes and removes them by itself.
func (s *subject) notOnLink() []string {
	if !s.activated() || !s.managed() || s.link == nil {
		return nil
	}
	var lost []string
	for _, c := range []*nmtypes.IPConfig{s.dev.IP4, s.dev.IP6} {
		if c == nil {
			continue
		}
		for _, text := range c.Addresses {
			p, err := netip.ParsePrefix(text)
			if err == nil && !p.Addr().IsLinkLocalUnicast() && !s.has(p.Addr()) {
				lost = append(lost, text)
			}
		}
	}
	// NetworkManager drops from its configuration what somebody else takes away, and keeps the lease.
	if ip, ok := s.leased(); ok && len(lost) == 0 && !s.has(ip) {
		lost = append(lost, ip.String())
	}
	return lost
}

// has says whether the kernel has an address on the subject.
func (s *subject) has(ip netip.Addr) bool {
	return slices.ContainsFunc(s.addresses(), func(a kerneltypes.Addr) bool { return a.Prefix.Addr() == ip })
}

// ipFailure reports what NetworkManager gave up on at this floor, where an address stands all the same.
func (s *subject) ipFailure() []Finding {
	if !s.gaveUpAt(L3) || len(s.usable()) == 0 || !s.asked() || s.activated() || s.activating() {
		return nil
	}
	f := s.ipGaveUp()
	f.Status = Degraded
	return []Finding{f}
}

// ipGaveUp is a finding about the last failure of this floor.
func (s *subject) ipGaveUp() Finding {
	if s.dev.LastFailure.Reason == nmtypes.ReasonIPAddressDuplicate {
		return s.nmFailure(L3, AddressDuplicate)
	}
	return s.nmFailure(L3, IPFailed)
}

// names checks that the owner of the default route leaves somebody to ask for names. Where NetworkManager is told to
// leave the resolver alone, it does not know.
func (s *subject) names() []Finding {
	if !s.managed() || !s.activated() || !s.ownsDefaultRoute() || s.snap.NM.DNSMode == "none" {
		return nil
	}
	for _, entry := range s.snap.NM.DNS {
		if len(entry.Nameservers) > 0 {
			return nil
		}
	}
	return []Finding{s.finding(L3, Degraded, NoDNS).sure(Likely).
		saw(Evidence{Source: SourceNM, Text: "DnsManager: no name server"}).next("cat /etc/resolv.conf")}
}

// connectivity passes on what NetworkManager measured, where it measured: without a default route of its own here it calls
// the link limited and asks nobody. The one over a tunnel of a VPN is the VPN's.
func (s *subject) connectivity() []Finding {
	route := len(s.defaults(true))+len(s.defaults(false)) > 0
	if !route || len(s.tunnelBases()) > 0 || !s.activated() || !s.snap.NM.Manager.ConnectivityCheck {
		return nil
	}
	seen := Evidence{Source: SourceNM, Text: fmt.Sprintf("%s: Ip4Connectivity %s (%d), Ip6Connectivity %s (%d)",
		s.name, s.dev.IP4Connectivity, s.dev.IP4Connectivity, s.dev.IP6Connectivity, s.dev.IP6Connectivity)}
	best := max(s.dev.IP4Connectivity, s.dev.IP6Connectivity)
	switch {
	case s.dev.IP4Connectivity == nmtypes.ConnectivityPortal || s.dev.IP6Connectivity == nmtypes.ConnectivityPortal:
		return []Finding{s.finding(L3, Degraded, Portal).saw(seen).next("xdg-open http://nmcheck.gnome.org")}
	case best == nmtypes.ConnectivityLimited || best == nmtypes.ConnectivityNone:
		return []Finding{s.finding(L3, Degraded, NoInternet).saw(seen).next("nmcli networking connectivity check")}
	case best == nmtypes.ConnectivityFull:
		return []Finding{s.finding(L3, Up, Internet).saw(seen)}
	}
	return nil
}
