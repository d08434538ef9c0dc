// Package reconnect carries plans out: one step after the other, each proved by what all sources say before the next
// begins, with a checkpoint that is gone back to when a step fails or we die.
package reconnect
