package render

import "nmdebug/inspect"

// Change is one change as the beginning of a line; the words that explain it follow.
func Change(c inspect.Change, symbols Symbols) Row {
	row := Row{{c.At.Local().Format("15:04:05.000"), Dim}}
	switch c.Kind {
	case inspect.FloorChanged:
		now := statusNamed(c.To)
		return append(row, Cell{symbols(now), RoleOf(now)}, Cell{c.Interface, Strong}, Cell{c.Level.String(), Plain},
			Cell{c.From + " → " + c.To, RoleOf(now)})
	case inspect.ConflictChanged:
		status, word := inspect.Degraded, "conflict"
		if c.To == "" {
			status, word = inspect.Up, "no more conflict"
		}
		return append(row, Cell{symbols(status), RoleOf(status)}, Cell{c.Interface, Strong}, Cell{c.Level.String(), Plain}, Cell{word, RoleOf(status)})
	case inspect.SourceChanged:
		if c.From == c.To {
			return append(row, Cell{c.Source, Strong}, Cell{c.To, Plain})
		}
		return append(row, Cell{c.Source, Strong}, Cell{c.From + " → " + c.To, Plain})
	case inspect.StackChanged:
		return append(row, Cell{c.Interface, Strong}, Cell{c.From + c.To, Dim})
	}
	return row
}

// statusNamed is the status of a name; Unknown when there is none.
func statusNamed(name string) inspect.Status {
	for _, s := range inspect.Statuses() {
		if s.String() == name {
			return s
		}
	}
	return inspect.Unknown
}
