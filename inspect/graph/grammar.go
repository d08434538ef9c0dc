package graph

import "slices"

// Rule says that a node of one class may stand on nodes of some classes.
type Rule struct {
	Upper    string   `json:"upper"` // a class; "*" for every interface, when it has no rule of its own for the relation
	Relation Relation `json:"relation"`
	Lower    []string `json:"lower"`
	Most     int      `json:"most,omitempty"` // how many at a time; 0 for any number
	Why      string   `json:"why"`
}

// frames are the kinds of interfaces that carry Ethernet frames.
func frames() []string {
	return []string{
		"ethernet", "veth", "bond", "team", "bridge", "vlan", "macvlan", "macvtap", "vxlan", "geneve", "tap", "macsec", "gretap", "dummy",
		"access-point", "infiniband", "bluetooth", "bt", "hsr",
	}
}

// packets are the kinds of interfaces that carry bare packets.
func packets() []string {
	return []string{"tun", "wireguard", "ppp", "gre", "ipip", "sit", "vti", "vti6", "ip6tnl", "ip6gre", "xfrm", "modem", "gsm", "generic"}
}

// anyLink is every kind of interface that something can ride on.
func anyLink() []string {
	return slices.Concat(frames(), packets(), []string{"wifi", "vrf", "ipvlan", "loopback"})
}

// Grammar is what may stand on what. What no rule allows is a violation.
func Grammar() []Rule {
	notIn := func(kinds []string, without ...string) []string {
		return slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return slices.Contains(without, k) })
	}
	return []Rule{
		{"bridge", Joins, notIn(frames(), "bridge", "dummy", "infiniband"), 0, "a bridge passes Ethernet frames on; a Wi-Fi client may send only its own, and bridges do not nest"},
		{"bond", Joins, []string{"ethernet", "veth", "wifi", "infiniband", "vlan", "tap", "dummy"}, 0, "a bond spreads frames over links that lead to the same place"},
		{"team", Joins, []string{"ethernet", "veth", "wifi", "infiniband", "vlan", "tap", "dummy"}, 0, "a team spreads frames over links that lead to the same place"},
		{"hsr", Joins, []string{"ethernet", "veth"}, 2, "HSR sends each frame both ways round a ring"},
		{"vrf", Joins, notIn(anyLink(), "vrf", "loopback"), 0, "a VRF gives its interfaces a routing table of their own"},
		{"vlan", RidesOn, append(notIn(frames(), "tap"), "tap", "wifi"), 1, "a VLAN tags the frames of one interface"},
		{"macvlan", RidesOn, notIn(frames(), "bluetooth", "bt"), 1, "a macvlan is a second address on one Ethernet interface"},
		{"macvtap", RidesOn, notIn(frames(), "bluetooth", "bt"), 1, "a macvtap is a second address on one Ethernet interface"},
		{"ipvlan", RidesOn, append(frames(), "wifi"), 1, "an ipvlan shares the address of one interface"},
		{"macsec", RidesOn, frames(), 1, "MACsec encrypts the frames of one interface"},
		{"vxlan", RidesOn, notIn(anyLink(), "loopback"), 1, "a VXLAN carries frames in UDP over one interface"},
		{"geneve", RidesOn, notIn(anyLink(), "loopback"), 1, "a tunnel of frames in UDP over one interface"},
		{"ppp", RidesOn, append(frames(), "modem", "gsm"), 1, "PPP runs over Ethernet (PPPoE) or a modem"},
		{"wireguard", RidesOn, append(anyLink(), "address", "connection"), 0, "WireGuard's peers may be reached over different interfaces"},
		{"*", RidesOn, append(anyLink(), "vpn"), 1, "a tunnel is carried by one interface, or belongs to one VPN"},
		{"*", HeldBy, []string{"vpn", "tunnel", "dialler"}, 1, "a tunnel interface has one process at its end"},
		{"*", Peer, []string{"veth"}, 1, "a veth has one other end"},
		{"supplicant", RunsOn, append(frames(), "wifi"), 1, "a supplicant authenticates one link at a time"},
		{"access-point", RunsOn, append(frames(), "wifi"), 1, "hostapd serves one link at a time"},
		{"link-local", RunsOn, append(frames(), "wifi"), 1, "link-local addresses are for links with frames"},
		{"dhcp-client", RunsOn, append(frames(), "wifi"), 1, "DHCP asks by broadcast, over frames"},
		{"dhcp-client", RunsFor, []string{"connection"}, 1, "a lease belongs to one connection"},
		{"vpn", RunsFor, []string{"vpn"}, 1, "the program of a VPN runs for one connection"},
		{"tunnel", RunsFor, []string{"vpn"}, 1, "the program of a VPN runs for one connection"},
		{"connection", Needs, []string{"supplicant"}, 1, "one supplicant authenticates a connection"},
		{"connection", RunsOn, anyLink(), 1, "a connection configures one interface"},
		{"vpn", RidesOn, []string{"address", "connection"}, 1, "a VPN goes out from one address"},
		{"address", GivenBy, []string{"dhcp-client", "connection"}, 1, "an address comes from one lease or one profile"},
		{"address", BelongsTo, anyLink(), 1, "an address is on one interface"},
		{"route", BelongsTo, append(anyLink(), "address"), 1, "a route leaves by one interface, from one address"},
		{"dns", BelongsTo, append(anyLink(), "address", "connection", "vpn"), 1, "a name server is reached from one interface"},
	}
}

// ruleFor finds the rule about a class and a relation.
func ruleFor(rules []Rule, upper string, relation Relation) (Rule, bool) {
	for _, class := range []string{upper, "*"} {
		for _, r := range rules {
			if r.Upper == class && r.Relation == relation {
				return r, true
			}
		}
	}
	return Rule{}, false
}

// serversPerLink are the classes of processes of which an interface has one at most: two of them fight.
func serversPerLink() []Rule {
	return []Rule{
		{"dhcp-client", RunsOn, nil, 1, "two DHCP clients on one interface take the lease and the routes from each other"},
		{"supplicant", RunsOn, nil, 1, "two supplicants on one interface break each other's authentication"},
	}
}
