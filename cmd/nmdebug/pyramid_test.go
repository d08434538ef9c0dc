package main_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pyramid is the part of a status that the tests look at.
type pyramid struct {
	Sources []struct{ Name, Status, Detail, Right string }
	Stacks  []stack
}

type stack struct {
	Interface string
	Floors    []struct{ Level, Status, Code, Reason string }
	Cause     *struct {
		Interface, Level string
		Finding          finding
	}
	Conflicts []finding
}

type finding struct {
	Code, Text string
}

func (p pyramid) stack(iface string) stack {
	for _, s := range p.Stacks {
		if s.Interface == iface {
			return s
		}
	}
	return stack{}
}

// floors gives the status of each floor that is not absent.
func (p pyramid) floors() map[string]string {
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

// summary is the verdict in one line: floors with their codes, the cause, the conflicts.
func (s stack) summary() string {
	var parts []string
	for _, f := range s.Floors {
		switch f.Status {
		case "absent":
		case "blocked":
			parts = append(parts, f.Level+" blocked")
		default:
			parts = append(parts, f.Level+" "+f.Status+" "+f.Code)
		}
	}
	if c := s.Cause; c != nil {
		parts = append(parts, fmt.Sprintf("cause %s %s %s", c.Interface, c.Level, c.Finding.Code))
	}
	for _, c := range s.Conflicts {
		parts = append(parts, "conflict "+c.Code)
	}
	return strings.Join(parts, ", ")
}

// difference lists the floors on which a status and the watch do not agree.
func difference(status, watch map[string]string) string {
	all := slices.Sorted(maps.Keys(status))
	for floor := range watch {
		if _, ok := status[floor]; !ok {
			all = append(all, floor)
		}
	}
	var text strings.Builder
	for _, floor := range all {
		if status[floor] != watch[floor] {
			fmt.Fprintf(&text, "  %s: status says %q, the watch %q\n", floor, status[floor], watch[floor])
		}
	}
	return text.String()
}
