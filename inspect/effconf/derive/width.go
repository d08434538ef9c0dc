package derive

import "strconv"

// The widths of a channel (NMSettingWirelessChannelWidth), MHz; 0 leaves it to NetworkManager, which takes the narrowest.
const (
	width40 = 40
	width80 = 80
)

// span is how wide an access point's channel is.
type span struct {
	ht40   bool
	vht    string // max_oper_chwidth: "0" to 40 MHz, "1" 80 MHz; "" says nothing of it
	centre int    // MHz, of an 80 MHz channel; 0 when unknown
}

// width derives how wide the channel of an access point is.
func (d *deriver) width(frequency int) error {
	n, _ := d.profile.Number(wireless, "channel-width")
	s := d.given.Version.spanOf(n, frequency)
	origin := from{setting: wireless, property: "channel-width"}
	ht40 := "0"
	if s.ht40 {
		ht40 = "1"
	}
	if err := d.add("ht40", ht40, origin); err != nil {
		return err
	}
	if s.centre != 0 {
		if err := d.add("vht_center_freq1", strconv.Itoa(s.centre), origin); err != nil {
			return err
		}
	}
	if s.vht == "" {
		return nil
	}
	return d.add("max_oper_chwidth", s.vht, origin)
}

// spanOf gives the span of a channel of that width in MHz around a frequency.
func (v Version) spanOf(width int64, frequency int) span {
	switch width {
	case width40:
		return span{ht40: true, vht: "0"}
	case width80:
		if centre := v.centre80(frequency); centre != 0 {
			return span{ht40: true, vht: "1", centre: centre}
		}
	}
	return span{}
}

// centre80 is the middle of the 80 MHz channel around a frequency; 0 when there is none.
func (v Version) centre80(frequency int) int {
	number := (frequency - 5000) / 5
	switch {
	case frequency < 5000:
		return 0
	case frequency > 5950 && v.knows6GHz():
		number = (frequency - 5950) / 5
		return 5950 + 5*((number-1)/16*16+7)
	case !v.knowsCentres():
		return 5000 + 5*((number/4-1)/4*16+10)
	}
	for _, c := range []struct{ first, last, centre int }{
		{36, 48, 42}, {52, 64, 58}, {100, 112, 106}, {116, 128, 122}, {132, 144, 138}, {149, 161, 155}, {165, 177, 171},
	} {
		if number >= c.first && number <= c.last {
			return 5000 + 5*c.centre
		}
	}
	return 0
}
