// Package roomy gives goroutines large stacks before they need them.
package roomy

import "runtime"

// The main goroutine initialises all packages, some of them deeply. As this one needs none, its turn comes before that of
// nearly all others, which the language goes through by their paths as soon as they have what they need.
var _ = func() bool { Stack(); return true }()

// Stack makes room on the stack of a goroutine that has just begun. Where a stack grows under many frames, the runtime looks each
// function up in tables that nobody else reads: for a cold status that is a megabyte of them in memory, and a tenth of its time.
//
//go:noinline
func Stack() {
	var room [12 << 10]byte
	runtime.KeepAlive(&room)
}
