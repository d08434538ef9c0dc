package kernel

import (
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// noise asks for the noise on the channel in use, in dBm; 0 when the driver does not measure it.
func (p *stationProbe) noise(index int) int {
	body, err := forInterface(index)
	if err != nil {
		return 0
	}
	msgs, err := p.ask(unix.NL80211_CMD_GET_SURVEY, body)
	if err != nil {
		return 0
	}
	for _, m := range msgs {
		if dBm, inUse := parseSurvey(m.Data); inUse {
			return dBm
		}
	}
	return 0
}

// forInterface is the body of a question about one interface.
func forInterface(index int) ([]byte, error) {
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(unix.NL80211_ATTR_IFINDEX, uint32(index))
	return ae.Encode()
}

// parseSurvey reads one channel's survey (linux/nl80211.h, enum nl80211_survey_info). The noise is a signed byte.
func parseSurvey(b []byte) (noise int, inUse bool) {
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		if ad.Type() != unix.NL80211_ATTR_SURVEY_INFO {
			return
		}
		ad.Nested(func(nad *netlink.AttributeDecoder) error {
			return walk(nad, func(nad *netlink.AttributeDecoder) {
				switch nad.Type() {
				case unix.NL80211_SURVEY_INFO_NOISE:
					noise = int(nad.Int8())
				case unix.NL80211_SURVEY_INFO_IN_USE:
					inUse = true
				}
			})
		})
	})
	return noise, inUse && err == nil
}
