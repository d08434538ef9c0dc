package testenv

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Space is one of the lab's two networks, with the file system and the processes that both share.
type Space struct {
	sandbox *sandbox
	peer    bool
}

// Do calls f on a thread inside the space: files that f opens are the sandbox's, sockets belong to its network, and both can be used anywhere later.
// Goroutines that f starts are outside.
func (s *Space) Do(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			// The main thread stands for the whole process in /proc, and stays outside. Held here, it cannot be picked again.
			defer runtime.UnlockOSThread()
			done <- s.Do(f)
			return
		}
		// Never unlocked: the thread ends with this goroutine, so that no other one is ever run inside the sandbox.
		if err := s.enter(); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	return <-done
}

// enter moves the calling thread into the space.
func (s *Space) enter() error {
	// A thread may only change its mounts when it shares its root and working directory with no other.
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("cannot separate a thread: %w", err)
	}
	const all = unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC
	if err := unix.Setns(s.sandbox.pidfd, all); err != nil {
		return fmt.Errorf("cannot enter the sandbox: %w", err)
	}
	if !s.peer {
		return nil
	}
	if err := unix.Setns(int(s.sandbox.peer.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("cannot enter the peer's network: %w", err)
	}
	return nil
}

// WriteFile writes a file as the sandbox's processes see it.
func (s *Space) WriteFile(path string, data []byte, mode fs.FileMode) error {
	return s.Do(func() error { return os.WriteFile(path, data, mode) })
}

// ReadFile reads a file as the sandbox's processes see it.
func (s *Space) ReadFile(path string) ([]byte, error) {
	var data []byte
	err := s.Do(func() (err error) {
		data, err = os.ReadFile(path)
		return err
	})
	return data, err
}
