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
