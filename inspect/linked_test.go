package inspect_test

import (
	"testing"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
)

func TestLinked(t *testing.T) { judge(t, linkedCases()) }

func linkedCases() []verdict {
	return []verdict{
		{
			name: "a wire without authentication",
			in:   snapshot(ethernet("eth0", static("192.0.2.2/24"))), of: "eth0",
			want: "up link-up | up link-plain | up addressed | absent", whole: inspect.Up, says: []string{"L2 up link-plain (certain)"},
		},
		{
			name: "whether it needs authentication was not read",
			in:   snapshot(ethernet("eth0", activated, addr("192.0.2.2/24"))), of: "eth0",
			want: "up link-up | up link-plain | up addressed | absent", says: []string{"L2 up link-plain (likely)"},
		},
		{
			name: "the kernel waits for somebody to open the port",
			in:   snapshot(ethernet("eth0", dormant, unmanaged)), of: "eth0",
			want: "up link-up | starting link-dormant | down no-address | absent", whole: inspect.Starting,
		},
		{
			name: "NetworkManager gave up on the link",
			in:   snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonPPPFailed, nmtypes.DeviceConfig))), of: "eth0",
			want: "up link-up | failed link-failed | blocked | absent", cause: "eth0 L2 link-failed",
			says: []string{"gave up in config with reason ppp-failed (14)", "nmdebug explain ppp-failed"},
		},
		{
			name: "a reason without words is placed by what was being tried",
			in:   snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonUnknown, nmtypes.DeviceConfig))), of: "eth0",
			want: "up link-up | failed link-failed | blocked | absent", cause: "eth0 L2 link-failed",
			says: []string{"nmdebug explain unknown"},
		},
		{
			name: "it gave up for want of a password, or because the one it had was refused",
			in:   snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonNoSecrets, nmtypes.DeviceNeedAuth))), of: "eth0",
			want: "up link-up | failed no-secrets | blocked | absent", cause: "eth0 L2 no-secrets",
		},
		{
			name: "it tries again",
			in:   snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonPPPFailed, nmtypes.DeviceConfig), activating(nmtypes.DeviceConfig))), of: "eth0",
			want: "up link-up | starting link-working | blocked | absent", whole: inspect.Starting,
		},
		{
			name: "its profile was read before its link was made",
			in:   snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), methods("auto", "auto"))), of: "eth0",
			want: "up link-up | up link-plain | starting dhcp-waiting | absent", whole: inspect.Starting,
		},
		{
			name: "it fails at this moment",
			in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonPPPFailed, nmtypes.DeviceConfig), func(i *iface) {
				i.connect(nmtypes.DeviceFailed, nmtypes.ActiveDeactivating)
			})), of: "eth0",
			want: "up link-up | failed link-failed | blocked | absent", cause: "eth0 L2 link-failed",
		},
		{
			name: "the supplicant died under NetworkManager",
			in:   snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonSupplicantFailed, nmtypes.DeviceActivated)), withoutSupplicant(inspect.SourceAbsent)), of: "eth0",
			want: "up link-up | failed supplicant-gone | blocked | absent", cause: "eth0 L2 supplicant-gone", says: []string{"supplicant-failed (10)"},
		},
		{
			name: "it asks somebody for a password",
			in:   snapshot(ethernet("eth0", activating(nmtypes.DeviceNeedAuth))), of: "eth0",
			want: "up link-up | starting secrets-asked | blocked | absent", whole: inspect.Starting,
		},
		{
			name: "a failure is over when networking is switched off",
			in: snapshot(ethernet("eth0", gaveUp(nmtypes.ReasonPPPFailed, nmtypes.DeviceConfig), state(nmtypes.DeviceUnavailable, nmtypes.ReasonSleeping)),
				nm(func(s *nmtypes.State) { s.Manager.NetworkingEnabled = false })), of: "eth0",
			want: "up link-up | up link-plain | down no-address | absent",
		},
		{
			name: "somebody takes the connection down",
			in:   snapshot(ethernet("eth0", func(i *iface) { i.connect(nmtypes.DeviceDeactivating, nmtypes.ActiveDeactivating) })), of: "eth0",
			want: "up link-up | up link-plain | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "a link that others made and NetworkManager mirrors",
			in:   snapshot(ethernet("eth0", external, noCarrier)), of: "eth0",
			want: "down no-carrier | down link-plain | down no-address | absent",
		},
		{
			name: "PPPoE stands on a wire",
			in: snapshot(
				ethernet("eth0", unknownToNM),
				link("ppp0", "ppp", nmtypes.TypeEthernet, func(i *iface) { i.dev.Interface = "eth0" }, static("192.0.2.2/32")),
			), of: "eth0",
			want: "up link-up | up link-plain | absent | absent", whole: inspect.Up,
		},
		{
			name: "the wire of PPPoE is unplugged",
			in: snapshot(
				ethernet("eth0", unknownToNM, noCarrier),
				link("ppp0", "ppp", nmtypes.TypeEthernet, func(i *iface) { i.dev.Interface = "eth0" }, static("192.0.2.2/32")),
			), of: "ppp0",
			want: "blocked | blocked | blocked | absent", cause: "eth0 L1 no-carrier",
		},
		{
			name: "of the three halves of an Open vSwitch, the one with a link counts",
			in: snapshot(link("ovs0", "openvswitch", nmtypes.TypeOVSInterface, static("192.0.2.2/24")), func(w *world) {
				for _, half := range []nmtypes.DeviceType{nmtypes.TypeOVSPort, nmtypes.TypeOVSBridge} {
					path := "/dev/a" + half.String()
					w.NM.Devices[path] = nmtypes.Device{Path: path, Interface: "ovs0", IPInterface: "ovs0", Type: half, Managed: true, Real: true}
				}
			}), of: "ovs0",
			want: "up link-up | up link-plain | up addressed | absent",
		},
	}
}

