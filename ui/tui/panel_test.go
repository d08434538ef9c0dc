package tui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/text"
	"nmdebug/ui/tui"
)

// The selected floor follows the cause, then the arrows and the mouse; its interface holds for all screens.
func TestSelectAFloor(t *testing.T) {
	s := show(t, 80, 24, nil)
	s.past.Show(stand(1, inspect.Up, "eth0", "wlan0"))
	s.await("why of eth0")
	s.press("Right")
	s.await("why of wlan0")
	s.press("F6")
	s.await("detail of wlan0")
	s.press("n")
	s.await("detail of eth0")
	s.press("1")
	s.await("why of eth0")
	s.click("wlan0")
	s.click("● fine")
	s.await("why of eth0")
}

// Until somebody selects a floor, it is the one of the cause; what was selected stays, until Esc.
func TestSelectTheCause(t *testing.T) {
	s := show(t, 80, 24, nil)
	s.past.Show(stand(1, inspect.Up, "eth0", "wlan0"))
	s.await("why of eth0")
	s.past.Show(caused(2, "wlan0"))
	s.await("why of wlan0")
	s.past.Show(stand(3, inspect.Up, "eth0", "wlan0")) // what was mended is still looked at
	s.await("why of wlan0 12:00:03")
	s.press("Left")
	s.await("why of eth0")
	s.past.Show(caused(4, "wlan0"))
	s.await("why of eth0 12:00:04")
	s.press("Esc")
	s.await("why of wlan0 12:00:04")
}

// A moment holds for all screens, too.
func TestTravel(t *testing.T) {
	s := show(t, 80, 24, nil)
	for i, l2 := range []inspect.Status{inspect.Up, inspect.Failed, inspect.Up} {
		s.past.Show(stand(10*i, l2, "eth0"))
		s.past.Add(line(10*i+1, record.Notice, "kernel", "eth0", "it happened "+string(rune('A'+i))))
	}
	s.await("12:01:00.000 LIVE")
	s.await("it happened C") // which is all that there is
	s.press("[")
	s.await("PAST 12:00:20.000")
	s.press("[")
	s.await("✖ failed")
	s.await("why of eth0 12:00:10")
	s.press("F2", "Left")
	s.await("PAST 12:00:01.000")
	s.await("\nEnd live")
	s.press("1", "Home")
	s.await("PAST 12:00:00.000")
	s.press("F6")
	s.await("detail of eth0 12:00:00")
	s.press("End")
	s.await("detail of eth0 12:00:20")
	s.await("LIVE")
	s.press("F2", "Up")
	s.await("PAST 12:00:11.000")
	s.press(" ")
	s.await("LIVE")
}

// It can begin at a moment.
func TestBeginAtAMoment(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Recording, c.At = "demo", second(15) })
	for i, l2 := range []inspect.Status{inspect.Up, inspect.Failed, inspect.Up} {
		s.past.Show(stand(10*i, l2, "eth0"))
		s.past.Add(line(10*i+1, record.Notice, "kernel", "eth0", "it happened "+string(rune('A'+i))))
	}
	s.await("reading… ")
	s.past.Complete()
	s.await("PAST 12:00:15.000")
	s.await("✖ failed")
	s.until("line after the moment", func(p string) bool { return !strings.Contains(p, "happened C") })
	s.press("F2")
	s.await("happened C")
	s.await("─ kernel eth0")
	s.press("Right")
	s.await("PAST 12:00:21.000")
}

// Only what is searched for, and only what went wrong.
func TestFilter(t *testing.T) {
	s := show(t, 100, 24, nil)
	s.past.Show(stand(1, inspect.Up, "eth0"))
	for i, text := range []string{"alpha", "beta", "gamma"} {
		severity := record.Info
		if text == "gamma" {
			severity = record.Error
		}
		s.past.Add(line(i, severity, "kernel", "eth0", text))
	}
	gone := func(words ...string) func(string) bool {
		return func(p string) bool {
			for _, w := range words {
				if strings.Contains(p, w) {
					return false
				}
			}
			return true
		}
	}
	s.press("F7")
	s.await("Nothing was said on the bus yet.")
	s.press("F2")
	s.await("3 lines")
	s.press("z")
	s.await("faults only · 1 line\n")
	s.until("line without a fault", gone("alpha", "beta"))
	s.press("z", "/", "b(et", "Enter") // no regular expression, as long as it is typed
	s.await("/b(et · as text · 0 lines")
	s.await("There is no such line: Esc ends the filter.")
	s.press("/", "Backspace2", "Backspace2", "Backspace2", "ETA", "Enter")
	s.await("/bETA · 1 line\n")
	s.until("other line", gone("alpha", "gamma"))
	s.press("/", strings.Repeat("long", 30), "Enter")
	s.await("longlo… · 0 lines\n")
	s.press("Esc")
	s.await("3 lines")
	s.press("Up")
	s.await("paused · line 2 of 3\n")
}

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

