package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Machine is a running virtual machine.
type Machine struct {
	// Port is the near end of the virtual serial port.
	Port net.Conn

	cmd     *exec.Cmd
	ended   <-chan struct{}
	monitor *monitor
	console *console
}

// Start starts a machine; it boots, or goes on from a snapshot.
func Start(ctx context.Context, c Config) (*Machine, error) {
	cmd, ended, near, err := c.launch()
	if err != nil {
		return nil, fmt.Errorf("cannot start QEMU: %w", err)
	}
	m := &Machine{Port: near.port, cmd: cmd, ended: ended, console: watchConsole(near.console)}
	m.monitor, err = newMonitor(ctx, near.monitor)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot start QEMU: %w", err), m.Close())
	}
	return m, nil
}

// Save takes a snapshot of the machine as it stands, in place of an older one with the same name.
func (m *Machine) Save(ctx context.Context, snapshot string) error {
	if err := m.monitor.human(ctx, "savevm "+snapshot); err != nil {
		return fmt.Errorf("cannot take snapshot %s: %w", snapshot, err)
	}
	return nil
}

// Console is the end of what the machine's kernel and its first processes have printed.
func (m *Machine) Console() string { return m.console.text() }

// endTime is how long the kernel may take to end QEMU.
const endTime = 10 * time.Second

// Close ends the machine at once.
func (m *Machine) Close() error {
	err := m.cmd.Process.Signal(syscall.SIGKILL)
	select {
	case <-m.ended: // it was killed: its status tells nothing
		err = nil
	case <-time.After(endTime):
		err = errors.Join(err, errors.New("QEMU does not end"))
	}
	errs := []error{err, m.Port.Close(), m.console.conn.Close()}
	if m.monitor != nil {
		errs = append(errs, m.monitor.conn.Close())
	}
	return errors.Join(errs...)
}

// console keeps the end of what is printed on it.
type console struct {
	conn net.Conn

	mu   sync.Mutex // guards kept
	kept []byte
}

func watchConsole(conn net.Conn) *console {
	c := &console{conn: conn}
	go func() { _, _ = io.Copy(c, conn) }()
	return c
}

func (c *console) Write(p []byte) (int, error) {
	const most = 64 << 10
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, p...)
	if len(c.kept) > 2*most {
		c.kept = append(c.kept[:0], c.kept[len(c.kept)-most:]...)
	}
	return len(p), nil
}

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.ToValidUTF8(string(c.kept), "�")
}
