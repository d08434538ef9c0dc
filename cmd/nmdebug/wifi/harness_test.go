package wifi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/shown"
	"nmdebug/testenv/wifilab"
)

// program is the static nmdebug that all tests run.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "nmdebug-wifi-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "nmdebug")
	c := exec.Command("go", "build", "-trimpath", "-o", program, "nmdebug/cmd/nmdebug")
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64")
	if out, err := c.CombinedOutput(); err != nil {
		panic(fmt.Errorf("cannot build nmdebug: %w: %s", err, out))
	}
	testenv.Main(m)
}

// The emulated machine is slow, and slower on a busy host: NetworkManager alone waits 25 s before it gives up.
const patience = 2 * time.Minute

// scene is a lab in which nmdebug watches.
type scene struct {
	*wifilab.Lab
	t     *testing.T
	watch *watch
}

// play lets a scenario happen while nmdebug watches.
func play(t *testing.T, name string) *scene {
	t.Helper()
	s := newScene(t)
	s.plays(name)
	return s
}

// plays lets a scenario happen.
func (s *scene) plays(name string) {
	s.t.Helper()
	scenario, err := wifilab.ScenarioNamed(name)
	must(s.t, err)
	must(s.t, scenario.Play(deadline(s.t), s.Lab))
}

// newScene makes a lab in which nmdebug watches and records before anything has happened.
func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{Lab: wifilab.Start(t), t: t}
	must(t, s.Install(deadline(t), program, "nmdebug"))
	s.observe()
	return s
}

// follow runs nmdebug until the end of the test and hands out each line that it prints, by one goroutine.
func (s *scene) follow(take func(line []byte), args ...string) {
	s.t.Helper()
	c := s.Command(context.WithoutCancel(s.t.Context()), "nmdebug", args...)
	out, in := io.Pipe()
	c.Stdout = in
	must(s.t, c.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewReader(out); ; {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			take(line)
		}
	}()
	s.t.Cleanup(func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), patience)
		defer cancel()
		if err := c.End(ending); err != nil {
			s.t.Errorf("nmdebug %v ended: %v", args, err)
		}
		_ = in.Close()
		<-ended
	})
}

// status runs a one-shot status.
func (s *scene) status() shown.Pyramid {
	s.t.Helper()
	var p shown.Pyramid
	s.answers(&p, "status")
	return p
}

// answers runs nmdebug and reads its JSON.
func (s *scene) answers(to any, args ...string) {
	s.t.Helper()
	out := s.nmdebug(append([]string{"-o", "json"}, args...)...)
	if err := json.Unmarshal(out, to); err != nil {
		s.t.Fatalf("nmdebug %v: %v: %s", args, err, out)
	}
}

// nmdebug runs the program in the lab; a check that does not hold is no error.
func (s *scene) nmdebug(args ...string) []byte {
	s.t.Helper()
	out, err := s.Run(deadline(s.t), "nmdebug", args...)
	var exit *wifilab.ExitError
	if errors.As(err, &exit) && exit.Code > 10 && exit.Code < 15 {
		return out
	}
	must(s.t, err)
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deadline bounds a wait.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
