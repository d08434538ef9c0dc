// Package tui is the panel: the pyramid, the timeline and everything else on one screen, live or at any moment of the past.
//
// It draws rows of cells that others made, and speaks to no daemon: what it does, it does through the functions of its Config. All
// of its state belongs to the goroutine of the screen; others wake it up and hand over values.
package tui
