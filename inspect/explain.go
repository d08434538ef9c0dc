package inspect

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Explained is the answer to "why".
type Explained struct {
	SchemaVersion int           `json:"schema_version"`
	At            time.Time     `json:"at"`
	Sources       []Source      `json:"sources"` // what could be asked
	Explanations  []Explanation `json:"explanations"`
}

// Explanation says of one interface what is wrong with it and what to do.
type Explanation struct {
	Interface string    `json:"interface"`
	Status    Status    `json:"status"`
	Headline  string    `json:"headline"`
	Cause     *Cause    `json:"cause"`
	Findings  []Finding `json:"findings"` // the cause, or what else a person should know, the lowest floor first
	Blocked   []string  `json:"blocked"`  // what cannot stand because of it
	Conflicts []Finding `json:"conflicts"`
	Rights    []string  `json:"rights"` // what a missing right hides
	Next      []string  `json:"next"`   // commands to type next
}

// Explain explains the stacks that are asked about, all of them or those that have a fault, by the whole that they are
// part of: what stands on one may not be asked about.
func Explain(whole, asked Pyramid, all bool) Explained {
	e := Explained{SchemaVersion: SchemaVersion, At: whole.At, Sources: whole.Sources, Explanations: []Explanation{}}
	for _, s := range asked.Stacks {
		if all || s.faulty(asked) {
			e.Explanations = append(e.Explanations, s.explain(whole))
		}
	}
	return e
}

// faulty says whether there is something to explain that another explanation does not already say.
func (s Stack) faulty(p Pyramid) bool {
	if s.Cause != nil {
		_, told := p.Stack(s.Cause.Interface)
		return s.Cause.Interface == s.Interface || !told
	}
	return s.uneasy() || len(s.Conflicts) > 0 || s.Wanted && s.veiled() || s.Floor(L3).Code == NotConnected
}

// uneasy says whether something that one relies on does not stand as it should. Where nobody says what is wanted, the
// default route's owner is.
func (s Stack) uneasy() bool {
	return (s.Wanted || s.DefaultRoute) && (s.any(Failed) || s.any(Degraded) || s.any(Starting))
}

// Uneasy are the floors of a stack without a cause that do not stand as they should all the same: on their way, or with
// a fault.
func (s Stack) Uneasy() []Floor {
	var found []Floor
	for _, f := range s.Floors {
		if s.Cause == nil && s.uneasy() && (f.Status == Degraded || f.Status == Starting || f.Status == Failed) {
			found = append(found, f)
		}
	}
	return found
}

func (s Stack) explain(p Pyramid) Explanation {
	e := Explanation{
		Interface: s.Interface, Status: s.Status, Cause: s.Cause, Conflicts: s.Conflicts,
		Findings: []Finding{}, Blocked: []string{}, Rights: []string{}, Next: []string{},
	}
	e.Headline = s.headline()
	if s.Cause != nil {
		e.Findings = append(e.Findings, s.Cause.Finding)
	} else {
		e.Findings = append(e.Findings, s.notable()...)
	}
	for _, f := range s.Floors {
		if f.Status == Blocked {
			e.Blocked = append(e.Blocked, fmt.Sprintf("%s of %s", f.Level, s.Interface))
		}
	}
	for _, other := range p.Stacks {
		if other.Cause != nil && other.Cause.Interface == s.Interface && other.Interface != s.Interface {
			e.Blocked = append(e.Blocked, other.Interface+", which stands on it")
		}
	}
	e.Rights = s.hidden()
	for _, f := range e.Findings {
		for _, n := range f.Next {
			if !slices.Contains(e.Next, n) {
				e.Next = append(e.Next, n)
			}
		}
	}
	return e
}

// headline sums a stack up in one sentence without its subject.
func (s Stack) headline() string {
	switch {
	case s.Cause != nil && s.Cause.Interface != s.Interface:
		return fmt.Sprintf("is blocked: %s of %s has failed", s.Cause.Level, s.Cause.Interface)
	case s.Cause != nil && s.Cause.Finding.Status == Down:
		return fmt.Sprintf("%s is off", s.Cause.Level)
	case s.Cause != nil:
		return fmt.Sprintf("%s has failed", s.Cause.Level)
	case s.Status == Up && s.veiled():
		return "stands, as far as can be seen"
	case s.Status == Up:
		return "stands"
	default:
		return "is " + s.Status.String()
	}
}

// notable are the deciding findings of the floors, those that stand as they should left out if any does not.
func (s Stack) notable() []Finding {
	var all, faults []Finding
	for _, f := range s.Floors {
		if f.Status == Blocked {
			continue
		}
		if found, ok := f.Deciding(); ok {
			all = append(all, found)
			if f.Status != Up && f.Status != Absent {
				faults = append(faults, found)
			}
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return all
}

// hidden says what could not be seen for the lack of a right.
func (s Stack) hidden() []string {
	hidden := []string{}
	for _, f := range s.lacking() {
		hidden = append(hidden, f.needs())
	}
	return hidden
}

// veiled says whether a floor is unknown for the lack of a right.
func (s Stack) veiled() bool {
	return slices.ContainsFunc(s.Floors, func(f Floor) bool {
		found, ok := f.Deciding()
		return ok && f.Status == Unknown && found.Right != ""
	})
}

// lacking are the findings that would be better with a right that is missing.
func (s Stack) lacking() []Finding {
	var found []Finding
	for _, f := range s.Floors {
		found = append(found, slices.DeleteFunc(slices.Clone(f.Findings), func(f Finding) bool { return f.Right == "" })...)
	}
	return found
}

// needs is what a finding could not see, and the right that it takes.
func (f Finding) needs() string {
	return fmt.Sprintf("%s: needs %s", strings.TrimSuffix(f.Text, "."), f.Right)
}
