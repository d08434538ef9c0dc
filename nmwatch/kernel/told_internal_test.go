package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// up and synced frame a dump.
func up(source string) record.Record { return note(record.Noted{Source: source, Event: record.Up}) }

func synced(source string) record.Record {
	return note(record.Noted{Source: source, Event: record.Synced})
}

func newLink(flags uint16, index int, name string, attrs ...[]byte) record.Record {
	return message(unix.RTM_NEWLINK, flags, ifinfo(unix.AF_UNSPEC, index, unix.IFF_UP), append(attrs, text(unix.IFLA_IFNAME, name))...)
}

func delLink(index int, name string) record.Record {
	return message(unix.RTM_DELLINK, 0, ifinfo(unix.AF_UNSPEC, index, 0), text(unix.IFLA_IFNAME, name))
}

func addr4(kind, flags uint16, index int, prefix string) record.Record {
	p := netip.MustParsePrefix(prefix)
	return message(kind, flags, ifaddr(unix.AF_INET, uint8(p.Bits()), 0, index), raw(unix.IFA_LOCAL, p.Addr().AsSlice()), raw(unix.IFA_ADDRESS, p.Addr().AsSlice()))
}

func addr6(kind, flags uint16, index int, prefix string) record.Record {
	p := netip.MustParsePrefix(prefix)
	return message(kind, flags, ifaddr(unix.AF_INET6, uint8(p.Bits()), 0, index), raw(unix.IFA_ADDRESS, p.Addr().AsSlice()))
}

// routeVia builds a route message; every via is "gateway%index".
func routeVia(kind, flags uint16, dst string, metric uint32, via ...string) record.Record {
	p := netip.MustParsePrefix(dst)
	family := uint8(unix.AF_INET)
	if p.Addr().Is6() {
		family = unix.AF_INET6
	}
	hop := func(v string) (index uint32, gateway []byte) {
		ip, zone, _ := strings.Cut(v, "%")
		_, err := fmt.Sscan(zone, &index)
		if err != nil {
			panic(err)
		}
		if ip == "" {
			return index, nil
		}
		return index, raw(unix.RTA_GATEWAY, netip.MustParseAddr(ip).AsSlice())
	}
	attrs := [][]byte{raw(unix.RTA_DST, p.Addr().AsSlice()), u32(unix.RTA_PRIORITY, metric)}
	if len(via) == 1 {
		index, gateway := hop(via[0])
		attrs = append(attrs, u32(unix.RTA_OIF, index), gateway)
	} else {
		var paths []byte
		for _, v := range via {
			index, gateway := hop(v)
			b := []byte{0, 0, 0, 0, 0, 0, 0, 0}
			binary.NativeEndian.PutUint16(b, uint16(8+len(gateway)))
			binary.NativeEndian.PutUint32(b[4:], index)
			paths = append(append(paths, b...), gateway...)
		}
		attrs = append(attrs, raw(unix.RTA_MULTIPATH, paths))
	}
	return message(kind, flags, rtmsg(family, uint8(p.Bits()), unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, unix.RTN_UNICAST), attrs...)
}

func neigh4(kind, flags uint16, index int, ip string, state uint16) record.Record {
	return message(kind, flags, ndmsg(unix.AF_INET, index, state), raw(unix.NDA_DST, netip.MustParseAddr(ip).AsSlice()), raw(unix.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1}))
}

// brief writes a state in a few words.
func brief(s kerneltypes.State) string {
	var b strings.Builder
	for i := range 10 {
		if l, ok := s.Links[i]; ok {
			fmt.Fprintf(&b, "%s/%d", l.Name, i)
			if l.Controller != 0 || l.PortState != 0 {
				fmt.Fprintf(&b, "(%s of %d: %d)", l.PortKind, l.Controller, l.PortState)
			}
			b.WriteString(" ")
		}
		for _, a := range s.Addrs[i] {
			fmt.Fprintf(&b, "%v@%d ", a.Prefix, i)
		}
	}
	for _, r := range s.Routes {
		fmt.Fprintf(&b, "%v>%s%%%d ", r.Dst, maybe(r.Gateway), r.OIF)
	}
	for _, n := range s.Neighs {
		fmt.Fprintf(&b, "%v=%s ", n.IP, n.Address)
	}
	return strings.TrimSpace(b.String())
}
