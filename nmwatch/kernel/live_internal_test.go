package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/record"
)

// randomCommands returns commands of ip(8) that change whatever there is; many of them fail, as in life.
func randomCommands(r *rand.Rand, n int) []string {
	link := func() string { return []string{"v0", "v1", "v2", "v3", "br0", "mv0", "vx0", "tap0"}[r.IntN(8)] }
	ip4 := func() string { return fmt.Sprintf("10.%d.0.%d", r.IntN(3), 1+r.IntN(3)) }
	ip6 := func() string { return fmt.Sprintf("fd00:%d::%d", r.IntN(3), 1+r.IntN(3)) }
	either := func(a, b string) string { return []string{a, b}[r.IntN(2)] }
	makers := []func() string{
		func() string { return "link add v0 type veth peer name v1" },
		func() string { return "link add v2 type veth peer name v3" },
		func() string { return "link add br0 type bridge" },
		func() string { return "link add mv0 link v0 type macvlan mode bridge" },
		func() string { return "link add vx0 type vxlan id 7 dstport 4789 dev v2" },
		func() string { return "tuntap add tap0 mode tap" },
		func() string { return "link del " + link() },
		func() string { return "link set " + link() + " " + either("up", "down") },
		func() string { return "link set " + link() + " up" },
		func() string { return "link set " + link() + " master br0" },
		func() string { return "link set " + link() + " nomaster" },
		func() string { return fmt.Sprintf("link set %s mtu %d", link(), 1280+r.IntN(200)) },
		func() string { return fmt.Sprintf("link set br0 type bridge stp_state %d", r.IntN(2)) },
		func() string { return "link set v3 name " + either("v4", "v3") },
		func() string {
			return fmt.Sprintf("addr %s %s/%d dev %s", either("add", "del"), ip4(), 24+8*r.IntN(2), link())
		},
		func() string {
			return fmt.Sprintf("addr %s %s/%d dev %s", either("add", "del"), ip6(), 64+64*r.IntN(2), link())
		},
		func() string { return fmt.Sprintf("addr add %s peer %s/32 dev %s", ip4(), ip4(), link()) },
		func() string { return "addr flush dev " + link() },
		func() string {
			verb := []string{"add", "append", "replace", "prepend", "del", "change"}[r.IntN(6)]
			return fmt.Sprintf("route %s 192.168.%d.0/24 via %s dev %s metric %d", verb, r.IntN(2), ip4(), link(), 100*r.IntN(2))
		},
		func() string {
			verb := []string{"add", "append", "replace", "prepend", "del", "change"}[r.IntN(6)]
			return fmt.Sprintf("route %s fd01:%d::/64 via %s dev %s metric %d", verb, r.IntN(2), ip6(), link(), 100+r.IntN(2))
		},
		func() string {
			return fmt.Sprintf("route %s default nexthop via %s dev %s onlink nexthop via %s dev %s onlink",
				either("add", "replace"), ip4(), link(), ip4(), link())
		},
		func() string {
			return fmt.Sprintf("route %s ::/0 nexthop via %s dev %s onlink nexthop via %s dev %s onlink",
				either("add", "replace"), ip6(), link(), ip6(), link())
		},
		func() string {
			return fmt.Sprintf("route %s 172.16.%d.0/24 dev %s", either("append", "del"), r.IntN(2), link())
		},
		func() string {
			return fmt.Sprintf("route %s fd02:%d::/64 dev %s metric 7", either("append", "replace"), r.IntN(2), link())
		},
		func() string { return either("route add", "route del") + " blackhole 192.168.3.0/24" },
		func() string { return either("route add", "route del") + " unreachable fd03::/64" },
		func() string {
			return fmt.Sprintf("route %s 192.168.9.0/24 dev %s src %s table 100", either("add", "replace"), link(), ip4())
		},
		func() string {
			return fmt.Sprintf("neigh replace %s lladdr 02:00:00:00:00:0%d dev %s nud permanent", ip4(), r.IntN(9), link())
		},
		func() string {
			return fmt.Sprintf("neigh replace %s lladdr 02:00:00:00:00:0%d dev %s nud permanent", ip6(), r.IntN(9), link())
		},
		func() string { return fmt.Sprintf("neigh del %s dev %s", either(ip4(), ip6()), link()) },
		func() string {
			return fmt.Sprintf("nexthop %s id 1 via %s dev %s", either("add", "replace"), ip4(), link())
		},
		func() string { return either("nexthop del id 1", "route append 192.168.7.0/24 nhid 1") },
	}
	return drawn(r, n, makers)
}

// drawn has commands made by makers that are drawn.
func drawn(r *rand.Rand, n int, makers []func() string) []string {
	commands := make([]string, n)
	for i := range commands {
		commands[i] = makers[r.IntN(len(makers))]()
	}
	return commands
}

