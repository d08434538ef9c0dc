package observe

import (
	"testing"
	"time"
)

func TestPulse(t *testing.T) {
	t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	link, answer, nothing := changes{link: true}, changes{nm: true}, changes{}
	for _, tt := range []struct {
		name  string
		felt  []changes // a tenth of a second apart, from t0 on
		pings bool      // after two seconds
	}{
		{"nothing happens", []changes{nothing, nothing}, false},
		{"NetworkManager alone", []changes{answer}, false},
		{"a link, and NetworkManager answers", []changes{link, nothing, answer}, false},
		{"a link, and no answer", []changes{link, nothing}, true},
		{"several links, and no answer", []changes{link, link, link}, true},
		{"an answer, then a link without one", []changes{link, answer, link}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p pulse
			now := t0
			for _, c := range tt.felt {
				p.feel(c, now)
				now = now.Add(100 * time.Millisecond)
			}
			if calls := p.wants(t0); len(calls) != 0 {
				t.Errorf("pings at once: %v", calls)
			}
			if waits := p.patience(now) > 0; waits != tt.pings {
				t.Errorf("waits %t, want %t", waits, tt.pings)
			}
			late := t0.Add(2 * time.Second)
			if pings := len(p.wants(late)) == 1; pings != tt.pings {
				t.Errorf("pings %t, want %t", pings, tt.pings)
			}
			if len(p.wants(late)) != 0 {
				t.Error("pings twice")
			}
		})
	}
}
