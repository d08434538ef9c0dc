package render

import (
	"fmt"
	"strings"
	"time"

	"nmdebug/inspect"
)

// Quality is the table of all links, a heading first: score and trend, the newest scores at most so many, then what fits both media.
func Quality(links []inspect.Quality, trend int) []Row {
	rows := []Row{{{"INTERFACE", Dim}, {"SCORE", Dim}, {"TREND", Dim}, {"LINK", Dim}}}
	for _, q := range links {
		name := Cell{q.Interface, Plain}
		if q.DefaultRoute {
			name = Cell{q.Interface + " *", Strong}
		}
		score := Cell{"–", Dim}
		if q.Score != nil {
			score = Cell{fmt.Sprintf("%5d", *q.Score), scoreRole(*q.Score)}
		}
		rows = append(rows, Row{name, score, {Sparkline(q.Trend, trend), score.Role}, {linkText(q), Plain}})
	}
	return rows
}

// scoreRole gives a score the meaning that its scale has.
func scoreRole(score int) Role {
	switch {
	case score >= 70:
		return Good
	case score >= 30:
		return Warn
	default:
		return Bad
	}
}

// Sparkline draws the newest scores as a line of bars.
func Sparkline(scores []int, width int) string {
	const bars = "▁▂▃▄▅▆▇█"
	levels := []rune(bars)
	if len(scores) > width {
		scores = scores[len(scores)-width:]
	}
	var b strings.Builder
	for _, s := range scores {
		b.WriteRune(levels[max(0, min(len(levels)-1, s*len(levels)/101))])
	}
	return b.String()
}

// linkText is the state of a link in some words.
func linkText(q inspect.Quality) string {
	switch {
	case q.Wifi != nil:
		return wifiText(*q.Wifi)
	case q.Unread != "":
		return "not measured: " + q.Unread
	case q.Medium == inspect.MediumWifi:
		return "not associated"
	case q.Bluetooth != nil:
		return bluetoothText(*q.Bluetooth)
	case q.Medium == inspect.MediumBluetooth:
		return "not connected"
	case q.Wire != nil && !q.Wire.Carrier:
		return "no carrier"
	case q.Wire != nil:
		return wireText(*q.Wire)
	}
	return ""
}

func wifiText(l inspect.WifiLink) string {
	parts := []string{}
	if l.SignalDBm != nil {
		parts = append(parts, fmt.Sprintf("%d dBm", *l.SignalDBm))
	}
	if l.SNRdB != nil {
		parts = append(parts, fmt.Sprintf("SNR %d dB", *l.SNRdB))
	}
	parts = append(parts, fmt.Sprintf("%s / %s", Bits(l.ReceiveBits), Bits(l.TransmitBits)), fmt.Sprintf("ch %d", l.Channel))
	return strings.Join(parts, "  ")
}

func wireText(l inspect.WireLink) string {
	text := "speed unknown"
	if l.SpeedMbps > 0 {
		text = strings.TrimSpace(Bits(l.SpeedMbps*1e6) + " " + l.Duplex)
	}
	return fmt.Sprintf("%s  %d errors  %d drops", text, l.ReceiveErrors+l.TransmitErrors, l.ReceiveDrops+l.TransmitDrops)
}

// QualityDetails are the figures of one link that do not fit into its row: a label and a text each.
func QualityDetails(q inspect.Quality) []Row {
	var rows []Row
	add := func(label, text string) {
		if text != "" {
			rows = append(rows, Row{{label, Dim}, {text, Plain}})
		}
	}
	if l := q.Wifi; l != nil {
		add("network", fmt.Sprintf("%s at %s", l.SSID, l.BSSID))
		add("signal", signalText(*l))
		add("channel", channelText(*l))
		add("receives", strings.TrimSpace(Bits(l.ReceiveBits)+"  "+l.ReceiveRate))
		add("sends", strings.TrimSpace(Bits(l.TransmitBits)+"  "+l.TransmitRate))
		add("losses", fmt.Sprintf("%d retries (%.0f%%), %d failed, %d beacons lost", l.Retries, 100*l.RetryRatio, l.Failed, l.BeaconLoss))
		add("connected", (time.Duration(l.ConnectedSeconds) * time.Second).String())
	}
	if l := q.Bluetooth; l != nil {
		add("device", strings.TrimSpace(l.Alias+" "+l.Address)+" at "+l.Adapter)
		add("signal", bluetoothSignal(*l))
		add("sends at", powerText(*l))
		if l.ConnectedSeconds != nil {
			add("connected", (time.Duration(*l.ConnectedSeconds) * time.Second).String())
		}
	}
	if l := q.Wire; l != nil && l.NewFaults > 0 {
		add("losses", fmt.Sprintf("%d new errors and drops", l.NewFaults))
	}
	add("held back by", strings.Join(q.Drags, ", "))
	return rows
}

