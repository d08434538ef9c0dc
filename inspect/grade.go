package inspect

import (
	"fmt"
	"slices"
)

// grade is a score and what lowered it. The score is that of the worst part, so that it can be explained: a link is as
// good as its weakest side.
//
// The same scale holds for all media: 100 nothing to complain, 70 good, 50 works with faults that can be felt, 30 barely
// usable, 0 unusable.
type grade struct {
	points int
	drags  []string
	parts  []part
}

// part is the score of one side of a link.
type part struct {
	points int
	text   string
}

// gradeWifi grades a Wi-Fi link by
//   - signal: 100 at -50 dBm and above, 0 at -90, 2.5 points a dB between;
//   - signal to noise, where the driver measures noise: 100 at 40 dB and above, 0 at 0;
//   - retries in the window: 100 up to one in ten packets, then down to 20 at one a packet and above;
//   - packets that failed in the window: 5 points less each, down to 20;
//   - beacons lost in the window: 10 points less each, down to 20.
func gradeWifi(l WifiLink, samples []sample) grade {
	var g grade
	if l.SignalDBm != nil {
		g.part(scale(*l.SignalDBm, -90, -50), "signal %d dBm", *l.SignalDBm)
	}
	if l.SNRdB != nil {
		g.part(scale(*l.SNRdB, 0, 40), "signal to noise %d dB", *l.SNRdB)
	}
	g.part(100-min(80, int(max(0, l.RetryRatio-0.1)*90)), "%.1f retries a packet", l.RetryRatio)
	first, last := samples[0], samples[len(samples)-1]
	g.part(max(20, 100-5*(last.failed-first.failed)), "%d packets failed", last.failed-first.failed)
	g.part(max(20, 100-10*(last.beacons-first.beacons)), "%d beacons lost", last.beacons-first.beacons)
	return g.sum()
}

// gradeBluetooth grades a Bluetooth link by its signal, as far as the controller tells it:
//   - a level: 100 at -55 dBm and above, 0 at -95, 2.5 points a dB between as for Wi-Fi, for receivers here hear some 5 dB
//     less than those;
//   - a distance from the golden receive power range: 100 inside and above, 5 points less for each dB below.
func gradeBluetooth(l BluetoothLink) grade {
	var g grade
	if l.SignalDBm != nil {
		g.part(scale(*l.SignalDBm, -95, -55), "signal %d dBm", *l.SignalDBm)
	}
	if l.GoldenDB != nil {
		g.part(scale(*l.GoldenDB, -20, 0), "signal %d dB from the best range", *l.GoldenDB)
	}
	return g.sum()
}

// gradeWire grades a wired link by
//   - carrier: without one it is unusable, as it is where the port lets nobody through who has not authenticated;
//   - speed: 100 from 1000 Mb/s, 80 at 100, 40 at 10, as a gigabit port falls back to them on a bad cable;
//   - duplex: 40 when half;
//   - errors and drops in the window: 2 points less each, down to 20.
func gradeWire(l WireLink, port Status) grade {
	var g grade
	switch {
	case !l.Carrier:
		g.part(0, "no carrier")
	case port == Failed || port == Starting:
		g.part(0, "L2 %s", port)
	}
	switch {
	case l.SpeedMbps == 0 || l.SpeedMbps >= 1000:
	case l.SpeedMbps >= 100:
		g.part(80, "%d Mb/s", l.SpeedMbps)
	default:
		g.part(40, "%d Mb/s", l.SpeedMbps)
	}
	if l.Duplex == "half" {
		g.part(40, "half duplex")
	}
	g.part(100-int(min(80, 2*l.NewFaults)), "%d errors and drops", l.NewFaults)
	return g.sum()
}

func (g *grade) part(points int, format string, args ...any) {
	g.parts = append(g.parts, part{points, fmt.Sprintf(format, args...)})
}

// sum makes the worst part the score and names all that are not perfect, the worst first.
func (g grade) sum() grade {
	g.points, g.drags = 100, []string{}
	slices.SortStableFunc(g.parts, func(a, b part) int { return a.points - b.points })
	for _, p := range g.parts {
		g.points = min(g.points, p.points)
		if p.points < 100 {
			g.drags = append(g.drags, p.text)
		}
	}
	return g
}

// scale maps a value linearly from worst…best to 0…100.
func scale(v, worst, best int) int {
	return max(0, min(100, 100*(v-worst)/(best-worst)))
}
