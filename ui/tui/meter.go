package tui

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// meter measures what the panel costs those who sit in front of it.
type meter struct {
	began   time.Time
	first   time.Duration // from the start until the first picture
	draws   []time.Duration
	lags    []time.Duration // from a key to its picture
	drawing time.Time
	key     time.Time // of the first key that has no picture yet
}

// most is how many measurements are kept.
const most = 100_000

// begin and drawn are around each picture.
func (m *meter) begin(now time.Time) { m.drawing = now }

func (m *meter) drawn(now time.Time) {
	if m.first == 0 {
		m.first = now.Sub(m.began)
	}
	if len(m.draws) < most {
		m.draws = append(m.draws, now.Sub(m.drawing))
	}
	if !m.key.IsZero() && len(m.lags) < most {
		m.lags = append(m.lags, now.Sub(m.key))
	}
	m.key = time.Time{}
}

// pressed takes the time at which a key was read.
func (m *meter) pressed(at time.Time) {
	if m.key.IsZero() {
		m.key = at
	}
}

// report writes the figures.
func (m *meter) report(w io.Writer) error {
	_, err := fmt.Fprintf(w, "first picture %.1f ms, %d pictures: %s, %d keys: %s\n", ms(m.first),
		len(m.draws), spread(m.draws), len(m.lags), spread(m.lags))
	return err
}

// spread is the median and the greatest of some times.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "–"
	}
	sorted := slices.Sorted(slices.Values(times))
	return fmt.Sprintf("median %.2f ms, at most %.2f ms", ms(sorted[len(sorted)/2]), ms(sorted[len(sorted)-1]))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
