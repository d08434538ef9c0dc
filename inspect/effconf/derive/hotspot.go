package derive

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
)

// chosenFrequency is where NetworkManager would make a network whose profile names no channel: it shuffles a few
// frequencies by the network's name and takes the first that the radio may use (nm-device-wifi.c,
// ensure_hotspot_frequency).
func (d *deriver) chosenFrequency() int {
	band, _ := d.profile.Text(wireless, "band")
	ssid, _ := d.profile.Bytes(wireless, "ssid")
	order := shuffled(d.given.Version.hotspotFrequencies(band), ssid)
	d.note("the radio's own channels are not known; NetworkManager takes the first of %s MHz that it may use (frequency)",
		strings.Trim(fmt.Sprint(order), "[]"))
	return order[0]
}

func (v Version) hotspotFrequencies(band string) []int {
	switch {
	case band == band5GHz && v.knows6GHz():
		return []int{5180, 5200, 5220, 5240}
	case band == band5GHz:
		return []int{5180, 5200, 5220, 5745, 5765, 5785, 5805}
	case band == band6GHz:
		return []int{5975, 6055, 6135, 6215, 6295, 6375}
	default:
		return []int{2412, 2437, 2462, 2472}
	}
}

// shuffled brings the list into the order that belongs to a name.
func shuffled(list []int, name []byte) []int {
	random := siphash(hotspotKey0, hotspotKey1, name)
	for i := range len(list) - 1 {
		random += 5630246189
		j := i + int(random%uint64(len(list)-i))
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// The key that NetworkManager has for this purpose: 9a dc 86 9a a8 a2 07 97 be 6d e6 99 9f a8 09 2b.
const (
	hotspotKey0 = 0x9707a2a89a86dc9a
	hotspotKey1 = 0x2b09a89f99e66dbe
)

// siphash is SipHash-2-4.
func siphash(k0, k1 uint64, data []byte) uint64 {
	s := sip{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573}
	last := uint64(len(data)) << 56
	for ; len(data) >= 8; data = data[8:] {
		s.mix(binary.LittleEndian.Uint64(data))
	}
	for i, b := range data {
		last |= uint64(b) << (8 * i)
	}
	s.mix(last)
	s[2] ^= 0xff
	for range 4 {
		s.round()
	}
	return s[0] ^ s[1] ^ s[2] ^ s[3]
}

// sip is the state of SipHash.
type sip [4]uint64

func (s *sip) mix(word uint64) {
	s[3] ^= word
	s.round()
	s.round()
	s[0] ^= word
}

func (s *sip) round() {
	s[0] += s[1]
	s[2] += s[3]
	s[1] = bits.RotateLeft64(s[1], 13) ^ s[0]
	s[3] = bits.RotateLeft64(s[3], 16) ^ s[2]
	s[0] = bits.RotateLeft64(s[0], 32)
	s[2] += s[1]
	s[0] += s[3]
	s[1] = bits.RotateLeft64(s[1], 17) ^ s[2]
	s[3] = bits.RotateLeft64(s[3], 21) ^ s[0]
	s[2] = bits.RotateLeft64(s[2], 32)
}
