package inspect

import (
	"slices"
	"time"
)

// Change is one difference between two pyramids that follow each other.
type Change struct {
	At        time.Time  `json:"at"`
	Kind      ChangeKind `json:"kind"`
	Interface string     `json:"interface,omitempty"`
	Level     Level      `json:"level,omitzero"` // of a floor or a conflict
	Source    string     `json:"source,omitempty"`
	From      string     `json:"from"` // the status before; "" for what is new
	To        string     `json:"to"`   // the status now; "" for what is gone
	Code      Code       `json:"code,omitempty"`
	Text      string     `json:"text"`
}

// ChangeKind says what changed.
type ChangeKind string

// What can change.
const (
	FloorChanged    ChangeKind = "floor"
	StackChanged    ChangeKind = "interface" // one came or went
	ConflictChanged ChangeKind = "conflict"
	SourceChanged   ChangeKind = "source"
)

// Changes lists what is different in the second of two pyramids: sources, then interface by interface from the ground up.
// A floor that keeps its status and changes its reason has changed too.
func Changes(before, after Pyramid) []Change {
	changes := sourceChanges(before, after)
	for _, s := range after.Stacks {
		old, known := before.Stack(s.Interface)
		if !known {
			changes = append(changes, Change{Kind: StackChanged, Interface: s.Interface, To: s.Kind, Text: "appeared"})
		}
		changes = append(changes, floorChanges(old, s)...)
		changes = append(changes, conflictChanges(old, s)...)
	}
	for _, s := range before.Stacks {
		if _, still := after.Stack(s.Interface); !still {
			changes = append(changes, Change{Kind: StackChanged, Interface: s.Interface, From: s.Kind, Text: "vanished"})
		}
	}
	for i := range changes {
		changes[i].At = after.At
	}
	return changes
}

// sourceChanges compares the sources; one that is not listed is absent.
func sourceChanges(before, after Pyramid) []Change {
	var changes []Change
	seen := map[string]bool{}
	for _, src := range slices.Concat(after.Sources, before.Sources) {
		old, now := before.Source(src.Name), after.Source(src.Name)
		if !seen[src.Name] && (old.Status != now.Status || restarted(old, now)) {
			changes = append(changes, Change{Kind: SourceChanged, Source: src.Name, From: string(old.Status), To: string(now.Status), Text: fared(old, now)})
		}
		seen[src.Name] = true
	}
	return changes
}

// restarted says whether a source went and came back between two pyramids.
func restarted(before, after Source) bool {
	return before.Status == SourceOK && after.Status == SourceOK && !before.Since.IsZero() && after.Since.After(before.Since)
}

// fared is what a change of a source says in words.
func fared(before, after Source) string {
	if restarted(before, after) {
		return "again: meanwhile it was gone, or did not answer"
	}
	return after.Detail
}

func floorChanges(before, after Stack) []Change {
	var changes []Change
	for _, f := range after.Floors {
		old := before.Floor(f.Level)
		if old.Status == f.Status && old.Code == f.Code {
			continue
		}
		changes = append(changes, Change{
			Kind: FloorChanged, Interface: after.Interface, Level: f.Level,
			From: old.Status.String(), To: f.Status.String(), Code: f.Code, Text: f.Reason,
		})
	}
	return changes
}

func conflictChanges(before, after Stack) []Change {
	var changes []Change
	change := func(f Finding, from, to string) {
		changes = append(changes, Change{
			Kind: ConflictChanged, Interface: after.Interface, Level: f.Level, From: from, To: to, Code: f.Code, Text: f.Text,
		})
	}
	for _, f := range after.Conflicts {
		if !hasCode(before.Conflicts, f.Code) {
			change(f, "", "conflict")
		}
	}
	for _, f := range before.Conflicts {
		if !hasCode(after.Conflicts, f.Code) {
			f.Text = "It was: " + f.Text
			change(f, "conflict", "")
		}
	}
	return changes
}

func hasCode(findings []Finding, code Code) bool {
	for _, f := range findings {
		if f.Code == code {
			return true
		}
	}
	return false
}
