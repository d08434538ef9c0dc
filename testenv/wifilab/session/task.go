package session

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// write puts the input into a file, which appears when it is complete, with the directories that lead to it.
func (t *task) write(path string, mode uint32) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, os.FileMode(mode))
	if err != nil {
		return err
	}
	_, err = io.Copy(f, t.input)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".new"))
	}
	return os.Rename(path+".new", path)
}

// dial connects the input and the output to a socket.
func (t *task) dial(path string) error {
	conn, err := new(net.Dialer).DialContext(context.Background(), "unix", path)
	if err != nil {
		return err
	}
	t.onSignal(func(syscall.Signal) { _ = conn.Close() })
	go func() {
		_, _ = io.Copy(conn, t.input)
		if u, ok := conn.(*net.UnixConn); ok {
			_ = u.CloseWrite()
		}
	}()
	_, err = io.Copy(t.output, conn)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return errors.Join(err, conn.Close())
}

// lateOutput is how long a command's descendants may keep its output open after its end.
const lateOutput = 2 * time.Second

func (t *task) run(r Request) Status {
	c := exec.CommandContext(context.Background(), r.Args[0], r.Args[1:]...)
	c.Env = append(os.Environ(), r.Env...)
	c.Dir = r.Dir
	c.WaitDelay = lateOutput
	if r.Terminal != nil {
		return t.runOnTerminal(c, *r.Terminal)
	}
	c.Stdout, c.Stderr = t.output, t.complaint
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := c.StdinPipe()
	if err != nil {
		return Status{Err: err.Error()}
	}
	if err := c.Start(); err != nil {
		return Status{Code: 127, Err: err.Error()}
	}
	go func() {
		_, _ = io.Copy(stdin, t.input) // a command need not read its input
		_ = stdin.Close()
	}()
	t.onSignal(signalGroup(c))
	defer t.onSignal(ignoreSignal)
	return exitStatus(c.Wait())
}

// signalGroup signals a command with all that it has started.
func signalGroup(c *exec.Cmd) func(syscall.Signal) {
	return func(s syscall.Signal) { _ = syscall.Kill(-c.Process.Pid, s) }
}

func ignoreSignal(syscall.Signal) {}

// runOnTerminal runs a command on a pseudo-terminal; the input is what is typed, the output what is shown.
func (t *task) runOnTerminal(c *exec.Cmd, size Size) Status {
	master, slave, err := openTerminal(size)
	if err != nil {
		return Status{Err: err.Error()}
	}
	defer func() { _ = master.Close() }()
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = c.Start()
	_ = slave.Close()
	if err != nil {
		return Status{Code: 127, Err: err.Error()}
	}
	t.onSignal(signalGroup(c))
	go func() { _, _ = io.Copy(master, t.input) }()
	shown := make(chan struct{})
	go func() {
		_, _ = io.Copy(t.output, master) // ends with EIO when the last process has closed its side
		close(shown)
	}()
	err = c.Wait()
	t.onSignal(ignoreSignal)
	select {
	case <-shown:
	case <-time.After(lateOutput):
	}
	return exitStatus(err)
}

func openTerminal(size Size) (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	path, err := unlockTerminal(master, size)
	if err == nil {
		slave, err = os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	return master, slave, nil
}

// unlockTerminal makes the slave usable and returns its path.
func unlockTerminal(master *os.File, size Size) (string, error) {
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return "", err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return "", err
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: size.Rows, Col: size.Columns}); err != nil {
		return "", err
	}
	return "/dev/pts/" + strconv.Itoa(n), unix.SetNonblock(fd, true)
}

func exitStatus(err error) Status {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return Status{}
	case !errors.As(err, &exit):
		return Status{Code: 1, Err: err.Error()}
	}
	if w, ok := exit.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return Status{Code: 128 + int(w.Signal()), Signal: int(w.Signal())}
	}
	return Status{Code: exit.ExitCode()}
}
