package text

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"nmdebug/ui/render"
)

// Printer writes to one place, each line as a whole. The first error of the writer stays and ends all further output.
type Printer struct {
	Out    io.Writer
	Colour bool
	ASCII  bool // it shows nothing else
	Width  int  // columns of the terminal; 0 for no limit
	line   []byte
	err    error
}

// Err is the first error of the writer.
func (p *Printer) Err() error { return p.err }

// Line writes cells one after the other, with a separator, and ends the line.
func (p *Printer) Line(separator string, cells ...render.Cell) {
	for i, c := range cells {
		if i > 0 {
			p.write(p.safe(separator))
		}
		p.write(p.paint(p.safe(c.Text), c.Role))
	}
	p.write("\n")
}

// Flow writes cells one after the other, with a separator, on as many lines as they need.
func (p *Printer) Flow(separator string, cells ...render.Cell) {
	begin, used := 0, 0
	for i, c := range cells {
		width := uniseg.StringWidth(p.safe(c.Text))
		if i > begin && p.Width > 0 && used+uniseg.StringWidth(p.safe(separator))+width > p.Width {
			p.Line(separator, cells[begin:i]...)
			begin, used = i, 0
		}
		if i > begin {
			used += uniseg.StringWidth(p.safe(separator))
		}
		used += width
	}
	p.Line(separator, cells[begin:]...)
}

// Table writes rows in columns. A column is as wide as its widest cell. When the lines would be wider than the terminal,
// cells are cut, with an ellipsis: those of the widest columns first, and none below its column's limit.
func (p *Printer) Table(rows []render.Row, limits ...int) {
	widths := p.columnWidths(rows)
	for p.Width > 0 && sum(widths)+len(widths)-1 > p.Width {
		widest := -1
		for i := range min(len(widths), len(limits)) {
			if widths[i] > limits[i] && (widest < 0 || widths[i] >= widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			text := p.cut(p.safe(c.Text), widths[i])
			line.WriteString(p.paint(text, c.Role))
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-uniseg.StringWidth(text)+1))
			}
		}
		p.write(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func sum(numbers []int) int {
	total := 0
	for _, n := range numbers {
		total += n
	}
	return total
}

func (p *Printer) columnWidths(rows []render.Row) []int {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(p.safe(c.Text)))
		}
	}
	return widths
}

// Hanging writes a label of some cells and then a text, which wraps to an indent. A label that is shorter than the indent
// is filled up to it.
func (p *Printer) Hanging(label []render.Cell, indent int, body render.Cell) {
	used := 0
	for _, c := range label {
		text := p.safe(c.Text)
		p.write(p.paint(text, c.Role) + " ")
		used += uniseg.StringWidth(text) + 1
	}
	p.write(strings.Repeat(" ", max(0, indent-used)))
	used = max(used, indent)
	for i, line := range Wrap(p.safe(body.Text), p.Width-used, p.Width-indent) {
		if i > 0 {
			p.write(strings.Repeat(" ", indent))
		}
		p.write(p.paint(line, body.Role) + "\n")
	}
}

// List writes rows in columns, the last of which wraps. All rows have as many cells.
func (p *Printer) List(rows []render.Row) {
	widths := p.columnWidths(rows)
	for _, row := range rows {
		last, indent := len(row)-1, 0
		label := slices.Clone(row[:last])
		for i := range label {
			label[i].Text += strings.Repeat(" ", widths[i]-uniseg.StringWidth(p.safe(label[i].Text)))
			indent += widths[i] + 1
		}
		p.Hanging(label, indent, row[last])
	}
}

// Wrap breaks a text at blanks so that the first line and the others are no wider than their limits; a word that is
// longer stands alone. A limit below 20 means none: such a terminal is better served by its own wrapping.
func Wrap(s string, first, others int) []string {
	if others < 20 || uniseg.StringWidth(s) <= first {
		return []string{s}
	}
	var lines []string
	line, width := "", first
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "" && len(lines) == 0 || uniseg.StringWidth(line)+1+uniseg.StringWidth(word) <= width:
			line = strings.TrimPrefix(line+" "+word, " ")
		default:
			lines = append(lines, line)
			line, width = word, others
		}
	}
	return append(lines, line)
}

// safe makes a text from outside safe for the place that is written to.
func (p *Printer) safe(s string) string {
	if p.ASCII {
		return ASCII(s)
	}
	return Escape(s)
}

// cut shortens a text to a width.
func (p *Printer) cut(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	ellipsis := p.safe("…")
	var b strings.Builder
	used := uniseg.StringWidth(ellipsis)
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if used+g.Width() > width {
			break
		}
		used += g.Width()
		b.WriteString(g.Str())
	}
	return b.String() + ellipsis
}

// paint puts a colour around a text.
func (p *Printer) paint(s string, r render.Role) string {
	code := colours()[r]
	if !p.Colour || code == "" || s == "" {
		return s
	}
	return fmt.Sprintf("\x1b[%sm%s\x1b[0m", code, s)
}

// write keeps what is written until the line ends.
func (p *Printer) write(s string) {
	p.line = append(p.line, s...)
	if !strings.HasSuffix(s, "\n") {
		return
	}
	if p.err == nil {
		_, p.err = p.Out.Write(p.line)
	}
	p.line = p.line[:0]
}
