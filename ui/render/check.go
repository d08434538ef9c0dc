package render

import "nmdebug/inspect"

// Check is a row for each result of a check: symbol, ok or FAILED or skipped, what was asked, and what was found.
func Check(v inspect.Verdict, symbols Symbols) []Row {
	rows := []Row{}
	for _, r := range v.Results {
		status, word := checked(r)
		text := r.Status.String()
		if r.Reason != "" && !r.Skipped {
			text += ": " + r.Reason
		}
		rows = append(rows, Row{{symbols(status), RoleOf(status)}, {word, RoleOf(status)}, {r.Name(), Strong}, {text, Plain}})
	}
	for _, name := range v.Missing {
		rows = append(rows, Row{{symbols(inspect.Failed), Bad}, {"FAILED", Bad}, {name, Strong}, {"no such interface or connection", Plain}})
	}
	return rows
}

// checked is what a result makes of its line. What does not stand only because of something else has its own sign.
func checked(r inspect.Result) (status inspect.Status, word string) {
	switch {
	case r.Skipped:
		return inspect.Absent, "skipped"
	case !r.OK && (r.Status == inspect.Blocked || r.Status == inspect.Unknown):
		return r.Status, "FAILED"
	case !r.OK:
		return inspect.Failed, "FAILED"
	case r.Status == inspect.Degraded:
		return inspect.Degraded, "ok"
	}
	return inspect.Up, "ok"
}
