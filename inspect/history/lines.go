package history

import (
	"unsafe"

	"nmdebug/nmwatch/record"
)

// piece is how many lines lie in one piece of memory.
const piece = 1024

// Lines are lines in order. Each has a number, counted from the first that ever was. Nothing is moved when more come, and the memory
// of those that are dropped is free when a piece of them is full.
type Lines struct {
	dropped int // how many are not kept any more: the number of the first that is
	end     int // the number of the next one
	pieces  []*[piece]record.Line
}

// Len is how many lines are kept.
func (l Lines) Len() int { return l.end - l.dropped }

// Dropped is how many there were before those that are kept: the number of the first of them.
func (l Lines) Dropped() int { return l.dropped }

// End is the number of the line that comes next.
func (l Lines) End() int { return l.end }

// Line gives the line of a number from Dropped on, before End.
func (l Lines) Line(number int) record.Line { return *l.at(number) }

func (l Lines) at(number int) *record.Line {
	first := l.dropped - l.dropped%piece // of the first piece
	return &l.pieces[(number-first)/piece][number%piece]
}

// add puts a line behind the others. It writes only where those who have a copy do not look.
func (l *Lines) add(line record.Line) {
	if l.end%piece == 0 {
		l.pieces = append(l.pieces, new([piece]record.Line))
	}
	l.end++
	*l.at(l.end - 1) = line
}

// drop drops the first line.
func (l *Lines) drop() {
	if l.dropped++; l.dropped%piece == 0 {
		l.pieces = append(make([]*[piece]record.Line, 0, len(l.pieces)), l.pieces[1:]...)
	}
}

// sizeOf is how much memory a line takes, in bytes. Its other texts are shared by many lines.
func sizeOf(l record.Line) int {
	return int(unsafe.Sizeof(l)) + len(l.Text) + len(l.Outcome) + len(l.Raw)
}
