package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	if err := atRest(ctx, pid); err != nil {
		return err
	}
	first, err := m.count(ctx)
	if err != nil {
		return err
	}
	before, err := onProcessor(pid)
	if err != nil {
		return err
	}
	if err := pass(ctx, idleFor); err != nil {
		return err
	}
	after, err := onProcessor(pid)
	if err != nil {
		return err
	}
	last, err := m.count(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("idle: nmdebug status --watch for %s: %.2f ms of CPU, %d calls on the bus\n",
		idleFor, float64((after-before).Microseconds())/1000, last-first)
	return nil
}

// A network that has just come up is not idle: for half a minute its neighbours still change their states.
const (
	restFor    = 12 * time.Second
	restWithin = 2 * time.Minute
)

// atRest returns when the process has done nothing for a while.
func atRest(ctx context.Context, pid int) error {
	ctx, cancel := context.WithTimeout(ctx, restWithin)
	defer cancel()
	for last := time.Duration(-1); ; {
		now, err := onProcessor(pid)
		if err != nil || now == last {
			return err
		}
		last = now
		if err := pass(ctx, restFor); err != nil {
			return fmt.Errorf("the watcher does not come to rest: %w", err)
		}
	}
}

// pass lets time pass: that is what is measured.
func pass(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// onProcessor is how long all threads of a process have run, by the scheduler's own count (Documentation/scheduler/
// sched-stats.rst): ticks of the clock are too coarse for a process that sleeps.
func onProcessor(pid int) (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	if len(threads) == 0 {
		return 0, fmt.Errorf("process %d has ended", pid)
	}
	total := time.Duration(0)
	for _, path := range threads {
		stat, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		ran, _, _ := strings.Cut(string(stat), " ")
		ns, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("cannot read %s: %w", path, err)
		}
		total += time.Duration(ns)
	}
	return total, nil
}
