package mirror

import (
	"fmt"
	"time"
)

// ServiceState says how a service fares on the bus.
type ServiceState struct {
	Owner  string // unique name, "" when nobody is known to own it
	Status ServiceStatus
	Since  time.Time // when the status became this; zero while nothing was heard
	Detail string    // silent, denied, absent, unknown: why
}

// ServiceStatus says how a service fares.
type ServiceStatus uint8

// How a service can fare.
const (
	Unknown ServiceStatus = iota // nothing was heard about it, or the bus is down
	Absent                       // nobody owns the name
	Present                      // it is there, and nothing else is known
	Silent                       // it is there and does not answer
	Denied                       // the bus does not let us call it
)

// String names the status.
func (s ServiceStatus) String() string {
	switch s {
	case Unknown:
		return "unknown"
	case Absent:
		return "absent"
	case Present:
		return "present"
	case Silent:
		return "silent"
	case Denied:
		return "denied"
	default:
		return fmt.Sprintf("unknown(%d)", uint8(s))
	}
}

// service is what is known about one well-known name.
type service struct {
	ServiceState
	told bool // the bus itself told the owner, on this connection: what replies imply does not count any more
}

// become changes the status; Since stays when it was so already.
func (s *service) become(status ServiceStatus, at time.Time, detail string) {
	if s.Status != status {
		s.Status, s.Since = status, at
	}
	s.Detail = detail
}
