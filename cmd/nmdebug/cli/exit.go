package cli

import (
	"context"
	"errors"
	"fmt"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
)

// The exit codes. The numbers up to 10 are nmcli's where it has them.
const (
	exitOK         = 0
	exitInternal   = 1
	exitUsage      = 2
	exitTimeout    = 3
	exitStep       = 4
	exitNoNM       = 8
	exitNoRight    = 9
	exitNotFound   = 10
	exitFloorBase  = 10 // plus the floor: 11 is L1, 14 is VPN
	exitRolledBack = 20
	exitRefused    = 21
)

// exitError ends the program with a code. Without an Err it is silent: the answer has said it all.
type exitError struct {
	Code int
	Err  error
}

func (e *exitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

func (e *exitError) Unwrap() error { return e.Err }

// usage is an error of the one who typed.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// exitWith ends with a code after the answer has been printed.
func exitWith(code int) error {
	if code == exitOK {
		return nil
	}
	return &exitError{Code: code}
}

// floorCode is the exit code for a broken floor.
func floorCode(l inspect.Level) int {
	if l == 0 {
		return exitOK
	}
	return exitFloorBase + int(l)
}

// codeOf gives the exit code of an error.
func codeOf(err error) int {
	var exit *exitError
	var recording *observe.ReplayError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.Code
	case errors.Is(err, context.DeadlineExceeded):
		return exitTimeout
	case errors.As(err, &recording):
		return exitUsage
	default:
		return exitInternal
	}
}

// doneError ends a watch that has seen what it waited for.
type doneError struct{}

func (doneError) Error() string { return "done" }
