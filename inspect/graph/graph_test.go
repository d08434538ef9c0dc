package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/inspecttest"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/proc/proctypes"
)

// office is a lease on eth0, which is authenticated by 802.1X, and a VPN on it.
func office() *inspecttest.World {
	w := inspecttest.New()
	eth0 := w.Link("eth0", "", nmtypes.TypeEthernet).Connected("lan").Authenticated().Leased("192.0.2.7/24", "192.0.2.1")
	tun0 := w.Tun("tun0", proctypes.Process{PID: 41, Parent: 37, Name: "openvpn", Role: proctypes.RoleVPN})
	w.VPN("office", eth0, tun0, "10.8.0.2/24")
	w.NM.DNS = []nmtypes.DNSEntry{{Interface: "eth0", Nameservers: []string{"192.0.2.53"}}}
	return w
}

// house is two ports in a bridge, a macvlan and a vxlan on it.
func house() *inspecttest.World {
	w := inspecttest.New()
	eth0, eth1 := w.Link("eth0", "", nmtypes.TypeEthernet).Connected("port0"), w.Link("eth1", "", nmtypes.TypeEthernet).Connected("port1")
	br0 := w.Link("br0", "bridge", nmtypes.TypeBridge).Connected("bridge").Leased("192.0.2.9/24", "192.0.2.1")
	eth0.PortOf(br0)
	eth1.PortOf(br0)
	w.Link("mac0", "macvlan", nmtypes.TypeMACVLAN).On(br0).Connected("macvlan").Static("198.51.100.2/24")
	w.Link("vx0", "vxlan", nmtypes.TypeVXLAN).On(br0).Connected("vxlan")
	return w
}

func build(w *inspecttest.World) graph.Graph { return graph.Build(w.Snapshot, w.Pyramid()) }

// said writes the edges as "upper relation lower", with the names of the nodes.
func said(g graph.Graph) string {
	var b strings.Builder
	for _, n := range g.Nodes {
		for _, e := range g.Edges {
			if e.Upper == n.ID {
				lower, _ := g.Node(e.Lower)
				fmt.Fprintf(&b, "%s %s %s\n", n.Name, e.Relation, lower.Name)
			}
		}
	}
	return b.String()
}

