package narrative

import (
	"fmt"
	"strings"
	"time"

	"nmdebug/nmwatch/record"
)

// note tells what a source says of itself, where that limits what can be seen.
func (n *Narrator) note(r record.Record) {
	noted, err := record.NoteOf(r)
	if err != nil {
		return
	}
	l := record.Line{Process: processOwn, Source: noted.Source, Severity: record.Debug, Text: fmt.Sprintf("%s: %s %s", noted.Source, noted.Event, noted.Detail)}
	switch noted.Event {
	case record.Down:
		if noted.Source == record.SourceControl {
			break // the supplicant's socket goes with each connection
		}
		l.Severity, l.Text = record.Warning, fmt.Sprintf("%s is lost: %s", noted.Source, noted.Detail)
	case record.Denied:
		l.Severity, l.Text = record.Notice, fmt.Sprintf("%s cannot be read: it needs %s", noted.Source, noted.Right)
	case record.Absent:
		if noted.Source == record.SourceJournal {
			l.Severity, l.Text = record.Notice, fmt.Sprintf("%s cannot be read: %s", noted.Source, noted.Detail)
		}
	case record.NoAnswer:
		l.Severity, l.Text = record.Warning, fmt.Sprintf("%s: no answer: %s", noted.Source, noted.Detail)
	case record.Lost:
		l.Severity, l.Text = record.Warning, fmt.Sprintf("%s: records were lost (%d)", noted.Source, noted.Lost)
	default:
	}
	if noted.Source == record.SourceMonitor {
		n.monitor(noted.Event, &l)
	}
	n.add(l)
}

// monitor tells how long the monitor did not see anything.
func (n *Narrator) monitor(event record.NoteEvent, l *record.Line) {
	switch {
	case event == record.Down:
		l.Text = "what others say on the bus is not seen: " + strings.TrimPrefix(l.Text, record.SourceMonitor+" is lost: ")
		if n.blind.IsZero() {
			n.blind = n.now.Time
		}
	case event == record.Up && !n.blind.IsZero():
		l.Severity = record.Warning
		l.Text = fmt.Sprintf("what others say on the bus is seen again, after %s", n.now.Time.Sub(n.blind).Round(time.Millisecond))
		n.blind = time.Time{}
	}
}
