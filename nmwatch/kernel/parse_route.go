package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// routeMessage is an RTM_NEWROUTE or RTM_DELROUTE: one route of the kernel with all its next hops.
type routeMessage struct {
	key  routeKey
	hops []kerneltypes.Route
}

// parseRoute reads the body of an RTM_NEWROUTE or RTM_DELROUTE (linux/rtnetlink.h, struct rtmsg).
// ours is false for the table of local addresses, for cached routes, and for other families (MPLS, multicast routing).
func parseRoute(b []byte) (m routeMessage, ours bool, err error) {
	if len(b) < unix.SizeofRtMsg {
		return m, false, errShort
	}
	family, flags := b[0], binary.NativeEndian.Uint32(b[8:])
	if family != unix.AF_INET && family != unix.AF_INET6 || flags&unix.RTM_F_CLONED != 0 {
		return m, false, nil
	}
	base := kerneltypes.Route{TOS: b[3], Table: uint32(b[4]), Protocol: b[5], Type: b[7], Flags: flags & nexthopFlags}
	zero := netip.IPv4Unspecified()
	if family == unix.AF_INET6 {
		zero = netip.IPv6Unspecified()
	}
	dst, src := zero, zero
	var paths []byte
	err = attributes(b[unix.SizeofRtMsg:], func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.RTA_DST:
			dst = ipAddr(ad)
		case unix.RTA_SRC:
			src = ipAddr(ad)
		case unix.RTA_MULTIPATH:
			paths = ad.Bytes()
		default:
			routeAttribute(&base, ad)
		}
	})
	if err != nil {
		return m, false, err
	}
	base.Dst = netip.PrefixFrom(dst, int(b[1]))
	if !base.Dst.IsValid() || dst.Is4() != zero.Is4() {
		return m, false, fmt.Errorf("cannot use destination %v/%d of family %d", dst, b[1], family)
	}
	if b[2] != 0 {
		base.From = netip.PrefixFrom(src, int(b[2]))
	}
	m.key = keyOf(base)
	m.hops, err = nextHops(base, paths)
	return m, base.Table != unix.RT_TABLE_LOCAL, err
}

// nexthopFlags are the RTNH_F_* among the flags of struct rtmsg; the others are RTM_F_*.
const nexthopFlags = 0xff

// routeAttribute takes one RTA_* attribute that a route and each of its next hops can have.
func routeAttribute(r *kerneltypes.Route, ad *netlink.AttributeDecoder) {
	switch ad.Type() {
	case unix.RTA_OIF:
		r.OIF = int(ad.Uint32())
	case unix.RTA_GATEWAY:
		r.Gateway = ipAddr(ad)
	case unix.RTA_VIA: // struct rtvia: a gateway of another family
		if b := ad.Bytes(); len(b) > 2 {
			r.Gateway, _ = netip.AddrFromSlice(b[2:])
		}
	case unix.RTA_PREFSRC:
		r.Source = ipAddr(ad)
	case unix.RTA_PRIORITY:
		r.Metric = ad.Uint32()
	case unix.RTA_TABLE:
		r.Table = ad.Uint32()
	}
}

// nextHops reads RTA_MULTIPATH: struct rtnexthop and its attributes, again and again. Without it the route is its own next hop.
func nextHops(base kerneltypes.Route, b []byte) ([]kerneltypes.Route, error) {
	if len(b) == 0 {
		return []kerneltypes.Route{base}, nil
	}
	var hops []kerneltypes.Route
	for len(b) >= unix.SizeofRtNexthop {
		n := int(binary.NativeEndian.Uint16(b))
		if n < unix.SizeofRtNexthop || n > len(b) {
			return nil, fmt.Errorf("cannot read next hop %d: %w", len(hops)+1, errShort)
		}
		hop := base
		hop.Flags = uint32(b[2])
		hop.OIF = int(int32(binary.NativeEndian.Uint32(b[4:])))
		err := attributes(b[unix.SizeofRtNexthop:n], func(ad *netlink.AttributeDecoder) { routeAttribute(&hop, ad) })
		if err != nil {
			return nil, fmt.Errorf("cannot read next hop %d: %w", len(hops)+1, err)
		}
		hops = append(hops, hop)
		b = b[min((n+unix.RTNH_ALIGNTO-1)&^(unix.RTNH_ALIGNTO-1), len(b)):]
	}
	if len(hops) == 0 {
		return nil, fmt.Errorf("cannot read next hop 1: %w", errShort)
	}
	return hops, nil
}