func TestBuild(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   *inspecttest.World
		want string
	}{
		{"a VPN on a lease on 802.1X", office(), `wpa_supplicant runs-on eth0
lan needs wpa_supplicant
NetworkManager's DHCP runs-for lan
192.0.2.7/24 given-by NetworkManager's DHCP
default via 192.0.2.1 belongs-to 192.0.2.7/24
office rides-on 192.0.2.7/24
openvpn runs-for office
tun0 held-by openvpn
10.8.0.2/24 belongs-to tun0
192.0.2.53 belongs-to 192.0.2.7/24
`},
		{"a bridge with what stands on it", house(), `port0 runs-on eth0
br0 joins eth0
br0 joins eth1
bridge runs-on br0
NetworkManager's DHCP runs-for bridge
192.0.2.9/24 given-by NetworkManager's DHCP
default via 192.0.2.1 belongs-to 192.0.2.9/24
mac0 rides-on br0
macvlan runs-on mac0
198.51.100.2/24 given-by macvlan
vx0 rides-on br0
vxlan runs-on vx0
port1 runs-on eth1
`},
		{"WireGuard over the better of two routes", func() *inspecttest.World {
			w := inspecttest.New()
			eth0 := w.Link("eth0", "", nmtypes.TypeEthernet).Connected("lan").Static("192.0.2.7/24")
			w.Link("eth1", "", nmtypes.TypeEthernet).Connected("other").Leased("198.51.100.7/24", "198.51.100.1")
			wg0 := w.Link("wg0", "wireguard", nmtypes.TypeWireGuard).Connected("wg")
			w.Route("203.0.113.0/24", "192.0.2.1", eth0, 4, 100)
			w.Route("0.0.0.0/0", "", wg0, 4, 50)
			w.Kernel.WireGuard = map[string]kerneltypes.WireGuard{"wg0": {Peers: []kerneltypes.WireGuardPeer{{Endpoint: "203.0.113.9:51820"}, {Endpoint: ""}}}}
			return w
		}(), `lan runs-on eth0
192.0.2.7/24 given-by lan
203.0.113.0/24 via 192.0.2.1 belongs-to 192.0.2.7/24
wg0 rides-on 192.0.2.7/24
wg runs-on wg0
default belongs-to wg0
other runs-on eth1
NetworkManager's DHCP runs-for other
198.51.100.7/24 given-by NetworkManager's DHCP
default via 198.51.100.1 belongs-to 198.51.100.7/24
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := build(tt.in)
			if diff := cmp.Diff(tt.want, said(g)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if found := graph.Check(g, tt.in.Snapshot, tt.in.Pyramid()); len(found) != 0 {
				t.Errorf("it is healthy, and is found to be: %+v", found)
			}
		})
	}
}

// TestOrder holds every node to come after all that it stands on.
func TestOrder(t *testing.T) {
	for _, w := range []*inspecttest.World{office(), house()} {
		g := build(w)
		place := map[string]int{}
		for i, n := range g.Nodes {
			place[n.ID] = i
		}
		for _, e := range g.Edges {
			if e.Relation != graph.Peer && place[e.Upper] < place[e.Lower] {
				t.Errorf("%s comes before %s, on which it stands", e.Upper, e.Lower)
			}
		}
	}
}

func TestAround(t *testing.T) {
	g := build(house())
	part, missing := g.Around([]string{"mac0", "nowhere"})
	if diff := cmp.Diff([]string{"nowhere"}, missing); diff != "" {
		t.Error(diff)
	}
	var links []string
	for _, n := range part.Nodes {
		if n.Sort == graph.Link {
			links = append(links, n.Name)
		}
	}
	if diff := cmp.Diff([]string{"eth0", "eth1", "br0", "mac0"}, links); diff != "" {
		t.Errorf("around mac0 (-want +got):\n%s", diff)
	}
	for _, name := range []string{"port1", "uuid-port1"} {
		if part, _ := g.Around([]string{name}); len(part.Nodes) < 5 {
			t.Errorf("%s, of a connection, finds %d nodes", name, len(part.Nodes))
		}
	}
}

func TestCheck(t *testing.T) {
	dhclient := proctypes.Process{PID: 77, Name: "dhclient", Role: proctypes.RoleDHCPClient, Serves: []string{"eth9"}}
	for _, tt := range []struct {
		name  string
		spoil func(*inspecttest.World)
		want  string // "CODE INTERFACE LEVEL"
		says  string
	}{
		{"a DHCP client without interface", func(w *inspecttest.World) { w.Process(dhclient) }, "leftover-process eth9 L1", "no such interface"},
		{"two DHCP clients on one interface", func(w *inspecttest.World) {
			for _, pid := range []int{77, 78} {
				w.Process(proctypes.Process{PID: pid, Name: "dhclient", Role: proctypes.RoleDHCPClient, Serves: []string{"eth0"}})
			}
		}, "grammar-too-many eth0 L3", "take the lease"},
		{"a second supplicant", func(w *inspecttest.World) {
			w.Process(proctypes.Process{PID: 79, Name: "wpa_supplicant", Role: proctypes.RoleSupplicant, Serves: []string{"eth0"}})
		}, "grammar-too-many eth0 L2", "break each other's"},
		{"two addresses on one VPN", func(w *inspecttest.World) {
			w.Kernel.Addrs[2] = append(w.Kernel.Addrs[2], kerneltypes.Addr{Prefix: inspecttest.Prefix("10.8.0.66/24")})
		}, "leftover-address tun0 VPN", "beside the one of the VPN office"},
		{"an address of another client", func(w *inspecttest.World) {
			w.Kernel.Addrs[1] = append(w.Kernel.Addrs[1], kerneltypes.Addr{Prefix: inspecttest.Prefix("192.0.2.99/24")})
		}, "leftover-address eth0 L3", "NetworkManager did not give it"},
		{"a route that outlived its VPN", func(w *inspecttest.World) {
			w.Kernel.Routes = append(w.Kernel.Routes, kerneltypes.Route{Dst: inspecttest.Prefix("10.8.0.0/16"), OIF: 1, Table: 254, Type: 1, Protocol: 3})
		}, "leftover-route eth0 L3", "10.8.0.0/16"},
		{"a tunnel whose process is gone", func(w *inspecttest.World) {
			delete(w.NM.Active, "/active/office")
			w.Proc.Processes = w.Proc.Processes[:2]
			l := w.Kernel.Links[2]
			l.Carrier = false
			w.Kernel.Links[2] = l
		}, "leftover-tunnel tun0 VPN", "No process holds"},
		{"two default routes alike", func(w *inspecttest.World) {
			r := w.Kernel.Routes[0]
			r.OIF, r.Gateway = 2, r.Gateway.Next()
			w.Kernel.Routes = append(w.Kernel.Routes, r)
		}, "default-route-twice eth0 L3", "chance"},
		{"a Wi-Fi client in a bridge", func(w *inspecttest.World) {
			br0 := w.Link("br0", "bridge", nmtypes.TypeBridge)
			w.Link("wlan0", "", nmtypes.TypeWifi).PortOf(br0).Kernel(func(l *kerneltypes.Link) { l.Wireless = true })
		}, "grammar-forbidden br0 L1", "only its own"},
		{"a loop", func(w *inspecttest.World) {
			a, b := w.Link("mac0", "macvlan", nmtypes.TypeMACVLAN), w.Link("mac1", "macvlan", nmtypes.TypeMACVLAN)
			a.On(b)
			b.On(a)
		}, "stack-loop mac0 L1", "stands on itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := office()
			tt.spoil(w)
			found := graph.Check(build(w), w.Snapshot, w.Pyramid())
			if len(found) != 1 {
				t.Fatalf("%d findings, want one: %+v", len(found), found)
			}
			f := found[0]
			if got := fmt.Sprintf("%s %s %s", f.Code, f.Interface, f.Level); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if !strings.Contains(f.Text, tt.says) || len(f.Evidence) == 0 {
				t.Errorf("it says %q, without %q or without evidence", f.Text, tt.says)
			}
		})
	}
}

// TestGrammar holds the table to be complete: a class that stands on something has a rule for it.
func TestGrammar(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range graph.Grammar() {
		key := r.Upper + " " + string(r.Relation)
		if seen[key] {
			t.Errorf("two rules for %s", key)
		}
		seen[key] = true
		for i, lower := range r.Lower {
			if slices.Contains(r.Lower[:i], lower) {
				t.Errorf("%s allows %s twice", key, lower)
			}
		}
		if r.Why == "" || len(r.Lower) == 0 {
			t.Errorf("%s allows nothing, or does not say why", key)
		}
	}
	if f := inspect.GrammarForbidden.Finding("eth0", inspect.L1, inspect.Degraded); f.Text == "" || f.Brief == "" {
		t.Error("the code has no words")
	}
}
