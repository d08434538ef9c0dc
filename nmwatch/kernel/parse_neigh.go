package kernel

import (
	"encoding/binary"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// parseNeigh reads the body of an RTM_NEWNEIGH or RTM_DELNEIGH (linux/neighbour.h, struct ndmsg) that came at a time.
// ours is false for what is no unicast neighbour: bridge and vxlan forwarding entries, proxies, multicast and broadcast.
func parseNeigh(b []byte, at time.Time) (n kerneltypes.Neigh, ours bool, err error) {
	if len(b) < unix.SizeofNdMsg {
		return n, false, errShort
	}
	family, flags, kind := b[0], b[10], b[11]
	n.At, n.Since = at, at
	n.Index = int(int32(binary.NativeEndian.Uint32(b[4:])))
	n.State = kerneltypes.NeighState(binary.NativeEndian.Uint16(b[8:]))
	ip := family == unix.AF_INET || family == unix.AF_INET6
	if !ip || flags&unix.NTF_PROXY != 0 || kind == unix.RTN_MULTICAST || kind == unix.RTN_BROADCAST {
		return n, false, nil
	}
	err = attributes(b[unix.SizeofNdMsg:], func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NDA_DST:
			n.IP = ipAddr(ad)
		case unix.NDA_LLADDR:
			n.Address = hardware(ad.Bytes())
		case unix.NDA_CACHEINFO:
			n.Since = at.Add(-updatedAgo(ad.Bytes()))
		}
	})
	if err != nil {
		return n, false, err
	}
	// 0.0.0.0 is the one entry that IPv4 uses for all neighbours of a point-to-point link (net/ipv4/arp.c).
	ours = n.IP.IsValid() && !n.IP.IsUnspecified() && !n.IP.IsMulticast() && n.Index > 0
	return n, ours, nil
}

// updatedAgo reads from struct nda_cacheinfo how long ago the entry took its state. The kernel counts it in ticks of
// USER_HZ, a hundred a second.
func updatedAgo(b []byte) time.Duration {
	const updated = 8 // after ndm_confirmed and ndm_used
	if len(b) < updated+4 {
		return 0
	}
	return time.Duration(binary.NativeEndian.Uint32(b[updated:])) * 10 * time.Millisecond
}
