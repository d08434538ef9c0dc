package verdict

import (
	"fmt"
	"io"
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
	code := NagiosOK
	for _, r := range v.Results {
		switch {
		case !r.OK && r.What == "floor":
			return NagiosCritical
		case !r.OK || r.Status == inspect.Degraded:
			code = NagiosWarning
		}
	}
	if len(v.Missing) > 0 {
		return NagiosUnknown
	}
	return code
}

// writeNagios writes one line with the worst first, and performance data behind a bar.
func writeNagios(w io.Writer, v inspect.Verdict) error {
	code := NagiosCode(v)
	var faults []string
	standing, asked := 0, 0
	for _, r := range v.Results {
		if r.What == "floor" && !r.Skipped {
			asked++
			if r.OK {
				standing++
			}
		}
		if !r.OK || r.Status == inspect.Degraded {
			faults = append(faults, name(r)+" "+r.Status.String()+": "+text.Escape(r.Reason))
		}
	}
	for _, missing := range v.Missing {
		faults = append(faults, text.Escape(missing)+": no such interface or connection")
	}
	summary := fmt.Sprintf("%d of %d floors stand", standing, asked)
	if len(faults) > 0 {
		summary = strings.Join(faults, "; ")
	}
	_, err := fmt.Fprintf(w, "NMDEBUG %s - %s | standing=%d;;;0;%d\n",
		[]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[code], nagiosText(summary), standing, asked)
	return err
}

// Unknown writes the line of a check that came to no verdict.
func Unknown(w io.Writer, why string) error {
	_, err := fmt.Fprintf(w, "NMDEBUG UNKNOWN - %s\n", nagiosText(text.Escape(why)))
	return err
}

// nagiosText keeps a text from being read as performance data.
func nagiosText(s string) string { return strings.ReplaceAll(s, "|", "/") }
