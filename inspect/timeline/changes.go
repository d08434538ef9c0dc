package timeline

import (
	"fmt"
	"strings"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
)

// OfChanges tells what changed in the pyramid: nmdebug's own part of the timeline.
func OfChanges(changes []inspect.Change) []record.Line {
	var lines []record.Line
	for _, c := range changes {
		l := record.Line{At: c.At, Process: "nmdebug", Interface: c.Interface, Severity: record.Notice}
		switch c.Kind {
		case inspect.FloorChanged:
			l.Floor = strings.ToLower(c.Level.String())
			l.Text = fmt.Sprintf("%s %s → %s: %s", c.Level, c.From, c.To, c.Text)
			if c.To == inspect.Failed.String() {
				l.Severity = record.Error
			}
		case inspect.ConflictChanged:
			l.Floor = strings.ToLower(c.Level.String())
			l.Text, l.Severity = "conflict: "+c.Text, record.Warning
			if c.To == "" {
				l.Text, l.Severity = "no more conflict: "+c.Text, record.Notice
			}
		case inspect.StackChanged:
			l.Text = fmt.Sprintf("the interface %s (%s)", c.Text, c.From+c.To)
		case inspect.SourceChanged:
			l.Text = fmt.Sprintf("%s was %s and is %s %s", c.Source, c.From, c.To, c.Text)
		}
		lines = append(lines, l)
	}
	return lines
}
