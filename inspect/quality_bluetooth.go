package inspect

// BluetoothLink is the link of an adapter to a phone whose network is used.
type BluetoothLink struct {
	Adapter          string   `json:"adapter"` // "hci0"
	Address          string   `json:"address"` // of the device
	Alias            string   `json:"alias"`   // its name
	SignalDBm        *int     `json:"signal_dbm"`
	SignalAverageDBm *int     `json:"signal_average_dbm"` // over the window
	SignalMinDBm     *int     `json:"signal_min_dbm"`
	SignalMaxDBm     *int     `json:"signal_max_dbm"`
	GoldenDB         *int     `json:"golden_range_db"` // where the controller gives no level: the distance from its best range, 0 being inside
	TxPowerDBm       *int     `json:"transmit_power_dbm"`
	MaxTxPowerDBm    *int     `json:"transmit_power_max_dbm"`
	ConnectedSeconds *float64 `json:"connected_seconds_total"` // null when it was connected before we came
	ReceiveBytes     uint64   `json:"receive_bytes_total"`
	TransmitBytes    uint64   `json:"transmit_bytes_total"`
	Right            string   `json:"right,omitempty"` // the right that is missing to read the signal
}

// bluetooth takes the figures of a connection.
func (m *Meter) bluetooth(s *subject, p phone) *BluetoothLink {
	h := p.hearing()
	now := sample{bssid: p.address}
	if h.dBm != nil {
		now.signal, now.hasSignal = *h.dBm, true
	}
	heard := extremesOf(m.remember(s.name, now))
	link := &BluetoothLink{
		Adapter: p.hci, Address: p.address,
		SignalDBm: h.dBm, SignalAverageDBm: heard.average, SignalMinDBm: heard.least, SignalMaxDBm: heard.most,
		GoldenDB: h.golden, TxPowerDBm: h.txPower, MaxTxPowerDBm: h.maxPower,
		ReceiveBytes: s.link.RxBytes, TransmitBytes: s.link.TxBytes,
	}
	if p.device != nil {
		link.Alias = p.device.Alias
	}
	if src := s.snap.source(SourceHCI); h.dBm == nil && h.golden == nil {
		link.Right = src.Right
	}
	if since := p.since(); !since.IsZero() {
		seconds := s.since(since).Seconds()
		link.ConnectedSeconds = &seconds
	}
	return link
}
