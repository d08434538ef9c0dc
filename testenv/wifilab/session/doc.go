// Package session runs commands at the far end of a byte stream, several at the same time.
//
// The near end is a [Client], the far end a [Server]. The stream is a serial port of a virtual machine: it has no connections of its own,
// and when the machine goes back to a snapshot both ends may hold halves of messages that the other never sent. [Connect] therefore begins
// anew: it greets the far end with a number drawn by lot, which ends all that ran, and passes over everything before the answer.
//
// Nothing that a command prints is held back by another command or lost: the near end keeps what its reader has not taken yet.
package session
