package render

import (
	"time"

	"nmdebug/nmwatch/record"
)

// ClockForm is how the timeline writes the time of day.
const ClockForm = "15:04:05.000"

// Line is one line of the timeline: when, who, about which interface, and what, the last of which may wrap.
func Line(l record.Line, zone *time.Location) Row {
	return Row{{l.At.In(zone).Format(ClockForm), Dim}, {l.Process, Strong}, {l.Interface, Plain}, {l.Text, roleOfLine(l)}}
}

func roleOfLine(l record.Line) Role {
	switch {
	case l.Severity <= record.Error:
		return Bad
	case l.Severity == record.Warning:
		return Warn
	case l.Severity == record.Notice:
		return Strong
	case l.Severity == record.Debug:
		return Dim
	default:
		return Plain
	}
}

// Lane is the column of a line where every process, or every interface, has its own.
type Lane func(l record.Line) string

// ByProcess gives each process a lane.
func ByProcess(l record.Line) string { return l.Process }

// ByInterface gives each interface a lane; what is about none shares one.
func ByInterface(l record.Line) string {
	if l.Interface == "" {
		return "-"
	}
	return l.Interface
}
