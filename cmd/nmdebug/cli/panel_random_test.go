package cli_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"nmdebug/ui/tui"
)

// Whatever is pressed, clicked and resized, the panel comes to rest, with nothing but ASCII where there is nothing else.
func TestPanelAtRandom(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := open(t, look{width: 80, height: 24, env: map[string]string{"LC_ALL": "C"}})
			keys, random := everyKey(), rand.New(rand.NewPCG(seed, 0))
			for range 200 {
				switch random.IntN(20) {
				case 0:
					s.width, s.height = 1+random.IntN(200), 1+random.IntN(60)
					s.screen.SetSize(s.width, s.height)
				case 1, 2:
					button := []tcell.ButtonMask{tcell.Button1, tcell.WheelUp, tcell.WheelDown}[random.IntN(3)]
					s.screen.InjectMouse(random.IntN(s.width), random.IntN(s.height), button, tcell.ModNone)
					s.screen.InjectMouse(0, 0, tcell.ButtonNone, tcell.ModNone)
				case 3, 4:
					if p := s.picture(); strings.ContainsFunc(p.text, func(r rune) bool { return r > '~' }) {
						t.Fatalf("there is more than ASCII:\n%s", p.text)
					}
				default:
					s.press(keys[random.IntN(len(keys))])
				}
			}
			s.picture()
		})
	}
}

// everyKey are all keys but those that leave the panel, and some of what is typed into lines.
func everyKey() []string {
	keys := []string{"why", "wlan", "Enter", "Esc"}
	for _, k := range tui.Keys() {
		for _, name := range k.Names {
			keys = append(keys, strings.Replace(name, "Space", " ", 1))
		}
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "q" || k == "Ctrl+C" })
}
