// Package roomy gives goroutines large stacks before they need them.
package roomy

import "runtime"

// Stack makes room on the stack of a goroutine that has just begun. Where a stack grows under many frames, the runtime looks each
// function up in tables that nobody else reads: for a cold status that is a megabyte of them in memory, and a tenth of its time.
//
//go:noinline
func Stack() {
	var room [12 << 10]byte
	runtime.KeepAlive(&room)
}
