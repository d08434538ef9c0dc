package machine

import (
	"os/exec"
	"runtime"
)

// startWithParentThread starts a command with a Pdeathsig and waits for its end. The kernel sends that signal when the thread ends that started the command,
// which therefore must live as long as the command does.
func startWithParentThread(c *exec.Cmd) (<-chan struct{}, error) {
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			_ = c.Wait() // it is killed when it is no longer needed: its status tells nothing
			close(ended)
		}
	}()
	return ended, <-started
}
