package text

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"nmdebug/ui/render"
)

// Paper takes what a [Printer] writes in colour and keeps it as rows, for a place that has its own colours. Other escape
// sequences than those of the Printer stay what they are: text, to be escaped by whoever draws the rows. It may be written to from one
// goroutine and read from another. The zero value is blank.
type Paper struct {
	Most int    // rows that are kept, the newest; 0 for all
	Told func() // is called after each writing; nil for nobody

	mu   sync.Mutex // guards what follows
	rows []render.Row
	rest []byte // of a line that has not ended
	age  int
}

// indent is what a tabulator becomes, which a row of cells has not.
const indent = "    "

// longest is the most bytes of a row; what has no line breaks gets some.
const longest = 16 << 10

// Write takes some output. It never fails.
func (p *Paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.age++
	p.rest = append(p.rest, b...)
	for {
		end := bytes.IndexByte(p.rest, '\n')
		if end < 0 && len(p.rest) < longest {
			break
		}
		if end < 0 {
			p.rest = append(p.rest, '\n')
			continue
		}
		p.rows = append(p.rows, parse(strings.TrimSuffix(string(p.rest[:end]), "\r")))
		p.rest = p.rest[end+1:]
	}
	if over := len(p.rows) - p.Most; p.Most > 0 && over > 0 {
		p.rows = p.rows[over:]
	}
	p.mu.Unlock()
	if p.Told != nil {
		p.Told()
	}
	return len(b), nil
}

// Rows are the rows so far, with the one that has not ended. They are not changed any more.
func (p *Paper) Rows() []render.Row {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rest) == 0 {
		return slices.Clip(p.rows)
	}
	return append(slices.Clip(p.rows), parse(string(p.rest)))
}

// Age grows with each writing: what has the same age has the same rows.
func (p *Paper) Age() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.age
}

// parse reads one line of a Printer.
func parse(line string) render.Row {
	line = strings.ReplaceAll(line, "\t", indent)
	row := render.Row{}
	add := func(text string, role render.Role) {
		if text != "" {
			row = append(row, render.Cell{Text: text, Role: role})
		}
	}
	role := render.Plain
	for {
		at, next, width := nextColour(line)
		if width == 0 {
			add(line, role)
			return row
		}
		add(line[:at], role)
		line, role = line[at+width:], next
	}
}

// nextColour finds the first colour of ours in a line: where it is, what it means, and how many bytes it takes.
func nextColour(line string) (at int, role render.Role, width int) {
	for from := 0; ; {
		i := strings.Index(line[from:], "\x1b[")
		if i < 0 {
			return 0, render.Plain, 0
		}
		at = from + i
		code, _, ended := strings.Cut(line[at+2:], "m")
		if role, ours := roleOf(code); ended && ours {
			return at, role, len("\x1b[") + len(code) + len("m")
		}
		from = at + 2
	}
}

// roleOf is the role that a colour stands for; that of no colour is Plain.
func roleOf(code string) (render.Role, bool) {
	if code == "0" {
		return render.Plain, true
	}
	for role, c := range colours() {
		if c == code {
			return role, true
		}
	}
	return render.Plain, false
}

// colours are the codes of the roles that have one (ECMA-48, SGR).
func colours() map[render.Role]string {
	return map[render.Role]string{
		render.Good: "32", render.Warn: "33", render.Bad: "1;31", render.Busy: "36", render.Dim: "2", render.Strong: "1",
	}
}
