// Package act changes NetworkManager: it connects and disconnects, renews leases, makes checkpoints and rolls back.
//
// What gonetworkmanager does right goes through it; the rest - calls that it lacks, or makes wrong - over a connection of
// our own. Nothing is read here that a source can tell. Every call ends with its context: the library's calls have none,
// so one that hangs is left behind.
package act
