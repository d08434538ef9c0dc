package text

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"nmdebug/ui/render"
)

// The widths of lanes: no narrower than a short word wants, no wider than what is read at a glance.
const (
	narrowest = 16
	widest    = 40
	noWidth   = 160 // where the place that is written to has no limit
)

// Lanes writes a row - the time first, the text last - into the lane of a name, and gives the names of all lanes. A name
// that is new gets a lane, and the heading is written again. What finds no room shares the last lane.
func (p *Printer) Lanes(names []string, name string, row render.Row) []string {
	if !slices.Contains(names, name) {
		names = append(slices.Clip(names), name)
		p.laneHeading(names, row[0])
	}
	width, room := p.laneWidth(len(names), row[0])
	lane := min(slices.Index(names, name), room-1)
	indent := uniseg.StringWidth(p.safe(row[0].Text)) + 1 + lane*(width+1)
	last := row[len(row)-1]
	body := p.safe(last.Text)
	if lane == room-1 && len(names) > room {
		body = p.safe(name) + ": " + body
	}
	for i, line := range Wrap(body, width, width) {
		start := p.paint(p.safe(row[0].Text), row[0].Role) + strings.Repeat(" ", indent-uniseg.StringWidth(p.safe(row[0].Text)))
		if i > 0 {
			start = strings.Repeat(" ", indent)
		}
		p.write(start + p.paint(line, last.Role) + "\n")
	}
	return names
}

func (p *Printer) laneHeading(names []string, clock render.Cell) {
	width, room := p.laneWidth(len(names), clock)
	var heading strings.Builder
	heading.WriteString(strings.Repeat(" ", uniseg.StringWidth(p.safe(clock.Text))))
	for i, name := range names {
		if i == room-1 && len(names) > room {
			name = "others"
		}
		if i == room {
			break
		}
		cell := p.cut(p.safe(name), width)
		heading.WriteString(" " + p.paint(cell, render.Strong) + strings.Repeat(" ", width-uniseg.StringWidth(cell)))
	}
	p.write(strings.TrimRight(heading.String(), " ") + "\n")
}

// laneWidth is how wide each of so many lanes can be, and for how many there is room.
func (p *Printer) laneWidth(lanes int, clock render.Cell) (width, room int) {
	total := p.Width
	if total == 0 {
		total = noWidth
	}
	total -= uniseg.StringWidth(p.safe(clock.Text)) + 1
	room = max(1, min(lanes, total/(narrowest+1)))
	return max(narrowest, min(widest, total/room-1)), room
}
