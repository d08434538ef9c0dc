package cli_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the pictures of the panel anew, those of the README too")

// walk is a panel that begins at a moment, with pictures of it on the way.
type walk struct {
	at    string // "" for the end
	steps []step
}

// step is a picture, of what is shown after some keys.
type step struct {
	name string
	keys []string
}

// walks see every screen, and the moments at which something is wrong.
func walks() []walk {
	return []walk{
		{steps: []step{
			{name: "pyramid"},
			{name: "timeline", keys: []string{"F2"}},
			{name: "quality", keys: []string{"F3"}},
			{name: "wpa", keys: []string{"F4"}},
			{name: "wpa-diff", keys: []string{"d"}},
			{name: "graph", keys: []string{"F5"}},
			{name: "detail", keys: []string{"F6"}},
			{name: "bus", keys: []string{"F7"}},
			{name: "debug", keys: []string{"F8"}},
			{name: "help", keys: []string{"?"}},
			{name: "filter", keys: []string{"/", "dhcp"}},
			{name: "filtered", keys: []string{"Enter", "L"}},
			{name: "command", keys: []string{"Esc", "Esc", ":", "blame wlan1", "Enter"}},
			{name: "offers", keys: []string{"Esc", ":", "why wl"}},
			{name: "past", keys: []string{"Esc", "Esc", "[", "[", "["}},
		}},
		{at: "+38s", steps: []step{
			{name: "wrong-password"},
			{name: "wrong-password-timeline", keys: []string{"F2", "z"}},
		}},
		{at: "+66s", steps: []step{
			{name: "dead-dhcp"},
			{name: "dead-dhcp-plan", keys: []string{"R"}},
		}},
	}
}

// TestPanelPictures holds every screen to a picture of its cells.
func TestPanelPictures(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 60}} {
		for _, w := range walks() {
			folder := fmt.Sprintf("%dx%d", size[0], size[1])
			t.Run(folder+w.at, func(t *testing.T) {
				t.Parallel()
				s := open(t, look{width: size[0], height: size[1]}, w.args()...)
				for _, step := range w.steps {
					s.press(step.keys...)
					golden(t, filepath.Join(folder, step.name), s.picture().text)
				}
			})
		}
	}
}

func (w walk) args() []string {
	if w.at == "" {
		return nil
	}
	return []string{"--at", w.at}
}

// TestPanelAttires holds the pyramid and the timeline to their styles, too: with the 16 colours that any terminal has, without
// colours, and where there is nothing but ASCII.
func TestPanelAttires(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"colours": {}, "no-colours": {"NO_COLOR": "1"}, "ascii": {"LC_ALL": "C"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, look{width: 100, height: 30, env: env}, "--at", "+38s")
			for _, step := range []step{{name: "pyramid"}, {name: "timeline", keys: []string{"F2"}}} {
				s.press(step.keys...)
				p := s.picture()
				golden(t, filepath.Join(name, step.name), p.text+"\n"+p.attires)
				if at := strings.IndexFunc(p.text, func(r rune) bool { return r > '~' }); name == "ascii" && at >= 0 {
					t.Errorf("there is more than ASCII: %q", p.text[at:at+8])
				}
			}
			for _, colour := range s.colours() {
				if name == "no-colours" || colour >= tcell.PaletteColor(16) {
					t.Errorf("there is the colour %s", colour)
				}
			}
		})
	}
}

// golden compares a picture with that of a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "panel", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (make docs writes it anew):\n%s", path, diff)
	}
}
