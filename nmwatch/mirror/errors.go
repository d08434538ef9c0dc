package mirror

import (
	"errors"
	"strings"

	"nmdebug/nmwatch/mirror/wire"
)

// What the refusal of a call can mean; errors.Is finds these in a CallError.
var (
	ErrAbsent   = errors.New("the service is not on the bus")
	ErrDenied   = errors.New("not permitted")
	ErrNoObject = errors.New("no such object")
)

// CallError is the answer of a daemon that refused a call.
type CallError struct {
	Op     string // interface and member
	Object string // service and path
	Name   string // the error's D-Bus name
	Text   string // the daemon's own words
}

// Error says what could not be done and why, in the daemon's words, or the error's name when it has none.
func (e *CallError) Error() string {
	text := e.Text
	if text == "" {
		text = e.Name
	}
	return "cannot call " + e.Op + " on " + e.Object + ": " + text
}

// Unwrap gives ErrAbsent, ErrDenied, ErrNoObject or nothing.
func (e *CallError) Unwrap() error {
	if strings.HasSuffix(e.Name, permissionDenied) {
		return ErrDenied
	}
	switch e.Name {
	case errServiceUnknown, errNameHasNoOwner:
		return ErrAbsent
	case errAccessDenied:
		return ErrDenied
	case errUnknownObject:
		return ErrNoObject
	default:
		return nil
	}
}

// The errors of the specification that mean something to us.
const (
	errServiceUnknown   = "org.freedesktop.DBus.Error.ServiceUnknown"
	errNameHasNoOwner   = "org.freedesktop.DBus.Error.NameHasNoOwner"
	errAccessDenied     = "org.freedesktop.DBus.Error.AccessDenied"
	errNoReply          = "org.freedesktop.DBus.Error.NoReply"
	errUnknownObject    = "org.freedesktop.DBus.Error.UnknownObject"
	errUnknownInterface = "org.freedesktop.DBus.Error.UnknownInterface"
	errUnknownMethod    = "org.freedesktop.DBus.Error.UnknownMethod"
)

// permissionDenied ends the names of NetworkManager's own errors for what polkit does not allow.
const permissionDenied = ".PermissionDenied"

// newCallError joins an error message with the call that it answers.
func newCallError(call, answer wire.Message) *CallError {
	e := &CallError{Op: operation(call), Object: call.Destination + " " + string(call.Path), Name: answer.ErrorName}
	args, err := answer.Args()
	if err == nil && len(args) > 0 {
		e.Text, _ = args[0].(string) // "may have", and only a string is for people ("Message Types")
	}
	return e
}

func operation(call wire.Message) string {
	if call.Interface == "" {
		return call.Member
	}
	return call.Interface + "." + call.Member
}
