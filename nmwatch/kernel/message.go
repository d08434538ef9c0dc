package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// header is struct nlmsghdr of linux/netlink.h.
type header struct {
	length uint32
	kind   uint16 // RTM_*
	flags  uint16 // NLM_F_*
	seq    uint32
	port   uint32
}

var errShort = errors.New("the message is shorter than its header says")

// cut splits the first netlink message off b: its header, the message with its header, and what follows it.
func cut(b []byte) (h header, msg, rest []byte, err error) {
	if len(b) < unix.NLMSG_HDRLEN {
		return header{}, nil, nil, errShort
	}
	h = header{
		length: binary.NativeEndian.Uint32(b),
		kind:   binary.NativeEndian.Uint16(b[4:]),
		flags:  binary.NativeEndian.Uint16(b[6:]),
		seq:    binary.NativeEndian.Uint32(b[8:]),
		port:   binary.NativeEndian.Uint32(b[12:]),
	}
	if h.length < unix.NLMSG_HDRLEN || uint64(h.length) > uint64(len(b)) {
		return header{}, nil, nil, errShort
	}
	n := int(h.length)
	next := min((n+unix.NLMSG_ALIGNTO-1)&^(unix.NLMSG_ALIGNTO-1), len(b))
	return h, b[:n:n], b[next:], nil
}

// dumped says whether the message answers a dump; notifications never have NLM_F_MULTI in rtnetlink.
func (h header) dumped() bool { return h.flags&unix.NLM_F_MULTI != 0 }

// attributes calls each for every attribute of b. The first error ends it: each may leave its own in the decoder.
func attributes(b []byte, each func(ad *netlink.AttributeDecoder)) error {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return fmt.Errorf("cannot read attributes: %w", err)
	}
	return walk(ad, each)
}

// walk calls each for every attribute of ad.
func walk(ad *netlink.AttributeDecoder, each func(ad *netlink.AttributeDecoder)) error {
	for ad.Next() {
		each(ad)
	}
	if err := ad.Err(); err != nil {
		return fmt.Errorf("cannot read attribute %d: %w", ad.Type(), err)
	}
	return nil
}

// nested calls each for every attribute inside the current one.
func nested(ad *netlink.AttributeDecoder, each func(ad *netlink.AttributeDecoder)) {
	ad.Nested(func(inner *netlink.AttributeDecoder) error { return walk(inner, each) })
}
