package tui

import (
	"math"
	"time"
)

// meter measures what the panel costs those who sit in front of it.
type meter struct {
	began   time.Time
	first   time.Duration // from the start until the first picture
	draws   spread
	lags    spread // from a key to its picture
	drawing time.Time
	key     time.Time // of the first key that has no picture yet
	keys    int       // that were pressed
}

// begin and drawn are around each picture.
func (m *meter) begin(now time.Time) { m.drawing = now }

func (m *meter) drawn(now time.Time) {
	if m.first == 0 {
		m.first = now.Sub(m.began)
	}
	m.draws.add(now.Sub(m.drawing))
	if !m.key.IsZero() {
		m.lags.add(now.Sub(m.key))
	}
	m.key = time.Time{}
}

// pressed takes the time at which a key was read.
func (m *meter) pressed(at time.Time) {
	m.keys++
	if m.key.IsZero() {
		m.key = at
	}
}

// Figures are how fast a panel was.
type Figures struct {
	FirstPictureMS float64 `json:"first_picture_ms"` // from [New] on
	Pictures       Spread  `json:"pictures"`
	Keys           Spread  `json:"keys"` // from a key being read to its picture being drawn
}

// Spread is how long something took.
type Spread struct {
	Count    int     `json:"count"`
	MedianMS float64 `json:"median_ms"` // within 3 %
	WorstMS  float64 `json:"worst_ms"`
}

// Figures are those of a panel that has ended.
func (p *Panel) Figures() Figures {
	return Figures{ms(p.meter.first), p.meter.draws.figures(), p.meter.lags.figures()}
}

// spread counts times in classes, so that it stays as small as it is however long a panel is open.
type spread struct {
	count   int
	worst   time.Duration
	classes [32 * perDoubling]int
}

// perDoubling is how many classes there are from one time to its double: the middle of a class is within 3 % of what is in it.
const perDoubling = 12

func (s *spread) add(d time.Duration) {
	s.count++
	s.worst = max(s.worst, d)
	us := max(1, float64(d)/float64(time.Microsecond))
	s.classes[min(int(perDoubling*math.Log2(us)), len(s.classes)-1)]++
}

func (s *spread) figures() Spread {
	return Spread{s.count, ms(s.median()), ms(s.worst)}
}

// median is the middle of the class in which the median is.
func (s *spread) median() time.Duration {
	below := 0
	for i, n := range s.classes {
		if below += n; n > 0 && 2*below >= s.count {
			us := math.Exp2((float64(i) + 0.5) / perDoubling)
			return min(time.Duration(us*float64(time.Microsecond)), s.worst)
		}
	}
	return 0
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
