package observe

import (
	"fmt"
	"strings"
	"time"
)

// Moment is a point in a recording. The zero value is none.
type Moment struct {
	kind momentKind
	at   time.Time
	from time.Duration // from the start, or before the end
	day  bool          // at has no date: it is that of the recording
}

type momentKind uint8

const (
	noMoment momentKind = iota
	absolute
	afterStart
	beforeEnd
)

// ParseMoment reads "start", "end", "+5s" after the start, "-5s" before the end, a time of day as it is shown by status
// --watch, a date with a time of day, or RFC 3339. Times without a zone are local.
func ParseMoment(text string) (Moment, error) {
	switch {
	case text == "start":
		return Moment{kind: afterStart}, nil
	case text == "end":
		return Moment{kind: beforeEnd}, nil
	case strings.HasPrefix(text, "+"), strings.HasPrefix(text, "-"):
		d, err := time.ParseDuration(text[1:])
		if err != nil || strings.ContainsAny(text[1:], "+-") {
			return Moment{}, fmt.Errorf("%q is no duration such as +5s or -1m30s", text)
		}
		if text[0] == '+' {
			return Moment{kind: afterStart, from: d}, nil
		}
		return Moment{kind: beforeEnd, from: d}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return Moment{kind: absolute, at: at}, nil
		}
	}
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return Moment{kind: absolute, at: at, day: true}, nil
		}
	}
	return Moment{}, fmt.Errorf("%q is no moment: use +5s, -5s, start, end, 15:04:05 or 2006-01-02T15:04:05Z", text)
}

// in gives the time of the moment in a recording, otherwise when there is none.
func (m Moment) in(start, end, otherwise time.Time) (time.Time, error) {
	at := otherwise
	switch m.kind {
	case noMoment:
	case afterStart:
		at = start.Add(m.from)
	case beforeEnd:
		at = end.Add(-m.from)
	case absolute:
		at = m.at
		if m.day {
			at = m.onTheDay(start)
		}
	}
	if at.Before(start.Truncate(time.Second)) || at.After(end.Add(time.Second)) { // what is shown is rounded
		const layout = "2006-01-02 15:04:05.000"
		return at, fmt.Errorf("the recording is from %s to %s: there is no %s in it",
			start.Local().Format(layout), end.Local().Format(layout), at.Local().Format(layout))
	}
	return at.UTC(), nil
}

// onTheDay gives a time of day its date: the first such time from the start on.
func (m Moment) onTheDay(start time.Time) time.Time {
	s := start.Local()
	at := time.Date(s.Year(), s.Month(), s.Day(), m.at.Hour(), m.at.Minute(), m.at.Second(), m.at.Nanosecond(), time.Local)
	if at.Before(start.Truncate(time.Second)) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}
