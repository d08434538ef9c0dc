package testenv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sandbox is a set of namespaces with a pid 1 of ours in it.
type sandbox struct {
	init  *exec.Cmd
	alive *os.File // the pipe that holds the sandbox up; owned here
	pidfd int      // pid 1, for setns
	peer  *os.File // the peer's network namespace
}

// newSandbox makes the namespaces; dir is the lab's directory, which both sides see.
func newSandbox(dir string) (*sandbox, error) {
	aliveRead, aliveWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = aliveRead.Close() }()
	reportRead, reportWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, aliveWrite.Close())
	}
	defer func() { _ = reportRead.Close() }()

	s := &sandbox{alive: aliveWrite, pidfd: -1, init: &exec.Cmd{
		Path:       "/proc/self/exe",
		Args:       []string{initArg, dir},
		Env:        []string{},
		Dir:        "/",
		ExtraFiles: []*os.File{aliveRead, reportWrite},
		SysProcAttr: &syscall.SysProcAttr{
			Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
			Setsid:     true,
		},
	}}
	err = s.init.Start()
	_ = reportWrite.Close()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot make namespaces: %w", err), aliveWrite.Close())
	}
	if err := s.await(reportRead); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// await returns when pid 1 says that the sandbox stands, and opens the way into it.
func (s *sandbox) await(report io.Reader) error {
	message, err := io.ReadAll(report)
	if err != nil {
		return fmt.Errorf("cannot hear from the sandbox: %w", err)
	}
	if string(message) != standing {
		return fmt.Errorf("in the sandbox: %s", message)
	}
	pid := s.init.Process.Pid
	if s.pidfd, err = unix.PidfdOpen(pid, 0); err != nil {
		return fmt.Errorf("cannot hold the sandbox's pid 1: %w", err)
	}
	s.peer, err = os.Open(filepath.Join("/proc", strconv.Itoa(pid), "root", peerNetns))
	if err != nil {
		return fmt.Errorf("cannot open the peer's network: %w", err)
	}
	return nil
}

// endTime is how long the kernel may take to end a sandbox.
const endTime = 10 * time.Second

// close ends every process of the sandbox and waits until they are gone.
func (s *sandbox) close() error {
	err := s.alive.Close()
	_ = s.init.Process.Kill()
	gone := make(chan struct{})
	go func() {
		_ = s.init.Wait() // it was killed: its status tells nothing
		close(gone)
	}()
	select {
	case <-gone:
	case <-time.After(endTime):
		err = errors.Join(err, errors.New("the sandbox does not end: was a command started and not waited for?"))
	}
	if s.peer != nil {
		err = errors.Join(err, s.peer.Close())
	}
	if s.pidfd >= 0 {
		err = errors.Join(err, unix.Close(s.pidfd))
	}
	return err
}
