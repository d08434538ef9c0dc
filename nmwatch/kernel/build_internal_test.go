package kernel

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
)

// message builds an rtnetlink message of a family's header and attributes.
func message(kind, flags uint16, head []byte, attrs ...[]byte) record.Record {
	b := make([]byte, unix.NLMSG_HDRLEN)
	b = append(b, head...)
	for _, a := range attrs {
		b = append(b, a...)
	}
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], flags)
	return record.Record{Kind: record.Netlink, Raw: b}
}

// raw builds an attribute.
func raw(kind uint16, data []byte) []byte {
	b := make([]byte, 4, 8+len(data))
	binary.NativeEndian.PutUint16(b, uint16(4+len(data)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	b = append(b, data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func text(kind uint16, s string) []byte { return raw(kind, append([]byte(s), 0)) }
func u8(kind uint16, v uint8) []byte    { return raw(kind, []byte{v}) }

func u32(kind uint16, v uint32) []byte {
	return raw(kind, binary.NativeEndian.AppendUint32(nil, v))
}

// nest builds an attribute of attributes.
func nest(kind uint16, attrs ...[]byte) []byte {
	var b []byte
	for _, a := range attrs {
		b = append(b, a...)
	}
	return raw(kind|unix.NLA_F_NESTED, b)
}

// ifinfo builds struct ifinfomsg.
func ifinfo(family uint8, index int, flags uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	b[0] = family
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint32(b[8:], flags)
	return b
}

// ifaddr builds struct ifaddrmsg.
func ifaddr(family, bits, scope uint8, index int) []byte {
	b := []byte{family, bits, 0, scope, 0, 0, 0, 0}
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	return b
}

// rtmsg builds struct rtmsg.
func rtmsg(family, bits, table, protocol, kind uint8) []byte {
	return []byte{family, bits, 0, 0, table, protocol, 0, kind, 0, 0, 0, 0}
}

// ndmsg builds struct ndmsg.
func ndmsg(family uint8, index int, state uint16) []byte {
	b := make([]byte, unix.SizeofNdMsg)
	b[0], b[11] = family, unix.RTN_UNICAST
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint16(b[8:], state)
	return b
}

func note(n record.Noted) record.Record { return n.Record(time.Time{}, 0) }

func measured(what, about string, value any) record.Record {
	r, err := record.Measure(what, about, value, time.Time{}, 0)
	if err != nil {
		panic(err)
	}
	return r
}
