package cli_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"nmdebug/cmd/nmdebug/cli"
)

// TestHelp holds the help of every command, those that are still to come too, to one form.
func TestHelp(t *testing.T) {
	t.Parallel()
	root := help(t)
	commands := regexp.MustCompile(`(?m)^  ([a-z-]+) +(\S.*)$`).FindAllStringSubmatch(between(root, "Available Commands:", "Flags:"), -1)
	if len(commands) < 8 {
		t.Fatalf("the help lists only %d commands:\n%s", len(commands), root)
	}
	inForm(t, "nmdebug", root)
	for _, c := range commands {
		name, short := c[1], c[2]
		if strings.HasSuffix(short, ".") || strings.ToUpper(short[:1]) != short[:1] {
			t.Errorf("%s: %q is no headline", name, short)
		}
		if name != "help" {
			inForm(t, name, help(t, name))
		}
	}
}

func inForm(t *testing.T, name, text string) {
	t.Helper()
	if !strings.Contains(text, "\nExamples:\n  ") {
		t.Errorf("%s: the help has no examples", name)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if width := uniseg.StringWidth(line); width > 80 {
			t.Errorf("%s: %d columns: %s", name, width, line)
		}
	}
}

// help is what the program says of a command. The program is this test, by the name under which TestMain put it.
func help(t *testing.T, command ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "nmdebug", append([]string{"help"}, command...)...)
	c.Env = append(c.Environ(), "LC_ALL=C.UTF-8")
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func between(s, begin, end string) string {
	_, s, _ = strings.Cut(s, begin)
	s, _, _ = strings.Cut(s, end)
	return s
}

// A command is built when it is named: by the name that it has.
func TestCommandsAreFoundByTheirNames(t *testing.T) {
	for found, has := range cli.CommandNames() {
		if found != has {
			t.Errorf("%s is found as %s", has, found)
		}
	}
}

// The panel's own timeout bounds the calls of the commands that run inside of it, and not how long a reconnect may take.
func TestCommandsOfThePanelHaveItsTimeout(t *testing.T) {
	for _, tt := range []struct {
		args  []string
		want  time.Duration
		given bool
	}{
		{[]string{"reconnect", "eth0", "--yes"}, 7 * time.Second, false},
		{[]string{"reconnect", "eth0", "--timeout", "90s"}, 90 * time.Second, true},
	} {
		timeout, given, err := cli.TimeoutInside(7*time.Second, tt.args...)
		if err != nil || timeout != tt.want || given != tt.given {
			t.Errorf("%q: %s, given %t, %v", tt.args, timeout, given, err)
		}
	}
}
