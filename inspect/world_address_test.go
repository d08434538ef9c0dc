package inspect_test

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

const forever = 0xffffffff

// addr is an address that the kernel has.
func addr(prefix string, change ...func(*kerneltypes.Addr)) opt {
	return func(i *iface) {
		a := kerneltypes.Addr{Prefix: netip.MustParsePrefix(prefix), Valid: forever, Preferred: forever, At: ago(time.Minute)}
		if a.Prefix.Addr().IsLinkLocalUnicast() {
			a.Scope = 253
		}
		for _, c := range change {
			c(&a)
		}
		i.w.Kernel.Addrs[i.link.Index] = append(i.w.Kernel.Addrs[i.link.Index], a)
	}
}

func tentative(a *kerneltypes.Addr) { a.Flags |= 0x40 }
func duplicate(a *kerneltypes.Addr) { a.Flags |= 0x08 }
func justTold(a *kerneltypes.Addr)  { a.At = noon() }
func validFor(s uint32) func(*kerneltypes.Addr) {
	return func(a *kerneltypes.Addr) { a.Valid, a.At = s, noon() }
}

// gateway adds a default route, and a neighbour entry when a state is given.
func gateway(ip string, state ...kerneltypes.NeighState) opt { return gatewayAt(ip, 100, state...) }

func gatewayAt(ip string, metric uint32, state ...kerneltypes.NeighState) opt {
	return func(i *iface) {
		address := netip.MustParseAddr(ip)
		everywhere := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if address.Is6() {
			everywhere = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		i.w.Kernel.Routes = append(i.w.Kernel.Routes, kerneltypes.Route{
			Dst: everywhere, Gateway: address, OIF: i.link.Index, Table: 254, Metric: metric, Type: 1,
		})
		for _, s := range state {
			i.w.Kernel.Neighs = append(i.w.Kernel.Neighs, kerneltypes.Neigh{Index: i.link.Index, IP: address, State: s, Since: ago(time.Second), At: ago(time.Second)})
		}
	}
}

// neighbours changes all neighbour entries.
func neighbours(change func(*kerneltypes.Neigh)) part {
	return func(w *world) {
		for i := range w.Kernel.Neighs {
			change(&w.Kernel.Neighs[i])
		}
	}
}

// methods are what the applied connection says of addresses.
func methods(ip4, ip6 string) opt {
	return func(i *iface) {
		if i.dev.Applied == nil {
			i.dev.Applied = &nmtypes.Applied{}
		}
		i.dev.Applied.IP4Method, i.dev.Applied.IP6Method = ip4, ip6
	}
}

// configured are addresses that NetworkManager says it configured.
func configured(addresses ...string) opt {
	return func(i *iface) {
		for _, a := range addresses {
			c := &i.dev.IP4
			if strings.Contains(a, ":") {
				c = &i.dev.IP6
			}
			if *c == nil {
				*c = &nmtypes.IPConfig{}
			}
			(*c).Addresses = append((*c).Addresses, a)
		}
	}
}

// static is a healthy connection with the address of a profile, as nmcli device show has it.
func static(address string) opt {
	return func(i *iface) {
		for _, o := range []opt{activated, methods("manual", "disabled"), configured(address), addr(address)} {
			o(i)
		}
	}
}

// leased is a connection with a DHCP lease that ends in so long.
func leased(address string, left time.Duration) opt {
	return func(i *iface) {
		for _, o := range []opt{activated, methods("auto", "auto"), configured(address), addr(address)} {
			o(i)
		}
		ip, _, _ := strings.Cut(address, "/")
		i.dev.DHCP4 = map[string]string{"ip_address": ip, "expiry": fmt.Sprint(noon().Add(left).Unix())}
	}
}