// bluetoothText is a link over Bluetooth in its row.
func bluetoothText(l inspect.BluetoothLink) string {
	parts := []string{}
	switch {
	case l.SignalDBm != nil:
		parts = append(parts, fmt.Sprintf("%d dBm", *l.SignalDBm))
	case l.GoldenDB != nil:
		parts = append(parts, fmt.Sprintf("%+d dB", *l.GoldenDB))
	default:
		parts = append(parts, "signal unknown")
	}
	if l.TxPowerDBm != nil {
		parts = append(parts, fmt.Sprintf("sends at %d dBm", *l.TxPowerDBm))
	}
	return strings.Join(append(parts, l.Alias), "  ")
}

// bluetoothSignal is all that is known of the signal of a link over Bluetooth.
func bluetoothSignal(l inspect.BluetoothLink) string {
	switch {
	case l.SignalDBm == nil && l.GoldenDB == nil && l.Right != "":
		return "unknown: needs " + l.Right
	case l.SignalDBm == nil && l.GoldenDB == nil:
		return "the controller does not tell"
	case l.SignalDBm == nil:
		return fmt.Sprintf("%+d dB from the controller's best range, 0 being inside", *l.GoldenDB)
	}
	return signalFigures(*l.SignalDBm, l.SignalAverageDBm, l.SignalMinDBm, l.SignalMaxDBm)
}

// signalFigures are a signal and what is known of how it was lately, in dBm.
func signalFigures(now int, average, lowest, highest *int) string {
	text := fmt.Sprintf("%d dBm", now)
	if average != nil {
		text += fmt.Sprintf(", average %d", *average)
	}
	if lowest != nil && highest != nil && *lowest != *highest {
		text += fmt.Sprintf(", %d to %d", *lowest, *highest)
	}
	return text
}

func powerText(l inspect.BluetoothLink) string {
	if l.TxPowerDBm == nil {
		return ""
	}
	text := fmt.Sprintf("%d dBm", *l.TxPowerDBm)
	if l.MaxTxPowerDBm != nil {
		text += fmt.Sprintf(", at most %d dBm", *l.MaxTxPowerDBm)
	}
	return text
}

func signalText(l inspect.WifiLink) string {
	if l.SignalDBm == nil {
		return "the driver does not tell"
	}
	text := signalFigures(*l.SignalDBm, l.SignalAverageDBm, l.SignalMinDBm, l.SignalMaxDBm)
	if l.NoiseDBm != nil {
		text += fmt.Sprintf("; noise %d", *l.NoiseDBm)
	}
	if l.NMPercent != nil {
		text += fmt.Sprintf("; NetworkManager %d%%", *l.NMPercent)
	}
	return text
}

func channelText(l inspect.WifiLink) string {
	text := fmt.Sprintf("%d at %d MHz", l.Channel, l.FrequencyHertz/1e6)
	if l.WidthMHz > 0 {
		text += fmt.Sprintf(", %d MHz wide", l.WidthMHz)
	}
	return text
}

// Bits writes bits a second as people say them.
func Bits(perSecond int) string {
	switch v := float64(perSecond); {
	case v >= 1e9:
		return fmt.Sprintf("%.3g Gb/s", v/1e9)
	case v >= 1e6:
		return fmt.Sprintf("%.4g Mb/s", v/1e6)
	default:
		return fmt.Sprintf("%.4g kb/s", v/1e3)
	}
}
