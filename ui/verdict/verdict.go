// Package verdict writes the answer of a check in the forms that CI systems and monitors read.
package verdict

import (
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
	JUnit  Format = iota + 1 // XML, as CI systems read it
	TAP                      // version 13 of the Test Anything Protocol
	Nagios                   // one line for a monitor
)

// ParseFormat reads the name of a form; ok is false when there is none of that name.
func ParseFormat(name string) (f Format, ok bool) {
	switch name {
	case "junit":
		return JUnit, true
	case "tap":
		return TAP, true
	case "nagios":
		return Nagios, true
	}
	return 0, false
}

// Write writes the verdict. All text from outside is escaped for the form.
func Write(w io.Writer, f Format, v inspect.Verdict, at time.Time) error {
	switch f {
	case JUnit:
		return writeJUnit(w, v, at)
	case TAP:
		return writeTAP(w, v)
	case Nagios:
		return writeNagios(w, v)
	}
	return fmt.Errorf("internal error: no form has the number %d", f)
}

// name is what was asked, safe to print.
func name(r inspect.Result) string { return text.Escape(r.Name()) }

// The parts of a JUnit report that CI systems read.
type (
	junitSuite struct {
		XMLName   xml.Name    `xml:"testsuite"`
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
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
