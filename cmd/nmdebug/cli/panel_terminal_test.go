package cli_test

import (
	"os"
	"os/exec"
	"os/signal"
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
