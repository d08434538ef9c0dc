// Package verdict writes the answer of a check in the forms that people, CI systems and monitors read.
package verdict

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"nmdebug/inspect"
	"nmdebug/ui/text"
)

// Format is a form of the answer.
type Format uint8

// The forms.
const (
	Text Format = iota
	JSON
	JUnit
	TAP
	Nagios
)

// ParseFormat reads the name of a form.
func ParseFormat(name string) (Format, error) {
	switch name {
	case "text":
		return Text, nil
	case "json", "jsonl":
		return JSON, nil
	case "junit":
		return JUnit, nil
	case "tap":
		return TAP, nil
	case "nagios":
		return Nagios, nil
	}
	return 0, fmt.Errorf("unknown form %q: use text, json, junit, tap or nagios", name)
}

// Write writes the verdict. All text from outside is escaped for the form.
func Write(w io.Writer, f Format, v inspect.Verdict, at time.Time) error {
	switch f {
	case JSON:
		return writeJSON(w, v, at)
	case JUnit:
		return writeJUnit(w, v, at)
	case TAP:
		return writeTAP(w, v)
	case Nagios:
		return writeNagios(w, v)
	case Text:
	}
	return writeText(w, v)
}

// name is a result's name: "eth0 L1", "eth0 L1 conflict".
func name(r inspect.Result) string {
	parts := []string{r.Level.String()}
	if r.Interface != "" {
		parts = []string{r.Interface, r.Level.String()}
	}
	if r.What != "floor" {
		parts = append(parts, r.What)
	}
	return text.Escape(strings.Join(parts, " "))
}

func writeText(w io.Writer, v inspect.Verdict) error {
	var b strings.Builder
	for _, r := range v.Results {
		word := "FAILED"
		switch {
		case r.Skipped:
			word = "skipped"
		case r.OK:
			word = "ok"
		}
		fmt.Fprintf(&b, "%-8s %s: %s", word, name(r), r.Status)
		if r.Reason != "" && !r.Skipped {
			b.WriteString(": " + text.Escape(r.Reason))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeJSON(w io.Writer, v inspect.Verdict, at time.Time) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		SchemaVersion int       `json:"schema_version"`
		At            time.Time `json:"at"`
		inspect.Verdict
	}{inspect.SchemaVersion, at, v})
}

// The parts of a JUnit report that CI systems read.
type (
	junitSuite struct {
		XMLName   xml.Name    `xml:"testsuite"`
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitFailure `xml:"failure"`
		Skipped *struct{}     `xml:"skipped"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
	}
)

func writeJUnit(w io.Writer, v inspect.Verdict, at time.Time) error {
	suite := junitSuite{Name: "nmdebug check", Tests: len(v.Results) + len(v.Missing), Timestamp: at.UTC().Format("2006-01-02T15:04:05")}
	for _, r := range v.Results {
		c := junitCase{Class: text.Escape(r.Interface), Name: name(r)}
		switch {
		case r.Skipped:
			suite.Skipped++
			c.Skipped = &struct{}{}
		case !r.OK:
			suite.Failures++
			c.Failure = &junitFailure{Message: text.Escape(r.Reason), Type: string(r.Code)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, missing := range v.Missing {
		suite.Failures++
		suite.Cases = append(suite.Cases, junitCase{
			Class: text.Escape(missing), Name: "exists",
			Failure: &junitFailure{Message: "no such interface or connection", Type: "not-found"},
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// writeTAP writes version 13 of the Test Anything Protocol.
func writeTAP(w io.Writer, v inspect.Verdict) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(v.Results)+len(v.Missing))
	n := 0
	for _, r := range v.Results {
		n++
		word, note := "ok", ""
		switch {
		case r.Skipped:
			note = " # SKIP no such floor"
		case !r.OK:
			word, note = "not ok", ": "+tapText(r.Reason)
		}
		fmt.Fprintf(&b, "%s %d - %s %s%s\n", word, n, tapText(name(r)), r.Status, note)
	}
	for _, missing := range v.Missing {
		n++
		fmt.Fprintf(&b, "not ok %d - %s: no such interface or connection\n", n, tapText(missing))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tapText keeps a text from being read as a directive.
func tapText(s string) string { return strings.ReplaceAll(text.Escape(s), "#", `\#`) }

// NagiosCode is 0 for ok, 1 for a floor that is degraded or a conflict, 2 for a broken floor, 3 for what is not there.
func NagiosCode(v inspect.Verdict) int {
	code := 0
	for _, r := range v.Results {
		switch {
		case !r.OK && r.What == "floor":
			return 2
		case !r.OK || r.Status == inspect.Degraded:
			code = 1
		}
	}
	if len(v.Missing) > 0 {
		return 3
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
		[]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[code], strings.ReplaceAll(summary, "|", "/"), standing, asked)
	return err
}
