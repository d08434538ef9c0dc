package tui_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"nmdebug/inspect"
	"nmdebug/ui/tui"
)

// R shows the plan, and nothing is done without a yes.
func TestRestartAsks(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Actions.Run = runs(0) })
	s.past.Show(stand(1, inspect.Failed, "eth0"))
	s.await("✖ failed")
	s.press("Up", "R")
	s.await(`ran ["reconnect" "eth0" "--from" "l2" "--dry-run" "--brief"]`)
	s.await("Carry this out now?")
	s.press("n")
	s.await("Nothing was done.")
	s.press("R")
	s.await("Carry this out now?")
	s.press("y")
	s.await(`ran ["reconnect" "eth0" "--from" "l2" "--yes"]`)
	s.press("Esc")
	s.until("panel without a console", func(p string) bool { return !strings.Contains(p, "ran [") })
}

// A plan is read before somebody says yes to it.
func TestRestartIsReadFirst(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Actions.Run = prints(40) })
	s.past.Show(stand(1, inspect.Failed, "eth0"))
	s.await("✖ failed")
	s.press("R")
	s.await("Carry this out now?")
	s.await("row 1.")
	s.press("PgDn", "Down")
	s.await("row 14.")
	s.press("End")
	s.await("row 40.")
	s.await("Carry this out now?")
	s.press("Home")
	s.await("row 1.")
	s.press("x")
	s.await("Nothing was done.")
}

// An answer is shown from its beginning, what goes on from its end, and what was scrolled as it was; the hints are those for it.
func TestOutputIsRead(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Actions.Run = prints(40) })
	s.past.Show(stand(1, inspect.Up, "eth0", "wlan0"))
	s.press(":", "why", "Enter")
	s.await("row 1.")
	s.await("Esc close  y copy  : command")
	s.press("End")
	s.await("row 40.")
	s.press("Up")
	s.await("row 39.")
	s.until("last row", func(p string) bool { return !strings.Contains(p, "row 40.") })
	s.press("Esc", ":", "log", "Enter")
	s.await("row 40.")
	s.press("Home")
	s.await("row 1.")
}

// In a recording there is nothing to restart.
func TestRestartInARecording(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Actions.Run, c.Recording = runs(0), "demo" })
	s.past.Show(stand(1, inspect.Failed, "eth0"))
	s.await("✖ failed")
	s.press("R")
	s.await("this is a recording")
	s.press("s")
	s.await("it is saved already")
}

// Any command can be run; one that goes on is ended by Esc.
func TestCommand(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) {
		c.Actions.Run = func(ctx context.Context, command tui.Command, out io.Writer) int {
			if command.Args[0] == "log" {
				<-ctx.Done()
			}
			return runs(3)(ctx, command, out)
		}
		c.Actions.Complete = func(_ context.Context, args []string) []string {
			if args[0] == "wh" {
				return []string{"why"}
			}
			return nil
		}
	})
	s.past.Show(stand(1, inspect.Up, "eth0"))
	s.press(":", "log -f", "Enter")
	s.await("Esc ends it")
	s.press(":", "why", "Enter")
	s.await("A command still runs: Esc ends it.")
	s.press("q")
	s.await("Leave?")
	s.press("n", "Ctrl-C") // as in a shell
	s.await(`ran ["log" "-f"]`)
	s.press("Esc", ":", "nmdebug why 'my vpn'", "Enter")
	s.await(`ran ["why" "my vpn"]`)
	s.await("exit code 3")
	s.press("Esc", ":", "log -f", "Enter")
	s.await("Esc ends it")
	s.press("Esc")
	s.await(`ran ["log" "-f"]`)
	s.press("Esc", ":", "Ctrl-P")
	s.await(":log -f")
	s.press("Ctrl-P")
	s.await(":nmdebug why")
	s.press("Ctrl-C") // leaves the line, not the panel
	s.press(":", "wh")
	s.await("why")
}

// What is pasted is no key: it cannot restart anything. In a line it is text.
func TestPaste(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Actions.Run = runs(0) })
	s.past.Show(stand(1, inspect.Failed, "eth0"))
	s.await("✖ failed")
	s.paste("Ry")
	s.press(":")
	s.paste("why\teth0 \n")
	s.press("Enter")
	s.await(`ran ["why" "eth0"]`)
}

// Enter runs the line that was typed, whatever it may become; Tab takes what is offered. Nobody waits for offers.
func TestOffers(t *testing.T) {
	answer := make(chan struct{})
	s := show(t, 80, 24, func(c *tui.Config) {
		c.Actions.Run = runs(0)
		c.Actions.Complete = func(ctx context.Context, args []string) []string {
			select {
			case <-answer:
			case <-ctx.Done():
			}
			return []string{args[0] + "ever"}
		}
	})
	s.press(":", "what")
	s.await(":what") // and no answer yet
	close(answer)
	s.await("whatever")
	s.press("Enter")
	s.await(`ran ["what"]`)
	s.press("Esc", ":", "who")
	s.await("whoever")
	s.press("Tab", "Enter")
	s.await(`ran ["whoever"]`)
}

// The levels are raised after a yes alone, and the button sets them back.
func TestLevels(t *testing.T) {
	raised := make(chan string, 4)
	s := show(t, 100, 24, func(c *tui.Config) {
		c.Actions.Raise = func(_ context.Context, level string) ([]string, error) {
			raised <- level
			return []string{"NetworkManager INFO → " + level}, nil
		}
		c.Actions.Restore = func(context.Context) error { return nil }
	})
	s.press("F8", "t", "n")
	s.await("Nothing was done.")
	s.press("t", "y")
	s.await("NetworkManager INFO → trace")
	s.press("b")
	s.await("as the system has them")
	s.click("[d] debug")
	s.press("y")
	s.await("NetworkManager INFO → debug")
	if first, second := <-raised, <-raised; first != "trace" || second != "debug" {
		t.Errorf("raised %s and %s", first, second)
	}
}

// What is read anew and what is saved is told, and so is what goes wrong with it.
func TestRereadAndSave(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) {
		c.Actions.Reread = func(context.Context) (string, error) { return "Read anew.", nil }
		c.Actions.Save = func() (string, error) { return "", errors.New("no place for it") }
	})
	s.press("r")
	s.await("Read anew.")
	s.press("s")
	s.await("no place for it")
	s.press("F5")
	s.until("message any more", func(p string) bool { return !strings.Contains(p, "no place") })
}
