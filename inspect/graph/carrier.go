package graph

import (
	"maps"
	"net/netip"
	"slices"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// wireGuards puts each WireGuard interface on the addresses from which its peers are reached.
func (b *builder) wireGuards() {
	for _, name := range slices.Sorted(maps.Keys(b.snap.Kernel.WireGuard)) {
		own := b.links[name]
		for _, peer := range b.snap.Kernel.WireGuard[name].Peers {
			endpoint, err := netip.ParseAddrPort(peer.Endpoint)
			if err != nil {
				continue // it has none, or not yet
			}
			if base, ok := b.stackOf(b.carrier(endpoint.Addr().Unmap(), own.Index)); ok {
				b.stand(LinkID(name), RidesOn, b.foothold(base))
			}
		}
	}
}

// carrier is the interface by which the main table reaches an address, another than the tunnel itself: WireGuard marks
// its own packets so that they go round it. 0 when there is none.
func (b *builder) carrier(to netip.Addr, tunnel int) int {
	const main = 254 // RT_TABLE_MAIN
	best := kerneltypes.Route{}
	for _, r := range b.snap.Kernel.Routes {
		if r.Table != main || r.Type != 1 || r.OIF == tunnel || !r.Dst.Contains(to) {
			continue
		}
		closer := r.Dst.Bits() > best.Dst.Bits()
		cheaper := r.Dst.Bits() == best.Dst.Bits() && r.Metric < best.Metric
		if best.OIF == 0 || closer || cheaper {
			best = r
		}
	}
	return best.OIF
}
