// Package cli is the command line: one file per command, each with its options, its flags and its work.
//
// The standard output is the answer, the standard error everything else. Exit codes are in exit.go.
package cli
