package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"nmdebug/testenv"
)

// meterArg asks this program to be a meter: to run the command that follows, and to print what it took.
const meterArg = "meter"

// cost is what one run of a command took.
type cost struct {
	Wall, CPU time.Duration
	RSS       int64 // KiB, at its peak
}

// measure runs a command once. A meter starts it, because a command's peak begins with what its parent has in memory: until
// it executes they share that (fs/exec.c), and a program that has brought up a lab is larger than what is measured.
func measure(ctx context.Context, lab *testenv.Lab, command []string) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	var out bytes.Buffer
	c := lab.Command(ctx, self, append([]string{meterArg}, command...)...)
	c.Stdout, c.Stderr = &out, os.Stderr
	if err := c.Run(); err != nil {
		return cost{}, fmt.Errorf("cannot run %v: %w", command, err)
	}
	var took cost
	err = json.Unmarshal(out.Bytes(), &took)
	return took, err
}

// meter runs the command and prints its cost.
func meter(command []string) error {
	c := exec.CommandContext(context.Background(), command[0], command[1:]...)
	if !slices.Contains(command, "nmcli") { // it complains of the profiles that it loses
		c.Stderr = os.Stderr
	}
	began := time.Now()
	if err := c.Run(); err != nil {
		return err
	}
	took := cost{Wall: time.Since(began), CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("no usage of resources")
	}
	took.RSS = usage.Maxrss
	own, err := peak()
	if err != nil {
		return err
	}
	if own >= took.RSS {
		return fmt.Errorf("the meter has %d KiB itself, and %v %d", own, command, took.RSS)
	}
	return json.NewEncoder(os.Stdout).Encode(took)
}

// peak is how much memory this process had at most, in KiB. Its own usage of resources would tell its parent's, too.
func peak() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	var kib int64
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	_, err = fmt.Sscan(after, &kib)
	return kib, err
}
