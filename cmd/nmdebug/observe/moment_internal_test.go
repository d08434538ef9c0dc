package observe

import (
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	start := time.Date(2026, 11, 24, 23, 59, 50, 500_000_000, time.Local)
	end := start.Add(time.Minute)
	for text, want := range map[string]time.Time{
		"start":                              start,
		"end":                                end,
		"+5s":                                start.Add(5 * time.Second),
		"-1.5s":                              end.Add(-1500 * time.Millisecond),
		"23:59:58":                           time.Date(2026, 11, 24, 23, 59, 58, 0, time.Local),
		"00:00:10.250":                       time.Date(2026, 11, 25, 0, 0, 10, 250_000_000, time.Local),
		"2026-11-25 00:00:20":                time.Date(2026, 11, 25, 0, 0, 20, 0, time.Local),
		start.UTC().Format(time.RFC3339Nano): start,
		start.Add(time.Second).Format(time.RFC3339): start.Add(time.Second).Truncate(time.Second),
	} {
		m, err := ParseMoment(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := m.in(start, end, start); err != nil || !got.Equal(want) {
			t.Errorf("%s is %s (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "+", "5s", "-+5s", "25:00:00", "tomorrow", "+5"} {
		if m, err := ParseMoment(text); err == nil {
			t.Errorf("%q is %+v", text, m)
		}
	}
	for _, text := range []string{"+2m", "-2m", "12:00:00", "2020-01-01 00:00:00"} {
		m, err := ParseMoment(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got, err := m.in(start, end, start); err == nil {
			t.Errorf("%s is %s", text, got)
		}
	}
}