// Clicks that follow each other at once count each, also on hints, and leave no line behind that takes all keys.
func TestClicks(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Actions.Run = runs(0) })
	s.past.Show(stand(1, inspect.Up, "eth0", "wlan0"))
	s.await("why of eth0")
	s.click("F6 Detail")
	s.await("detail of eth0")
	s.click("F1 Pyramid")
	s.await("why of eth0")
	s.press(":", "wh")
	s.await(":wh")
	s.click("F5 Graph")
	s.await("graph of eth0")
	s.click("R restart")
	s.await("Carry this out now?")
	s.press("n", "Esc")
	s.await("? help")
	s.click("? help")
	s.await("The selected floor")
}

// The last lines follow what happens, also again after somebody has scrolled back in them and down to the end.
func TestTailFollows(t *testing.T) {
	s := show(t, 80, 24, nil)
	s.past.Show(stand(1, inspect.Up, "eth0"))
	for i := range 20 {
		s.past.Add(line(i, record.Notice, "kernel", "eth0", fmt.Sprintf("it happened %d.", i)))
	}
	s.await("happened 19.")
	wheel := func(button tcell.ButtonMask) { s.screen.InjectMouse(10, 21, button, tcell.ModNone) }
	wheel(tcell.WheelUp)
	s.until("older line", func(p string) bool { return !strings.Contains(p, "happened 19.") })
	s.past.Add(line(20, record.Notice, "kernel", "eth0", "it happened 20."))
	wheel(tcell.WheelDown)
	wheel(tcell.WheelDown)
	s.await("happened 20.")
	s.past.Add(line(21, record.Notice, "kernel", "eth0", "it happened 21."))
	s.await("happened 21.")
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

// What comes from outside is text, on every screen: no tag, no escape sequence, no line of its own.
func TestHostileNames(t *testing.T) {
	const hostile = "[red]a\x1b[31m\nb\u202e[-:-:bl]"
	s := show(t, 120, 40, nil)
	snapshot, p := stand(1, inspect.Up, "eth0")
	p.Stacks[0].Floors[1].Brief = hostile
	p.Stacks[0].Connection = &inspect.Connection{ID: hostile}
	s.past.Show(snapshot, p)
	s.past.Add(line(1, record.Error, hostile, hostile, hostile))
	s.await(`[red]a\x1b[31m\x0ab`)
	s.press("F2")
	s.await(`[red]a\x1b[31m\x0ab\u202e[-:-:bl]`)
	s.press("/", "[red]", "Enter")
	s.await("/[red]")
}

// The panel is whole at any size, and says so where there is nothing.
func TestSizes(t *testing.T) {
	s := show(t, 80, 24, nil)
	s.await("reading…")
	s.past.Show(stand(1, inspect.Up, "eth0", "eth1", "eth2", "eth3", "eth4", "eth5", "eth6", "eth7", "eth8", "eth9"))
	for _, size := range [][2]int{{200, 60}, {80, 24}, {40, 10}, {20, 5}, {3, 2}, {1, 1}, {120, 30}, {80, 24}} {
		s.screen.SetSize(size[0], size[1])
		for _, key := range []string{"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "?", "F1"} {
			s.press(key)
		}
	}
	s.await("F8 Debug")
	s.await("why of eth0")
	for range 9 {
		s.press("Right")
	}
	s.await("why of eth9")
	s.await("● fine")
}

// As long as there is room for what all interfaces say, nothing is cut; and what is cut has a sign.
func TestColumns(t *testing.T) {
	s := show(t, 80, 24, nil)
	snapshot, p := stand(1, inspect.Up, "wlan0", "wlan1", "wg0", "lo")
	p.Stacks[0].Floors[1].Brief, p.Stacks[1].Floors[1].Brief = "WPA2-PSK+WPA-PSK", "WPA2-PSK+WPA-PSK"
	s.past.Show(snapshot, p)
	s.await("● WPA2-PSK+WPA-PSK   ● WPA2-PSK+WPA-PSK   ● fine          ● up\n")
	s.press("Right", "Right", "Right")
	s.await("why of lo")
	s.await("● WPA2-PSK+WPA-PSK   ● WPA2-PSK+WPA-PSK")
	s.past.Add(line(1, record.Notice, "a-process-of-a-long-name", "p2p-dev-wlan0", "it is named"))
	s.press("F2")
	s.await("a-proc… p2p-de… it is named")
}

// Where there is little room, the verdict and the name of the screen are seen all the same.
func TestLittleRoom(t *testing.T) {
	s := show(t, 40, 10, nil)
	s.past.Show(caused(1, "wlan0"))
	s.await("F1 Pyramid F2 F3 F4 F5 F6 F7 F8\n")
	s.await("why of wlan0")
	s.press("F8")
	s.await("F7 F8 Debug\n")
	s.click("F3")
	s.await("quality of wlan0")
}

// Of a file no line is cut, and what is copied of it is not broken.
func TestLongLines(t *testing.T) {
	const long = "# derived: 802-1x: the profile has no such setting, so that no wpa_supplicant is needed for this interface"
	s := show(t, 80, 24, func(c *tui.Config) {
		c.Pages.Conf = func(_ context.Context, out *text.Printer, _ tui.Instant, _ string) {
			_, _ = io.WriteString(out.Out, long+"\n")
		}
	})
	s.past.Show(stand(1, inspect.Up, "eth0"))
	s.press("w")
	s.await("for this interface")
	s.press("y")
	s.await("copied")
	if got := string(s.screen.GetClipboardData()); got != long+"\n" {
		t.Errorf("copied is %q", got)
	}
}

// The selected line is shown as a whole; what has no room says so, and Enter gives it some.
func TestWholeLine(t *testing.T) {
	s := show(t, 80, 24, nil)
	s.past.Show(stand(1, inspect.Up, "eth0"))
	s.past.Add(line(1, record.Notice, "kernel", "eth0", strings.Repeat("and so on ", 40)+"until the end."))
	s.press("F2")
	s.until("sign for more below", func(p string) bool { return strings.Contains(p, "▼\n") })
	s.press("Enter")
	s.await("until the end.")
	s.press("Enter")
	s.until("line in part", func(p string) bool { return !strings.Contains(p, "until the end.") })
	s.screen.InjectMouse(10, 22, tcell.WheelDown, tcell.ModNone)
	s.screen.InjectMouse(10, 22, tcell.WheelDown, tcell.ModNone)
	s.await("until the end.")
}

// A text says whether there is more of it, above or below.
func TestMore(t *testing.T) {
	s := show(t, 80, 24, nil)
	s.past.Show(stand(1, inspect.Up, "eth0"))
	s.press("?")
	has := func(above, below bool) func(string) bool {
		return func(p string) bool {
			return strings.Contains(p, "▲\n") == above && strings.Contains(p, "▼\n") == below
		}
	}
	s.await("The selected floor")
	s.until("sign for more below", has(false, true))
	s.press("PgDn")
	s.until("signs for more above and below", has(true, true))
	s.press("End")
	s.until("sign for more above", has(true, false))
}

// Every key of the table is in the help, and every screen has its hints.
func TestHelp(t *testing.T) {
	s := show(t, 100, 60, nil)
	s.press("?")
	for _, wanted := range []string{"F8, 8", "restart the floor and all services above (asks)", "(asks)", "Home, g", "Ctrl+C"} {
		s.await(wanted)
	}
}

// Without colours the selected floor still stands out, and no cell has one.
func TestNoColours(t *testing.T) {
	s := show(t, 80, 24, func(c *tui.Config) { c.Colour, c.ASCII = false, true })
	s.past.Show(stand(1, inspect.Failed, "eth0"))
	picture := s.await("X failed")
	if at := strings.IndexFunc(picture, func(r rune) bool { return r > 0x7e }); at >= 0 {
		t.Errorf("there is more than ASCII: %q", picture[at:at+8])
	}
	selected := 0
	for y := range 24 {
		for x := range 80 {
			_, style, _ := s.screen.Get(x, y)
			foreground, background, attributes := style.Decompose()
			if foreground != tcell.ColorDefault || background != tcell.ColorDefault {
				t.Fatalf("%d, %d has a colour", x, y)
			}
			if attributes&tcell.AttrReverse != 0 {
				selected++
			}
		}
	}
	if selected == 0 {
		t.Error("nothing stands out")
	}
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
