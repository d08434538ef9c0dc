package logs

import (
	"strconv"
	"strings"
	"time"
)

// stampForm is one way to write the time at the beginning of a line.
type stampForm struct {
	header bool // a syslog daemon writes it, and a header follows
	cut    func(line string, zone *time.Location, seen time.Time) (at time.Time, rest string, ok bool)
}

func stampForms() []stampForm {
	return []stampForm{
		{true, cutISO},
		{true, cutRFC3164},
		{false, cutDate},
		{false, cutEpoch},
	}
}

// cutISO reads "2026-11-24T20:18:29.508153+00:00 ", as rsyslog and journalctl --output=short-iso write it.
func cutISO(line string, _ *time.Location, _ time.Time) (at time.Time, rest string, ok bool) {
	word, rest, ok := strings.Cut(line, " ")
	if !ok || !strings.Contains(word, "T") {
		return at, "", false
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, word); err == nil {
			return at, rest, true
		}
	}
	return at, "", false
}

// cutRFC3164 reads "Nov 24 20:18:29 ", which has neither year nor zone. The year is the one that puts it nearest before seen.
func cutRFC3164(line string, zone *time.Location, seen time.Time) (at time.Time, rest string, ok bool) {
	if len(line) <= len(time.Stamp) || line[len(time.Stamp)] != ' ' {
		return at, "", false
	}
	short, err := time.ParseInLocation(time.Stamp, line[:len(time.Stamp)], zone)
	if err != nil {
		return at, "", false
	}
	local := seen.In(zone)
	at = time.Date(local.Year(), short.Month(), short.Day(), short.Hour(), short.Minute(), short.Second(), 0, zone)
	if at.After(seen.Add(24 * time.Hour)) { // of last December, read in January
		at = at.AddDate(-1, 0, 0)
	}
	return at, line[len(time.Stamp)+1:], true
}

// cutDate reads "2026-11-24 20:18:29 ", as openvpn writes it.
func cutDate(line string, zone *time.Location, _ time.Time) (at time.Time, rest string, ok bool) {
	if len(line) <= len(time.DateTime) || line[len(time.DateTime)] != ' ' {
		return at, "", false
	}
	at, err := time.ParseInLocation(time.DateTime, line[:len(time.DateTime)], zone)
	return at, line[len(time.DateTime)+1:], err == nil
}

// cutEpoch reads "1795551509.456789: ", as wpa_supplicant -t writes it.
func cutEpoch(line string, _ *time.Location, _ time.Time) (at time.Time, rest string, ok bool) {
	word, rest, ok := strings.Cut(line, ": ")
	if !ok || !strings.Contains(word, ".") {
		return at, "", false
	}
	at, ok = sinceEpoch(word)
	return at, rest, ok
}

// sinceEpoch reads seconds since 1970 with their fraction, to the microsecond.
func sinceEpoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<36 || len(fraction) > 9 {
		return time.Time{}, false
	}
	micro, err := strconv.ParseUint((fraction + "000000")[:6], 10, 32)
	return time.Unix(seconds, int64(micro)*1000).UTC(), err == nil
}
