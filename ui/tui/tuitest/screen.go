// Package tuitest presses the keys and reads the text of a screen that nobody sees.
package tuitest

import (
	"strings"

	"github.com/gdamore/tcell/v2"
)

// Press types keys: names of keys, as tcell has them, or text. It says how many keys they are, and waits for none of them.
func Press(screen tcell.SimulationScreen, keys ...string) (pressed int) {
	named := map[string]tcell.Key{}
	for key, name := range tcell.KeyNames {
		named[name] = key
	}
	for _, k := range keys {
		if key, ok := named[k]; ok {
			screen.InjectKey(key, 0, tcell.ModNone)
			pressed++
			continue
		}
		for _, r := range k {
			screen.InjectKey(tcell.KeyRune, r, tcell.ModNone)
			pressed++
		}
	}
	return pressed
}

// Text is what is written on a screen: all its rows, without the blanks at their ends.
func Text(screen tcell.Screen) string {
	width, height := screen.Size()
	var b strings.Builder
	for y := range height {
		var row strings.Builder
		for x := 0; x < width; {
			cell, _, w := screen.Get(x, y)
			row.WriteString(cell)
			x += max(1, w)
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}
