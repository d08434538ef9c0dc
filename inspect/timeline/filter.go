package timeline

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"nmdebug/nmwatch/record"
)

// Filter chooses lines. What is empty chooses all.
type Filter struct {
	Since      time.Time
	Kinds      []record.Kind
	Sources    []string // beside Kinds: what sources say that limits what is seen of them; names as of Processes
	Processes  []string // names; what begins so counts too: "nm-" are all plugins
	Interfaces []string
	Floors     []string // "l1", "l2", "l3", "vpn"
	Grep       *regexp.Regexp
	Has        string          // ASCII, in lower case: a line has it, in any case. It is found much faster than by Grep
	Severity   record.Severity // this and worse; 0 for all
	Own        bool            // nmdebug's own conversation, too
}

// Keeps says whether a line is chosen.
func (f Filter) Keeps(l record.Line) bool {
	switch {
	case l.At.Before(f.Since), f.Severity != 0 && l.Severity > f.Severity, l.Own && !f.Own:
		return false
	case len(f.Kinds) > 0 && !slices.Contains(f.Kinds, l.Kind) && !f.limits(l):
		return false
	case len(f.Interfaces) > 0 && !slices.Contains(f.Interfaces, l.Interface):
		return false
	case len(f.Floors) > 0 && !slices.Contains(f.Floors, l.Floor):
		return false
	case f.Has != "" && !f.found(l):
		return false
	case f.Grep != nil && !f.Grep.MatchString(words(l)):
		return false
	}
	return len(f.Processes) == 0 || named(f.Processes, l.Process)
}

// limits says whether a line tells why less is seen of one of the sources.
func (f Filter) limits(l record.Line) bool {
	return l.Source != "" && l.Severity <= record.Notice && named(f.Sources, l.Source)
}

// named says whether a name begins with one of those.
func named(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(strings.ToLower(name), strings.ToLower(n)) })
}

// words are what of a line can be searched.
func words(l record.Line) string { return l.Process + " " + l.Interface + " " + l.Text }

// found says whether a line has what is searched for.
func (f Filter) found(l record.Line) bool {
	if strings.Contains(f.Has, " ") { // it may begin in one of them and end in the next
		return has(words(l), f.Has)
	}
	return has(l.Text, f.Has) || has(l.Process, f.Has) || has(l.Interface, f.Has)
}

// has finds a text in lower case in another one, in any case.
func has(s, lower string) bool {
	for i := range len(s) - len(lower) + 1 {
		at := 0
		for at < len(lower) && lowered(s[i+at]) == lower[at] {
			at++
		}
		if at == len(lower) {
			return true
		}
	}
	return false
}

func lowered(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
