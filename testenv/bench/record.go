package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
	"nmdebug/testenv"
)

// burst is what is sent in a turn: five seconds.
func burst() flood { return flood{pace: 20_000, count: 100_000} }

const (
	// turns is how often each recorder has its turn; the sums count.
	turns = 3
)

// recorder is a program that writes what is said on the bus into a file.
type recorder struct {
	name    string
	command func(file string) []string
	begun   string // what it says when it sees everything
	cpu     time.Duration
	written int
}

// recording compares what nmdebug record and busctl capture take for each message, and what they lose.
func recording(ctx context.Context, nmdebug string) error {
	lab, err := populated(ctx, 25)
	if err != nil {
		return err
	}
	defer func() { _ = lab.Close() }()
	recorders := []*recorder{
		{name: "nmdebug record", begun: "begun", command: func(file string) []string {
			return []string{nmdebug, "record", "-w", file, "--", "sh", "-c", "echo begun; cat"}
		}},
		{name: "busctl capture", begun: "Monitoring", command: func(file string) []string {
			return []string{"sh", "-c", "exec busctl capture > " + file}
		}},
	}
	for turn := range turns {
		for i, r := range recorders {
			file := filepath.Join(lab.Dir(), fmt.Sprintf("recorded-%d-%d", turn, i))
			if err := r.turn(ctx, lab, file); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
	}
	each := func(r *recorder) float64 { return float64(r.cpu.Microseconds()) / float64(turns*burst().count) }
	ours, theirs := recorders[0], recorders[1]
	fmt.Printf("record: %d messages at %d/s: nmdebug record %.1f µs of CPU each, busctl capture %.1f µs, ratio %.2f; lost %d and %d\n",
		turns*burst().count, burst().pace, each(ours), each(theirs), each(ours)/each(theirs), turns*burst().count-ours.written, turns*burst().count-theirs.written)
	return nil
}

// turn lets the recorder record a burst().
func (r *recorder) turn(ctx context.Context, lab *testenv.Lab, file string) error {
	command := r.command(file)
	c := lab.Command(ctx, command[0], command[1:]...)
	said := &teller{wanted: r.begun, heard: make(chan struct{})}
	c.Stdout, c.Stderr = said, said
	stdin, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	err = r.measure(ctx, lab, c.Process.Pid, said)
	_ = stdin.Close() // ends nmdebug
	_ = c.Process.Signal(os.Interrupt)
	_ = c.Wait() // interrupted by us
	if err != nil {
		return err
	}
	written, err := countBurst(file)
	r.written += written
	return err
}

// measure sends a burst and takes the processor time that the recorder has used when it is still again.
func (r *recorder) measure(ctx context.Context, lab *testenv.Lab, pid int, said *teller) error {
	select {
	case <-said.heard:
	case <-time.After(10 * time.Second):
		return errors.New("it does not begin")
	}
	before, err := onProcessor(pid)
	if err != nil {
		return err
	}
	if err := burst().send(ctx, lab); err != nil {
		return err
	}
	after, err := still(ctx, pid)
	r.cpu += after - before
	return err
}

// still waits until a process has nothing to do any more, and gives its processor time.
func still(ctx context.Context, pid int) (time.Duration, error) {
	const nothing = time.Millisecond
	for last := time.Duration(0); ; {
		now, err := onProcessor(pid)
		if err != nil || now-last < nothing {
			return now, err
		}
		last = now
		if err := pass(ctx, 300*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// teller says when a program has said what is wanted.
type teller struct {
	wanted string
	text   bytes.Buffer
	heard  chan struct{}
}

// Write takes what the program says.
func (t *teller) Write(b []byte) (int, error) {
	before := strings.Contains(t.text.String(), t.wanted)
	t.text.Write(b)
	if !before && strings.Contains(t.text.String(), t.wanted) {
		close(t.heard)
	}
	return len(b), nil
}

// countBurst counts the signals of the burst in a recording.
func countBurst(path string) (n int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = pcapng.Each(file, func(r record.Record) error {
		if m, err := wire.Parse(r.Raw); err == nil && m.Interface+"."+m.Member == floodSignal {
			n++
		}
		return nil
	})
	return n, err
}
