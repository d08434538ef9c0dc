package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nmdebug/inspect"
)

// Status is the table of all stacks, a heading first: symbol, interface, then a cell for each floor.
func Status(stacks []inspect.Stack, symbols Symbols) []Row {
	head := Row{{"", Dim}, {"INTERFACE", Dim}}
	for _, l := range inspect.Levels() {
		head = append(head, Cell{l.String(), Dim})
	}
	rows := []Row{head}
	for _, s := range stacks {
		rows = append(rows, stackRow(s, symbols))
	}
	return rows
}

func stackRow(s inspect.Stack, symbols Symbols) Row {
	name := Cell{s.Interface, Plain}
	if s.DefaultRoute {
		name = Cell{s.Interface + " *", Strong}
	}
	row := Row{{symbols(s.Status), RoleOf(s.Status)}, name}
	for _, f := range s.Floors {
		row = append(row, floorCell(f, symbols))
	}
	return row
}

func floorCell(f inspect.Floor, symbols Symbols) Cell {
	text := symbols(f.Status)
	if f.Status != inspect.Absent && f.Brief != "" {
		text += " " + f.Brief
	}
	return Cell{text, RoleOf(f.Status)}
}

// Verdicts says, for each stack that is broken, what its cause is, and for others what is on its way or has a fault; then
// which sources disagree. A cause that several stacks share is said once, with the names of all of them.
func Verdicts(stacks []inspect.Stack, symbols Symbols) []Row {
	var rows []Row
	for _, s := range stacks {
		if s.Cause != nil && s.Cause.Interface == s.Interface {
			rows = append(rows, causeRow(s, above(stacks, s.Interface), symbols))
		}
		for _, f := range s.Uneasy() {
			rows = append(rows, Row{{symbols(f.Status), RoleOf(f.Status)}, {s.Interface, Strong}, {f.Level.String(), Plain}, {f.Reason + settling(s, f.Level), Plain}})
		}
		for _, c := range s.Conflicts {
			rows = append(rows, Row{{symbols(inspect.Degraded), Warn}, {s.Interface, Strong}, {c.Level.String(), Plain}, {c.Text + settling(s, c.Level), Plain}})
		}
	}
	return rows
}

func causeRow(s inspect.Stack, blocked []string, symbols Symbols) Row {
	text := s.Cause.Finding.Text + settling(s, s.Cause.Level)
	if s.Cause.Finding.Sure != inspect.Certain {
		text += " (" + string(s.Cause.Finding.Sure) + ")"
	}
	if len(blocked) > 0 {
		text += " On it: " + strings.Join(blocked, ", ") + "."
	}
	return Row{{symbols(inspect.Failed), Bad}, {s.Interface, Strong}, {s.Cause.Level.String(), Plain}, {text, Plain}}
}

func settling(s inspect.Stack, l inspect.Level) string {
	if s.Floor(l).Settling {
		return " (settling)"
	}
	return ""
}

// above lists the stacks that have their cause in another one.
func above(stacks []inspect.Stack, name string) []string {
	var names []string
	for _, s := range stacks {
		if s.Cause != nil && s.Cause.Interface == name && s.Interface != name {
			names = append(names, s.Interface)
		}
	}
	return names
}

// Headline is what the sources are, in one line. Without a bus no daemon can be asked, which is said once.
func Headline(p inspect.Pyramid) Row {
	row := Row{}
	if bus := p.Source(inspect.SourceBus); bus.Status == inspect.SourceLost {
		row = append(row, Cell{"no D-Bus: the kernel's view alone", Bad})
	} else {
		row = append(row, daemonCells(p)...)
	}
	if src := p.Source(inspect.SourceKernel); src.Status != inspect.SourceOK {
		row = append(row, sourceCell(src))
	}
	return row
}

func daemonCells(p inspect.Pyramid) Row {
	row := Row{}
	if p.Network.Running {
		words := strings.Fields(strings.Join([]string{inspect.SourceNM, p.Network.Version, p.Network.State}, " "))
		row = append(row, Cell{strings.Join(words, " "), Plain}, Cell{connectivity(p.Network), Dim})
	} else {
		row = append(row, sourceCell(p.Source(inspect.SourceNM)))
	}
	for _, name := range []string{inspect.SourceSupplicant, inspect.SourceIWD} {
		if src := p.Source(name); src.Status != inspect.SourceAbsent {
			row = append(row, sourceCell(src))
		}
	}
	if lacksBlueZ(p) {
		row = append(row, sourceCell(p.Source(inspect.SourceBlueZ)))
	}
	return row
}

// lacksBlueZ says whether there is a link over Bluetooth, and BlueZ gave no answer.
func lacksBlueZ(p inspect.Pyramid) bool {
	return p.Source(inspect.SourceBlueZ).Status != inspect.SourceOK &&
		slices.ContainsFunc(p.Stacks, func(s inspect.Stack) bool { return s.Kind == inspect.KindBluetooth })
}

func connectivity(n inspect.Network) string {
	if !n.ConnectivityProbed {
		return "connectivity unprobed"
	}
	return "connectivity " + n.Connectivity
}

func sourceCell(src inspect.Source) Cell {
	role := Bad
	switch src.Status {
	case inspect.SourceOK:
		role = Plain
	case inspect.SourceDenied:
		role = Warn
	case inspect.SourceReading:
		role = Busy
	case inspect.SourceSilent, inspect.SourceUnreadable, inspect.SourceLost, inspect.SourceAbsent:
	}
	return Cell{src.Condition(), role}
}

// Age writes how long something has been so, as people say it: "3s", "5m", "2h".
func Age(at, since time.Time) string {
	if since.IsZero() {
		return ""
	}
	switch age := at.Sub(since); {
	case age < time.Minute:
		return fmt.Sprintf("%ds", int(age.Seconds()))
	case age < time.Hour:
		return fmt.Sprintf("%dm", int(age.Minutes()))
	default:
		return fmt.Sprintf("%dh", int(age.Hours()))
	}
}
