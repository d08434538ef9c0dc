package inspect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestSources(t *testing.T) { judge(t, sourceCases()) }

// sourceCases are worlds in which somebody cannot be asked: what is not known is unknown, and the rest is shown.
func sourceCases() []verdict {
	wire := ethernet("eth0", static("192.0.2.2/24"), speed(1000, "full"))
	blind := func(w *world) { w.later = append(w.later, func() { w.Kernel.Synced = false }) }
	return []verdict{
		{
			name: "NetworkManager does not run: the kernel's floors are shown",
			in:   snapshot(wire, withoutNM), of: "eth0",
			want: "up link-up | up link-plain | up addressed | absent", whole: inspect.Up, says: []string{"L2 up link-plain (likely)"},
		},
		{
			name: "NetworkManager does not run, and the cable is out: nobody is known to want it",
			in:   snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24")), withoutNM), of: "eth0",
			want: "down no-carrier | down link-plain | blocked | absent", whole: inspect.Down,
		},
		{
			name: "NetworkManager hangs: its last word is held against the kernel",
			in:   snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24")), source(inspect.SourceNM, inspect.SourceSilent)), of: "eth0",
			want: "failed no-carrier | blocked | blocked | absent", cause: "eth0 L1 no-carrier", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier},
		},
		{
			name: "the supplicant serves a port while NetworkManager does not run",
			in:   snapshot(ethernet("eth0", unknownToNM, served("wired", wpatypes.StateCompleted), addr("192.0.2.2/24")), withoutNM), of: "eth0",
			want: "up link-up | up 8021x-done | up addressed | absent",
		},
		{
			name: "the supplicant does not serve a port while NetworkManager does not run",
			in:   snapshot(ethernet("eth0", unknownToNM, served("wired", wpatypes.StateDisconnected)), withoutNM), of: "eth0",
			want: "up link-up | down 8021x-off | down no-address | absent",
		},
		{
			name: "the kernel may not be asked",
			in:   snapshot(ethernet("eth0", activated, methods("auto", "auto"), withoutLink), source(inspect.SourceKernel, inspect.SourceDenied, "CAP_NET_ADMIN"), blind), of: "eth0",
			want: "unknown kernel-unread | unknown link-unseen | unknown kernel-unread | absent", whole: inspect.Unknown, says: []string{"CAP_NET_ADMIN"},
		},
		{
			name: "the kernel has not answered yet", in: snapshot(wire, source(inspect.SourceKernel, inspect.SourceReading), blind), of: "eth0",
			want: "unknown kernel-unread | unknown link-unseen | unknown kernel-unread | absent",
		},
		{
			name: "the connection to the kernel is lost: what it said is old",
			in:   snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24")), source(inspect.SourceKernel, inspect.SourceLost)), of: "eth0",
			want: "unknown kernel-unread | unknown link-unseen | unknown kernel-unread | absent",
		},
		{
			name: "a bridge whose ports are not known any more",
			in:   snapshot(bridge("br0", static("192.0.2.2/24")), ethernet("eth0", activated, portOf("br0")), source(inspect.SourceKernel, inspect.SourceLost)), of: "br0",
			want: "unknown kernel-unread | unknown link-unseen | unknown kernel-unread | absent",
		},
		{
			name: "a port that is not known any more",
			in:   snapshot(bridge("br0", static("192.0.2.2/24")), ethernet("eth0", activated, portOf("br0")), source(inspect.SourceKernel, inspect.SourceLost)), of: "eth0",
			want: "unknown kernel-unread | unknown link-unseen | absent | absent",
		},
		{
			name: "a VPN whose interface cannot be seen is up as far as NetworkManager knows",
			in: snapshot(wire, vpn("office", "eth0", nmtypes.VPNActivated, vpnAddress("10.8.0.6/32")),
				source(inspect.SourceKernel, inspect.SourceLost)), of: "eth0",
			want: "unknown kernel-unread | unknown link-unseen | unknown kernel-unread | up vpn-done",
		},
	}
}

func TestWifiP2PIsLeftOut(t *testing.T) {
	p := inspect.Build(snapshot(
		wifi("wlan0"),
		link("p2p-dev-wlan0", "", nmtypes.TypeWifiP2P, withoutLink),
		link("vlan9", "", nmtypes.TypeVLAN, withoutLink, device(func(d *nmtypes.Device) { d.Real = false })),
	))
	var names []string
	for _, s := range p.Stacks {
		names = append(names, s.Interface)
	}
	if diff := cmp.Diff([]string{"wlan0"}, names); diff != "" {
		t.Errorf("stacks (-want +got):\n%s", diff)
	}
}

