package packets

import (
	"encoding/binary"
	"errors"
)

// headerLength is that of LINKTYPE_LINUX_SLL2 (www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
const headerLength = 20

// The protocols that are seen (linux/if_ether.h).
const (
	protocolIPv4  = 0x0800
	protocolIPv6  = 0x86dd
	protocolEAPOL = 0x888e
)

// outgoing is the packet type of what this machine sends (linux/if_packet.h, PACKET_OUTGOING).
const outgoing = 4

// Packet is one packet on one link.
type Packet struct {
	Protocol uint16 // as in an Ethernet header
	Index    int    // of the link
	Hardware uint16 // ARPHRD_*
	Outgoing bool   // sent by this machine
	Address  []byte // of the sender on the link, at most 8 bytes
	Payload  []byte // behind the frame's header
}

// Append writes the packet with its header.
func (p Packet) Append(to []byte) []byte {
	to = binary.BigEndian.AppendUint16(to, p.Protocol)
	to = binary.BigEndian.AppendUint16(to, 0)
	to = binary.BigEndian.AppendUint32(to, uint32(p.Index))
	to = binary.BigEndian.AppendUint16(to, p.Hardware)
	kind := byte(0)
	if p.Outgoing {
		kind = outgoing
	}
	to = append(to, kind, byte(min(len(p.Address), 8)))
	var address [8]byte
	copy(address[:], p.Address)
	return append(append(to, address[:]...), p.Payload...)
}

// ErrShort is given for bytes that are no packet with a header.
var ErrShort = errors.New("a packet is shorter than its header")

// Parse reads a packet. It refers to raw.
func Parse(raw []byte) (Packet, error) {
	if len(raw) < headerLength {
		return Packet{}, ErrShort
	}
	length := min(int(raw[11]), 8)
	return Packet{
		Protocol: binary.BigEndian.Uint16(raw), Index: int(int32(binary.BigEndian.Uint32(raw[4:]))), Hardware: binary.BigEndian.Uint16(raw[8:]),
		Outgoing: raw[10] == outgoing, Address: raw[12 : 12+length], Payload: raw[headerLength:],
	}, nil
}
