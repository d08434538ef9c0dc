package cli

import (
	"encoding/hex"
	"strings"
	"time"

	"nmdebug/nmwatch/record"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

// lineAnswer is the JSON form of a line of the timeline.
type lineAnswer struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind,omitempty"` // of the record; "" for a change of nmdebug's own verdict
	Process   string    `json:"process"`
	Interface string    `json:"interface,omitempty"`
	Floor     string    `json:"floor,omitempty"`
	Severity  string    `json:"severity"`
	Text      string    `json:"text"`
	TookMS    *float64  `json:"took_ms"`       // from a call to its answer; null for what is neither
	Raw       string    `json:"raw,omitempty"` // text as it is, bytes in hex
}

// linePrinter gives the function that writes one line in the form that was asked for.
func (a *app) linePrinter(opts logOptions) (func(record.Line) error, error) {
	if a.output != "text" {
		a.streams()
		return func(l record.Line) error {
			_, err := a.structured(answerOf(l, opts.raw))
			return err
		}, nil
	}
	out := a.printer()
	if _, tty := a.terminal(); !tty {
		out.Width = 0 // a line of a file is one line
	}
	switch opts.lanes {
	case "":
		return func(l record.Line) error { return printLine(out, l, opts.raw) }, nil
	case "process":
		return lanes(out, render.ByProcess), nil
	case "interface":
		return lanes(out, render.ByInterface), nil
	default:
		return nil, usage("unknown --lanes %q: use process or interface", opts.lanes)
	}
}

func answerOf(l record.Line, raw bool) lineAnswer {
	answer := lineAnswer{
		At: l.At, Process: l.Process, Interface: l.Interface, Floor: l.Floor, Severity: l.Severity.String(), Text: l.Text,
	}
	if l.Kind != 0 {
		answer.Kind = l.Kind.String()
	}
	if l.Outcome != "" {
		took := float64(l.Took) / float64(time.Millisecond)
		answer.TookMS = &took
	}
	if raw {
		answer.Raw = rawText(l)
	}
	return answer
}

// rawText is the raw form of a record: as it is where it is text, else in hex.
func rawText(l record.Line) string {
	switch l.Kind {
	case record.Log, record.Note, record.Measurement:
		return string(l.Raw)
	default:
		return hex.EncodeToString(l.Raw)
	}
}

// The columns of a line of the timeline.
const (
	clockColumn   = len(render.ClockForm)
	processColumn = 14
	deviceColumn  = 8
	lineIndent    = clockColumn + 1 + processColumn + 1 + deviceColumn + 1
)

func printLine(out *text.Printer, l record.Line, raw bool) error {
	row := render.Line(l, time.Local)
	row[1].Text = fill(row[1].Text, processColumn)
	row[2].Text = fill(row[2].Text, deviceColumn)
	out.Hanging(row[:3], lineIndent, row[3])
	if raw {
		printRaw(out, l)
	}
	return out.Err()
}

// printRaw writes the raw form under the line.
func printRaw(out *text.Printer, l record.Line) {
	body := rawText(l)
	if l.Kind != record.Log && l.Kind != record.Note && l.Kind != record.Measurement {
		body = hex.Dump(l.Raw)
	}
	for line := range strings.Lines(body) {
		out.Line("", render.Cell{Text: "    " + strings.TrimRight(line, "\n"), Role: render.Dim})
	}
}

// fill makes a short text as wide as its column; a long one goes over.
func fill(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len(s)))
}

// lanes writes each line in the column of its process or interface. A lane that is new gets the next column; the heading
// is written again then.
func lanes(out *text.Printer, lane render.Lane) func(record.Line) error {
	var names []string
	return func(l record.Line) error {
		names = out.Lanes(names, lane(l), render.Line(l, time.Local))
		return out.Err()
	}
}
