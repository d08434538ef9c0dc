package tui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
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

// Every key of the table is in the help, and every screen has its hints.
func TestHelp(t *testing.T) {
	s := show(t, 100, 60, nil)
	s.press("?")
	for _, wanted := range []string{"F8, 8", "restart the floor and all services above (asks)", "(asks)", "Home, g", "Ctrl+C"} {
		s.await(wanted)
	}
}
