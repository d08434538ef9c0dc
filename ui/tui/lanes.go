package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/render"
)

// timelineLines are all but nmdebug's own conversation.
func timelineLines() lineSort {
	return lineSort{filter: timeline.Filter{Severity: record.Info}, row: timelineRow, details: 3, empty: "Nothing has happened yet."}
}

// tailLines are those that a person in front of the pyramid wants to see: what changed.
func tailLines() lineSort {
	return lineSort{filter: timeline.Filter{Severity: record.Notice}, row: timelineRow, still: true}
}

// trafficLines are what is said on the bus.
func trafficLines() lineSort {
	kinds := []record.Kind{record.DBusSeen, record.DBusSent, record.DBusReceived}
	return lineSort{filter: timeline.Filter{Kinds: kinds, Sources: []string{record.SourceMonitor}}, row: trafficRow, details: 4, bare: true, empty: "Nothing was said on the bus yet."}
}

// logLines are what the daemons write into their logs.
func logLines() lineSort {
	return lineSort{filter: timeline.Filter{Kinds: []record.Kind{record.Log}, Sources: []string{record.SourceJournal, "log "}}, row: timelineRow, details: 3, empty: noLogs}
}

const noLogs = "Nothing has come from the logs yet; :doctor says whether they can be read."

// The lanes, which stand between the time and who did it.
const (
	clockWidth  = len(render.ClockForm) + 1
	laneWidth   = 2
	mostLanes   = 8
	processWide = 15
	deviceWide  = 8

	processNarrow = 8

	namesFrom = 100 // columns from which on names are written in full
)

func (v *linesView) lanesShown() []string {
	names := v.chosen.Lanes()
	return names[:min(len(names), mostLanes)]
}

// timelineRow is a line with a lane for each process or interface.
func timelineRow(v *linesView, l record.Line, width int) render.Row {
	row := render.Line(l, v.panel.Zone)
	process, column := row[1].Text, processWide
	if width < namesFrom {
		process, column = short(process), processNarrow
	}
	out := render.Row{{Text: row[0].Text + " ", Role: row[0].Role}}
	out = append(out, v.laneCells(l, row[3].Role)...)
	return append(out, render.Cell{Text: pad(v.panel.pen, process, column), Role: row[1].Role},
		render.Cell{Text: pad(v.panel.pen, row[2].Text, deviceWide), Role: row[2].Role}, row[3])
}

// short is a name for where there is little room.
func short(process string) string {
	switch process {
	case "NetworkManager":
		return "NM"
	case "wpa_supplicant":
		return "wpa"
	default:
		return process
	}
}

// laneCells are the lanes of a row, with a point in the one that the line belongs to.
func (v *linesView) laneCells(l record.Line, role render.Role) []render.Cell {
	lane := v.lane()
	if lane == nil {
		return nil
	}
	names := v.lanesShown()
	mine := slices.Index(names, lane(l))
	point, through := "● ", "│ "
	if v.panel.pen.ascii {
		point, through = "* ", "| "
	}
	var cells []render.Cell
	for i := range names {
		if i == mine {
			cells = append(cells, render.Cell{Text: point, Role: role})
			continue
		}
		cells = append(cells, render.Cell{Text: through, Role: render.Dim})
	}
	return cells
}

// pad makes a text as wide as its column, with a blank behind it; one that is wider is cut, and has a sign for that.
func pad(p pen, s string, width int) string {
	s = p.safe(s)
	if n := p.width(s); n < width {
		return s + strings.Repeat(" ", width-n)
	}
	kept, used := "", 0
	for state := -1; s != ""; {
		var cluster string
		var w int
		cluster, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		if used+w > width-2 {
			break
		}
		kept, used = kept+cluster, used+w
	}
	return kept + strings.Repeat(" ", width-2-used) + string(p.more()) + " "
}

// slowCall is how long a call may take before it stands out: NetworkManager's clients wait 25 s for one, people one.
const slowCall = time.Second

// trafficRow is a call with its answer and how long that took, or a signal.
func trafficRow(v *linesView, l record.Line, _ int) render.Row {
	row := render.Line(l, v.panel.Zone)
	took := render.Cell{Text: strings.Repeat(" ", tookWide)}
	if l.Outcome != "" {
		text := timeline.Duration(l.Took)
		took = render.Cell{Text: strings.Repeat(" ", max(0, tookWide-1-len(text))) + text + " ", Role: render.Dim}
		if l.Took >= slowCall {
			took.Role = render.Warn
		}
	}
	return render.Row{
		{Text: row[0].Text + " ", Role: row[0].Role},
		took,
		{Text: pad(v.panel.pen, row[1].Text, processWide), Role: row[1].Role},
		row[3],
	}
}

// tookWide is the column for how long a call took.
const tookWide = 9

// timelineText is a line for the clipboard.
func timelineText(p *Panel, l record.Line) render.Row {
	var out render.Row
	for _, c := range render.Line(l, p.Zone) {
		out = append(out, render.Cell{Text: c.Text + " "})
	}
	return out
}