func TestKinds(t *testing.T) {
	phone := device(func(d *nmtypes.Device) { d.Interface, d.IPInterface = "00:11:22:33:44:55", "bnep0" })
	p := inspect.Build(snapshot(
		loopback(), ethernet("eth0"), veth("veth0"), wifi("wlan0"), bridge("br0"), bond("bond0"), tun("tun0"), wireguard("wg0"),
		link("tap0", "tun", nmtypes.TypeTun, func(i *iface) { i.link.TunMode = "tap" }),
		link("mac0", "macvlan", nmtypes.TypeMACVLAN), link("bnep0", "", nmtypes.TypeBluetooth, phone),
		link("wlan1", "", nmtypes.TypeGeneric, unknownToNM, func(i *iface) { i.link.Wireless = true }),
		link("raw0", "", nmtypes.TypeGeneric, func(i *iface) { i.link.Type = 65534 }), ethernet("eth1", unknownToNM), modem(),
	))
	for name, want := range map[string]string{
		"lo": "loopback", "eth0": "ethernet", "veth0": "veth", "wlan0": "wifi", "br0": "bridge", "bond0": "bond", "tun0": "tun", "wg0": "wireguard",
		"tap0": "tap", "mac0": "macvlan", "bnep0": "bt", "wlan1": "wifi", "raw0": "generic", "eth1": "ethernet", "cdc-wdm0": "modem",
	} {
		if s, ok := p.Stack(name); !ok || s.Kind != want {
			t.Errorf("%s is a %q, want %q", name, s.Kind, want)
		}
	}
}

func TestOrder(t *testing.T) {
	p := inspect.Build(snapshot(
		loopback(), ethernet("b0", unmanaged), ethernet("a0", unmanaged), ethernet("idle0"), ethernet("lan0", static("192.0.2.2/24")),
		wifi("wlan0", static("198.51.100.2/24"), gateway("198.51.100.1")),
		link("cdc-wdm0", "", nmtypes.TypeModem, withoutLink, activating(nmtypes.DeviceConfig), device(func(d *nmtypes.Device) { d.IPInterface = "" })),
	))
	var names []string
	for _, s := range p.Stacks {
		names = append(names, s.Interface)
	}
	want := []string{"wlan0", "cdc-wdm0", "lan0", "idle0", "b0", "a0", "lo"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("stacks (-want +got):\n%s", diff)
	}
	wlan := p.Stacks[0]
	if !wlan.DefaultRoute || !wlan.Wanted || !wlan.Managed || wlan.Index == 0 || wlan.Connection == nil || wlan.Connection.UUID != "uuid-wlan0" || wlan.Connection.State != "activated" {
		t.Errorf("wlan0 is %+v", wlan)
	}
	if _, ok := p.Stack("nobody"); ok {
		t.Error("there is a stack of nobody")
	}
	if f := (inspect.Stack{}).Floor(inspect.L3); f.Status != inspect.Absent || f.Findings == nil {
		t.Errorf("a floor of nothing is %+v", f)
	}
}

func TestNetwork(t *testing.T) {
	p := inspect.Build(snapshot(nm(func(s *nmtypes.State) { s.Profiles, s.Manager.ConnectivityCheck = 7, true })))
	want := inspect.Network{
		Running: true, Version: "1.42.4", State: "connected-global", Connectivity: "full", ConnectivityProbed: true, NetworkingEnabled: true, Profiles: 7,
	}
	if diff := cmp.Diff(want, p.Network); diff != "" {
		t.Errorf("network (-want +got):\n%s", diff)
	}
	if got := inspect.Build(snapshot(withoutNM)).Network; got != (inspect.Network{}) {
		t.Errorf("without NetworkManager it is %+v", got)
	}
	if inspect.Build(snapshot(source(inspect.SourceNM, inspect.SourceSilent))).Network.Running {
		t.Error("a NetworkManager that hangs counts as running")
	}
}

// TestProblems has daemons send what they should not: it is said, and the floors are built of the rest.
func TestProblems(t *testing.T) {
	p := inspect.Build(snapshot(
		ethernet("eth0", static("192.0.2.2/24"), configured("not an address", "192.0.2.2/24")),
		nm(func(s *nmtypes.State) {
			s.Problems = []nmtypes.Problem{{Object: "/dev/eth0", Text: "State is a string"}}
		}),
		func(w *world) {
			w.WPA.Problems = []wpatypes.Problem{{Object: "/if", Text: "State is a number"}}
			w.Kernel.Problems = []string{"short message"}
		},
	))
	want := []string{"NetworkManager: /dev/eth0: State is a string", "wpa_supplicant: /if: State is a number", "kernel: short message"}
	if diff := cmp.Diff(want, p.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if s, _ := p.Stack("eth0"); floors(s) != "up link-up | up link-plain | up addressed | absent" {
		t.Errorf("floors are %s", floors(s))
	}
}

// TestSourcesAreListed finds a source that is not listed to be absent.
func TestSourcesAreListed(t *testing.T) {
	p := inspect.Build(snapshot(source(inspect.SourceRfkill, inspect.SourceDenied, "group netdev")))
	if got := p.Source(inspect.SourceRfkill); got.Status != inspect.SourceDenied || got.Right != "group netdev" {
		t.Errorf("rfkill is %+v", got)
	}
	if got := p.Source(inspect.SourceIWD); got.Status != inspect.SourceAbsent {
		t.Errorf("iwd is %+v", got)
	}
	if !slices.ContainsFunc(p.Sources, func(s inspect.Source) bool { return strings.HasPrefix(s.Name, "wpa") }) {
		t.Errorf("sources are %v", p.Sources)
	}
}
