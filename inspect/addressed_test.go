package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestAddresses(t *testing.T) { judge(t, addressCases()) }

func addressCases() []verdict {
	const link = "up link-up | up link-plain | "
	noAddress := []inspect.Code{inspect.ConnectedWithoutAddress}
	return []verdict{
		{
			name: "a loopback", in: snapshot(loopback()), of: "lo",
			want: "up link-up | absent | up addressed | absent", whole: inspect.Up,
		},
		{
			name: "a lease", in: snapshot(ethernet("eth0", leased("192.0.2.2/24", time.Hour))), of: "eth0",
			want: link + "up addressed | absent", says: []string{"[192.0.2.2/24]"},
		},
		{
			name: "an address that somebody else put there", in: snapshot(ethernet("eth0", unmanaged, addr("192.0.2.2/24", validFor(60)))), of: "eth0",
			want: link + "up addressed | absent", says: []string{"valid for 1m0s"},
		},
		{
			name: "a network with IPv6 alone", in: snapshot(ethernet("eth0", activated, methods("auto", "auto"), addr("2001:db8::2/64"), addr("fe80::1/64"), configured("2001:db8::2/64", "fe80::1/64"))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "NetworkManager gave up before we came", in: snapshot(ethernet("eth0", available(1, true))), of: "eth0",
			want: link + "down not-connected | absent", whole: inspect.Down, says: []string{"available: /etc/lan.nmconnection", "$ nmcli device up eth0"},
		},
		{
			name: "somebody took the connection down", in: snapshot(ethernet("eth0", available(2, false))), of: "eth0",
			want: link + "down taken-down | absent", whole: inspect.Down, says: []string{"available: 2 profiles"},
		},
		{
			name: "what failed while we watched is told with its reason", in: snapshot(ethernet("eth0", available(1, true), gaveUp(nmtypes.ReasonIPConfigUnavailable, nmtypes.DeviceIPConfig))), of: "eth0",
			want: link + "failed ip-failed | absent", cause: "eth0 L3 ip-failed",
		},
		{
			name: "nobody can connect a wire without a carrier", in: snapshot(ethernet("eth0", available(1, true), noCarrier, state(nmtypes.DeviceUnavailable))), of: "eth0",
			want: "down no-carrier | down link-plain | down no-address | absent",
		},
		{
			name: "waiting for a lease", in: snapshot(ethernet("eth0", activating(nmtypes.DeviceIPConfig), methods("auto", "auto"))), of: "eth0",
			want: link + "starting dhcp-waiting | absent", whole: inspect.Starting,
		},
		{
			name: "about to begin", in: snapshot(ethernet("eth0", activating(nmtypes.DeviceDisconnected), methods("auto", "auto"))), of: "eth0",
			want: link + "starting dhcp-waiting | absent", whole: inspect.Starting,
		},
		{
			name: "waiting for a router", in: snapshot(ethernet("eth0", activating(nmtypes.DeviceIPConfig), methods("disabled", "auto"))), of: "eth0",
			want: link + "starting ip-waiting | absent",
		},
		{
			name: "the lease ran out and NetworkManager says connected", in: snapshot(ethernet("eth0", activated, methods("auto", "auto"), addr("fe80::1/64"))), of: "eth0",
			want: link + "failed lease-lost | absent", cause: "eth0 L3 lease-lost", conflicts: noAddress, says: []string{"nmcli device up eth0"},
		},
		{
			name: "a DHCPv6 lease ran out", in: snapshot(ethernet("eth0", activated, methods("disabled", "dhcp"), addr("fe80::1/64"))), of: "eth0",
			want: link + "failed lease-lost | absent", cause: "eth0 L3 lease-lost", conflicts: noAddress,
		},
		{
			name: "the router takes its prefix back", in: snapshot(ethernet("eth0", activated, methods("disabled", "auto"), addr("fe80::1/64"))), of: "eth0",
			want: link + "failed no-address | absent", cause: "eth0 L3 no-address", conflicts: noAddress,
		},
		{
			name: "somebody flushed the address of a lease", in: snapshot(ethernet("eth0", leased("192.0.2.2/24", time.Hour)), flush("eth0")), of: "eth0",
			want: link + "failed address-missing | absent", cause: "eth0 L3 address-missing", conflicts: noAddress, says: []string{"nmcli device reapply eth0"},
		},
		{
			name: "NetworkManager forgets the address that was flushed, and not its lease",
			in:   snapshot(ethernet("eth0", leased("192.0.2.2/24", time.Hour), device(func(d *nmtypes.Device) { d.IP4 = nil })), flush("eth0")), of: "eth0",
			want: link + "failed address-missing | absent", cause: "eth0 L3 address-missing", conflicts: noAddress, says: []string{"configured 192.0.2.2"},
		},
		{
			name: "the kernel notices first that a lease ran out", in: snapshot(ethernet("eth0", leased("192.0.2.2/24", 0)), flush("eth0")), of: "eth0",
			want: link + "failed lease-lost | absent", cause: "eth0 L3 lease-lost", conflicts: noAddress,
		},
		{
			name: "somebody flushed one of two addresses",
			in:   snapshot(ethernet("eth0", static("192.0.2.2/24"), configured("2001:db8::2/64"))), of: "eth0",
			want: link + "degraded address-missing | absent", whole: inspect.Degraded, says: []string{"2001:db8::2/64"},
		},
		{
			name: "the kernel's own link-local address is not NetworkManager's to lose",
			in:   snapshot(ethernet("eth0", static("192.0.2.2/24"), configured("fe80::1/64"))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "the profile was not read", in: snapshot(ethernet("eth0", activated)), of: "eth0",
			want: link + "unknown no-address | absent", whole: inspect.Up, says: []string{"was not read"},
		},
		{
			name: "the profile wants no addresses", in: snapshot(ethernet("eth0", activated, methods("disabled", "ignore"))), of: "eth0",
			want: link + "absent ip-disabled | absent", whole: inspect.Up,
		},
		{
			name: "the profile wants the link alone", in: snapshot(ethernet("eth0", activated, methods("disabled", "link-local"), addr("fe80::1/64"))), of: "eth0",
			want: link + "up addressed | absent", says: []string{"fe80::1/64"},
		},
		{
			name: "the profile wants the link alone and has not got it", in: snapshot(ethernet("eth0", activated, methods("link-local", "disabled"))), of: "eth0",
			want: link + "failed no-address | absent", cause: "eth0 L3 no-address", conflicts: noAddress,
		},
		{
			name: "an address of the link does not make up for a lease", in: snapshot(ethernet("eth0", activated, methods("auto", "disabled"), addr("169.254.3.4/16"), configured("169.254.3.4/16"))), of: "eth0",
			want: link + "failed lease-lost | absent", cause: "eth0 L3 lease-lost", conflicts: noAddress,
		},
		{
			name: "being checked for duplicates", in: snapshot(ethernet("eth0", static("2001:db8::2/64"), readdress(tentative, justTold))), of: "eth0",
			want: link + "starting address-tentative | absent",
		},
		{
			name: "being checked for ever", in: snapshot(ethernet("eth0", static("2001:db8::2/64"), readdress(tentative))), of: "eth0",
			want: link + "failed address-tentative | absent", cause: "eth0 L3 address-tentative", says: []string{"It has been so for 1m0s"},
		},
		{
			name: "one address is enough while another is checked", in: snapshot(ethernet("eth0", static("192.0.2.2/24"), addr("2001:db8::2/64", tentative))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "another host has the address", in: snapshot(ethernet("eth0", static("2001:db8::2/64"), readdress(duplicate))), of: "eth0",
			want: link + "failed address-duplicate | absent", cause: "eth0 L3 address-duplicate", says: []string{"2001:db8::2"},
			conflicts: noAddress,
		},
		{
			name: "another host has one of the addresses", in: snapshot(ethernet("eth0", static("192.0.2.2/24"), addr("fe80::1/64", duplicate))), of: "eth0",
			want: link + "degraded address-duplicate | absent",
		},
		{
			name: "NetworkManager met the other host first", in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonIPAddressDuplicate, nmtypes.DeviceIPConfig))), of: "eth0",
			want: link + "failed address-duplicate | absent", cause: "eth0 L3 address-duplicate",
		},
		{
			name: "no DHCP server", in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonIPConfigUnavailable, nmtypes.DeviceIPConfig))), of: "eth0",
			want: link + "failed ip-failed | absent", cause: "eth0 L3 ip-failed",
		},
		{
			name: "a reason without words is placed by what was being tried", in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonUnknown, nmtypes.DeviceIPConfig))), of: "eth0",
			want: link + "failed ip-failed | absent", cause: "eth0 L3 ip-failed",
		},
		{
			name: "NetworkManager gave up and an address stands all the same", in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonIPConfigUnavailable, nmtypes.DeviceIPConfig), addr("192.0.2.2/24"))), of: "eth0",
			want: link + "degraded ip-failed | absent",
		},
		{
			name: "NetworkManager tries again and an address stands", in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonIPConfigUnavailable, nmtypes.DeviceIPConfig), activating(nmtypes.DeviceIPConfig), addr("192.0.2.2/24"))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "the lease is over and its address stays", in: snapshot(ethernet("eth0", leased("192.0.2.2/24", -time.Minute))), of: "eth0",
			want: link + "degraded lease-expired | absent", says: []string{"DHCP4 expiry 2026-03-01T11:59:00Z"},
		},
		{
			name: "the wall clock was set and the lease is as good as ever",
			in:   snapshot(ethernet("eth0", leased("192.0.2.2/24", -time.Minute), readdress(validFor(600)))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a lease without end", in: snapshot(ethernet("eth0", leased("192.0.2.2/24", 0), device(func(d *nmtypes.Device) { delete(d.DHCP4, "expiry") }))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a modem that lost its address has no lease to lose",
			in: snapshot(modem(activated, methods("auto", "auto"), device(func(d *nmtypes.Device) { d.IPInterface = "wwan0" })),
				ethernet("wwan0", unknownToNM)), of: "wwan0",
			want: link + "failed no-address | absent", cause: "wwan0 L3 no-address", conflicts: noAddress,
		},
	}
}

