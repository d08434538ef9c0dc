package inspect

import (
	"encoding/hex"
	"fmt"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// Channel is the number of the channel at a frequency in MHz (IEEE 802.11-2020 §17.3.8.4.2, and clause 27 for 6 GHz); 0 for one
// that has no number.
func Channel(mhz int) int {
	switch {
	case mhz == 2484:
		return 14
	case mhz >= 2412 && mhz <= 2472:
		return (mhz - 2407) / 5
	case mhz >= 5160 && mhz <= 5885:
		return (mhz - 5000) / 5
	case mhz == 5935:
		return 2
	case mhz >= 5955 && mhz <= 7115:
		return (mhz - 5950) / 5
	default:
		return 0
	}
}

// rateText writes how a rate comes about as `iw` names it; "" for the rates of before 802.11n.
func rateText(r kerneltypes.Rate) string {
	if r.Standard == "" {
		return ""
	}
	text := fmt.Sprintf("%s MCS %d", r.Standard, r.MCS)
	if r.Streams > 1 {
		text += fmt.Sprintf(" NSS %d", r.Streams)
	}
	if r.WidthMHz > 0 {
		text += fmt.Sprintf(" %d MHz", r.WidthMHz)
	}
	return text
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
