package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"nmdebug/testenv/terminal"
)

// onTheDemo runs the panel in a terminal, on the recording that comes with nmdebug.
func onTheDemo(t *testing.T, env ...string) *terminal.Terminal {
	t.Helper()
	t.Parallel()
	c := exec.CommandContext(t.Context(), "nmdebug", "panel", "--replay", "demo", "--at", "+38s")
	c.Env = append(c.Environ(), "LC_ALL=C.UTF-8", "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+t.TempDir()+"/no-bus")
	return terminal.Open(t, terminal.Kind{Columns: 80, Rows: 24, Env: env}, c, c.Start)
}

// In any terminal it draws, follows its size, and leaves it as it was.
func TestPanelInATerminal(t *testing.T) {
	for _, kind := range []string{"xterm-256color", "xterm-16color", "linux", "vt100", "screen", "tmux-256color"} {
		t.Run(kind, func(t *testing.T) {
			panel := onTheDemo(t, "TERM="+kind)
			panel.Await("F8 Debug", "✖ wrong key", "The access point does not accept the key", "q quit")
			if panel.Usable() {
				t.Error("it draws where the terminal's lines are")
			}
			panel.Resize(120, 40)
			panel.Until("wide picture", func(screen string) bool {
				first, _, _ := strings.Cut(screen, "\n")
				return len([]rune(first)) == 120
			})
			panel.Press("2")
			panel.Await("paused")
			panel.Press("\x1a")
			panel.Await("there is no shell to go back to")
			panel.Press("q")
			if code := panel.ExitCode(); code != 0 || !panel.Usable() {
				t.Errorf("it ends with %d, and the terminal is usable: %t", code, panel.Usable())
			}
		})
	}
}

// However it ends, the terminal is left as it was.
func TestPanelIsEnded(t *testing.T) {
	// What the tests ignore, as under nohup, the program would ignore, too.
	heeded := make(chan os.Signal, 1)
	signal.Notify(heeded, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(heeded) })
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			panel := onTheDemo(t)
			panel.Await("✖ wrong key")
			panel.Signal(signal)
			if code := panel.ExitCode(); code != 0 || !panel.Usable() {
				t.Errorf("it ends with %d, and the terminal is usable: %t", code, panel.Usable())
			}
		})
	}
}

// Whoever stops it gets the terminal as it was, and it goes on where it was, in whatever size there is then.
func TestPanelIsStopped(t *testing.T) {
	t.Parallel()
	shell, pid := inAShell(t, "panel --replay demo --at +38s")
	shell.Await("✖ wrong key", "q quit")
	for name, stop := range map[string]func(){
		"Ctrl+Z": func() { shell.Press("\x1a") },
		"SIGTSTP": func() {
			if err := syscall.Kill(pid, syscall.SIGTSTP); err != nil {
				t.Fatal(err)
			}
		},
	} {
		stop()
		shell.Until("shell after "+name, func(string) bool { return shell.Usable() && stateOf(t, pid) == "T" })
		shell.Resize(100, 30)
		shell.Press("fg", "Enter")
		shell.Until("panel again", func(string) bool { return !shell.Usable() && stateOf(t, pid) == "S" })
		shell.Await("✖ wrong key", "q quit")
		shell.Resize(80, 24)
	}
	shell.Press("q")
	shell.Until("shell at the end", func(string) bool { return shell.Usable() })
	shell.Press("exit", "Enter")
	if code := shell.ExitCode(); code != 0 {
		t.Errorf("the panel ended with %d", code)
	}
}

// inAShell has a shell with jobs run nmdebug in a terminal, and gives its process.
func inAShell(t *testing.T, args string) (shell *terminal.Terminal, pid int) {
	t.Helper()
	folder := t.TempDir()
	c := exec.CommandContext(t.Context(), "bash", "--norc", "--noediting", "-i")
	c.Env = append(c.Environ(), "LC_ALL=C.UTF-8", "PS1=shell$ ", "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+folder+"/no-bus")
	shell = terminal.Open(t, terminal.Kind{Columns: 80, Rows: 24}, c, c.Start)
	shell.Await("shell$")
	shell.Press("sh -c 'echo $$ >"+folder+"/pid; exec nmdebug "+args+"'", "Enter")
	shell.Until("process", func(string) bool {
		written, err := os.ReadFile(folder + "/pid")
		if err == nil {
			pid, err = strconv.Atoi(strings.TrimSpace(string(written)))
		}
		return err == nil
	})
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) }) // it has ended already, or keeps the terminal
	return shell, pid
}

// stateOf is how a process stands, in the letters of ps(1).
func stateOf(t *testing.T, pid int) string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return state[:1]
}

// Where nothing can be drawn it says so.
func TestPanelWithoutATerminal(t *testing.T) {
	for name, kind := range map[string]string{"dumb": "dumb", "none": "", "unknown": "no-such-terminal"} {
		t.Run(name, func(t *testing.T) {
			panel := onTheDemo(t, "TERM="+kind)
			if code := panel.ExitCode(); code != 2 || !panel.Usable() {
				t.Errorf("it ends with %d, and the terminal is usable: %t", code, panel.Usable())
			}
			panel.Await("nmdebug: panel needs a terminal")
		})
	}
}
