package packets

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWordsOfEAPOL(t *testing.T) {
	const key = "02030075" + "02" // version, type, length; RSN
	for packet, want := range map[string]string{
		"01010000":                      "EAPOL start",
		"01020000":                      "EAPOL logoff",
		"0100000501010005" + "01":       "EAP request identity",
		"010000090201000901" + "616263": "EAP response identity",
		"0100000601020006" + "1920":     "EAP request PEAP",
		"01000006020200060319":          "EAP response no, another method",
		"0100000601020006" + "fe20":     "EAP request of method 254",
		"0100000403090004":              "EAP success",
		"0100000404090004":              "EAP failure",
		"0100000407090004":              "EAP with the code 7",
		key + "008a" + "0010":           "4-way handshake 1/4",
		key + "010a" + "0010":           "4-way handshake 2/4",
		key + "13ca" + "0010":           "4-way handshake 3/4",
		key + "030a" + "0010":           "4-way handshake 4/4",
		key + "1382" + "0010":           "group handshake 1/2",
		key + "0302" + "0010":           "group handshake 2/2",
		key + "0500" + "0010":           "EAPOL key with an error",
		"01070000":                      "EAPOL of type 7",
		"0100":                          "EAPOL, cut off",
		"010000040102":                  "EAP, cut off",
		"0103000102":                    "EAPOL key, cut off",
	} {
		p := Packet{Protocol: protocolEAPOL, Payload: bytesOf(t, packet)}
		if got := p.Words(); got != want {
			t.Errorf("%s is %q, want %q", packet, got, want)
		}
	}
}

// udpPacket is a datagram of IPv4 or IPv6.
func udpPacket(protocol, source, destination uint16, payload []byte) Packet {
	b := []byte{byte(source >> 8), byte(source), byte(destination >> 8), byte(destination), 0, 0, 0, 0}
	header := make([]byte, 40)
	header[6] = udp
	if protocol == protocolIPv4 {
		header = make([]byte, 20)
		header[0], header[9] = 0x45, udp
	}
	return Packet{Protocol: protocol, Payload: append(append(header, b...), payload...)}
}

func dhcpv4(kind byte, yours ...byte) []byte {
	b := make([]byte, 240)
	copy(b[16:], yours)
	return append(b, 0, 61, 2, 1, 2, 53, 1, kind, 255)
}

func TestWordsOfDHCP(t *testing.T) {
	for name, tt := range map[string]struct {
		packet Packet
		want   string
	}{
		"discover":     {udpPacket(protocolIPv4, 68, 67, dhcpv4(1)), "DHCP discover"},
		"offer":        {udpPacket(protocolIPv4, 67, 68, dhcpv4(2, 10, 0, 0, 5)), "DHCP offer of 10.0.0.5"},
		"ack":          {udpPacket(protocolIPv4, 67, 68, dhcpv4(5, 10, 0, 0, 5)), "DHCP acknowledgement of 10.0.0.5"},
		"nak":          {udpPacket(protocolIPv4, 67, 68, dhcpv4(6)), "DHCP refusal"},
		"unknown":      {udpPacket(protocolIPv4, 67, 68, dhcpv4(99)), "DHCP of type 99"},
		"no type":      {udpPacket(protocolIPv4, 67, 68, make([]byte, 240)), "DHCP of type 0"},
		"short":        {udpPacket(protocolIPv4, 67, 68, nil), "DHCP, cut off"},
		"solicit":      {udpPacket(protocolIPv6, 546, 547, []byte{1, 0, 0, 0}), "DHCPv6 solicit"},
		"reply":        {udpPacket(protocolIPv6, 547, 546, []byte{7, 0, 0, 0}), "DHCPv6 reply"},
		"DHCPv6 short": {udpPacket(protocolIPv6, 547, 546, nil), "DHCPv6, cut off"},
		"DHCPv6 99":    {udpPacket(protocolIPv6, 547, 546, []byte{99, 0, 0, 0}), "DHCPv6 of type 99"},
		"DNS":          {udpPacket(protocolIPv4, 53, 1000, dhcpv4(1)), ""},
		"not UDP":      {Packet{Protocol: protocolIPv4, Payload: make([]byte, 40)}, ""},
		"nothing":      {Packet{Protocol: protocolIPv6}, ""},
	} {
		if got := tt.packet.Words(); got != tt.want {
			t.Errorf("%s is %q, want %q", name, got, tt.want)
		}
	}
}

// With the nonces and the check of a handshake a passphrase can be guessed at leisure, and so can an MD5 password.
func TestSecretsAreBlanked(t *testing.T) {
	handshake := bytesOf(t, "0203005f02010a00100000000000000001"+"aabbccddeeff")
	cleanEAPOL(handshake)
	if want := bytesOf(t, "0203005f02010a00100000000000000001"+"000000000000"); !bytes.Equal(handshake, want) {
		t.Errorf("the handshake is\n%x, want\n%x", handshake, want)
	}
	md5 := bytesOf(t, "0100000a0201000a04"+"aabbcc")
	cleanEAPOL(md5)
	if want := bytesOf(t, "0100000a0201000a04"+"000000"); !bytes.Equal(md5, want) {
		t.Errorf("MD5 is %x, want %x", md5, want)
	}
	for _, public := range []string{"010000090201000901616263", "010000090201000919aabbcc", "01010000", "01"} {
		b := bytesOf(t, public)
		cleanEAPOL(b)
		if !bytes.Equal(b, bytesOf(t, public)) {
			t.Errorf("%s became %x", public, b)
		}
	}
}

func TestPacketComesBack(t *testing.T) {
	p := Packet{Protocol: protocolEAPOL, Index: 7, Hardware: 1, Outgoing: true, Address: []byte{2, 0, 0, 0, 0, 1}, Payload: []byte{1, 1, 0, 0}}
	back, err := Parse(p.Append(nil))
	if err != nil || back.Protocol != p.Protocol || back.Index != p.Index || !back.Outgoing || !bytes.Equal(back.Address, p.Address) || !bytes.Equal(back.Payload, p.Payload) {
		t.Errorf("%+v comes back as %+v, %v", p, back, err)
	}
	if _, err := Parse(make([]byte, headerLength-1)); err == nil {
		t.Error("half a header is read")
	}
}

func FuzzPacket(f *testing.F) {
	f.Add(udpPacket(protocolIPv4, 67, 68, dhcpv4(5, 10, 0, 0, 5)).Append(nil))
	f.Add(Packet{Protocol: protocolEAPOL, Payload: []byte{1, 3, 0, 1, 2, 1, 10}}.Append(nil))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		p, err := Parse(raw)
		if err != nil {
			return
		}
		_, _ = p.Words(), p.Floor()
		cleanEAPOL(bytes.Clone(p.Payload))
	})
}
