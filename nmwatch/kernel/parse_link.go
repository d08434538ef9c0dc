package kernel

import (
	"encoding/binary"
	"fmt"
	"net"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// linkMessage is an RTM_NEWLINK or RTM_DELLINK (linux/rtnetlink.h, struct ifinfomsg).
type linkMessage struct {
	family uint8 // AF_BRIDGE: the message is about a bridge port's role, not about the link itself
	port   bool  // AF_BRIDGE: port attributes are present (IFLA_PROTINFO)
	event  bool  // of a wireless driver: the link has a name and nothing else (net/wireless/wext-core.c, rtnetlink_ifinfo_prep)
	link   kerneltypes.Link
}

// parseLink reads the body of an RTM_NEWLINK or RTM_DELLINK.
func parseLink(b []byte) (linkMessage, error) {
	if len(b) < unix.SizeofIfInfomsg {
		return linkMessage{}, errShort
	}
	m := linkMessage{family: b[0]}
	m.link.Type = binary.NativeEndian.Uint16(b[2:])
	m.link.Index = int(int32(binary.NativeEndian.Uint32(b[4:])))
	m.link.Flags = binary.NativeEndian.Uint32(b[8:])
	if m.link.Index <= 0 {
		return linkMessage{}, fmt.Errorf("cannot use interface index %d", m.link.Index)
	}
	err := attributes(b[unix.SizeofIfInfomsg:], m.attribute)
	if err == nil && m.link.PeerNetns {
		m.link.Parent = 0 // an index of the other namespace would point at a stranger here
	}
	return m, err
}

// iflaParentDevName is IFLA_PARENT_DEV_NAME of linux/if_link.h, which package unix lacks.
const iflaParentDevName = 56

// attribute takes one IFLA_* attribute (linux/if_link.h).
func (m *linkMessage) attribute(ad *netlink.AttributeDecoder) {
	l := &m.link
	switch ad.Type() {
	case unix.IFLA_IFNAME:
		l.Name = ad.String()
	case unix.IFLA_MTU:
		l.MTU = ad.Uint32()
	case unix.IFLA_ADDRESS:
		l.Address = hardware(ad.Bytes())
	case unix.IFLA_PERM_ADDRESS:
		l.PermAddr = hardware(ad.Bytes())
	case unix.IFLA_OPERSTATE:
		l.OperState = kerneltypes.OperState(ad.Uint8())
	case unix.IFLA_CARRIER:
		l.Carrier, l.HasCarrier = ad.Uint8() != 0, true
	case unix.IFLA_CARRIER_CHANGES:
		l.CarrierChanges = ad.Uint32()
	case unix.IFLA_MASTER:
		l.Controller = int(ad.Uint32())
	case unix.IFLA_LINK:
		l.Parent = int(ad.Uint32())
	case unix.IFLA_LINK_NETNSID:
		l.PeerNetns = true
	case iflaParentDevName:
		l.Hardware = ad.String()
	case unix.IFLA_STATS64:
		counters(l, ad.Bytes())
	case unix.IFLA_LINKINFO:
		linkInfo(l, ad)
	case unix.IFLA_WIRELESS:
		m.event = true
	case unix.IFLA_PROTINFO:
		if m.family == unix.AF_BRIDGE {
			m.port = true
			bridgePort(l, ad)
		}
	}
}

// linkInfo takes IFLA_LINKINFO. Its data can only be read when the kind is known, and comes after it (net/core/rtnetlink.c, rtnl_link_fill).
func linkInfo(l *kerneltypes.Link, ad *netlink.AttributeDecoder) {
	nested(ad, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.IFLA_INFO_KIND:
			l.Kind = ad.String()
		case unix.IFLA_INFO_DATA:
			kindData(l, ad)
		case unix.IFLA_INFO_SLAVE_KIND:
			l.PortKind = ad.String()
		case unix.IFLA_INFO_SLAVE_DATA:
			if l.PortKind == "bridge" {
				bridgePort(l, ad)
			}
		}
	})
}

// kindData takes IFLA_INFO_DATA, whose attributes mean something else for every kind.
func kindData(l *kerneltypes.Link, ad *netlink.AttributeDecoder) {
	switch l.Kind {
	case "vlan":
		nested(ad, func(ad *netlink.AttributeDecoder) {
			if ad.Type() == unix.IFLA_VLAN_ID {
				l.VlanID = ad.Uint16()
			}
		})
	case "vxlan":
		nested(ad, func(ad *netlink.AttributeDecoder) {
			switch ad.Type() {
			case unix.IFLA_VXLAN_ID:
				l.VxlanID = ad.Uint32()
			case unix.IFLA_VXLAN_LINK: // a vxlan has no IFLA_LINK
				l.Parent = int(ad.Uint32())
			}
		})
	case "tun":
		nested(ad, func(ad *netlink.AttributeDecoder) {
			if ad.Type() == unix.IFLA_TUN_TYPE {
				l.TunMode = tunMode(ad.Uint8())
			}
		})
	}
}

// tunMode names the mode of a tun device (linux/if_tun.h).
func tunMode(t uint8) string {
	switch t {
	case unix.IFF_TUN:
		return "tun"
	case unix.IFF_TAP:
		return "tap"
	default:
		return ""
	}
}

// bridgePort takes the IFLA_BRPORT_* attributes.
func bridgePort(l *kerneltypes.Link, ad *netlink.AttributeDecoder) {
	nested(ad, func(ad *netlink.AttributeDecoder) {
		if ad.Type() == unix.IFLA_BRPORT_STATE {
			l.PortState = ad.Uint8()
		}
	})
}

// counters takes struct rtnl_link_stats64, which grows at its end.
func counters(l *kerneltypes.Link, b []byte) {
	const used = 8 * 8
	if len(b) < used {
		return
	}
	at := func(i int) uint64 { return binary.NativeEndian.Uint64(b[8*i:]) }
	l.RxBytes, l.TxBytes = at(2), at(3)
	l.RxErrors, l.TxErrors = at(4), at(5)
	l.RxDropped, l.TxDropped = at(6), at(7)
}

// hardware writes a link-layer address as the kernel's tools do. An address of zeros is one all the same (loopback).
func hardware(b []byte) string { return net.HardwareAddr(b).String() }
