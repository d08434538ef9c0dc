package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/creack/pty"

	"nmdebug/testenv"
)

// terminal is one in which a program runs, and that takes whatever the program writes as fast as it comes.
type terminal struct {
	command *testenv.Cmd
	file    *os.File
	began   time.Time // when the program was started
	chunks  chan []byte
	seen    []byte // of what was written, the end
}

const (
	rows, columns = 50, 160

	// remembered is how much of what was written is looked at: some pictures.
	remembered = 256 << 10

	// patience bounds each wait for the program.
	patience = 30 * time.Second
)

// openTerminal starts a program in a terminal. Its complaints go to a file of their own; nil is the terminal.
func openTerminal(ctx context.Context, lab *testenv.Lab, complaints *os.File, command ...string) (*terminal, error) {
	file, tty, err := pty.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = tty.Close() }() // the program has it
	if err := pty.Setsize(file, &pty.Winsize{Rows: rows, Cols: columns}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	c := lab.Command(ctx, command[0], command[1:]...)
	c.Env = append(c.Env, "TERM=xterm-256color")
	c.Stdin, c.Stdout, c.Stderr = tty, tty, tty
	if complaints != nil {
		c.Stderr = complaints
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	t := &terminal{command: c, file: file, began: time.Now(), chunks: make(chan []byte, 1024)}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	go t.drain()
	return t, nil
}

// drain reads until the program has closed the terminal. What nobody wants to see is thrown away.
func (t *terminal) drain() {
	defer close(t.chunks)
	buffer := make([]byte, 64<<10)
	for {
		n, err := t.file.Read(buffer)
		select {
		case t.chunks <- bytes.Clone(buffer[:n]):
		default:
		}
		if err != nil {
			return
		}
	}
}

// await waits until one of the texts was written, and gives the time since the start of the program.
func (t *terminal) await(texts ...string) (time.Duration, error) {
	timeout := time.After(patience)
	for {
		for _, text := range texts {
			if bytes.Contains(t.seen, []byte(text)) {
				return time.Since(t.began), nil
			}
		}
		select {
		case chunk, open := <-t.chunks:
			if !open {
				return 0, fmt.Errorf("it ended before it wrote %q: %q", texts, t.seen[max(0, len(t.seen)-500):])
			}
			t.seen = append(t.seen, chunk...)
			t.seen = t.seen[max(0, len(t.seen)-remembered):]
		case <-timeout:
			return 0, fmt.Errorf("it does not write %q: %q", texts, t.seen[max(0, len(t.seen)-500):])
		}
	}
}

// forget forgets what was written so far.
func (t *terminal) forget() {
	for len(t.chunks) > 0 {
		<-t.chunks
	}
	t.seen = nil
}

// press types keys.
func (t *terminal) press(keys string) error {
	_, err := io.WriteString(t.file, keys)
	return err
}

// end types keys that end the program and waits for it.
func (t *terminal) end(keys string) error {
	err := t.press(keys)
	if err == nil {
		err = t.command.Wait()
	}
	return errors.Join(err, t.file.Close())
}

// kill ends a program that has no key for it.
func (t *terminal) kill() error {
	err := t.command.Process.Signal(os.Interrupt)
	_ = t.command.Wait() // interrupted by us
	return errors.Join(err, t.file.Close())
}
