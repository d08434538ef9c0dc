package inspect_test

import (
	"testing"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestStacks(t *testing.T) { judge(t, stackCases()) }

// stackCases are interfaces that stand on others: whose fault it is, and what it takes along.
func stackCases() []verdict {
	const all = "blocked | blocked | blocked | absent"
	macvlan := func(base string, opts ...opt) part {
		return link("mac0", "macvlan", nmtypes.TypeMACVLAN, append([]opt{on(base), static("192.0.2.3/24")}, opts...)...)
	}
	vxlan := func(base string, opts ...opt) part {
		return link("vx0", "vxlan", nmtypes.TypeVXLAN, append([]opt{on(base), static("10.1.0.2/24")}, opts...)...)
	}
	port := func(name string, opts ...opt) part {
		return ethernet(name, append([]opt{activated, portOf("br0")}, opts...)...)
	}
	rejected := authenticator(wpatypes.StateAssociated, eapFailed())
	withoutCarrier := []inspect.Code{inspect.ConnectedWithoutCarrier}
	return []verdict{
		{
			name: "macvlan on a bridge whose only port has no carrier",
			in:   snapshot(port("eth0", noCarrier), bridge("br0", noCarrier, static("192.0.2.2/24")), macvlan("br0", noCarrier)), of: "mac0",
			want: all, cause: "eth0 L1 no-carrier", conflicts: withoutCarrier, says: []string{"L1 blocked: L1 of eth0 has failed. [needs eth0]"},
		},
		{
			name: "macvlan on a bridge of which one port is dead",
			in:   snapshot(port("eth0", noCarrier), port("eth1"), bridge("br0", static("192.0.2.2/24")), macvlan("br0")), of: "mac0",
			want: "up link-up | up link-plain | up addressed | absent", whole: inspect.Up,
		},
		{
			name: "the bridge's only port is not authenticated",
			in:   snapshot(port("eth0", rejected), bridge("br0", static("192.0.2.2/24"))), of: "br0",
			want: all, cause: "eth0 L2 8021x-rejected",
		},
		{
			name: "macvlan on a base that nobody manages and that is unplugged",
			in:   snapshot(ethernet("eth0", unknownToNM, noCarrier), macvlan("eth0", noCarrier)), of: "mac0",
			want: all, cause: "eth0 L1 no-carrier", conflicts: withoutCarrier,
		},
		{
			name: "the unplugged base itself",
			in:   snapshot(ethernet("eth0", unknownToNM, noCarrier), macvlan("eth0", noCarrier)), of: "eth0",
			want: "failed no-carrier | blocked | blocked | absent", cause: "eth0 L1 no-carrier",
		},
		{
			name: "an unplugged base on which nothing is wanted",
			in: snapshot(ethernet("eth0", unknownToNM, noCarrier),
				link("mac0", "macvlan", nmtypes.TypeMACVLAN, on("eth0"), noCarrier)), of: "eth0",
			want: "down no-carrier | down link-plain | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "a macvlan needs no addresses of its base",
			in:   snapshot(ethernet("eth0"), macvlan("eth0")), of: "mac0",
			want: "up link-up | up link-plain | up addressed | absent", whole: inspect.Up,
		},
		{
			name: "the base of a macvlan has not failed for want of addresses",
			in:   snapshot(ethernet("eth0"), macvlan("eth0")), of: "eth0",
			want: "up link-up | up link-plain | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "vxlan on a base that lost its lease",
			in:   snapshot(ethernet("eth0", activated, methods("auto", "auto")), vxlan("eth0")), of: "vx0",
			want: all, cause: "eth0 L3 lease-lost",
		},
		{
			name: "vxlan on a base that nobody manages and that has no address",
			in:   snapshot(ethernet("eth0", unknownToNM), vxlan("eth0")), of: "vx0",
			want: all, cause: "eth0 L3 no-address",
		},
		{
			name: "vxlan on a base with an address",
			in:   snapshot(ethernet("eth0", static("192.0.2.2/24")), vxlan("eth0")), of: "vx0",
			want: "up link-up | up link-plain | up addressed | absent",
		},
		{
			name: "macvlan on a vxlan on a base without address",
			in: snapshot(ethernet("eth0", activated, methods("auto", "auto")), link("vx0", "vxlan", nmtypes.TypeVXLAN, on("eth0"), activated, methods("disabled", "disabled")),
				macvlan("vx0")), of: "mac0",
			want: all, cause: "eth0 L3 lease-lost",
		},
		{
			name: "vlan on a base that is being authenticated",
			in: snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), authenticator(wpatypes.StateAssociated)),
				link("vlan7", "vlan", nmtypes.TypeVLAN, on("eth0"), static("192.0.2.2/24"))), of: "vlan7",
			want: all, whole: inspect.Blocked,
		},
		{
			name: "the same, and nobody wants it",
			in: snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), authenticator(wpatypes.StateAssociated)),
				link("vlan7", "vlan", nmtypes.TypeVLAN, on("eth0"), unmanaged)), of: "vlan7",
			want: "up link-up | up link-plain | down no-address | absent",
		},
		{
			name: "macvlan on a card whose radio is off",
			in:   snapshot(wifi("wlan0", adminDown, gaveUp(nmtypes.ReasonSupplicantFailed, nmtypes.DeviceConfig)), rfkill("phy0", true, false), macvlan("wlan0", noCarrier)), of: "mac0",
			want: all, cause: "wlan0 L1 rfkill-soft", conflicts: withoutCarrier,
		},
		{
			name: "a VPN that failed on a base that failed is not to blame",
			in:   snapshot(ethernet("eth0", activated, methods("auto", "auto")), ended("office", "eth0", nmtypes.ActiveReasonLoginFailed, went(3, 1, 6, 10))), of: "eth0",
			want: "up link-up | up link-plain | failed lease-lost | blocked", cause: "eth0 L3 lease-lost",
			conflicts: []inspect.Code{inspect.ConnectedWithoutAddress},
		},
		{
			name: "a VPN that failed on a vlan whose base failed is not to blame either",
			in: snapshot(ethernet("eth0", activated, noCarrier), link("vlan7", "vlan", nmtypes.TypeVLAN, on("eth0"), noCarrier, static("192.0.2.2/24")),
				ended("office", "vlan7", nmtypes.ActiveReasonLoginFailed, went(3, 1, 6, 10))), of: "vlan7",
			want: "blocked | blocked | blocked | blocked", cause: "eth0 L1 no-carrier", conflicts: withoutCarrier,
		},
		{
			name: "the lower of two faults is the cause",
			in:   snapshot(ethernet("eth0", static("192.0.2.2/24"), rejected, gateway("192.0.2.1", kerneltypes.NeighFailed))), of: "eth0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "eth0 L2 8021x-rejected",
			conflicts: []inspect.Code{inspect.ConnectedRejected},
		},
		{
			name: "interfaces that stand on each other",
			in: snapshot(link("a0", "macvlan", nmtypes.TypeMACVLAN, on("b0"), static("192.0.2.2/24")),
				link("b0", "macvlan", nmtypes.TypeMACVLAN, on("a0"), static("192.0.2.3/24"))), of: "a0",
			want: "up link-up | up link-plain | up addressed | absent",
		},
		{
			name: "interfaces that stand on each other, and one is unplugged",
			in: snapshot(link("a0", "macvlan", nmtypes.TypeMACVLAN, on("b0"), static("192.0.2.2/24")),
				link("b0", "macvlan", nmtypes.TypeMACVLAN, on("a0"), noCarrier, static("192.0.2.3/24"))), of: "a0",
			want: all, cause: "b0 L1 lower-down",
		},
	}
}

func TestOn(t *testing.T) {
	p := inspect.Build(snapshot(
		veth("veth0", func(i *iface) { i.link.Parent = 2 }), veth("veth1", func(i *iface) { i.link.Parent = 1 }),
		ethernet("eth0", portOf("br0")), ethernet("eth1", portOf("br0")), bridge("br0"),
		link("vlan7", "vlan", nmtypes.TypeVLAN, func(i *iface) { i.dev.Parent = "/dev/br0" }),
		link("far0", "macvlan", nmtypes.TypeMACVLAN, func(i *iface) { i.link.Parent, i.link.PeerNetns = 1, true }),
		ethernet("gone", unknownToNM, func(i *iface) { i.link.Parent, i.link.Controller = 99, 98 }),
	))
	for name, want := range map[string][]string{
		"veth0": nil, "veth1": nil, "eth0": nil, "br0": {"eth0", "eth1"}, "vlan7": {"br0"}, "far0": nil, "gone": nil,
	} {
		s, _ := p.Stack(name)
		if len(s.On) != len(want) || len(want) > 0 && (s.On[0] != want[0] || s.On[len(want)-1] != want[len(want)-1]) {
			t.Errorf("%s stands on %v, want %v", name, s.On, want)
		}
	}
}
