// Package terminal runs programs in a terminal whose screen a test can read and whose keys it can press.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"

	"nmdebug/testenv"
)

// patience bounds each wait for the screen.
const patience = 30 * time.Second

// Kind is what kind of terminal it is.
type Kind struct {
	Columns, Rows int
	Env           []string // what it says of itself, beside TERM=xterm-256color
}

// Terminal is a terminal with a program in it.
type Terminal struct {
	tb      testing.TB
	file    *os.File // the end of the one who sits in front of it
	screen  vt10x.Terminal
	command *exec.Cmd
	ended   chan struct{} // closed when the program has ended
	drawn   chan struct{} // closed when all that was written is on the screen
}

// Open has start start a command in a terminal. With the test, it ends.
func Open(tb testing.TB, k Kind, c *exec.Cmd, start func() error) *Terminal {
	tb.Helper()
	file, tty, err := pty.Open()
	if err != nil {
		tb.Fatal(err)
	}
	t := &Terminal{
		tb: tb, file: file, screen: vt10x.New(vt10x.WithSize(k.Columns, k.Rows), vt10x.WithWriter(file)),
		command: c, ended: make(chan struct{}), drawn: make(chan struct{}),
	}
	t.size(k.Columns, k.Rows)
	c.Env = append(append(c.Environ(), "TERM=xterm-256color"), k.Env...)
	c.Stdin, c.Stdout, c.Stderr = tty, tty, tty
	if c.SysProcAttr == nil {
		c.SysProcAttr = &syscall.SysProcAttr{}
	}
	c.SysProcAttr.Setsid, c.SysProcAttr.Setctty = true, true
	err = start()
	_ = tty.Close() // the command has it
	if err != nil {
		tb.Fatal(errors.Join(err, file.Close()))
	}
	go t.draw()
	go func() {
		defer close(t.ended)
		_ = c.Wait() // ExitCode tells how it ended
	}()
	tb.Cleanup(t.close)
	return t
}

// draw keeps the screen as the program wants it, until the program has let go of the terminal.
func (t *Terminal) draw() {
	defer close(t.drawn)
	in := bufio.NewReader(t.file)
	for t.screen.Parse(in) == nil {
	}
}

func (t *Terminal) close() {
	if t.tb.Failed() {
		t.tb.Logf("the terminal shows:\n%s", t.Screen())
	}
	_ = t.command.Process.Kill() // it has ended already, or ends so
	<-t.ended
	_ = t.file.Close()
	<-t.drawn
}

// Resize makes the terminal larger or smaller.
func (t *Terminal) Resize(columns, rows int) {
	t.tb.Helper()
	t.screen.Resize(columns, rows)
	t.size(columns, rows)
}

func (t *Terminal) size(columns, rows int) {
	t.tb.Helper()
	if err := pty.Setsize(t.file, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)}); err != nil {
		t.tb.Fatal(err)
	}
}

// Press types keys: Enter, Esc, or text.
func (t *Terminal) Press(keys ...string) {
	t.tb.Helper()
	for _, k := range keys {
		switch k {
		case "Enter":
			k = "\r"
		case "Esc":
			k = "\x1b"
		}
		if _, err := t.file.WriteString(k); err != nil {
			t.tb.Fatal(err)
		}
	}
}

// Screen is what the terminal shows, a line for each row.
func (t *Terminal) Screen() string {
	t.screen.Lock()
	defer t.screen.Unlock()
	columns, rows := t.screen.Size()
	var b strings.Builder
	for y := range rows {
		line := make([]rune, columns)
		for x := range columns {
			line[x] = max(t.screen.Cell(x, y).Char, ' ')
		}
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return b.String()
}

// Until waits until the screen is as wanted, and gives it.
func (t *Terminal) Until(what string, wanted func(screen string) bool) string {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.tb.Context(), patience)
	defer cancel()
	var screen string
	err := testenv.Await(ctx, what, func(context.Context) error {
		if screen = t.Screen(); !wanted(screen) {
			return errors.New("it is not on the screen")
		}
		return nil
	})
	if err != nil {
		t.tb.Fatal(err)
	}
	return screen
}

// Await waits until the screen has all of the texts, and gives it.
func (t *Terminal) Await(texts ...string) string {
	t.tb.Helper()
	return t.Until(fmt.Sprintf("%q", texts), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// AwaitGone waits until the screen has a text no more.
func (t *Terminal) AwaitGone(text string) {
	t.tb.Helper()
	t.Until(fmt.Sprintf("no %q", text), func(screen string) bool { return !strings.Contains(screen, text) })
}

// Signal sends the program a signal.
func (t *Terminal) Signal(s os.Signal) {
	t.tb.Helper()
	if err := t.command.Process.Signal(s); err != nil {
		t.tb.Fatal(err)
	}
}

// ExitCode waits for the end of the program, until all that it wrote is on the screen; -1 is for one that a signal ended.
func (t *Terminal) ExitCode() int {
	t.tb.Helper()
	select {
	case <-t.ended:
	case <-time.After(patience):
		t.tb.Fatal("the program does not end")
	}
	<-t.drawn
	return t.command.ProcessState.ExitCode()
}

// Usable says whether the terminal is as it was before a program had all of it: it has lines, a cursor, no mouse, and echoes what is
// typed.
func (t *Terminal) Usable() bool {
	t.tb.Helper()
	modes, err := unix.IoctlGetTermios(int(t.file.Fd()), unix.TCGETS)
	if err != nil {
		t.tb.Fatal(err)
	}
	t.screen.Lock()
	defer t.screen.Unlock()
	const echoes = unix.ECHO | unix.ICANON | unix.ISIG
	return modes.Lflag&echoes == echoes && t.screen.Mode()&(vt10x.ModeAltScreen|vt10x.ModeHide|vt10x.ModeMouseMask) == 0
}
