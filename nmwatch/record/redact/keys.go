package redact

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// cleanKeys blanks the keys that nl80211 tells of a connection whose handshake the card did itself (FILS offload):
// linux/nl80211.h, NL80211_ATTR_FILS_KEK and NL80211_ATTR_PMK, in net/wireless/nl80211.c in CONNECT and ROAM.
func (r *Redactor) cleanKeys(raw []byte) []byte {
	const headers = unix.NLMSG_HDRLEN + unix.GENL_HDRLEN
	clean := raw
	for at := headers; at+unix.NLA_HDRLEN <= len(raw); {
		length := int(binary.NativeEndian.Uint16(raw[at:]))
		kind := binary.NativeEndian.Uint16(raw[at+2:]) &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
		if length < unix.NLA_HDRLEN || at+length > len(raw) {
			break
		}
		if kind == unix.NL80211_ATTR_FILS_KEK || kind == unix.NL80211_ATTR_PMK {
			if &clean[0] == &raw[0] {
				clean = bytes.Clone(raw)
			}
			clear(clean[at+unix.NLA_HDRLEN : at+length])
			r.removed++
		}
		at += (length + unix.NLA_ALIGNTO - 1) &^ (unix.NLA_ALIGNTO - 1)
	}
	return clean
}
