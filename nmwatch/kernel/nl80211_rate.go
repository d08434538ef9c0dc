package kernel

import (
	"github.com/mdlayher/wifi"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// rateOf translates how a bit rate comes about. Without a rate the library's zeros would read as 802.11n.
func rateOf(info wifi.RateInfo) kerneltypes.Rate {
	if info.Bitrate == 0 && info.Modulation == nil {
		return kerneltypes.Rate{}
	}
	r := kerneltypes.Rate{Standard: standard(info.ModulationType), WidthMHz: widthMHz(info.ChannelWidth)}
	if info.Modulation != nil {
		r.MCS, r.Streams = info.Modulation.GetMCS(), info.Modulation.GetNSS()
	}
	if ht, ok := info.Modulation.(wifi.HTModulationInfo); ok { // whose index counts on from stream to stream
		r.MCS = ht.HTMCS
	}
	return r
}

// standard is the name of the amendment that brought a modulation.
func standard(t wifi.RateModulationInfoType) string {
	switch t {
	case wifi.RateModulationInfoTypeHT:
		return "HT"
	case wifi.RateModulationInfoTypeVHT:
		return "VHT"
	case wifi.RateModulationInfoTypeHE:
		return "HE"
	case wifi.RateModulationInfoTypeEHT:
		return "EHT"
	default:
		return ""
	}
}

// widthMHz is the width of a channel (linux/nl80211.h, enum nl80211_chan_width, whose order the library copies).
func widthMHz(w wifi.ChannelWidth) int {
	switch int(w) {
	case unix.NL80211_CHAN_WIDTH_20_NOHT, unix.NL80211_CHAN_WIDTH_20:
		return 20
	case unix.NL80211_CHAN_WIDTH_40:
		return 40
	case unix.NL80211_CHAN_WIDTH_80, unix.NL80211_CHAN_WIDTH_80P80:
		return 80
	case unix.NL80211_CHAN_WIDTH_160:
		return 160
	case unix.NL80211_CHAN_WIDTH_5:
		return 5
	case unix.NL80211_CHAN_WIDTH_10:
		return 10
	case unix.NL80211_CHAN_WIDTH_320:
		return 320
	default:
		return 0
	}
}
