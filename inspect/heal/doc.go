// Package heal decides when a broken floor is to be reconnected: after a hold-off in which it may come back by itself,
// from the broken floor first and from lower ones when that does not help, with growing pauses, and not more often than a
// budget allows.
//
// It is pure: it is told pyramids and the time, and gives decisions. It carries nothing out.
package heal
