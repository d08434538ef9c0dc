package testenv

import (
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// initArg is the name under which a program that embeds a lab is executed again to become a sandbox's pid 1.
const initArg = "nmdebug-lab-init"

// The descriptors that the sandbox's init inherits.
const (
	aliveFD  = 3 // ends when the lab's owner ends
	reportFD = 4 // takes one message: standing, or why the sandbox does not stand
)

// standing is what a sandbox's pid 1 reports when everything is in place.
const standing = "standing"

// BecomeInit turns a process that was started to be a sandbox's pid 1 into that, and never returns there; elsewhere it does nothing.
// A program that makes labs calls it first of all; a test program calls [Main] instead.
func BecomeInit() {
	if !askedToBeInit() {
		return
	}
	report := os.NewFile(reportFD, "report")
	dir := os.Args[1]
	if err := buildSandbox(dir); err != nil {
		_, _ = fmt.Fprint(report, err)
		os.Exit(1)
	}
	_, _ = fmt.Fprint(report, standing)
	_ = report.Close()
	go reap()
	// The lab's end, and its owner's sudden death, are both the end of this pipe. With pid 1 the kernel kills the whole sandbox.
	_, _ = io.Copy(io.Discard, os.NewFile(aliveFD, "alive"))
	_ = unix.Kill(-1, unix.SIGKILL)
	_ = os.RemoveAll(dir) // an owner that was killed cannot
	os.Exit(0)
}

func askedToBeInit() bool { return len(os.Args) == 2 && os.Args[0] == initArg }

// reap waits for the processes that were left behind by their parents. The init itself starts none.
func reap() {
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	for range children {
		for {
			pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
			if pid <= 0 && err != unix.EINTR {
				break
			}
		}
	}
}
