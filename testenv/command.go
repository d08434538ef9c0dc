package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Cmd is an [exec.Cmd] that runs inside a space. It is a child of the calling process, so signals and exit status are its own.
type Cmd struct {
	*exec.Cmd
	space *Space
}

// Command prepares a command for the space. It is killed when ctx ends, and also when the lab ends.
func (s *Space) Command(ctx context.Context, name string, args ...string) *Cmd {
	path, err := lookPath(name)
	c := exec.CommandContext(ctx, path, args...)
	c.Args[0] = name
	c.Err = err
	c.Env = environment()
	c.WaitDelay = time.Second // for what a killed command leaves holding its output
	// A thread that enters the sandbox arrives at its root.
	c.Dir, _ = os.Getwd()
	return &Cmd{Cmd: c, space: s}
}

// CommandAs prepares a command that runs as another user, with the user's own group and no supplementary one.
func (s *Space) CommandAs(ctx context.Context, username, name string, args ...string) *Cmd {
	c := s.Command(ctx, name, args...)
	credential, err := credentialOf(username)
	if err != nil {
		c.Err = err
	}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	c.Dir = "/"
	return c
}

// Run runs a command in the space and returns what it printed; its error carries what it complained about.
func (s *Space) Run(ctx context.Context, name string, args ...string) ([]byte, error) {
	c := s.Command(ctx, name, args...)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		return out, fmt.Errorf("cannot run %s: %w: %s", strings.Join(c.Args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return out, nil
}

// MustRun is Run for tests: a failure ends the test.
func (s *Space) MustRun(tb testing.TB, name string, args ...string) []byte {
	tb.Helper()
	out, err := s.Run(tb.Context(), name, args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// Start starts the command inside its space.
func (c *Cmd) Start() error { return c.space.Do(c.Cmd.Start) }

// Run starts the command and waits for its end.
func (c *Cmd) Run() error {
	if err := c.Start(); err != nil {
		return err
	}
	return c.Wait()
}

// Output runs the command and returns its standard output.
func (c *Cmd) Output() ([]byte, error) {
	var out bytes.Buffer
	c.Stdout = &out
	err := c.Run()
	return out.Bytes(), err
}

// CombinedOutput runs the command and returns its standard output and error together.
func (c *Cmd) CombinedOutput() ([]byte, error) {
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return out.Bytes(), err
}

// systemPath is searched after PATH, which need not have it.
const systemPath = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"

func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil || !errors.Is(err, exec.ErrNotFound) {
		return path, err
	}
	for _, dir := range filepath.SplitList(systemPath) {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return name, err
}

// environment is the caller's without what would lead out of the sandbox, to the host's buses.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "DBUS_") || strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "LANG")
	})
	return append(env, "LC_ALL=C.UTF-8", "PATH="+os.Getenv("PATH")+":"+systemPath)
}

func credentialOf(username string) (*syscall.Credential, error) {
	u, err := user.Lookup(username)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("cannot read the uid of %s: %w", username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("cannot read the gid of %s: %w", username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: []uint32{}}, nil
}
