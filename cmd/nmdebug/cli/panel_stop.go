package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/proc"
)

// heedStops has the terminal given back before this process stops for a signal of somebody else's, until the context ends.
func heedStops(ctx context.Context, suspend func()) error {
	told := make(chan os.Signal, 1)
	signal.Notify(told, unix.SIGTSTP)
	defer signal.Stop(told)
	for {
		select {
		case <-told:
			suspend()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stopHere stops this process, with all that runs in the same job, until a shell continues it; where none could, it does nothing.
// SIGTSTP would do, but Go does not give it back once it was asked for.
func stopHere() error {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if !inAJob() {
		return errNoShell
	}
	if err := unix.Kill(0, unix.SIGSTOP); err != nil {
		return err
	}
	<-continued
	return nil
}

// errNoShell is why nothing stops.
var errNoShell = errors.New("there is no shell to go back to")

// inAJob says whether somebody of the same session could continue this process: whether its group is not an orphaned one, as POSIX calls
// it.
func inAJob() bool {
	for pid := range proc.Above() {
		if sessionOf(pid) != sessionOf(os.Getpid()) {
			return false
		}
		if group, err := unix.Getpgid(pid); err != nil || group != unix.Getpgrp() {
			return err == nil
		}
	}
	return false
}

// sessionOf is the session of a process; 0 of one that has gone.
func sessionOf(pid int) int {
	session, err := unix.Getsid(pid)
	if err != nil {
		return 0
	}
	return session
}
