package diagram

import (
	"cmp"
	"slices"

	"github.com/rivo/uniseg"

	"nmdebug/inspect/graph"
)

// The measures of the drawing, in pixels.
const (
	charWidth  = 8 // of a bold letter
	lineHeight = 15
	padding    = 8
	gapX       = 24
	gapY       = 56
	margin     = 20
	minWidth   = 90
	maxChars   = 40
)

// box is one node with its place; x and y are its upper left corner.
type box struct {
	node       graph.Node
	lines      []string
	row        int // 0 is the ground
	x, y, w, h float64
}

func (b *box) middle() float64 { return b.x + b.w/2 }

// layout is a drawing: boxes in rows, the ground at the bottom.
type layout struct {
	boxes         map[string]*box
	rows          [][]*box // from the ground up
	width, height float64
}

// place arranges a graph: each node a row above the highest that it stands on, in each row near its neighbours.
func place(g graph.Graph) layout {
	l := layout{boxes: map[string]*box{}}
	for _, n := range g.Nodes {
		b := &box{node: n}
		for _, line := range lines(n) {
			b.lines = append(b.lines, shorten(line))
		}
		b.w, b.h = minWidth, float64(len(b.lines)*lineHeight+padding)
		for _, line := range b.lines {
			b.w = max(b.w, float64(uniseg.StringWidth(line)*charWidth+2*padding))
		}
		for _, lower := range g.Lowers(n.ID) {
			if below, ok := l.boxes[lower]; ok { // not there yet: a loop
				b.row = max(b.row, below.row+1)
			}
		}
		l.boxes[n.ID] = b
		for len(l.rows) <= b.row {
			l.rows = append(l.rows, nil)
		}
		l.rows[b.row] = append(l.rows[b.row], b)
	}
	l.spread()
	for range 4 {
		l.arrange(g.Lowers, 0)
		l.arrange(g.Uppers, len(l.rows)-1)
	}
	l.stack()
	return l
}

// shorten cuts what would make a box too wide.
func shorten(s string) string {
	if uniseg.StringWidth(s) <= maxChars {
		return s
	}
	var kept string
	for g := uniseg.NewGraphemes(s); g.Next() && uniseg.StringWidth(kept) < maxChars-1; {
		kept += g.Str()
	}
	return kept + "…"
}

// spread puts the boxes of each row side by side.
func (l *layout) spread() {
	for _, row := range l.rows {
		x := float64(margin)
		for _, b := range row {
			b.x = x
			x += b.w + gapX
		}
		l.width = max(l.width, x-gapX+margin)
	}
	for _, row := range l.rows {
		if len(row) == 0 {
			continue
		}
		last := row[len(row)-1]
		shift := (l.width - margin - last.x - last.w) / 2
		for _, b := range row {
			b.x += shift
		}
	}
}

// arrange orders each row by where its neighbours on one side are, from one end of the drawing to the other.
func (l *layout) arrange(neighbours func(string) []string, from int) {
	step := 1
	if from > 0 {
		step = -1
	}
	for i := from; i >= 0 && i < len(l.rows); i += step {
		slices.SortStableFunc(l.rows[i], func(a, b *box) int {
			return cmp.Compare(l.wanted(a, neighbours), l.wanted(b, neighbours))
		})
		l.spread()
	}
}

// wanted is where a box would be best: in the middle of its neighbours.
func (l *layout) wanted(b *box, neighbours func(string) []string) float64 {
	sum, n := 0.0, 0
	for _, id := range neighbours(b.node.ID) {
		if other, ok := l.boxes[id]; ok {
			sum += other.middle()
			n++
		}
	}
	if n == 0 {
		return b.middle()
	}
	return sum / float64(n)
}

// stack gives the rows their heights, the ground at the bottom.
func (l *layout) stack() {
	y := float64(margin)
	for _, row := range slices.Backward(l.rows) {
		tallest := 0.0
		for _, b := range row {
			tallest = max(tallest, b.h)
		}
		for _, b := range row {
			b.y = y + tallest - b.h
		}
		y += tallest + gapY
	}
	l.height = y - gapY + margin
}
