// Package history keeps what was seen, so that one can walk back in it: the lines of the timeline, and how everything
// stood at each change.
//
// One goroutine adds; any number of others take a Past, which does not change under them.
package history
