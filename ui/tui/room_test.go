package tui_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/ui/text"
	"nmdebug/ui/tui"
)

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