// flush takes all addresses off an interface, behind NetworkManager's back.
func flush(name string) part {
	return func(w *world) {
		w.later = append(w.later, func() { delete(w.Kernel.Addrs, w.linkNamed(name).Index) })
	}
}

// readdress changes the addresses that an interface has.
func readdress(change ...func(*kerneltypes.Addr)) opt {
	return func(i *iface) {
		for n := range i.w.Kernel.Addrs[i.link.Index] {
			for _, c := range change {
				c(&i.w.Kernel.Addrs[i.link.Index][n])
			}
		}
	}
}

func TestGateway(t *testing.T) { judge(t, gatewayCases()) }

func gatewayCases() []verdict {
	const link = "up link-up | up link-plain | "
	dead := []inspect.Code{inspect.ConnectedWithoutGateway}
	wire := func(opts ...opt) part { return ethernet("eth0", append([]opt{static("192.0.2.2/24")}, opts...)...) }
	return []verdict{
		{
			name: "the gateway answers", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighReachable))), of: "eth0",
			want: link + "up addressed | absent", says: []string{"gateway-known"},
		},
		{
			name: "it answered a while ago", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighStale))), of: "eth0",
			want: link + "up addressed | absent", says: []string{"gateway-known"},
		},
		{
			name: "it is asked", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighIncomplete))), of: "eth0",
			want: link + "starting gateway-asked | absent", whole: inspect.Starting,
		},
		{
			name: "it was asked a while ago", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighIncomplete)), neighbours(func(n *kerneltypes.Neigh) { n.Since = ago(1200 * time.Millisecond) })), of: "eth0",
			want: link + "failed gateway-silent | absent", cause: "eth0 L3 gateway-silent", conflicts: dead,
		},
		{
			name: "it is asked again", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighIncomplete)), neighbours(func(n *kerneltypes.Neigh) { n.Again = true })), of: "eth0",
			want: link + "failed gateway-silent | absent", cause: "eth0 L3 gateway-silent", conflicts: dead,
		},
		{
			name: "it does not answer", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighFailed))), of: "eth0",
			want: link + "failed gateway-silent | absent", cause: "eth0 L3 gateway-silent", conflicts: dead, says: []string{"192.0.2.1 does not answer"},
		},
		{
			name: "nobody has spoken to it yet", in: snapshot(wire(gateway("192.0.2.1"))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a link without ARP", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighNoARP))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a neighbour without state", in: snapshot(wire(gateway("192.0.2.1", 0))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a gateway outside the prefix", in: snapshot(ethernet("eth0", static("198.51.100.7/32"), gateway("192.0.2.1", kerneltypes.NeighReachable))), of: "eth0",
			want: link + "up addressed | absent", says: []string{"gateway-known"},
		},
		{
			name: "point to point, without gateway",
			in: snapshot(wire(), func(w *world) {
				r := snapshot(wire(gateway("192.0.2.1"))).Kernel.Routes[0]
				r.Gateway = r.Source
				w.Kernel.Routes = append(w.Kernel.Routes, r)
			}), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "one family's gateway is dead", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighFailed), gateway("fe80::9", kerneltypes.NeighReachable))), of: "eth0",
			want: link + "degraded gateway-silent | absent", whole: inspect.Degraded,
		},
		{
			name: "one family's gateway is still asked", in: snapshot(wire(gateway("192.0.2.1", kerneltypes.NeighReachable), gateway("fe80::9", kerneltypes.NeighIncomplete))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a second gateway that is not in use is dead",
			in:   snapshot(wire(gatewayAt("192.0.2.1", 100, kerneltypes.NeighReachable), gatewayAt("192.0.2.9", 200, kerneltypes.NeighFailed))), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "one of two gateways of a multipath route is dead",
			in:   snapshot(wire(gatewayAt("192.0.2.1", 100, kerneltypes.NeighReachable), gatewayAt("192.0.2.9", 100, kerneltypes.NeighFailed))), of: "eth0",
			want: link + "degraded gateway-silent | absent",
		},
		{
			name: "a dead gateway without NetworkManager", in: snapshot(ethernet("eth0", unknownToNM, addr("192.0.2.2/24"), gateway("192.0.2.1", kerneltypes.NeighFailed)), withoutNM), of: "eth0",
			want: link + "failed gateway-silent | absent", cause: "eth0 L3 gateway-silent",
		},
	}
}

