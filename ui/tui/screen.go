package tui

import (
	"errors"
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/gdamore/tcell/v2/terminfo"
	_ "github.com/gdamore/tcell/v2/terminfo/l/linux"  // the console of a machine without a desktop,
	_ "github.com/gdamore/tcell/v2/terminfo/s/screen" // where ncurses may be missing that describes the others
)

// ErrTerminal says that a panel cannot be drawn on this kind of terminal.
var ErrTerminal = errors.New("nothing can be drawn on this kind of terminal")

// terminalScreen is the terminal, as one that is on already: tview would turn it on once more, and not say that it cannot.
type terminalScreen struct{ tcell.Screen }

// Init does nothing.
func (terminalScreen) Init() error { return nil }

// openTerminal takes all of the terminal, with its mouse.
func openTerminal(kind string) (tcell.Screen, error) {
	info, err := describe(kind)
	if err != nil {
		return nil, err
	}
	s, err := tcell.NewTerminfoScreenFromTtyTerminfo(nil, info)
	if err == nil {
		err = s.Init()
	}
	if err != nil {
		return nil, err
	}
	s.EnableMouse()
	s.EnablePaste()
	return terminalScreen{s}, nil
}

// describe tells what a kind of terminal, as in TERM, understands. Of one that nobody knows the family is enough: an xterm-16color is
// an xterm.
func describe(kind string) (*terminfo.Terminfo, error) {
	info, err := tcell.LookupTerminfo(kind)
	if family, _, found := strings.Cut(kind, "-"); err != nil && found {
		info, err = tcell.LookupTerminfo(family)
	}
	if err != nil || info.SetCursor == "" {
		return nil, ErrTerminal
	}
	hasty := *info
	hasty.PadChar = "" // with it there are pauses for terminals of 1978: a picture would take seconds
	return &hasty, nil
}
