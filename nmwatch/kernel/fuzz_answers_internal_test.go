package kernel

import (
	"encoding/binary"
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// attributesOf encodes attributes as the kernel does.
func attributesOf(f *testing.F, add func(*netlink.AttributeEncoder)) []byte {
	f.Helper()
	ae := netlink.NewAttributeEncoder()
	add(ae)
	b, err := ae.Encode()
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// FuzzNL80211 feeds the readers of nl80211's answers and events: they never panic, and keep no more than they were given.
func FuzzNL80211(f *testing.F) {
	f.Add(attributesOf(f, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(unix.NL80211_ATTR_IFINDEX, 7)
		ae.String(unix.NL80211_ATTR_IFNAME, "wlan0")
		ae.Bytes(unix.NL80211_ATTR_SSID, []byte("caf\xe9"))
		ae.Uint32(unix.NL80211_ATTR_WIPHY_FREQ, 5180)
		ae.Uint32(unix.NL80211_ATTR_CHANNEL_WIDTH, 3)
	}))
	f.Add(attributesOf(f, func(ae *netlink.AttributeEncoder) {
		ae.Nested(unix.NL80211_ATTR_SURVEY_INFO, func(nae *netlink.AttributeEncoder) error {
			nae.Uint32(unix.NL80211_SURVEY_INFO_FREQUENCY, 2412)
			nae.Int8(unix.NL80211_SURVEY_INFO_NOISE, -95)
			nae.Flag(unix.NL80211_SURVEY_INFO_IN_USE, true)
			return nil
		})
	}))
	event := netlink.Message{Data: append([]byte{unix.NL80211_CMD_AUTHENTICATE, 1, 0, 0}, attributesOf(f, func(ae *netlink.AttributeEncoder) {
		ae.Bytes(unix.NL80211_ATTR_FRAME, make([]byte, 30))
		ae.String(unix.NL80211_ATTR_REG_ALPHA2, "DE")
	})...)}
	event.Header.Length = uint32(unix.NLMSG_HDRLEN + len(event.Data))
	raw, err := event.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseRadio(b); err == nil && len(r.ssid)+len(r.name) > len(b) {
			t.Errorf("%d bytes made a name of %d and an SSID of %d", len(b), len(r.name), len(r.ssid))
		}
		if s, ok := parseSurvey(b); ok && (s.noise < -128 || s.noise > 127) {
			t.Errorf("a noise of %d", s.noise)
		}
		if e, err := parseEvent(b); err == nil && len(e.country) > len(b) {
			t.Errorf("%d bytes made a country of %d", len(b), len(e.country))
		}
	})
}

// FuzzHCI feeds the readers of the lists of adapters and connections.
func FuzzHCI(f *testing.F) {
	adapters := binary.NativeEndian.AppendUint16(nil, 1)
	adapters = append(adapters, 0, 0)
	f.Add(append(adapters, make([]byte, hciDevSize)...))
	peers := binary.NativeEndian.AppendUint16([]byte{0, 0}, 1)
	f.Add(append(peers, make([]byte, hciConnSize)...))
	f.Add(binary.NativeEndian.AppendUint16(nil, 0xffff))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := len(parseAdapters(b)); n*hciDevSize > len(b) {
			t.Errorf("%d bytes made %d adapters", len(b), n)
		}
		if n := len(parsePeers(b)); n*hciConnSize > len(b) {
			t.Errorf("%d bytes made %d connections", len(b), n)
		}
		_, _ = parseSignal(b)
	})
}
