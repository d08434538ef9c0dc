package derive

import (
	"slices"
	"strconv"
	"strings"
)

// The bands (802-11-wireless.band).
const (
	band2GHz = "bg"
	band5GHz = "a"
	band6GHz = "6GHz"
)

// channel is one channel of a band.
type channel struct{ number, frequency int } // MHz

// channels lists the channels of a band (libnm-core-impl/nm-utils.c); nil for a band that the version does not know.
func (v Version) channels(band string) []channel {
	switch {
	case band == band2GHz:
		return append(numbered(2407, 1, 13, 1), channel{14, 2484})
	case band == band5GHz && v.knows6GHz():
		return slices.Concat(numbered(5000, 32, 32, 4), numbered(5000, 36, 64, 4), numbered(5000, 100, 144, 4), numbered(5000, 149, 165, 4),
			[]channel{{183, 4915}, {184, 4920}, {185, 4925}, {187, 4935}, {188, 4940}, {189, 4945}, {192, 4960}, {196, 4980}})
	case band == band5GHz:
		return []channel{
			{7, 5035},
			{8, 5040},
			{9, 5045},
			{11, 5055},
			{12, 5060},
			{16, 5080},
			{34, 5170},
			{36, 5180},
			{38, 5190},
			{40, 5200},
			{42, 5210},
			{44, 5220},
			{46, 5230},
			{48, 5240},
			{50, 5250},
			{52, 5260},
			{56, 5280},
			{58, 5290},
			{60, 5300},
			{64, 5320},
			{100, 5500},
			{104, 5520},
			{108, 5540},
			{112, 5560},
			{116, 5580},
			{120, 5600},
			{124, 5620},
			{128, 5640},
			{132, 5660},
			{136, 5680},
			{140, 5700},
			{149, 5745},
			{152, 5760},
			{153, 5765},
			{157, 5785},
			{160, 5800},
			{161, 5805},
			{165, 5825},
			{183, 4915},
			{184, 4920},
			{185, 4925},
			{187, 4935},
			{188, 4945},
			{192, 4960},
			{196, 4980},
		}
	case band == band6GHz && v.knows6GHz():
		// 165 is missing and 169 has its frequency: so it is in NetworkManager's table.
		return slices.Concat(numbered(5950, 1, 161, 4), []channel{{169, 6775}}, numbered(5950, 173, 233, 4))
	}
	return nil
}

// numbered makes the channels of a row, each 5 MHz times its number above the base.
func numbered(base, first, last, step int) []channel {
	var row []channel
	for n := first; n <= last; n += step {
		row = append(row, channel{n, base + 5*n})
	}
	return row
}

// band derives where the network is looked for.
func (d *deriver) band() error {
	band, ok := d.profile.Text(wireless, "band")
	if !ok {
		return nil
	}
	channels := d.given.Version.channels(band)
	if channels == nil {
		return fail(wireless, "band", "%q is not a band that NetworkManager %s knows", band, d.given.Version)
	}
	if n, _ := d.profile.Number(wireless, "channel"); n != 0 {
		frequency, err := d.channelFrequency()
		if err != nil {
			return err
		}
		return d.add("freq_list", strconv.Itoa(frequency), from{wireless, "channel", "the one frequency of the channel"})
	}
	all := make([]string, len(channels))
	for i, c := range channels {
		all[i] = strconv.Itoa(c.frequency)
	}
	return d.add("freq_list", strings.Join(all, " "), from{wireless, "band", "all frequencies that NetworkManager knows of the band"})
}

// channelFrequency is that of the profile's band and channel; 0 when it does not name both.
func (d *deriver) channelFrequency() (int, error) {
	band, _ := d.profile.Text(wireless, "band")
	n, _ := d.profile.Number(wireless, "channel")
	if band == "" || n == 0 {
		return 0, nil
	}
	channels := d.given.Version.channels(band)
	i := slices.IndexFunc(channels, func(c channel) bool { return int64(c.number) == n })
	if i < 0 {
		return 0, fail(wireless, "channel", "%d is not a channel of the band %s", n, band)
	}
	return channels[i].frequency, nil
}

// frequency derives where the interface makes a network of its own.
func (d *deriver) frequency() error {
	if d.mode() == "" {
		return nil
	}
	origin := from{wireless, "channel", "the frequency of the channel"}
	frequency, err := d.channelFrequency()
	if err != nil {
		return err
	}
	if given := d.given.Interface.Frequency; frequency == 0 && given != 0 {
		frequency, origin = int(given), from{wireless, "band", "the frequency that NetworkManager chose"}
	}
	if frequency == 0 {
		frequency = d.chosenFrequency()
		origin = from{wireless, "band", "NetworkManager chooses it by the name of the network"}
	}
	if err := d.add("frequency", strconv.Itoa(frequency), origin); err != nil || d.mode() != modeAP || !d.given.Version.widens() {
		return err
	}
	return d.width(frequency)
}
