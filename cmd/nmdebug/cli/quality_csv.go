package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"nmdebug/inspect"
)

// csvColumns are the columns of a table of qualities: when, the interface as node_exporter calls it, and then the fields of the JSON form,
// those of all media side by side.
func csvColumns() []string {
	return []string{
		"time", "device", "medium", "default_route", "connected", "score",
		"ssid_hex", "bssid", "channel", "frequency_hertz", "width_mhz",
		"signal_dbm", "signal_average_dbm", "signal_min_dbm", "signal_max_dbm", "noise_dbm", "snr_db",
		"receive_bits_per_second", "transmit_bits_per_second", "receive_rate", "transmit_rate",
		"transmit_retries_total", "transmit_failed_total", "beacon_loss_total", "connected_seconds_total", "inactive_seconds", "networkmanager_percent",
		"speed_mbps", "speed_bytes", "duplex", "receive_errs_total", "transmit_errs_total", "receive_drop_total", "transmit_drop_total",
		"carrier_changes_total", "receive_bytes_total", "transmit_bytes_total",
		"address", "golden_range_db", "transmit_power_dbm",
	}
}

// qualityCSV writes a heading and then a line for each link and sample. What was not told is empty.
func (a *app) qualityCSV() func(time.Time, []inspect.Quality) error {
	w := csv.NewWriter(a.out)
	headed := false
	return func(_ time.Time, links []inspect.Quality) error {
		if !headed {
			headed = true
			if err := w.Write(csvColumns()); err != nil {
				return err
			}
		}
		for _, q := range links {
			line, err := csvLine(q)
			if err != nil {
				return err
			}
			if err := w.Write(line); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	}
}

// csvLine takes the columns from the JSON form, so that both have the same figures.
func csvLine(q inspect.Quality) ([]string, error) {
	raw, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	fields["time"], fields["device"] = fields["at"], fields["interface"]
	if link, ok := fields[string(q.Medium)].(map[string]any); ok {
		maps.Copy(fields, link)
	}
	var line []string
	for _, name := range csvColumns() {
		cell := ""
		if v, told := fields[name]; told && v != nil {
			cell = fmt.Sprint(v)
		}
		line = append(line, cell)
	}
	return line, nil
}
