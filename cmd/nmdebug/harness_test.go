package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/shown"
)

// program is the static nmdebug that all tests run.
var program string

func TestMain(m *testing.M) {
	testenv.BecomeInit()
	flag.Parse()
	// The tests wait for daemons most of the time: more of them fit on the processors than Go would start.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	if testenv.Possible() == nil { // else no test can run
		dir, err := os.MkdirTemp("", "nmdebug-test-")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if err := errors.Join(os.Chmod(dir, 0o755), build(filepath.Join(dir, "nmdebug"))); err != nil {
			panic(err)
		}
	}
	testenv.Main(m)
}

func build(to string) error {
	program = to
	c := exec.Command("go", "build", "-trimpath", "-o", to, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build nmdebug: %w: %s", err, out)
	}
	return nil
}

// soon is how long nmdebug may take to show what the kernel or a daemon has said.
const soon = time.Second

// patience is how long a test waits for what a daemon does by itself.
const patience = 40 * time.Second

// scene is a lab in which nmdebug watches, with two witnesses of what really happens.
type scene struct {
	*testenv.Lab
	t      *testing.T
	user   string // who runs nmdebug
	bus    *witness
	kernel *witness
	watch  *watch
	from   time.Time // what was seen before does not count; see act
}

// newScene makes a lab in which nmdebug watches before anything has happened.
func newScene(t *testing.T, opts ...testenv.Option) *scene {
	t.Helper()
	return newSceneAs(t, "root", opts...)
}

func newSceneAs(t *testing.T, user string, opts ...testenv.Option) *scene {
	t.Helper()
	t.Parallel()
	s := &scene{Lab: testenv.Start(t, opts...), t: t, user: user, from: time.Now()}
	s.bus, s.kernel = listenToBus(t, s.Lab), listenToKernel(t, s.Lab)
	// The watch ends in a cleanup, where the test's own context is over.
	s.watch = startWatch(t, s.CommandAs(context.WithoutCancel(t.Context()), user, program, "status", "--watch", "-o", "jsonl"))
	began := s.from
	t.Cleanup(func() {
		if t.Failed() {
			s.bus.dump(t, "bus", began)
			s.kernel.dump(t, "kernel", began)
			s.watch.dump(t, began)
		}
	})
	return s
}

// play brings a scenario up while nmdebug watches.
func play(t *testing.T, scenario string) *scene {
	t.Helper()
	return playAs(t, "root", scenario)
}

func playAs(t *testing.T, user, scenario string) *scene {
	t.Helper()
	sc, err := testenv.ScenarioNamed(scenario)
	must(t, err)
	s := newSceneAs(t, user, testenv.NMConfig(sc.Config))
	s.bring(scenario)
	return s
}

// bring brings a scenario up that needs no configuration of NetworkManager's.
func (s *scene) bring(scenario string) {
	s.t.Helper()
	sc, err := testenv.ScenarioNamed(scenario)
	must(s.t, err)
	must(s.t, sc.Up(deadline(s.t, time.Minute), s.Lab))
}

// act says that something is about to be done: what is awaited from now on happens after it.
func (s *scene) act() { s.from = time.Now() }

// carrier takes the carrier of the link whose far end this is, or gives it back.
func (s *scene) carrier(far string, up bool) {
	s.t.Helper()
	s.act()
	must(s.t, s.SetCarrier(s.t.Context(), far, up))
}

// said waits for a signal on the bus and returns when it came.
func (s *scene) said(signal string) time.Time {
	s.t.Helper()
	return s.bus.await(s.t, s.from, signal)
}

// happened waits for what the kernel says and returns when it did.
func (s *scene) happened(fact string) time.Time {
	s.t.Helper()
	return s.kernel.await(s.t, s.from, fact)
}

// shows holds nmdebug to showing a change soon after a signal: "eth0 l1 failed no-carrier", "conflict eth0 l1
// connected-without-carrier", "source NetworkManager absent".
func (s *scene) shows(change string, signal time.Time) {
	s.t.Helper()
	s.showsWithin(soon, change, signal)
}

