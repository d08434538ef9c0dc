// Package observe joins the sources and the folds: one goroutine takes the records of all sources from one channel,
// applies them, sends the calls that the folds want, and publishes immutable snapshots.
package observe
