package render

import "nmdebug/inspect"

// Role says what a cell means. A view gives it a colour; it never stands alone, a symbol or a word says the same.
type Role uint8

// The roles.
const (
	Plain Role = iota
	Good
	Warn
	Bad
	Busy
	Dim
	Strong
)

// Cell is a piece of text with its meaning. The text is as it came: a view escapes it for its medium.
type Cell struct {
	Text string
	Role Role
}

// Row is one line.
type Row []Cell

// RoleOf gives the meaning of a status.
func RoleOf(s inspect.Status) Role {
	switch s {
	case inspect.Up:
		return Good
	case inspect.Degraded:
		return Warn
	case inspect.Starting:
		return Busy
	case inspect.Failed:
		return Bad
	case inspect.Unknown:
		return Plain
	case inspect.Absent, inspect.Down, inspect.Blocked:
		return Dim
	}
	return Plain
}

// Symbols are the signs of the statuses.
type Symbols func(inspect.Status) string

// Unicode are signs that differ by shape, for those who do not see the colours.
func Unicode(s inspect.Status) string {
	switch s {
	case inspect.Up:
		return "●"
	case inspect.Degraded:
		return "◐"
	case inspect.Starting:
		return "◌"
	case inspect.Failed:
		return "✖"
	case inspect.Blocked:
		return "┆"
	case inspect.Down:
		return "○"
	case inspect.Absent:
		return "–"
	case inspect.Unknown:
		return "?"
	}
	return "?"
}

// ASCII are the signs for terminals and logs that know no others.
func ASCII(s inspect.Status) string {
	switch s {
	case inspect.Up:
		return "+"
	case inspect.Degraded:
		return "~"
	case inspect.Starting:
		return "."
	case inspect.Failed:
		return "X"
	case inspect.Blocked:
		return "|"
	case inspect.Down:
		return "o"
	case inspect.Absent:
		return "-"
	case inspect.Unknown:
		return "?"
	}
	return "?"
}
