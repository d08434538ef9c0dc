package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"nmdebug/cmd/nmdebug/cli"
	"nmdebug/ui/tui/tuitest"
)

// show is a panel on a screen that nobody sees.
type show struct {
	*testing.T
	look
	screen  tcell.SimulationScreen
	pressed int // keys so far
	settled chan settled
}

// settled is what the screen shows when it stays like that.
type settled struct {
	keys          int // that were pressed until then
	width, height int
	text, attires string
}

// look is how a terminal looks.
type look struct {
	width, height int
	env           map[string]string // beside the locale
}

// open begins a panel on the recording that comes with nmdebug.
func open(t *testing.T, l look, args ...string) *show {
	t.Helper()
	s := &show{T: t, look: l, screen: tcell.NewSimulationScreen("UTF-8"), settled: make(chan settled, 1)}
	env := map[string]string{"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=" + t.TempDir() + "/no-bus"}
	maps.Copy(env, l.env)
	var complaint bytes.Buffer
	stage := cli.Stage{Screen: s.screen, Settled: s.take, Env: env, Now: noon, Complain: &complaint}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- stage.Run(ctx, append([]string{"panel", "--replay", "demo", "--timeout", patience.String()}, args...)...)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != 0 || complaint.Len() > 0 {
			t.Errorf("the panel ends with %d: %s", code, &complaint)
		}
	})
	s.until("panel", func(settled) bool { return true }) // before it is there, a screen has neither keys nor a size
	s.screen.SetSize(l.width, l.height)
	return s
}

// noon is the time at which all panels are looked at. No picture of a recording tells it.
func noon() time.Time { return time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC) }

// take keeps what is on the screen. The goroutine of the screen calls it, and draws nothing meanwhile.
func (s *show) take(keys int) {
	select {
	case <-s.settled: // an older picture, that nobody wanted
	default:
	}
	width, height := s.screen.Size()
	s.settled <- settled{keys, width, height, text(s.screen), attires(s.screen)}
}

// press types keys: names of keys, or text.
func (s *show) press(keys ...string) { s.pressed += tuitest.Press(s.screen, keys...) }

// picture waits until all keys have done what they do.
func (s *show) picture() settled {
	s.Helper()
	return s.until("picture after the last key", func(p settled) bool {
		return p.keys >= s.pressed && p.width == s.width && p.height == s.height
	})
}

// until waits for a picture that stays and is as wanted.
func (s *show) until(what string, wanted func(settled) bool) settled {
	s.Helper()
	end := time.After(patience)
	for {
		select {
		case p := <-s.settled:
			if wanted(p) {
				return p
			}
		case <-end:
			s.Fatalf("there is no %s that stays:\n%s", what, text(s.screen))
		}
	}
}

// text is what is written on the screen, and where the cursor is.
func text(screen tcell.SimulationScreen) string {
	written := tuitest.Text(screen)
	if x, y, visible := screen.GetCursor(); visible {
		written += fmt.Sprintf("cursor %d, %d\n", x, y)
	}
	return written
}

// attires is how it is written: a letter for each style, which is explained below, a point for that of the terminal.
func attires(screen tcell.SimulationScreen) string {
	var b, legend strings.Builder
	letters := map[tcell.Style]rune{tcell.StyleDefault: '.'}
	width, height := screen.Size()
	for y := range height {
		var line strings.Builder
		for x := range width {
			_, style, _ := screen.Get(x, y)
			letter, known := letters[style]
			if !known {
				letter = 'a' + rune(len(letters)) - 1
				letters[style] = letter
				fmt.Fprintf(&legend, "%c%s\n", letter, attire(style))
			}
			line.WriteRune(letter)
		}
		b.WriteString(strings.TrimRight(line.String(), ".") + "\n")
	}
	return b.String() + legend.String()
}

// attire names a style.
func attire(style tcell.Style) string {
	words := ""
	foreground, background, attributes := style.Decompose()
	for _, a := range []struct {
		mask tcell.AttrMask
		name string
	}{{tcell.AttrBold, "bold"}, {tcell.AttrDim, "dim"}, {tcell.AttrReverse, "reverse"}, {tcell.AttrUnderline, "underlined"}} {
		if attributes&a.mask != 0 {
			words += " " + a.name
		}
	}
	if foreground != tcell.ColorDefault {
		words += " " + foreground.Name()
	}
	if background != tcell.ColorDefault {
		words += " on " + background.Name()
	}
	return words
}

// colours are those on the screen that are not the terminal's own.
func (s *show) colours() []tcell.Color {
	var found []tcell.Color
	for y := range s.height {
		for x := range s.width {
			_, style, _ := s.screen.Get(x, y)
			foreground, background, _ := style.Decompose()
			for _, c := range []tcell.Color{foreground, background} {
				if c != tcell.ColorDefault && !slices.Contains(found, c) {
					found = append(found, c)
				}
			}
		}
	}
	return found
}
