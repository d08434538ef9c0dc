package packets

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// The ports of DHCP (RFC 2131, RFC 8415).
const (
	dhcpServer, dhcpClient     = 67, 68
	dhcpv6Client, dhcpv6Server = 546, 547
)

const udp = 17

// datagram gives the ports and the payload of a UDP packet; ok is false for others.
func datagram(p Packet) (source, destination uint16, payload []byte, ok bool) {
	b := p.Payload
	switch {
	case p.Protocol == protocolIPv4 && len(b) >= 20 && b[9] == udp:
		header := int(b[0]&15) * 4
		if header < 20 || len(b) < header {
			return 0, 0, nil, false
		}
		b = b[header:]
	case p.Protocol == protocolIPv6 && len(b) >= 40 && b[6] == udp:
		b = b[40:]
	default:
		return 0, 0, nil, false
	}
	if len(b) < 8 {
		return 0, 0, nil, false
	}
	return binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:]), b[8:], true
}

// dhcpWords tells a DHCP message; "" for what is none.
func dhcpWords(p Packet) string {
	source, destination, b, ok := datagram(p)
	if !ok {
		return ""
	}
	among := func(a, b uint16) bool { return source == a || source == b || destination == a || destination == b }
	switch {
	case p.Protocol == protocolIPv4 && among(dhcpServer, dhcpClient):
		return dhcpv4Words(b)
	case p.Protocol == protocolIPv6 && among(dhcpv6Server, dhcpv6Client):
		return dhcpv6Words(b)
	}
	return ""
}

// dhcpv4Words reads the message type of the options, and the address that is offered or given (RFC 2131, section 2).
func dhcpv4Words(b []byte) string {
	const options = 240 // the fixed part and the magic cookie
	if len(b) < options {
		return "DHCP, cut off"
	}
	kind := messageType(b[options:])
	words := map[byte]string{1: "discover", 2: "offer", 3: "request", 4: "decline", 5: "acknowledgement", 6: "refusal", 7: "release", 8: "inform"}
	word, ok := words[kind]
	if !ok {
		word = fmt.Sprintf("of type %d", kind)
	}
	if yours := netip.AddrFrom4([4]byte(b[16:20])); !yours.IsUnspecified() {
		word += " of " + yours.String()
	}
	return "DHCP " + word
}

// messageType finds option 53; 0 when there is none.
func messageType(options []byte) byte {
	const pad, end, kind = 0, 255, 53
	for len(options) > 1 && options[0] != end {
		if options[0] == pad {
			options = options[1:]
			continue
		}
		length := int(options[1])
		if len(options) < 2+length {
			return 0
		}
		if options[0] == kind && length == 1 {
			return options[2]
		}
		options = options[2+length:]
	}
	return 0
}

func dhcpv6Words(b []byte) string {
	if len(b) < 4 {
		return "DHCPv6, cut off"
	}
	words := [...]string{
		1: "solicit", 2: "advertise", 3: "request", 4: "confirm", 5: "renew", 6: "rebind", 7: "reply", 8: "release", 9: "decline",
		10: "reconfigure", 11: "information request", 12: "relay forward", 13: "relay reply",
	}
	if int(b[0]) >= len(words) || words[b[0]] == "" {
		return fmt.Sprintf("DHCPv6 of type %d", b[0])
	}
	return "DHCPv6 " + words[b[0]]
}

// Words tells what a packet is; "" for one that is none of ours.
func (p Packet) Words() string {
	if p.Protocol == protocolEAPOL {
		return eapolWords(p.Payload)
	}
	return dhcpWords(p)
}

// Floor is the floor that a packet is about: "l2" of EAPOL, "l3" of DHCP.
func (p Packet) Floor() string {
	if p.Protocol == protocolEAPOL {
		return "l2"
	}
	return "l3"
}
