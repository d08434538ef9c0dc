// Package timeline puts the lines of all processes on one clock: in true order, answers with their calls, and only those
// that were asked for.
package timeline
