package tui

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The median is told within 3 %, the worst exactly, of whatever times there were.
func TestSpread(t *testing.T) {
	if got := (&spread{}).figures(); got != (Spread{}) {
		t.Errorf("of nothing it is %+v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Int64Range(int64(time.Microsecond), int64(time.Hour)), 1, 50).Draw(t, "times")
		s, worst := &spread{}, int64(0)
		for _, d := range all {
			s.add(time.Duration(d))
			worst = max(worst, d)
		}
		got, below := s.figures(), 0
		for _, d := range all {
			if ms(time.Duration(d)) <= got.MedianMS*1.03 {
				below++
			}
		}
		above := 0
		for _, d := range all {
			if ms(time.Duration(d)) >= got.MedianMS*0.97 {
				above++
			}
		}
		if 2*below < len(all) || 2*above < len(all) {
			t.Errorf("the median of %v is told as %v ms", all, got.MedianMS)
		}
		if got.Count != len(all) || math.Abs(got.WorstMS-ms(time.Duration(worst))) > 1e-9 {
			t.Errorf("of %v it is %+v", all, got)
		}
	})
}
