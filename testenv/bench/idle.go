package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// idleFor is how long an idle watcher is looked at.
const idleFor = 20 * time.Second

// idle looks at what `nmdebug status --watch` costs where nothing happens.
func idle(ctx context.Context, nmdebug string) error {
	lab, err := populated(ctx, 25)
	if err != nil {
		return err
	}
	defer func() { _ = lab.Close() }()
	m, err := newMonitor(ctx, lab)
	if err != nil {
		return err
	}
	defer m.close()
	ctx, stop := context.WithCancel(ctx)
	c := lab.Command(ctx, nmdebug, "status", "--watch", "-o", "jsonl")
	out, in := io.Pipe()
	c.Stdout = in
	if err := c.Start(); err != nil {
		stop()
		return err
	}
	defer func() {
		stop()
		go func() { _, _ = io.Copy(io.Discard, out) }()
		_ = c.Wait() // killed by us
	}()
	if _, err := bufio.NewReader(out).ReadBytes('\n'); err != nil {
		return err
	}
	return watchIdle(ctx, m, c.Process.Pid)
}

// watchIdle waits and then prints the watcher's processor time and its calls on the bus meanwhile.
func watchIdle(ctx context.Context, m *monitor, pid int) error {
	first, err := m.count(ctx)
	if err != nil {
		return err
	}
	before, err := ticks(pid)
	if err != nil {
		return err
	}
	select { // the measurement is the time that passes
	case <-time.After(idleFor):
	case <-ctx.Done():
		return ctx.Err()
	}
	after, err := ticks(pid)
	if err != nil {
		return err
	}
	last, err := m.count(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("idle: nmdebug status --watch for %s: %d ms of CPU, %d calls on the bus\n", idleFor, (after-before)*10, last-first)
	return nil
}

// ticks reads how much processor time a process has used, in ticks of 10 ms.
func ticks(pid int) (int, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	const user, system = 11, 12 // proc(5): utime is field 14, stime 15
	if !ok || len(fields) <= system {
		return 0, errors.New("cannot read " + string(stat))
	}
	u, err := strconv.Atoi(fields[user])
	if err != nil {
		return 0, err
	}
	s, err := strconv.Atoi(fields[system])
	return u + s, err
}
