package inspect

import (
	"maps"
	"slices"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

// Quality is how good the link of one interface is, in figures. Names and units of the counters are node_exporter's
// where it has them. What a source did not tell is null, not zero.
type Quality struct {
	At           time.Time      `json:"at"`
	Interface    string         `json:"interface"`
	Medium       Medium         `json:"medium"`
	DefaultRoute bool           `json:"default_route"`
	Connected    bool           `json:"connected"`        // L1 and L2 stand
	Score        *int           `json:"score"`            // 0 unusable … 100 nothing to complain; null when nothing was measured
	Drags        []string       `json:"drags"`            // what keeps the score below 100, the worst first
	Unread       string         `json:"unread,omitempty"` // why there are no figures where there should be some
	Wifi         *WifiLink      `json:"wifi,omitempty"`
	Wire         *WireLink      `json:"wire,omitempty"`
	Bluetooth    *BluetoothLink `json:"bluetooth,omitempty"`
	Trend        []int          `json:"trend"` // the scores of the window, oldest first
}

// Medium is what a link is made of.
type Medium string

// The media.
const (
	MediumWifi      Medium = "wifi"
	MediumWire      Medium = "wire"
	MediumBluetooth Medium = "bluetooth"
)

// WifiLink is the link of a Wi-Fi card to its access point.
type WifiLink struct {
	SSID             string  `json:"ssid"`
	SSIDHex          string  `json:"ssid_hex"`
	BSSID            string  `json:"bssid"`
	FrequencyHertz   int     `json:"frequency_hertz"`
	Channel          int     `json:"channel"`
	WidthMHz         int     `json:"width_mhz,omitempty"`
	SignalDBm        *int    `json:"signal_dbm"`
	SignalAverageDBm *int    `json:"signal_average_dbm"` // over the window; of one sample, the kernel's own average
	SignalMinDBm     *int    `json:"signal_min_dbm"`
	SignalMaxDBm     *int    `json:"signal_max_dbm"`
	NoiseDBm         *int    `json:"noise_dbm"`
	SNRdB            *int    `json:"snr_db"`
	ReceiveBits      int     `json:"receive_bits_per_second"`
	TransmitBits     int     `json:"transmit_bits_per_second"`
	ReceiveRate      string  `json:"receive_rate,omitempty"` // "VHT MCS 9 NSS 2 80 MHz"
	TransmitRate     string  `json:"transmit_rate,omitempty"`
	Retries          int     `json:"transmit_retries_total"`
	Failed           int     `json:"transmit_failed_total"`
	BeaconLoss       int     `json:"beacon_loss_total"`
	RetryRatio       float64 `json:"retry_ratio"` // retries per packet sent, in the window; since the association in its first sample
	ConnectedSeconds float64 `json:"connected_seconds_total"`
	InactiveSeconds  float64 `json:"inactive_seconds"`
	NMPercent        *int    `json:"networkmanager_percent"` // late, and only new after a scan
}

// WireLink is the link of a wired interface.
type WireLink struct {
	Carrier        bool   `json:"carrier"`
	SpeedMbps      int    `json:"speed_mbps"`  // 0 when unknown
	SpeedBytes     int    `json:"speed_bytes"` // the same in bytes a second
	Duplex         string `json:"duplex"`
	ReceiveErrors  uint64 `json:"receive_errs_total"`
	TransmitErrors uint64 `json:"transmit_errs_total"`
	ReceiveDrops   uint64 `json:"receive_drop_total"`
	TransmitDrops  uint64 `json:"transmit_drop_total"`
	NewFaults      uint64 `json:"new_faults"` // errors and drops in the window
	CarrierChanges uint32 `json:"carrier_changes_total"`
	ReceiveBytes   uint64 `json:"receive_bytes_total"`
	TransmitBytes  uint64 `json:"transmit_bytes_total"`
}

// Meter follows snapshots in time and measures each link against its own past. It is a fold: the same snapshots in the
// same order give the same figures. The zero value is ready.
type Meter struct {
	windows map[string][]sample
}

// window is how many samples averages, extremes and the trend go back.
const window = 60

// sample is what of one interface is remembered of one instant.
type sample struct {
	bssid     string // of the access point, or the phone's address; another access point begins anew: its counters do
	signal    int
	retries   int
	failed    int
	beacons   int
	sent      int
	faults    uint64
	score     int
	hasSignal bool
}

// Measure takes the next snapshot and gives the figures of all links that have any, in the order of the pyramid.
func (m *Meter) Measure(s *Snapshot, p Pyramid) []Quality {
	if m.windows == nil {
		m.windows = map[string][]sample{}
	}
	measured := []Quality{}
	subjects := map[string]*subject{}
	for _, sub := range subjectsOf(s) {
		subjects[sub.name] = sub
	}
	maps.DeleteFunc(m.windows, func(name string, _ []sample) bool { return subjects[name] == nil })
	for _, st := range p.Stacks {
		if sub := subjects[st.Interface]; sub != nil && sub.link != nil {
			if q, ok := m.measure(sub, st); ok {
				measured = append(measured, q)
			}
		}
	}
	return measured
}

// measure takes the figures of one link; ok is false for a link of no medium, such as a bridge or a tunnel.
func (m *Meter) measure(s *subject, st Stack) (q Quality, ok bool) {
	q = Quality{
		At: s.snap.At, Interface: s.name, DefaultRoute: st.DefaultRoute, Drags: []string{}, Trend: []int{},
		Connected: st.Floor(L1).Status.Stands() && (st.Floor(L2).Status.Stands() || st.Floor(L2).Status == Absent),
	}
	var score grade
	switch s.kind {
	case kindWifi:
		q.Medium = MediumWifi
		station, known := s.snap.Kernel.Stations[s.name]
		if !known || !station.Associated {
			delete(m.windows, s.name)
			q.Unread = s.wirelessUnread()
			return q, true
		}
		q.Wifi = m.wifi(s, station)
		score = gradeWifi(*q.Wifi, m.windows[s.name])
	case kindEthernet, kindVeth:
		q.Medium = MediumWire
		q.Wire = m.wire(s)
		score = gradeWire(*q.Wire, st.Floor(L2).Status)
	case kindBluetooth:
		q.Medium = MediumBluetooth
		p := s.phone()
		if !p.connected() {
			delete(m.windows, s.name)
			return q, true
		}
		q.Bluetooth = m.bluetooth(s, p)
		score = gradeBluetooth(*q.Bluetooth)
		if len(score.parts) == 0 {
			return q, true
		}
	default:
		return Quality{}, false
	}
	q.Score, q.Drags = &score.points, score.drags
	q.Trend = m.trend(s.name, score.points)
	return q, true
}

// wirelessUnread says why nl80211 tells nothing of a card; "" when it does.
func (s *subject) wirelessUnread() string {
	src := s.snap.source(SourceNL80211)
	if src.Status == SourceOK {
		return ""
	}
	return strings.Join(slices.DeleteFunc([]string{src.Name, string(src.Status), src.Detail, src.Right}, func(word string) bool { return word == "" }), " ")
}

// attachQuality gives each stack the figures of its link at this instant.
func attachQuality(subjects []*subject, stacks []Stack) {
	m := Meter{windows: map[string][]sample{}}
	for i, sub := range subjects {
		if sub.link == nil {
			continue
		}
		if q, ok := m.measure(sub, stacks[i]); ok {
			stacks[i].Quality = &q
		}
	}
}

// trend notes the score of the newest sample and gives all of the window.
func (m *Meter) trend(name string, score int) []int {
	samples := m.windows[name]
	samples[len(samples)-1].score = score
	scores := make([]int, 0, len(samples))
	for _, s := range samples {
		scores = append(scores, s.score)
	}
	return scores
}

// remember adds a sample to an interface's window. The window before is not changed.
func (m *Meter) remember(name string, s sample) []sample {
	samples := m.windows[name]
	if len(samples) > 0 && samples[len(samples)-1].bssid != s.bssid {
		samples = nil
	}
	samples = append(slices.Clone(samples), s)
	if len(samples) > window {
		samples = samples[len(samples)-window:]
	}
	m.windows[name] = samples
	return samples
}

func (m *Meter) wifi(s *subject, st kerneltypes.Station) *WifiLink {
	samples := m.remember(s.name, sample{
		bssid: st.BSSID, signal: st.SignalDBm, hasSignal: st.SignalDBm != 0,
		retries: st.TxRetries, failed: st.TxFailed, beacons: st.BeaconLoss, sent: st.TxPackets,
	})
	link := &WifiLink{
		SSID: SSIDText(s.ssid()), SSIDHex: hexOf(s.ssid()), BSSID: st.BSSID,
		FrequencyHertz: st.FrequencyMHz * 1e6, Channel: Channel(st.FrequencyMHz), WidthMHz: st.ChannelWidth,
		SignalDBm: told(st.SignalDBm), SignalAverageDBm: told(st.AverageDBm), NoiseDBm: told(st.NoiseDBm),
		ReceiveBits: st.RxBitsPerSec, TransmitBits: st.TxBitsPerSec,
		ReceiveRate: rateText(st.RxRate), TransmitRate: rateText(st.TxRate),
		Retries: st.TxRetries, Failed: st.TxFailed, BeaconLoss: st.BeaconLoss,
		ConnectedSeconds: st.Connected.Seconds(), InactiveSeconds: st.Inactive.Seconds(),
		RetryRatio: retryRatio(samples), NMPercent: percent(s.dev),
	}
	if link.SignalDBm != nil && link.NoiseDBm != nil {
		snr := st.SignalDBm - st.NoiseDBm
		link.SNRdB = &snr
	}
	heard := extremesOf(samples)
	link.SignalMinDBm, link.SignalMaxDBm = heard.least, heard.most
	if heard.average != nil {
		link.SignalAverageDBm = heard.average
	}
	return link
}

// extremes are what a window tells of the signal, in dBm; the average needs more than one sample.
type extremes struct{ least, most, average *int }

func extremesOf(samples []sample) (e extremes) {
	var signals []int
	for _, s := range samples {
		if s.hasSignal {
			signals = append(signals, s.signal)
		}
	}
	if len(signals) == 0 {
		return e
	}
	least, most, sum := slices.Min(signals), slices.Max(signals), 0
	for _, s := range signals {
		sum += s
	}
	e.least, e.most = &least, &most
	if len(signals) > 1 {
		average := sum / len(signals)
		e.average = &average
	}
	return e
}

// retryRatio is how many retries a packet took in the window; with one sample only, since the association.
func retryRatio(samples []sample) float64 {
	first, last := samples[0], samples[len(samples)-1]
	retries, sent := last.retries, last.sent
	if len(samples) > 1 {
		retries, sent = last.retries-first.retries, last.sent-first.sent
	}
	if sent <= 0 || retries <= 0 {
		return 0
	}
	return float64(retries) / float64(sent)
}

func (m *Meter) wire(s *subject) *WireLink {
	l := s.link
	faults := l.RxErrors + l.TxErrors + l.RxDropped + l.TxDropped
	samples := m.remember(s.name, sample{faults: faults})
	speed := s.snap.Kernel.Speeds[s.name]
	link := &WireLink{
		Carrier: l.Carrier, SpeedMbps: speed.Mbps, SpeedBytes: speed.Mbps * 1e6 / 8, Duplex: speed.Duplex,
		ReceiveErrors: l.RxErrors, TransmitErrors: l.TxErrors, ReceiveDrops: l.RxDropped, TransmitDrops: l.TxDropped,
		CarrierChanges: l.CarrierChanges, ReceiveBytes: l.RxBytes, TransmitBytes: l.TxBytes,
	}
	if first := samples[0].faults; faults > first {
		link.NewFaults = faults - first
	}
	return link
}

// told is a figure that a driver leaves at 0 when it does not measure it.
func told(v int) *int {
	if v == 0 {
		return nil
	}
	return &v
}

// percent is NetworkManager's figure for the access point in use; nil when there is none.
func percent(d *nmtypes.Device) *int {
	if d == nil || d.Wireless == nil || d.Wireless.AccessPoint == nil {
		return nil
	}
	p := int(d.Wireless.AccessPoint.Strength)
	return &p
}