func (s *scene) showsWithin(limit time.Duration, change string, signal time.Time) {
	s.t.Helper()
	l := s.watch.await(s.t, s.from, change)
	late := l.arrived.Sub(signal)
	s.t.Logf("latency: %-50s %5d ms after the signal, at = %+d ms", change, late.Milliseconds(), l.At.Sub(signal).Milliseconds())
	if late > limit || l.At.Sub(signal) > limit {
		s.t.Errorf("%s came %v after the signal (at: %v)", change, late, l.At.Sub(signal))
	}
	if l.At.Before(s.from.Add(-limit)) {
		s.t.Errorf("%s is said to have been at %v, before it happened", change, l.At)
	}
}

// went compares what a floor went through since act with what was expected: "failed no-carrier, up link-up".
func (s *scene) went(floor, want string) {
	s.t.Helper()
	if got := s.watch.path(s.from, floor); got != want {
		s.t.Errorf("%s went through\n  %s\nexpected\n  %s", floor, got, want)
	}
}

// never holds that the watch has not shown such a change since act.
func (s *scene) never(change string) {
	s.t.Helper()
	if l, ok := s.watch.find(s.from, change); ok {
		s.t.Errorf("the watch shows %s: %s", l.Words(), l.Text)
	}
}

// stands waits until the watch is quiet, a one-shot status agrees with it on all floors, and the verdict on an interface
// is the one that is wanted; see stack.summary for its form.
func (s *scene) stands(iface, want string) {
	s.t.Helper()
	must(s.t, testenv.Await(deadline(s.t, patience), iface+" never stands as expected", func(ctx context.Context) error {
		if err := s.watch.quiet(ctx); err != nil {
			return err
		}
		p := s.status()
		if got := p.Stack(iface).Summary(); got != want {
			return fmt.Errorf("\n got %s\nwant %s", got, want)
		}
		if d := shown.Difference(p.Floors(), s.watch.floors()); d != "" {
			return fmt.Errorf("a one-shot status and the watch differ:\n%s", d)
		}
		return nil
	}))
}

// status runs a one-shot status.
func (s *scene) status() shown.Pyramid {
	s.t.Helper()
	out, complaint, _ := s.nmdebug("status", "-o", "json")
	var p shown.Pyramid
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		s.t.Fatalf("%v: %s%s", err, out, complaint)
	}
	return p
}

// why compares the explanation of an interface with texts that must be in it.
func (s *scene) why(iface string, texts ...string) {
	s.t.Helper()
	s.says([]string{"why", iface}, texts...)
}

// says compares what a command prints with texts that must be in it.
func (s *scene) says(command []string, texts ...string) {
	s.t.Helper()
	out, complaint, _ := s.nmdebug(command...)
	s.has(strings.Join(command, " "), out+complaint, texts...)
}

// fails runs a command that must end with an exit code and complain of something.
func (s *scene) fails(code int, complaint string, args ...string) {
	s.t.Helper()
	out, complained, got := s.nmdebug(args...)
	if got != code {
		s.t.Errorf("%v ends with %d, not %d:\n%s%s", args, got, code, out, complained)
	}
	s.has(strings.Join(args, " "), complained, complaint)
}

// check runs a check and compares its exit code.
func (s *scene) check(want int, args ...string) {
	s.t.Helper()
	out, complaint, code := s.nmdebug(append([]string{"check"}, args...)...)
	if code != want {
		s.t.Errorf("check %v ends with %d, not %d:\n%s%s", args, code, want, out, complaint)
	}
}

// has looks for texts in what was printed, whose lines may be broken anywhere.
func (s *scene) has(what, printed string, texts ...string) {
	s.t.Helper()
	words := strings.Join(strings.Fields(printed), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			s.t.Errorf("%s does not say %q:\n%s", what, text, printed)
		}
	}
}

// nmdebug runs the program in the lab, with what it printed, what it complained about and how it ended.
func (s *scene) nmdebug(args ...string) (out, complaint string, code int) {
	s.t.Helper()
	var errs strings.Builder
	c := s.CommandAs(deadline(s.t, patience), s.user, program, args...)
	c.Stderr = &errs
	printed, err := c.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return string(printed), errs.String(), c.ProcessState.ExitCode()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deadline bounds a wait.
func deadline(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
