package packets

import (
	"encoding/binary"
	"fmt"
)

// The types of EAPOL packets (IEEE 802.1X-2010, table 11-3).
const (
	eapolEAP = iota
	eapolStart
	eapolLogoff
	eapolKey
)

// eapolHeader is the length of version, type and length.
const eapolHeader = 4

// eapolWords tells an EAPOL packet: "EAPOL start", "EAP request PEAP", "4-way handshake 2/4".
func eapolWords(b []byte) string {
	if len(b) < eapolHeader {
		return "EAPOL, cut off"
	}
	switch body := b[eapolHeader:]; b[1] {
	case eapolEAP:
		return eapWords(body)
	case eapolStart:
		return "EAPOL start"
	case eapolLogoff:
		return "EAPOL logoff"
	case eapolKey:
		return keyWords(body)
	default:
		return fmt.Sprintf("EAPOL of type %d", b[1])
	}
}

// eapWords tells an EAP packet (RFC 3748, section 4).
func eapWords(b []byte) string {
	const success, failure = 3, 4
	if len(b) < 4 {
		return "EAP, cut off"
	}
	switch b[0] {
	case success:
		return "EAP success"
	case failure:
		return "EAP failure"
	}
	code := map[byte]string{1: "request", 2: "response"}[b[0]]
	if code == "" || len(b) < 5 {
		return fmt.Sprintf("EAP with the code %d", b[0])
	}
	return fmt.Sprintf("EAP %s %s", code, methodName(b[4]))
}

// methodName names an EAP method (IANA, "EAP Method Types").
func methodName(method byte) string {
	name, ok := map[byte]string{
		1: "identity", 2: "notification", 3: "no, another method", 4: "MD5", 6: "GTC", 13: "TLS", 17: "LEAP", 18: "SIM", 21: "TTLS", 23: "AKA",
		25: "PEAP", 26: "MSCHAPv2", 43: "FAST", 47: "PSK", 50: "AKA'", 52: "PWD", 55: "TEAP",
	}[method]
	if !ok {
		return fmt.Sprintf("of method %d", method)
	}
	return name
}

// keyWords tells which message of which handshake an EAPOL-Key packet is (IEEE 802.11-2020, 12.7.2 and 12.7.6).
func keyWords(b []byte) string {
	const (
		pairwise = 1 << 3
		install  = 1 << 6
		ack      = 1 << 7
		mic      = 1 << 8
		secure   = 1 << 9
		failed   = 1 << 10
	)
	if len(b) < 3 {
		return "EAPOL key, cut off"
	}
	info := binary.BigEndian.Uint16(b[1:])
	has := func(bits uint16) bool { return info&bits == bits }
	switch {
	case has(failed):
		return "EAPOL key with an error"
	case !has(pairwise) && has(ack):
		return "group handshake 1/2"
	case !has(pairwise):
		return "group handshake 2/2"
	case has(ack) && !has(mic):
		return "4-way handshake 1/4"
	case has(ack | install):
		return "4-way handshake 3/4"
	case has(mic | secure):
		return "4-way handshake 4/4"
	default:
		return "4-way handshake 2/4"
	}
}

// cleanEAPOL blanks what could give a password away: of the keys' messages the nonces and checks, with which a passphrase
// can be guessed without being there, and of EAP what methods without a tunnel say. It changes b.
func cleanEAPOL(b []byte) {
	if len(b) < eapolHeader {
		return
	}
	body := b[eapolHeader:]
	switch b[1] {
	case eapolKey:
		const counter = 1 + 2 + 2 + 8 // type, information, length, replay counter
		blank(body, counter)
	case eapolEAP:
		if len(body) < 5 || tellsNothing(body[4]) {
			return
		}
		blank(body, 5)
	}
}

// tellsNothing says whether the messages of an EAP method may be read by anybody: those before a method is chosen, and those
// that come as TLS.
func tellsNothing(method byte) bool {
	switch method {
	case 1, 2, 3, 13, 21, 25, 43, 55:
		return true
	}
	return false
}

func blank(b []byte, from int) {
	if len(b) > from {
		clear(b[from:])
	}
}
