package verdict_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/ui/verdict"
)

const hostile = "evil\x1b[2J <&\"'|# ]]>\x00\u202e\xff"

func floor(of string, l inspect.Level, s inspect.Status, reason string) inspect.Result {
	return inspect.Result{Interface: of, Level: l, What: "floor", Status: s, OK: s.Stands(), Code: "some-code", Reason: reason}
}

// mixed has a result of every kind.
func mixed() inspect.Verdict {
	conflict := floor("eth0", inspect.L1, inspect.Failed, "They disagree.")
	conflict.What = "conflict"
	skipped := inspect.Result{Interface: "lo", Level: inspect.L2, What: "floor", Status: inspect.Absent, OK: true, Skipped: true}
	return inspect.Verdict{
		Lowest: inspect.L1, Missing: []string{"nosuch"},
		Results: []inspect.Result{
			floor("eth0", inspect.L1, inspect.Up, "The link is up."), floor("eth0", inspect.L2, inspect.Degraded, "Half."),
			floor("eth0", inspect.L3, inspect.Failed, "No address."), conflict, skipped,
		},
	}
}

func written(t *testing.T, f verdict.Format, v inspect.Verdict) string {
	t.Helper()
	var b strings.Builder
	if err := verdict.Write(&b, f, v, time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		format verdict.Format
		want   string
	}{
		"junit": {verdict.JUnit, `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="nmdebug check" tests="6" failures="3" errors="0" skipped="1" timestamp="2026-01-02T02:04:05">
  <testcase classname="eth0" name="eth0 L1"></testcase>
  <testcase classname="eth0" name="eth0 L2"></testcase>
  <testcase classname="eth0" name="eth0 L3">
    <failure message="No address." type="some-code"></failure>
  </testcase>
  <testcase classname="eth0" name="eth0 L1 conflict">
    <failure message="They disagree." type="some-code"></failure>
  </testcase>
  <testcase classname="lo" name="lo L2">
    <skipped></skipped>
  </testcase>
  <testcase classname="nosuch" name="exists">
    <failure message="no such interface or connection" type="not-found"></failure>
  </testcase>
</testsuite>
`},
		"tap": {verdict.TAP, `TAP version 13
1..6
ok 1 - eth0 L1 up
ok 2 - eth0 L2 degraded
not ok 3 - eth0 L3 failed: No address.
not ok 4 - eth0 L1 conflict failed: They disagree.
ok 5 - lo L2 absent # SKIP no such floor
not ok 6 - nosuch: no such interface or connection
`},
		"nagios": {verdict.Nagios, "NMDEBUG CRITICAL - eth0 L3 failed: No address; nosuch: no such interface or connection; " +
			"eth0 L2 degraded: Half; eth0 L1 conflict failed: They disagree | standing=2;;;0;3\n"},
	} {
		f, ok := verdict.ParseFormat(name)
		if !ok || f != c.format {
			t.Fatalf("%s: got %v, %t", name, f, ok)
		}
		if diff := cmp.Diff(c.want, written(t, f, mixed())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, ok := verdict.ParseFormat("xml"); ok {
		t.Error("there is a form xml")
	}
}

// What strangers chose as names and reasons stays a name and a reason.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	v := inspect.Verdict{Missing: []string{hostile}, Results: []inspect.Result{floor(hostile, inspect.L3, inspect.Failed, hostile+"\nok 2 - forged")}}
	junit := written(t, verdict.JUnit, v)
	if _, err := elements(junit); err != nil {
		t.Errorf("JUnit: %v:\n%s", err, junit)
	}
	tap := written(t, verdict.TAP, v)
	if lines := strings.Split(strings.TrimSuffix(tap, "\n"), "\n"); len(lines) != 4 || strings.Contains(strings.ReplaceAll(tap, `\#`, ""), "#") {
		t.Errorf("TAP: a name is read as more than that:\n%s", tap)
	}
	nagios := written(t, verdict.Nagios, v)
	if strings.Count(nagios, "|") != 1 || strings.Count(nagios, "\n") != 1 {
		t.Errorf("Nagios: a name is read as more than that: %q", nagios)
	}
	for _, s := range []string{junit, tap, nagios} {
		if strings.ContainsAny(s, "\x1b\x00\u202e") {
			t.Errorf("not safe: %q", s)
		}
	}
}

// elements reads XML to its end and gives how many of each element there are.
func elements(s string) (map[string]int, error) {
	count := map[string]int{}
	dec := xml.NewDecoder(strings.NewReader(s))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err != nil {
			return nil, err
		}
		if begin, ok := token.(xml.StartElement); ok {
			count[begin.Name.Local]++
		}
	}
}

