package inspect

import (
	"bytes"
	"encoding/hex"
	"unicode/utf8"
)

// SSIDText writes an SSID as text where it is text, else in hex. An SSID is up to 32 arbitrary bytes: whoever prints the
// text must still escape it.
func SSIDText(ssid []byte) string {
	switch {
	case len(bytes.Trim(ssid, "\x00")) == 0:
		return "(hidden)" // some access points send as many zeros as the name is long
	case utf8.Valid(ssid):
		return string(ssid)
	default:
		return "0x" + hex.EncodeToString(ssid)
	}
}

// ssid is the name of the network that the card is associated with. The kernel does not know it when the supplicant does the association
// itself; then that one does, else NetworkManager. It is nil when nobody does.
func (s *subject) ssid() []byte {
	station := s.snap.Kernel.Stations[s.name]
	if len(station.SSID) > 0 {
		return station.SSID
	}
	if s.wpa != nil && s.wpa.BSS != nil && s.wpa.BSS.BSSID == station.BSSID {
		return s.wpa.BSS.SSID
	}
	if s.dev != nil && s.dev.Wireless != nil && s.dev.Wireless.AccessPoint != nil {
		return s.dev.Wireless.AccessPoint.SSID
	}
	return nil
}
