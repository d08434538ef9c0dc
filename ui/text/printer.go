package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"nmdebug/ui/render"
)

// Printer writes to one place. The first error of the writer stays and ends all further output.
type Printer struct {
	Out    io.Writer
	Colour bool
	Width  int // columns of the terminal; 0 for no limit
	err    error
}

// Err is the first error of the writer.
func (p *Printer) Err() error { return p.err }

// Line writes cells one after the other, with a separator, and ends the line.
func (p *Printer) Line(separator string, cells ...render.Cell) {
	for i, c := range cells {
		if i > 0 {
			p.write(separator)
		}
		p.write(p.paint(Escape(c.Text), c.Role))
	}
	p.write("\n")
}

// Table writes rows in columns. A column is as wide as its widest cell and at most as the limits say; what is longer is
// cut with an ellipsis.
func (p *Printer) Table(rows []render.Row, limits ...int) {
	widths := columnWidths(rows, limits)
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			text := cut(Escape(c.Text), widths[i])
			line.WriteString(p.paint(text, c.Role))
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-uniseg.StringWidth(text)+1))
			}
		}
		p.write(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func columnWidths(rows []render.Row, limits []int) []int {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(Escape(c.Text)))
			if i < len(limits) && limits[i] > 0 {
				widths[i] = min(widths[i], limits[i])
			}
		}
	}
	return widths
}

// Hanging writes a label of some cells and then a text that wraps under its own beginning.
func (p *Printer) Hanging(label []render.Cell, labelWidth int, body render.Cell) {
	used := 0
	for _, c := range label {
		text := Escape(c.Text)
		p.write(p.paint(text, c.Role) + " ")
		used += uniseg.StringWidth(text) + 1
	}
	p.write(strings.Repeat(" ", max(0, labelWidth-used)))
	used = max(used, labelWidth)
	for i, line := range Wrap(Escape(body.Text), p.Width-used) {
		if i > 0 {
			p.write(strings.Repeat(" ", used))
		}
		p.write(p.paint(line, body.Role) + "\n")
	}
}

// Wrap breaks a text at blanks so that no line is wider than width; a word that is longer stands alone. A width below 20
// means no limit: such a terminal is better served by its own wrapping.
func Wrap(s string, width int) []string {
	if width < 20 || uniseg.StringWidth(s) <= width {
		return []string{s}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case uniseg.StringWidth(line)+1+uniseg.StringWidth(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// cut shortens a text to a width.
func cut(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	var b strings.Builder
	used := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if used+g.Width() > width-1 {
			break
		}
		used += g.Width()
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// paint puts a colour around a text.
func (p *Printer) paint(s string, r render.Role) string {
	code := map[render.Role]string{
		render.Good: "32", render.Warn: "33", render.Bad: "1;31", render.Busy: "36", render.Dim: "2", render.Strong: "1",
	}[r]
	if !p.Colour || code == "" || s == "" {
		return s
	}
	return fmt.Sprintf("\x1b[%sm%s\x1b[0m", code, s)
}

func (p *Printer) write(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.Out, s)
	}
}
