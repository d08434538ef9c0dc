package verdict

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"nmdebug/inspect"
	"nmdebug/ui/text"
)

// The exit codes that a monitor knows.
const (
	NagiosOK       = 0
	NagiosWarning  = 1 // a floor with a fault, or a conflict
	NagiosCritical = 2 // a broken floor
	NagiosUnknown  = 3 // what was asked for is not there, or could not be seen
)

// NagiosCode gives the exit code of a verdict: that of the worst result.
func NagiosCode(v inspect.Verdict) int {
	worst := NagiosOK
	if len(v.Missing) > 0 {
		worst = NagiosUnknown
	}
	for _, r := range v.Results {
		if code := nagiosCode(r); gravity(code) > gravity(worst) {
			worst = code
		}
	}
	return worst
}

// nagiosCode is the exit code of one result.
func nagiosCode(r inspect.Result) int {
	switch {
	case !r.OK && r.What == "floor" && r.Status == inspect.Unknown:
		return NagiosUnknown
	case !r.OK && r.What == "floor":
		return NagiosCritical
	case !r.OK || r.Status == inspect.Degraded:
		return NagiosWarning
	}
	return NagiosOK
}

// gravity orders the exit codes: what could not be seen may be worse than what is known to be at fault.
func gravity(code int) int {
	return [...]int{NagiosOK: 0, NagiosWarning: 1, NagiosUnknown: 2, NagiosCritical: 3}[code]
}

// fault is one thing to tell a monitor.
type fault struct {
	gravity int
	text    string
}

// faults are what is not in order, the worst first; of a broken floor and what waits for it, the broken floor.
func faults(v inspect.Verdict) []string {
	var all []fault
	for _, r := range v.Results {
		weight := gravity(nagiosCode(r))
		if weight == 0 {
			continue
		}
		if r.Status == inspect.Blocked {
			weight = gravity(NagiosUnknown)
		}
		all = append(all, fault{weight, name(r) + " " + r.Status.String() + ": " + text.Escape(strings.TrimSuffix(r.Reason, "."))})
	}
	for _, missing := range v.Missing {
		all = append(all, fault{gravity(NagiosUnknown), text.Escape(missing) + ": no such interface or connection"})
	}
	slices.SortStableFunc(all, func(a, b fault) int { return b.gravity - a.gravity })
	var texts []string
	for _, f := range all {
		texts = append(texts, f.text)
	}
	return texts
}

// writeNagios writes one line with the worst first, and performance data behind a bar.
func writeNagios(w io.Writer, v inspect.Verdict) error {
	standing, asked := 0, 0
	for _, r := range v.Results {
		if r.What == "floor" && !r.Skipped {
			asked++
			if r.OK {
				standing++
			}
		}
	}
	summary := fmt.Sprintf("%d of %d floors stand", standing, asked)
	if wrong := faults(v); len(wrong) > 0 {
		summary = strings.Join(wrong, "; ")
	}
	_, err := fmt.Fprintf(w, "NMDEBUG %s - %s | standing=%d;;;0;%d\n",
		[]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[NagiosCode(v)], nagiosText(summary), standing, asked)
	return err
}

// Unknown writes the line of a check that came to no verdict.
func Unknown(w io.Writer, why string) error {
	_, err := fmt.Fprintf(w, "NMDEBUG UNKNOWN - %s\n", nagiosText(text.Escape(why)))
	return err
}

// nagiosText keeps a text from being read as performance data.
func nagiosText(s string) string { return strings.ReplaceAll(s, "|", "/") }