func TestRandomCommandsEndInTheDumpedState(t *testing.T) {
	live(t)
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	for i := range rounds {
		seed := uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			live(t)
			r := rand.New(rand.NewPCG(seed, 1))
			commands := append([]string{
				"link add v0 type veth peer name v1", "link add v2 type veth peer name v3", "link add br0 type bridge",
				"link set v0 up", "link set v1 up", "link set v2 up", "link set v3 up", "addr add 10.0.0.9/24 dev v0",
				"addr add fd00::9/64 dev v0",
			}, randomCommands(r, 60)...)
			w := watch(t, &Source{})
			for part := 0; part < len(commands); part += 23 {
				try(commands[part:min(part+23, len(commands))]...)
				w.sameAsDumped()
			}
			if t.Failed() {
				for _, c := range commands {
					t.Log("ip", c)
				}
			}
		})
	}
}

// announcedCommands returns commands whose effects the kernel announces one by one: nothing goes down, no address goes,
// and IPv6 routes of one key are all of one protocol, since a message about several next hops has room for one only.
func announcedCommands(r *rand.Rand, n int) []string {
	link := func() string { return []string{"v0", "v2"}[r.IntN(2)] }
	via := func() string { return fmt.Sprintf("via 10.0.0.%d dev %s onlink", 1+r.IntN(3), link()) }
	via6 := func() string { return fmt.Sprintf("via fd00::%d dev %s onlink", 1+r.IntN(3), link()) }
	verb := func() string { return []string{"add", "append", "replace", "prepend", "del", "change"}[r.IntN(6)] }
	makers := []func() string{
		func() string { return fmt.Sprintf("route %s 192.168.0.0/24 %s", verb(), via()) },
		func() string {
			return fmt.Sprintf("route %s 192.168.0.0/24 nexthop %s nexthop %s", verb(), via(), via())
		},
		func() string { return fmt.Sprintf("route %s 192.168.0.0/24 dev %s tos 16", verb(), link()) },
		func() string { return fmt.Sprintf("route %s 192.168.0.0/24 dev %s", verb(), link()) },
		func() string { return fmt.Sprintf("route %s blackhole 192.168.0.0/24", verb()) },
		func() string { return fmt.Sprintf("route %s local 192.168.0.0/24 dev %s table 100", verb(), link()) },
		func() string { return fmt.Sprintf("route %s 192.168.0.0/24 dev %s table 100", verb(), link()) },
		func() string { return fmt.Sprintf("route %s fd01::/64 %s", verb(), via6()) },
		func() string { return fmt.Sprintf("route %s fd01::/64 %s", verb(), via6()) },
		func() string { return fmt.Sprintf("route %s fd01::/64 nexthop %s nexthop %s", verb(), via6(), via6()) },
		func() string { return fmt.Sprintf("route %s fd01::/64 dev %s", verb(), link()) },
		func() string { return fmt.Sprintf("route %s fd04::/64 %s proto ra", verb(), via6()) },
		func() string { return fmt.Sprintf("route %s ::/0 from fd02::/64 %s", verb(), via6()) },
		func() string { return fmt.Sprintf("route %s unreachable fd05::/64", verb()) },
		func() string { return fmt.Sprintf("addr add 10.0.%d.%d/24 dev %s", r.IntN(2), 1+r.IntN(9), link()) },
		func() string {
			return fmt.Sprintf("addr add 10.0.%d.%d/24 dev %s scope link", r.IntN(2), 1+r.IntN(9), link())
		},
		func() string { return fmt.Sprintf("addr add fd00::%d/64 dev %s", 1+r.IntN(9), link()) },
		func() string {
			return fmt.Sprintf("neigh replace 10.0.0.%d lladdr 02:00:00:00:00:0%d dev %s nud permanent", r.IntN(3), r.IntN(9), link())
		},
		func() string { return fmt.Sprintf("neigh del 10.0.0.%d dev %s", r.IntN(3), link()) },
	}
	return drawn(r, n, makers)
}

func TestNotificationsAloneEndInTheDumpedState(t *testing.T) {
	live(t)
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	for i := range rounds {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			live(t)
			ip(t, "link add v0 type veth peer name v1", "link add v2 type veth peer name v3")
			for _, l := range []string{"v0", "v1", "v2", "v3"} {
				// A link-local address comes when the carrier does, and is not announced while it is tentative.
				ip(t, "link set "+l+" addrgenmode none", "link set "+l+" up")
			}
			w := watch(t, &Source{})
			w.sameAsDumped() // the carrier is there
			announced := NewFold()
			for _, r := range oneShot(t) {
				announced.Apply(r)
			}
			w.keep = true
			commands := announcedCommands(rand.New(rand.NewPCG(uint64(i), 2)), 40)
			try(commands...)
			w.sameAsDumped()
			for _, r := range w.seen {
				if h, _, _, err := cut(r.Raw); r.Kind == record.Netlink && err == nil && !h.dumped() {
					announced.Apply(r)
				}
			}
			if diff := cmp.Diff(snapshot(t), announced.State(), likeness()); diff != "" {
				t.Errorf("announced state differs from a fresh dump (-dumped +announced):\n%s", diff)
				for _, c := range commands {
					t.Log("ip", c)
				}
			}
		})
	}
}
