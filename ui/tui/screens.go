package tui

import "nmdebug/ui/render"

// screenID is one of the screens; the number is that of its function key.
type screenID int

// The screens.
const (
	screenPyramid screenID = iota + 1
	screenTimeline
	screenQuality
	screenConf
	screenGraph
	screenDetail
	screenTraffic
	screenConsole
	screenHelp // has no function key
)

// lastTab is the last screen that has a function key.
const lastTab = screenConsole

func (s screenID) name() string {
	return [...]string{"", "Pyramid", "Timeline", "Quality", "WPA", "Graph", "Detail", "Bus", "Debug", "Help"}[s]
}

// symbols are the signs that the terminal can show.
func (p pen) symbols() render.Symbols {
	if p.ascii {
		return render.ASCII
	}
	return render.Unicode
}
