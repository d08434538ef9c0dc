package diagram

import (
	"fmt"
	"html"
	"io"
	"strings"

	"nmdebug/inspect/graph"
)

// SVG draws a graph: the ground at the bottom, what stands on it above. It needs no script, no style sheet and no font.
func SVG(out io.Writer, g graph.Graph) error {
	l := place(g)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %[1]f %[2]f" font-family="sans-serif" font-size="12">`+"\n", l.width, l.height)
	b.WriteString("<title>What stands on what</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n")
	for _, e := range g.Edges {
		l.edge(&b, e)
	}
	for _, row := range l.rows {
		for _, box := range row {
			box.draw(&b)
		}
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// edge draws a line from what carries to what stands on it, with an arrow there; between peers a dashed line without.
func (l *layout) edge(b *strings.Builder, e graph.Edge) {
	lower, upper := l.boxes[e.Lower], l.boxes[e.Upper]
	x1, y1, x2, y2 := lower.middle(), lower.y, upper.middle(), upper.y+upper.h
	title := fmt.Sprintf("<title>%s %s %s</title>", svgText(upper.lines[0]), e.Relation, svgText(lower.lines[0]))
	if e.Relation == graph.Peer {
		fmt.Fprintf(b, `<path d="M%.1f %.1f Q%.1f %.1f %.1f %.1f" fill="none" stroke="#9e9e9e" stroke-dasharray="4 3">%s</path>`+"\n",
			x1, y1+lower.h, (x1+x2)/2, y1+lower.h+margin, x2, y2, title)
		return
	}
	bend := (y1 - y2) / 2
	fmt.Fprintf(b, `<path d="M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" stroke="#757575">%s</path>`+"\n",
		x1, y1, x1, y1-bend, x2, y2+bend, x2, y2+5, title)
	fmt.Fprintf(b, `<path d="M%.1f %.1f l-4 7 h8 z" fill="#757575"/>`+"\n", x2, y2)
}

// draw draws a node.
func (b *box) draw(out *strings.Builder) {
	line, fill := colours(b.node.Status)
	fmt.Fprintf(out, `<g><title>%s: %s</title><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5" fill="%s" stroke="%s"/>`+"\n",
		svgText(string(b.node.Sort)), svgText(strings.Join(lines(b.node), ", ")), b.x, b.y, b.w, b.h, fill, line)
	for i, text := range b.lines {
		weight, colour := "normal", "#424242"
		if i == 0 {
			weight, colour = "bold", "#212121"
		}
		fmt.Fprintf(out, `<text x="%.1f" y="%.1f" text-anchor="middle" font-weight="%s" fill="%s">%s</text>`+"\n",
			b.middle(), b.y+float64(padding/2+(i+1)*lineHeight-4), weight, colour, svgText(text))
	}
	out.WriteString("</g>\n")
}

// svgText makes a text safe in XML; what no XML may hold, text.Escape has written out before.
func svgText(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, s))
}
