package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// forever is the lifetime that the kernel gives when there is no end (INFINITY_LIFE_TIME in net/addrconf.h).
const forever = 0xffffffff

// parseAddr reads the body of an RTM_NEWADDR or RTM_DELADDR (linux/if_addr.h, struct ifaddrmsg).
func parseAddr(b []byte) (index int, a kerneltypes.Addr, err error) {
	if len(b) < unix.SizeofIfAddrmsg {
		return 0, a, errShort
	}
	bits := int(b[1])
	a = kerneltypes.Addr{Flags: uint32(b[2]), Scope: b[3], Valid: forever, Preferred: forever}
	index = int(int32(binary.NativeEndian.Uint32(b[4:])))
	if index <= 0 {
		return 0, a, fmt.Errorf("cannot use interface index %d", index)
	}
	var address, local netip.Addr
	err = attributes(b[unix.SizeofIfAddrmsg:], func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.IFA_ADDRESS:
			address = ipAddr(ad)
		case unix.IFA_LOCAL:
			local = ipAddr(ad)
		case unix.IFA_FLAGS:
			a.Flags = ad.Uint32() // all 32 bits; the header has room for 8
		case unix.IFA_CACHEINFO:
			lifetimes(&a, ad.Bytes())
		}
	})
	if err != nil {
		return 0, a, err
	}
	if !local.IsValid() {
		local = address // IPv6 has IFA_LOCAL only when there is another end
	}
	if address.IsValid() && address != local {
		a.Peer = address
	}
	a.Prefix = netip.PrefixFrom(local, bits)
	if !a.Prefix.IsValid() || local.Is4() != (b[0] == unix.AF_INET) {
		return 0, a, fmt.Errorf("cannot use address %v/%d of family %d", local, bits, b[0])
	}
	return index, a, nil
}

// lifetimes takes struct ifa_cacheinfo.
func lifetimes(a *kerneltypes.Addr, b []byte) {
	if len(b) < 8 {
		return
	}
	a.Preferred = binary.NativeEndian.Uint32(b)
	a.Valid = binary.NativeEndian.Uint32(b[4:])
}

// ipAddr reads an attribute that is an address of 4 or 16 bytes; any other length gives an invalid address.
func ipAddr(ad *netlink.AttributeDecoder) netip.Addr {
	ip, _ := netip.AddrFromSlice(ad.Bytes())
	return ip
}