// The figures at the head of a report are those of its cases: CI systems believe the one or the other.
func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	report := written(t, verdict.JUnit, mixed())
	count, err := elements(report)
	if err != nil {
		t.Fatal(err)
	}
	for attribute, element := range map[string]string{"tests": "testcase", "failures": "failure", "skipped": "skipped"} {
		if want := attribute + `="` + strconv.Itoa(count[element]) + `"`; !strings.Contains(report, want) {
			t.Errorf("the report lacks %s:\n%s", want, report)
		}
	}
}

func TestTAPPlan(t *testing.T) {
	t.Parallel()
	report := written(t, verdict.TAP, mixed())
	numbers := regexp.MustCompile(`(?m)^(?:not )?ok (\d+) - `).FindAllStringSubmatch(report, -1)
	for i, n := range numbers {
		if n[1] != strconv.Itoa(i+1) {
			t.Errorf("point %d has the number %s", i+1, n[1])
		}
	}
	if plan := "1.." + strconv.Itoa(len(numbers)) + "\n"; !strings.HasPrefix(report, "TAP version 13\n"+plan) {
		t.Errorf("the report does not begin with its version and the plan %s", plan)
	}
}

func TestNagiosCode(t *testing.T) {
	t.Parallel()
	conflict := floor("eth0", inspect.L1, inspect.Failed, "They disagree.")
	conflict.What = "conflict"
	up, down := floor("eth0", inspect.L1, inspect.Up, ""), floor("eth0", inspect.L2, inspect.Failed, "")
	unseen := floor("eth0", inspect.L2, inspect.Unknown, "")
	for name, c := range map[string]struct {
		in   inspect.Verdict
		want int
	}{
		"all stand":          {inspect.Verdict{Results: []inspect.Result{up}}, verdict.NagiosOK},
		"a fault":            {inspect.Verdict{Results: []inspect.Result{up, floor("eth0", inspect.L3, inspect.Degraded, "")}}, verdict.NagiosWarning},
		"a conflict":         {inspect.Verdict{Results: []inspect.Result{up, conflict}}, verdict.NagiosWarning},
		"a broken floor":     {inspect.Verdict{Results: []inspect.Result{conflict, down}}, verdict.NagiosCritical},
		"nothing to look at": {inspect.Verdict{Missing: []string{"x"}}, verdict.NagiosUnknown},
		"what is not seen":   {inspect.Verdict{Results: []inspect.Result{conflict, unseen}}, verdict.NagiosUnknown},
		"broken and unseen":  {inspect.Verdict{Results: []inspect.Result{unseen, down}}, verdict.NagiosCritical},
		"broken and missing": {inspect.Verdict{Results: []inspect.Result{down}, Missing: []string{"x"}}, verdict.NagiosCritical},
	} {
		if got := verdict.NagiosCode(c.in); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// What a monitor shows of a long line is its beginning: the cause, not what waits for it.
func TestNagiosTellsTheCauseFirst(t *testing.T) {
	t.Parallel()
	line := written(t, verdict.Nagios, inspect.Verdict{Results: []inspect.Result{
		floor("tun0", inspect.L1, inspect.Blocked, "L3 of eth0 has failed."), floor("eth0", inspect.L2, inspect.Unknown, "Released."),
		floor("eth0", inspect.L3, inspect.Failed, "No address."),
	}})
	if want := "NMDEBUG CRITICAL - eth0 L3 failed: No address; tun0 L1 blocked: L3 of eth0 has failed; eth0 L2 unknown: Released |"; !strings.HasPrefix(line, want) {
		t.Errorf("got %q, want it to begin with %q", line, want)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := verdict.Unknown(&b, "no bus\n| x=1"); err != nil || b.String() != "NMDEBUG UNKNOWN - no bus\\x0a/ x=1\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}