func TestInternet(t *testing.T) { judge(t, internetCases()) }

func internetCases() []verdict {
	const link = "up link-up | up link-plain | "
	checked := nm(func(s *nmtypes.State) { s.Manager.ConnectivityCheck = true })
	without := func(mode string) part {
		return nm(func(s *nmtypes.State) { s.DNS, s.DNSMode = nil, mode })
	}
	wire := func(ip4, ip6 nmtypes.Connectivity) part {
		return ethernet("eth0", static("192.0.2.2/24"), gateway("192.0.2.1", kerneltypes.NeighReachable), device(func(d *nmtypes.Device) {
			d.IP4Connectivity, d.IP6Connectivity = ip4, ip6
		}))
	}
	const none, portal, limited, full = nmtypes.ConnectivityNone, nmtypes.ConnectivityPortal, nmtypes.ConnectivityLimited, nmtypes.ConnectivityFull
	return []verdict{
		{
			name: "the check succeeds", in: snapshot(wire(full, none), checked), of: "eth0",
			want: link + "up addressed | absent", says: []string{"internet"},
		},
		{
			name: "a captive portal", in: snapshot(wire(portal, none), checked), of: "eth0",
			want: link + "degraded portal | absent",
		},
		{
			name: "no answer", in: snapshot(wire(limited, none), checked), of: "eth0",
			want: link + "degraded no-internet | absent",
		},
		{
			name: "not measured is not full", in: snapshot(wire(limited, limited)), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "not measured yet", in: snapshot(wire(nmtypes.ConnectivityUnknown, nmtypes.ConnectivityUnknown), checked), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a link that leads nowhere is not asked for the Internet",
			in: snapshot(ethernet("eth0", static("192.0.2.2/24"), device(func(d *nmtypes.Device) {
				d.IP4Connectivity, d.IP6Connectivity = limited, none
			})), checked), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "a VPN with the default route is not asked for either",
			in: snapshot(ethernet("eth0", static("192.0.2.2/24")), ethernet("vpn0", addr("10.8.0.6/32"), activated, gatewayAt("10.8.0.1", 50), device(func(d *nmtypes.Device) {
				d.IP4Connectivity, d.IP6Connectivity = limited, limited
			})), vpn("office", "eth0", nmtypes.VPNActivated, func(ac *nmtypes.ActiveConnection) {
				ac.IP4 = &nmtypes.IPConfig{Addresses: []string{"10.8.0.6/32"}}
			}), checked), of: "vpn0",
			want: link + "up addressed | up vpn-done",
		},
		{
			name: "nobody to ask for names", in: snapshot(wire(full, none), without("default")), of: "eth0",
			want: link + "degraded no-dns | absent",
		},
		{
			name: "the resolver is not NetworkManager's business", in: snapshot(wire(full, none), without("none")), of: "eth0",
			want: link + "up addressed | absent",
		},
		{
			name: "names are for the owner of the default route",
			in: snapshot(wire(full, none), without("default"),
				ethernet("eth1", static("198.51.100.2/24"), gatewayAt("198.51.100.1", 50, kerneltypes.NeighReachable))), of: "eth0",
			want: link + "up addressed | absent",
		},
	}
}

