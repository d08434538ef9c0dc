// Package shown is what the tests look at of what nmdebug shows: its JSON, by the names that scripts use.
package shown

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Pyramid is the answer of a status.
type Pyramid struct {
	At      time.Time
	Sources []Source
	Stacks  []Stack
}

// Source is what is read, and how that went.
type Source struct {
	Name, Status, Detail, Right string
}

// Stack is an interface with its floors.
type Stack struct {
	Interface string
	Floors    []Floor
	Cause     *Cause
	Conflicts []Finding
}

// Floor is how a floor stands.
type Floor struct {
	Level, Status, Code, Reason string
}

// Cause is the lowest broken floor.
type Cause struct {
	Interface, Level string
	Finding          Finding
}

// Finding is what was found, with what it was found from and what to type next.
type Finding struct {
	Code, Text string
	Evidence   []Evidence
	Next       []string
}

// Evidence is what a source said.
type Evidence struct {
	Source, Text string
}

// Stack gives the stack of an interface, an empty one where it is not there.
func (p Pyramid) Stack(iface string) Stack {
	for _, s := range p.Stacks {
		if s.Interface == iface {
			return s
		}
	}
	return Stack{}
}

// Floors gives the status of each floor that is not absent, by "INTERFACE LEVEL".
func (p Pyramid) Floors() map[string]string {
	floors := map[string]string{}
	for _, s := range p.Stacks {
		for _, f := range s.Floors {
			if f.Status != "absent" {
				floors[s.Interface+" "+f.Level] = f.Status
			}
		}
	}
	return floors
}

// Verdict is a stack in one line: the floors with their codes, and the cause.
func (s Stack) Verdict() string { return strings.Join(s.verdict(), ", ") }

// Summary is the verdict with the conflicts.
func (s Stack) Summary() string {
	parts := s.verdict()
	for _, c := range s.Conflicts {
		parts = append(parts, "conflict "+c.Code)
	}
	return strings.Join(parts, ", ")
}

func (s Stack) verdict() []string {
	var parts []string
	for _, f := range s.Floors {
		if word := Word(f.Status, f.Code); word != "" {
			parts = append(parts, f.Level+" "+word)
		}
	}
	if c := s.Cause; c != nil {
		parts = append(parts, fmt.Sprintf("cause %s %s %s", c.Interface, c.Level, c.Finding.Code))
	}
	return parts
}

// Word is a floor without its name; "" when it is absent.
func Word(status, code string) string {
	switch status {
	case "absent", "":
		return ""
	case "blocked":
		return status
	default:
		return status + " " + code
	}
}

// Text is all that a stack says to people.
func (s Stack) Text() string {
	var b strings.Builder
	for _, f := range s.Floors {
		fmt.Fprintln(&b, f.Reason)
	}
	if c := s.Cause; c != nil {
		fmt.Fprintln(&b, c.Finding.Text, c.Finding.Next)
		for _, e := range c.Finding.Evidence {
			fmt.Fprintln(&b, e.Source, e.Text)
		}
	}
	for _, c := range s.Conflicts {
		fmt.Fprintln(&b, c.Text)
	}
	return b.String()
}

// Difference lists the floors on which a status and a watch do not agree.
func Difference(status, watch map[string]string) string {
	all := map[string]string{}
	maps.Copy(all, status)
	maps.Copy(all, watch)
	var text strings.Builder
	for _, floor := range slices.Sorted(maps.Keys(all)) {
		if status[floor] != watch[floor] {
			fmt.Fprintf(&text, "  %s: status says %q, the watch %q\n", floor, status[floor], watch[floor])
		}
	}
	return text.String()
}
