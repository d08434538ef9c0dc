package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"nmdebug/testenv"
)

// callsOf counts the method calls that a command makes on the bus, seen by a monitor; the calls of others do not count.
func callsOf(ctx context.Context, lab *testenv.Lab, command []string) (int, error) {
	m, err := newMonitor(ctx, lab)
	if err != nil {
		return 0, err
	}
	defer m.close()
	if _, err := measure(ctx, lab, command); err != nil {
		return 0, err
	}
	return m.count(ctx)
}

// monitor is a dbus-monitor that prints a line for each message, and what it has counted: the calls by sender, and who
// of them is looked at.
type monitor struct {
	lab     *testenv.Lab
	stop    context.CancelFunc
	wait    func() error
	lines   *bufio.Scanner
	markers int
	calls   map[string]int
	watched string
}

func newMonitor(ctx context.Context, lab *testenv.Lab) (*monitor, error) {
	ctx, stop := context.WithCancel(ctx)
	c := lab.Command(ctx, "dbus-monitor", "--system", "--profile")
	out, in := io.Pipe()
	c.Stdout = in
	if err := c.Start(); err != nil {
		stop()
		return nil, err
	}
	m := &monitor{lab: lab, stop: stop, lines: bufio.NewScanner(out), calls: map[string]int{}}
	m.wait = func() error {
		go func() { _, _ = io.Copy(io.Discard, out) }()
		err := c.Wait()
		return errors.Join(err, in.Close())
	}
	for m.lines.Scan() { // it says NameLost when it has become a monitor
		if strings.Contains(m.lines.Text(), "NameLost") {
			return m, nil
		}
	}
	m.close()
	return nil, errors.New("dbus-monitor said nothing")
}

func (m *monitor) close() {
	m.stop()
	_ = m.wait() // killed by us
}

// count makes a call that marks the end, and gives how many calls the one who reads NetworkManager's objects has made
// before it.
func (m *monitor) count(ctx context.Context) (int, error) {
	m.markers++
	marker := fmt.Sprintf("/marker/%d", m.markers)
	_, _ = m.lab.Run(ctx, "dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", marker, "org.freedesktop.DBus.Peer.Ping")
	for m.lines.Scan() {
		field := strings.Fields(m.lines.Text())
		if len(field) < 8 || field[0] != "mc" {
			continue
		}
		sender, path, member := field[3], field[5], field[7]
		switch {
		case path == marker:
			return m.calls[m.watched], nil
		case member == "GetManagedObjects":
			m.watched = sender
		}
		m.calls[sender]++
	}
	return 0, errors.New("dbus-monitor ended")
}