func TestDefaultRoute(t *testing.T) {
	route := func(change func(*kerneltypes.Route)) part {
		return func(w *world) {
			w.later = append(w.later, func() { change(&w.Kernel.Routes[0]) })
		}
	}
	pair := func(extra ...part) *inspect.Snapshot {
		return snapshot(append([]part{
			ethernet("eth0", static("192.0.2.2/24"), gatewayAt("192.0.2.1", 100)),
			wifi("wlan0", static("198.51.100.2/24"), gatewayAt("198.51.100.1", 600), supplicant(wpatypes.StateCompleted)),
		}, extra...)...)
	}
	for _, c := range []struct {
		name string
		in   *inspect.Snapshot
		want string
	}{
		{"the lowest metric", pair(), "eth0"},
		{"a route whose link is dead does not count", pair(route(func(r *kerneltypes.Route) { r.Flags = 1 })), "wlan0"},
		{"a route that forbids does not count", pair(route(func(r *kerneltypes.Route) { r.Type = 7 })), "wlan0"},
		{"a route of another table does not count", pair(route(func(r *kerneltypes.Route) { r.Table = 100 })), "wlan0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := inspect.Build(c.in)
			if first := p.Stacks[0]; first.Interface != c.want || !first.DefaultRoute {
				t.Errorf("first comes %s, owner of the default route: %t; want %s", first.Interface, first.DefaultRoute, c.want)
			}
			if p.Stacks[1].DefaultRoute {
				t.Errorf("%s owns the default route, too", p.Stacks[1].Interface)
			}
		})
	}
}

// available says how many profiles could be activated on a device, and whether NetworkManager may do so by itself.
func available(profiles int, autoconnect bool) opt {
	return device(func(d *nmtypes.Device) {
		d.Available, d.Autoconnect = profiles, autoconnect
		if profiles == 1 {
			d.AvailableFile = "/etc/lan.nmconnection"
		}
	})
}
