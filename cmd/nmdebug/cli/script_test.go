package cli_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"github.com/rogpeppe/go-internal/testscript"

	"nmdebug/cmd/nmdebug/cli"
	"nmdebug/testenv"
)

func TestMain(m *testing.M) {
	testenv.BecomeInit()
	time.Local = time.UTC // what is written of times is the same everywhere
	testscript.Main(m, map[string]func(){"nmdebug": func() { os.Exit(cli.Main()) }})
}

// TestScripts runs testdata/script: the program as a user runs it. Beside testscript's own commands there are:
//
//	exits CODE PROGRAM ARG…   run a program; its exit code must be this, its complaint none or one line
//	fits FILE                 no line is wider than 80 columns
//	lab SCENARIO              from here on run programs in a laboratory with real daemons; see testenv
//	inside PROGRAM ARG…       run any program in the laboratory, such as ip
//	daemon ACTION NAME        kill, freeze, thaw or start one of the laboratory's daemons
//	begin FILE PROGRAM ARG…   run a program in the background, its output into a file
//	await FILE PATTERN        wait until the file has a line that matches
//	end FILE                  interrupt the program that writes the file; it must end well
//	bus KIND                  a bus with a fault; see bus
//	valid NAME FILE           the file is JSON that its schema knows in every part; see the folder schema
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				return fmt.Errorf("%T is no testing.TB", env.T())
			}
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+env.WorkDir+"/no-bus")
			env.Values[stageKey{}] = &stage{tb: tb, running: map[string]*background{}}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "fits": fits, "lab": startLab, "inside": inside, "daemon": daemon, "begin": begin, "await": await, "end": end, "valid": valid, "bus": bus,
		},
	})
}

// exits runs a program and holds its exit code against what is wanted. What it has to complain of is one line.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = on(ts).do(func() error { return ts.Exec(args[1], args[2:]...) })
	if got := exitCode(err); got != want {
		ts.Fatalf("exit code %d, want %d: %v", got, want, err)
	}
	complaint := ts.ReadFile("stderr")
	if complaint != "" && !regexp.MustCompile(`^nmdebug: [^\n]+\n$`).MatchString(complaint) {
		ts.Fatalf("the complaint is not one line that says who complains")
	}
}

// exitCode gives the exit code that an error of a run tells, -1 where there was no run.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// fits holds a text to the width of a terminal.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fits FILE")
	}
	const columns = 80
	for line := range strings.SplitSeq(ts.ReadFile(args[0]), "\n") {
		if width := uniseg.StringWidth(line); width > columns {
			ts.Fatalf("%d columns: %s", width, line)
		}
	}
}
