package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// Process is one process of the lab. Pid is as it is seen outside of the sandbox.
type Process struct {
	*os.Process
}

// Freeze stops the process where it stands; its sockets and its name on the bus remain.
func (p Process) Freeze() error { return p.Signal(unix.SIGSTOP) }

// Thaw lets a frozen process go on.
func (p Process) Thaw() error { return p.Signal(unix.SIGCONT) }

// Find waits until a process with this name (as in /proc/PID/comm: at most 15 characters) runs in the lab.
// It is for those that others start, wpa_supplicant, nm-dispatcher, the VPN plugins and their clients, and does not find the lab's own daemons.
func (l *Lab) Find(ctx context.Context, comm string) (Process, error) {
	var found Process
	err := Await(ctx, "cannot find "+comm, func(context.Context) (err error) {
		found, err = l.find(comm)
		return err
	})
	return found, err
}

// Gone waits until no process with this name runs in the lab.
func (l *Lab) Gone(ctx context.Context, comm string) error {
	return Await(ctx, comm+" still runs", func(context.Context) error {
		p, err := l.find(comm)
		if errors.Is(err, errNoProcess) {
			return nil
		}
		if err != nil {
			return err
		}
		return fmt.Errorf("process %d", p.Pid)
	})
}

var errNoProcess = errors.New("no such process")

func (l *Lab) find(comm string) (Process, error) {
	home, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", l.sandbox.init.Process.Pid))
	if err != nil {
		return Process{}, err
	}
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return Process{}, err
	}
	for _, dir := range dirs {
		// What is gone or a zombie by now has no name or no namespace.
		name, _ := os.ReadFile(filepath.Join(dir, "comm"))
		ns, _ := os.Readlink(filepath.Join(dir, "ns/pid"))
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || string(bytes.TrimSpace(name)) != comm || ns != home || l.isDaemon(pid) {
			continue
		}
		p, err := os.FindProcess(pid)
		return Process{p}, err
	}
	return Process{}, errNoProcess
}

func (l *Lab) isDaemon(pid int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.daemons, func(d *Daemon) bool { return d.Running() && d.PID() == pid })
}
