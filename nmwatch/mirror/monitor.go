package mirror

import (
	"context"
	"errors"
	"net"
	"time"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// Monitor shows what others say to each other: a connection of its own that becomes a monitor, which the bus allows root
// alone. All that the services of Names send and are sent comes as records DBusSeen, and what Rules let in besides.
//
// It notes, with the source "monitor": Up when it sees everything from now on; Denied; Down; and Lost with the number of
// messages that a service sent and that did not come, which the gaps in its serials tell. That is possible for senders
// all of whose messages are seen, the services themselves. What they sent while the bus had cut the monitor off is told so
// when it runs again.
type Monitor struct {
	Address string   // a D-Bus address list; "" is DefaultAddress
	Names   []string // well-known names of services
	Rules   []string // further match rules
	Timeout time.Duration

	// Take is given each record, with what its message says (zero for a note), by the goroutine that reads, instead of a channel: 20,000 messages a second are not worth
	// as many switches. What it does not take in time waits in the socket and with the bus. The bytes of a message are
	// valid until it returns.
	Take func(record.Record, wire.Message)
	Skip func(wire.Message) bool // messages that are not to be shown; nil for none

	Dial func(ctx context.Context, address string) (net.Conn, error) // nil is the function Dial

	lastError string   // why we are down, as noted
	last      lastSeen // what was seen last, before we were down
}

// lastSeen is how far a monitor had come on a bus.
type lastSeen struct {
	bus     string            // its GUID: another bus gives the same unique names to others
	serials map[string]uint32 // of the services, by their unique names
}

// String names the task.
func (m *Monitor) String() string { return "monitor " + m.Address }

// Run shows messages until ctx ends, which gives nil, as does a bus that does not allow it. Otherwise it gives the reason
// why the connection ended or was never made.
func (m *Monitor) Run(ctx context.Context) error {
	cfg := Config{Address: m.Address, Timeout: m.Timeout, Dial: m.Dial}.withDefaults()
	s := &spy{cfg: cfg, take: m.Take, skip: m.Skip, names: m.Names, last: m.last, senders: make(map[string]*uint32)}
	err := s.run(ctx, m.rules())
	if s.up {
		m.last, m.lastError = s.reached(), ""
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(err, ErrDenied):
		s.note(record.Noted{Event: record.Denied, Detail: err.Error(), Right: "root"})
		return nil
	}
	if err.Error() != m.lastError { // attempts that fail alike are not news
		m.lastError = err.Error()
		s.note(record.Noted{Event: record.Down, Detail: m.lastError})
	}
	return err
}

// rules let in what the services send and are sent, and who owns their names.
func (m *Monitor) rules() []string {
	var rules []string
	for _, name := range m.Names {
		rules = append(rules, "sender='"+name+"'", "destination='"+name+"'",
			"type='signal',sender='"+busName+"',interface='"+busIface+"',member='NameOwnerChanged',arg0='"+name+"'")
	}
	return append(rules, m.Rules...)
}
