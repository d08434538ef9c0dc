package kernel

import (
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// survey is what the driver measured of one channel.
type survey struct {
	noise     int // dBm
	frequency int // MHz
	inUse     bool
}

// noiseInterval is how long a measured noise holds: a survey lists all channels, and noise moves slowly.
const noiseInterval = 10 * time.Second

// measuredNoise is the noise on a channel at a time.
type measuredNoise struct {
	dBm       int
	frequency int
	at        time.Time
}

// noise is that on the channel in use, in dBm; 0 when the driver does not measure it.
func (p *stationProbe) noise(w radio) int {
	last, known := p.noises[w.index]
	if known && last.frequency == w.frequency && time.Since(last.at) < noiseInterval {
		return last.dBm
	}
	if p.noises == nil {
		p.noises = map[int]measuredNoise{}
	}
	dBm := p.survey(w)
	p.noises[w.index] = measuredNoise{dBm, w.frequency, time.Now()}
	return dBm
}

// survey asks for the noise. Some drivers do not say which channel is in use.
func (p *stationProbe) survey(w radio) int {
	body, err := forInterface(w.index)
	if err != nil {
		return 0
	}
	msgs, err := p.ask(unix.NL80211_CMD_GET_SURVEY, body)
	if err != nil {
		return 0
	}
	noise := 0
	for _, m := range msgs {
		switch s, ok := parseSurvey(m.Data); {
		case ok && s.inUse:
			return s.noise
		case ok && s.frequency == w.frequency:
			noise = s.noise
		}
	}
	return noise
}

// forInterface is the body of a question about one interface.
func forInterface(index int) ([]byte, error) {
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(unix.NL80211_ATTR_IFINDEX, uint32(index))
	return ae.Encode()
}

// parseSurvey reads one channel's survey (linux/nl80211.h, enum nl80211_survey_info). The noise is a signed byte.
func parseSurvey(b []byte) (s survey, ok bool) {
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		if ad.Type() != unix.NL80211_ATTR_SURVEY_INFO {
			return
		}
		ad.Nested(func(nad *netlink.AttributeDecoder) error {
			return walk(nad, func(nad *netlink.AttributeDecoder) {
				switch nad.Type() {
				case unix.NL80211_SURVEY_INFO_FREQUENCY:
					s.frequency = int(nad.Uint32())
				case unix.NL80211_SURVEY_INFO_NOISE:
					s.noise = int(nad.Int8())
				case unix.NL80211_SURVEY_INFO_IN_USE:
					s.inUse = true
				}
			})
		})
	})
	return s, err == nil
}
