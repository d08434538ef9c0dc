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
	Processes  []string // names; what begins so counts too: "nm-" are all plugins
	Interfaces []string
	Floors     []string // "l1", "l2", "l3", "vpn"
	Grep       *regexp.Regexp
	Severity   record.Severity // this and worse; 0 for all
	Own        bool            // nmdebug's own conversation, too
}

// Keeps says whether a line is chosen.
func (f Filter) Keeps(l record.Line) bool {
	switch {
	case l.At.Before(f.Since), f.Severity != 0 && l.Severity > f.Severity, l.Own && !f.Own:
		return false
	case len(f.Kinds) > 0 && !slices.Contains(f.Kinds, l.Kind):
		return false
	case len(f.Interfaces) > 0 && !slices.Contains(f.Interfaces, l.Interface):
		return false
	case len(f.Floors) > 0 && !slices.Contains(f.Floors, l.Floor):
		return false
	case f.Grep != nil && !f.Grep.MatchString(l.Process+" "+l.Interface+" "+l.Text):
		return false
	}
	return len(f.Processes) == 0 || slices.ContainsFunc(f.Processes, func(p string) bool {
		return strings.HasPrefix(strings.ToLower(l.Process), strings.ToLower(p))
	})
}
