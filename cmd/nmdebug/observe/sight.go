package observe

import (
	"time"

	"nmdebug/nmwatch/record"
)

// sight is whether what others say on the bus is seen, by what the monitor notes.
type sight struct {
	known chan struct{} // closed when the monitor has said whether it sees anything
	heard bool          // known is closed
	why   string        // it sees nothing; "" while it sees everything
	sees  bool
	since time.Time     // when it was cut off; zero when it was not
	blind time.Duration // how long it was cut off in all, up to the last time that it saw again
}

func newSight() sight { return sight{known: make(chan struct{})} }

// note takes what the monitor says of itself, and when.
func (s *sight) note(n record.Noted, at time.Time) {
	s.why = n.Detail
	switch n.Event {
	case record.Up:
		s.why, s.sees = "", true
		s.again(at)
	case record.Denied:
		s.why = "it is shown to root alone"
	case record.Down:
		if s.sees {
			s.sees, s.since = false, at
		}
	default:
	}
	if !s.heard {
		s.heard = true
		close(s.known)
	}
}

// again adds up how long it was cut off, up to a time.
func (s *sight) again(at time.Time) {
	if !s.since.IsZero() {
		s.blind += at.Sub(s.since)
	}
	s.since = time.Time{}
}
