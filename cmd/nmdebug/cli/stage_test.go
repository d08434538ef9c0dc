package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"nmdebug/testenv"
)

// patience is how long a script waits for what is to come.
const patience = time.Minute

// stage is where the programs of one script run: on this machine without a bus, or in a laboratory.
type stage struct {
	tb      testing.TB
	lab     *testenv.Lab
	running map[string]*background // by the file that they write
}

type stageKey struct{}

// on is the script's stage.
func on(ts *testscript.TestScript) *stage {
	s, ok := ts.Value(stageKey{}).(*stage)
	if !ok {
		ts.Fatalf("the script has no stage")
	}
	return s
}

// do calls f where the script's programs run.
func (s *stage) do(f func() error) error {
	if s.lab == nil {
		return f()
	}
	return s.lab.Do(f)
}

func startLab(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lab SCENARIO")
	}
	s := on(ts)
	ts.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "")
	s.lab = testenv.StartScenario(s.tb, args[0])
}

// inside runs a program of the laboratory that must succeed.
func inside(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || on(ts).lab == nil {
		ts.Fatalf("usage: inside PROGRAM ARG… (after lab)")
	}
	out, err := on(ts).lab.Run(on(ts).tb.Context(), args[0], args[1:]...)
	ts.Check(err)
	_, err = ts.Stdout().Write(out)
	ts.Check(err)
}

func daemon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || on(ts).lab == nil {
		ts.Fatalf("usage: daemon kill|freeze|thaw|start NAME (after lab)")
	}
	d := on(ts).lab.Daemon(args[1])
	if d == nil {
		ts.Fatalf("the laboratory has no daemon %s", args[1])
	}
	switch args[0] {
	case "kill":
		ts.Check(d.Kill())
	case "freeze":
		ts.Check(d.Freeze())
	case "thaw":
		ts.Check(d.Thaw())
	case "start":
		ts.Check(d.Start(on(ts).tb.Context()))
	default:
		ts.Fatalf("unknown action %s", args[0])
	}
}

// background is a program that goes on while the script does.
type background struct {
	cmd       *testenv.Cmd
	complaint bytes.Buffer
}

func begin(ts *testscript.TestScript, neg bool, args []string) {
	s := on(ts)
	if neg || len(args) < 2 || s.lab == nil {
		ts.Fatalf("usage: begin FILE PROGRAM ARG… (after lab)")
	}
	out, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer out.Close()
	ctx, kill := context.WithCancel(context.Background())
	b := &background{cmd: s.lab.Command(ctx, args[1], args[2:]...)}
	b.cmd.Stdout, b.cmd.Stderr = out, &b.complaint
	ts.Check(b.cmd.Start())
	s.running[args[0]] = b
	ts.Defer(func() {
		kill()
		_ = b.cmd.Wait() // ended before, or killed here
	})
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE PATTERN")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(on(ts).tb.Context(), patience)
	defer cancel()
	ts.Check(testenv.Await(ctx, "waiting for "+args[1], func(context.Context) error {
		text := ts.ReadFile(args[0])
		if !pattern.MatchString(text) {
			return fmt.Errorf("there is only:\n%s", text)
		}
		return nil
	}))
}

func end(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || on(ts).running[args[0]] == nil {
		ts.Fatalf("usage: end FILE (of a program that was begun)")
	}
	b := on(ts).running[args[0]]
	ts.Check(b.cmd.Process.Signal(syscall.SIGINT))
	err := b.cmd.Wait()
	if err = errors.Join(err, asError(b.complaint.String())); err != nil {
		ts.Fatalf("%s did not end well: %v", args[0], err)
	}
}

// asError is what a program complained of.
func asError(complaint string) error {
	if complaint == "" {
		return nil
	}
	return errors.New(complaint)
}
