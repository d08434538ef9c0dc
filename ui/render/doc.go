// Package render turns pyramids into rows of cells that say what they mean (good, bad, busy) and not how they look, so
// that text, panel and report draw the same thing.
package render
