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
	return m.until(ctx, "GetManagedObjects")
}

// monitor is a dbus-monitor that prints a line for each message.
type monitor struct {
	lab     *testenv.Lab
	stop    context.CancelFunc
	wait    func() error
	lines   *bufio.Scanner
	markers int
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
	m := &monitor{lab: lab, stop: stop, lines: bufio.NewScanner(out)}
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

// until makes a call that marks the end and counts the calls before it: those of the one who called member, or of all
// when no member is named. Who makes the mark does not count.
func (m *monitor) until(ctx context.Context, member string) (int, error) {
	m.markers++
	marker := fmt.Sprintf("/marker/%d", m.markers)
	_, _ = m.lab.Run(ctx, "dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", marker, "org.freedesktop.DBus.Peer.Ping")
	calls := map[string]int{}
	caller, all := "", 0
	for m.lines.Scan() {
		field := strings.Fields(m.lines.Text())
		if len(field) < 8 || field[0] != "mc" {
			continue
		}
		sender, path, name := field[3], field[5], field[7]
		switch {
		case path == marker && member == "":
			return all - calls[sender], nil
		case path == marker:
			return calls[caller], nil
		case name == member:
			caller = sender
		}
		calls[sender]++
		all++
	}
	return 0, errors.New("dbus-monitor ended")
}
