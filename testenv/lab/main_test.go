package main

import (
	"bytes"
	"strings"
	"testing"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func TestRun(t *testing.T) {
	t.Parallel()
	testenv.Start(t) // skips where there can be none
	for _, c := range []struct {
		args   []string
		status int
		stderr string
	}{
		{args: []string{"run", "dhcp", "--", "true"}},
		{args: []string{"run", "dhcp", "--", "sh", "-c", `nmcli -t -f STATE device | grep -q '^connected$' && test -d "$LAB"`}},
		{args: []string{"run", "dhcp", "--", "sh", "-c", "exit 7"}, status: 7},
		{args: []string{"run", "dhcp", "--", "sh", "-c", "kill -9 $$"}, status: 137},
		{args: []string{"run", "dhcp", "--", "no-such-command"}, status: 1, stderr: "lab: exec: \"no-such-command\""},
		{args: []string{"run", "no-such-scenario", "--", "true"}, status: 1, stderr: "lab: no such scenario: no-such-scenario"},
		{args: []string{"run", "dhcp", "true"}, status: 2, stderr: "usage:"},
		{args: nil, status: 2, stderr: "usage:"},
		{args: []string{"wifi", "run", "no-such-scenario", "--", "true"}, status: 1, stderr: "lab: there is no Wi-Fi scenario \"no-such-scenario\""},
		{args: []string{"wifi", "run", "bare"}, status: 2, stderr: "usage:"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if got := run(c.args, &stdout, &stderr); got != c.status {
				t.Errorf("the status is %d, want %d", got, c.status)
			}
			if !strings.HasPrefix(stderr.String(), c.stderr) || (c.stderr == "") != (stderr.Len() == 0) {
				t.Errorf("it complains %q, want %q", stderr.String(), c.stderr)
			}
		})
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if status := run([]string{"list"}, &stdout, &stderr); status != 0 {
		t.Errorf("the status is %d: %s", status, stderr.String())
	}
	for _, s := range testenv.Scenarios() {
		if !strings.Contains(stdout.String(), s.Name+" ") {
			t.Errorf("%s is not listed", s.Name)
		}
	}
}

func TestWifi(t *testing.T) {
	t.Parallel()
	wifilab.Need(t)
	var stdout, stderr bytes.Buffer
	if status := run([]string{"wifi", "run", "open", "--", "sh", "-c", "nmcli -g STATE,CONNECTION device | head -n 1; exit 7"}, &stdout, &stderr); status != 7 {
		t.Errorf("the status is %d, want 7: %s", status, stderr.String())
	}
	if got := stdout.String(); got != "connected:home\n" {
		t.Errorf("the command printed %q", got)
	}
	stdout.Reset()
	if status := run([]string{"wifi", "list"}, &stdout, &stderr); status != 0 || !strings.Contains(stdout.String(), "\nroam ") {
		t.Errorf("the list ends with %d: %s", status, stdout.String())
	}
}
