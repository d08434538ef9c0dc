package wifi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

// The figures must be the kernel's, and follow it within one sample.
func TestQualityFollowsTheKernel(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ap, err := s.AccessPoint(deadline(t), wifilab.AP{SSID: "home", Security: wifilab.WPA2})
	must(t, err)
	must(t, s.Connect(deadline(t), wifilab.Profile{SSID: "home", Security: wifilab.WPA2}))
	samples := s.sample("quality", "wlan0", "--every", "1s", "-o", "jsonl")
	for _, dBm := range []int{-35, -58, -79, -91, -44} {
		must(t, ap.SetSignal(deadline(t), dBm))
		changed := s.heardByKernel(dBm)
		for sample := range samples {
			if !sample.At.After(changed) {
				continue
			}
			if got := sample.link(t, "wlan0").Wifi.SignalDBm; got == nil || *got != dBm {
				t.Errorf("%s after the kernel heard %d dBm, quality still tells %v", sample.At.Sub(changed), dBm, got)
			}
			t.Logf("%d dBm: told %s after iw", dBm, sample.At.Sub(changed))
			break
		}
		s.agreesWithIW(dBm)
	}
}

// sample is one line of `quality --every`.
type sample struct {
	At time.Time
	quality
}

// sample runs nmdebug until the end of the test and hands its lines out, the newest first when nobody takes them.
func (s *scene) sample(args ...string) <-chan sample {
	s.t.Helper()
	samples := make(chan sample, 1)
	s.follow(func(line []byte) {
		var next sample
		if err := json.Unmarshal(line, &next); err != nil {
			s.t.Errorf("quality printed %q: %v", line, err)
		}
		select {
		case <-samples:
		default:
		}
		samples <- next
	}, args...)
	return samples
}

// heardByKernel waits until the kernel has heard a beacon with a signal, and returns when by the machine's clock.
func (s *scene) heardByKernel(dBm int) (at time.Time) {
	s.t.Helper()
	must(s.t, testenv.Await(deadline(s.t), "waiting for the kernel to hear it", func(ctx context.Context) error {
		out, err := s.Run(ctx, "sh", "-c", "iw dev wlan0 link; date +%s.%N")
		if err != nil {
			return err
		}
		if !strings.Contains(string(out), fmt.Sprintf("signal: %d dBm\n", dBm)) {
			return errors.New(string(out))
		}
		lines := strings.Fields(string(out))
		now, err := time.ParseDuration(lines[len(lines)-1] + "s")
		at = time.Unix(0, int64(now))
		return err
	}))
	return at
}

// agreesWithIW holds a one-shot against what iw prints just before and after it, as soon as iw says the same twice.
func (s *scene) agreesWithIW(dBm int) {
	s.t.Helper()
	must(s.t, testenv.Await(deadline(s.t), "waiting for figures that hold still", func(ctx context.Context) error {
		const iw = "iw dev wlan0 station dump"
		out, err := s.Run(ctx, "sh", "-c", iw+"; iw dev wlan0 link; echo ---; nmdebug quality wlan0 -o json; echo ---; "+iw)
		if err != nil {
			return err
		}
		parts := strings.Split(string(out), "---\n")
		before, after := figures(parts[0]), figures(parts[2])
		for _, name := range compared() {
			if before[name] != after[name] {
				return fmt.Errorf("%s moves from %s to %s", name, before[name], after[name])
			}
		}
		var q quality
		if err := json.Unmarshal([]byte(parts[1]), &q); err != nil {
			return err
		}
		for name, got := range q.link(s.t, "wlan0").asIW() {
			if got != before[name] {
				s.t.Errorf("at %d dBm %s is %s, iw says %s", dBm, name, got, before[name])
			}
		}
		return nil
	}))
}

// compared are the figures of iw that must hold still for a comparison.
func compared() []string {
	return []string{"signal", "signal avg", "tx bitrate", "rx bitrate", "tx retries", "tx failed", "beacon loss", "connected time"}
}

// figures reads the lines "name: value" of iw; the name of the network and the frequency come from `iw link`.
func figures(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if _, known := all[name]; ok && !known { // `iw link` has some of them again
			all[name] = strings.TrimSpace(value)
		}
	}
	return all
}

// asIW writes figures as iw does.
func (l link) asIW() map[string]string {
	w := l.Wifi
	return map[string]string{
		"signal":         dBm(w.SignalDBm),
		"signal avg":     dBm(w.SignalAverage),
		"tx bitrate":     bitRate(w.TransmitBits, w.TransmitRate),
		"rx bitrate":     bitRate(w.ReceiveBits, w.ReceiveRate),
		"tx retries":     strconv.Itoa(w.Retries),
		"tx failed":      strconv.Itoa(w.Failed),
		"beacon loss":    strconv.Itoa(w.BeaconLoss),
		"connected time": fmt.Sprintf("%.0f seconds", w.Connected),
		"SSID":           w.SSID,
		"freq":           "2412",
	}
}

func dBm(v *int) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprintf("%d dBm", *v)
}

// bitRate writes "13.0 MBit/s MCS 8"; iw leaves the usual width out.
func bitRate(bits int, how string) string {
	text := fmt.Sprintf("%.1f MBit/s", float64(bits)/1e6)
	if mcs := regexp.MustCompile(`MCS \d+`).FindString(how); mcs != "" {
		text += " " + mcs
	}
	return text
}