func TestPorts(t *testing.T) { judge(t, portCases()) }

func portCases() []verdict {
	port := func(name string, opts ...opt) part {
		return ethernet(name, append([]opt{activated, portOf("br0")}, opts...)...)
	}
	return []verdict{
		{
			name: "a port that forwards", in: snapshot(bridge("br0"), port("eth0")), of: "eth0",
			want: "up link-up | up port-forwarding | absent | absent", whole: inspect.Up, says: []string{"port of br0"},
		},
		{
			name: "a port that learns", in: snapshot(bridge("br0"), port("eth0", portOf("br0", 2))), of: "eth0",
			want: "up link-up | starting port-learning | absent | absent", whole: inspect.Starting,
		},
		{
			name: "a port that listens", in: snapshot(bridge("br0"), port("eth0", portOf("br0", 1))), of: "eth0",
			want: "up link-up | starting port-learning | absent | absent",
		},
		{
			name: "a port that spanning tree blocks", in: snapshot(bridge("br0"), port("eth0", portOf("br0", 4))), of: "eth0",
			want: "up link-up | degraded port-blocking | absent | absent",
		},
		{
			name: "a port that is switched off", in: snapshot(bridge("br0"), port("eth0", portOf("br0", 0))), of: "eth0",
			want: "up link-up | failed port-disabled | absent | absent", cause: "eth0 L2 port-disabled",
		},
		{
			name: "a switched-off port that nobody uses", in: snapshot(bridge("br0"), ethernet("eth0", portOf("br0", 0))), of: "eth0",
			want: "up link-up | down port-disabled | absent | absent", whole: inspect.Down,
		},
		{
			name: "a port of a bond has nothing to forward", in: snapshot(bond("bond0", activated), ethernet("eth0", portOf("bond0"), activated, methods("", ""))), of: "eth0",
			want: "up link-up | up link-plain | absent | absent",
		},
		{
			name: "what belongs to a VRF keeps its addresses", in: snapshot(link("vrf0", "vrf", nmtypes.TypeVRF), ethernet("eth0", portOf("vrf0"), static("192.0.2.2/24"))), of: "eth0",
			want: "up link-up | up link-plain | up addressed | absent",
		},
		{
			name: "a bridge with one dead port of two stands", in: snapshot(bridge("br0", static("192.0.2.2/24")), port("eth0"), port("eth1", noCarrier)), of: "br0",
			want: "up link-up | up ports-open | up addressed | absent", whole: inspect.Up, says: []string{"1 of 2 ports"},
		},
		{
			name: "a bridge with a single port that is dead", in: snapshot(bridge("br0", noCarrier, static("192.0.2.2/24")), port("eth0", noCarrier)), of: "br0",
			want: "blocked | blocked | blocked | absent", cause: "eth0 L1 no-carrier", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier},
		},
		{
			name: "the port of a bridge need not be managed to be its cause",
			in:   snapshot(bridge("br0", noCarrier, static("192.0.2.2/24")), ethernet("eth0", unknownToNM, portOf("br0"), noCarrier)), of: "br0",
			want: "blocked | blocked | blocked | absent", cause: "eth0 L1 no-carrier", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier},
		},
		{
			name: "a bridge whose ports do not forward yet", in: snapshot(bridge("br0", noCarrier, activating(nmtypes.DeviceIPConfig)), port("eth0", portOf("br0", 2))), of: "br0",
			want: "blocked | blocked | blocked | absent", whole: inspect.Blocked,
		},
		{
			name: "a bridge that waits for its first port", in: snapshot(bridge("br0", noCarrier, activating(nmtypes.DeviceIPConfig), methods("auto", "auto"))), of: "br0",
			want: "up link-up | starting ports-awaited | blocked | absent", whole: inspect.Starting,
		},
		{
			name: "a bridge without ports", in: snapshot(bridge("br0", noCarrier, static("192.0.2.2/24"))), of: "br0",
			want: "up link-up | failed no-port | blocked | absent", cause: "br0 L2 no-port", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier},
		},
		{
			name: "a bridge without ports that nobody asked NetworkManager for", in: snapshot(bridge("docker0", noCarrier, unmanaged, addr("172.17.0.1/16"))), of: "docker0",
			want: "up link-up | down no-port | blocked | absent", whole: inspect.Down,
		},
		{
			name: "a bond whose ports are dead and nobody's business", in: snapshot(bond("bond0", noCarrier, unmanaged), ethernet("eth0", noCarrier, unmanaged, portOf("bond0"))), of: "bond0",
			want: "up link-up | down ports-closed | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "a bond with a live port", in: snapshot(bond("bond0", static("192.0.2.2/24")), ethernet("eth0", activated, portOf("bond0"))), of: "bond0",
			want: "up link-up | up ports-open | up addressed | absent",
		},
	}
}
