// Package inspect turns a snapshot of all sources into the pyramid: which floors of which interface stand, which is the
// lowest broken one, and why.
//
// It is pure: no bus, no socket, no file, no clock. The same snapshot always gives the same pyramid, so a recording, a
// test and a live system are judged by the same code. One file holds the checks of one floor; a check looks at one
// interface and returns findings; the worst finding names the floor's status; the lowest failed floor is the cause and
// the floors above it are blocked, not failed.
package inspect
