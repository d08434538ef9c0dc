// Package plan makes the ordered steps of a reconnect: what stands above the chosen floor is taken down from the top,
// then the floors are brought up again from the chosen one to the top, each step with the floor that must stand before
// the next begins.
//
// It is pure. Make is a function of a snapshot and its graph; a Step says in words what it does, gives the D-Bus calls
// that do it, and a Goal, which is a function of later snapshots. What carries steps out implements Network and
// Supplicant; it is elsewhere, and so are the clock and the waiting.
package plan
