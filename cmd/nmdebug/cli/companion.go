package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	// aftermath is how long is recorded after a command has ended: what it set off is told a moment later.
	aftermath = 300 * time.Millisecond

	// lastChance is how long a command that is to end may take before it is killed.
	lastChance = 5 * time.Second

	// signalled is added to the number of the signal that ended a command, as shells do.
	signalled = 128
)

// companion is a command that runs beside us. There may be none.
type companion struct {
	args  []string
	path  string
	in    io.Reader
	out   io.Writer // where it prints, and where it complains
	err   io.Writer
	ended chan int // its exit code; nil before it has begun
}

// newCompanion looks for the program.
func (a *app) newCompanion(args []string) (*companion, error) {
	if len(args) == 0 {
		return &companion{}, nil
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, usage("cannot run the command: %w", err)
	}
	return &companion{args: args, path: path, in: a.in, out: a.out, err: a.err}, nil
}

// begin runs the command with our own streams, and calls end a moment after it has ended. When the context ends first the
// command is asked to.
func (c *companion) begin(ctx context.Context, end func()) {
	if c.path == "" {
		return
	}
	cmd := exec.CommandContext(ctx, c.path, c.args[1:]...)
	cmd.Args[0] = c.args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.in, c.out, c.err
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = lastChance
	c.ended = make(chan int, 1)
	go func() {
		defer end()
		_ = cmd.Run() // how it ended is in its state
		c.ended <- exitCodeOf(cmd.ProcessState)
		select {
		case <-time.After(aftermath):
		case <-ctx.Done():
		}
	}()
}

// wait gives the command's exit code when it has ended.
func (c *companion) wait() int {
	if c.ended == nil {
		return exitOK
	}
	return <-c.ended
}

// exitCodeOf gives the exit code in the way of shells.
func exitCodeOf(state *os.ProcessState) int {
	if state == nil {
		return exitInternal // it could not be started
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return signalled + int(status.Signal())
	}
	return state.ExitCode()
}
