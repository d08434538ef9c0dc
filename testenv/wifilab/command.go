package wifilab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"

	"nmdebug/testenv/wifilab/session"
)

// Space is one of the networks inside the machine, where commands can be run.
type Space struct {
	lab   *Lab
	enter []string // what leads a command there
}

// Cmd is a command inside the machine, to be used as an [os/exec.Cmd].
type Cmd struct {
	Args           []string
	Env            []string // added to what commands get anyway
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Terminal       *session.Size // the command's own terminal, which Stdin and Stdout lead to

	ctx    context.Context
	client *session.Client
	call   *session.Call
	stop   func() bool
}

// Command prepares a command. It and all that it has started is killed when ctx ends.
func (s *Space) Command(ctx context.Context, name string, args ...string) *Cmd {
	return &Cmd{Args: append(append(append([]string{}, s.enter...), name), args...), ctx: ctx, client: s.lab.client}
}

// Start starts the command.
func (c *Cmd) Start() error {
	call, err := c.client.Start(session.Request{Args: c.Args, Env: c.Env, Terminal: c.Terminal}, c.Stdin, c.Stdout, c.Stderr)
	if err != nil {
		return fmt.Errorf("cannot run %s: %w", c, err)
	}
	c.call = call
	c.stop = context.AfterFunc(c.ctx, func() { _ = call.Signal(syscall.SIGKILL) })
	return nil
}

// Signal sends the command, with all that it has started, a signal.
func (c *Cmd) Signal(s syscall.Signal) error { return c.call.Signal(s) }

// Wait returns when the command has ended and its output was written; an exit status other than 0 is an [*ExitError].
func (c *Cmd) Wait() error {
	status, err := c.call.Wait()
	c.stop()
	switch {
	case c.ctx.Err() != nil:
		return fmt.Errorf("cannot run %s: %w", c, context.Cause(c.ctx))
	case err != nil && status.Signal == 0:
		return fmt.Errorf("cannot run %s: %w", c, err)
	case status.Code != 0:
		return &ExitError{Command: c.String(), Code: status.Code}
	}
	return nil
}

// End interrupts the command and waits for its end, or for that of ctx: a machine that hangs tells of none.
func (c *Cmd) End(ctx context.Context) error {
	if err := c.Signal(syscall.SIGINT); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s does not end: %w", c, ctx.Err())
	}
}

// Run starts the command and waits for its end.
func (c *Cmd) Run() error {
	if err := c.Start(); err != nil {
		return err
	}
	return c.Wait()
}

// String is the command line.
func (c *Cmd) String() string { return strings.Join(c.Args, " ") }

// ExitError says that a command ended with another exit status than 0.
type ExitError struct {
	Command string
	Code    int    // 128 and the signal, when that ended it
	Stderr  string // where [Space.Run] kept it
}

// Error tells what ended, how, and what it complained about.
func (e *ExitError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%s: exit status %d: %s", e.Command, e.Code, e.Stderr))
}

// Run runs a command and returns what it printed. When it fails, that is an [*ExitError] with what it complained about.
func (s *Space) Run(ctx context.Context, name string, args ...string) ([]byte, error) {
	var out, complaint bytes.Buffer
	c := s.Command(ctx, name, args...)
	c.Stdout, c.Stderr = &out, &complaint
	err := c.Run()
	if exit, ok := errors.AsType[*ExitError](err); ok {
		exit.Stderr = strings.TrimSpace(complaint.String())
	}
	return out.Bytes(), err
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

// WriteFile writes a file inside the machine, with the directories that lead to it.
func (l *Lab) WriteFile(ctx context.Context, path string, mode os.FileMode, data io.Reader) error {
	call, err := l.client.Start(session.Request{Write: path, Mode: uint32(mode.Perm())}, data, nil, nil)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = call.Signal(syscall.SIGKILL) })
	defer stop()
	if _, err := call.Wait(); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

// Install copies a program of the host to where commands find it.
func (l *Lab) Install(ctx context.Context, program, name string) error {
	f, err := os.Open(program)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return l.WriteFile(ctx, "/run/lab/"+name, 0o755, f)
}

// Dial opens a connection of its own to the machine's system bus; the caller closes it.
func (l *Lab) Dial(ctx context.Context) (*dbus.Conn, error) {
	socket, err := l.client.Dial("/run/dbus/system_bus_socket")
	if err != nil {
		return nil, fmt.Errorf("cannot reach the machine's bus: %w", err)
	}
	conn, err := dbus.NewConn(socket, dbus.WithContext(ctx))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot reach the machine's bus: %w", err), socket.Close())
	}
	if err := conn.Auth(nil); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot reach the machine's bus: %w", err), conn.Close())
	}
	if err := conn.Hello(); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot reach the machine's bus: %w", err), conn.Close())
	}
	return conn, nil
}
