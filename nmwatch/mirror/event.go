package mirror

import (
	"fmt"
	"slices"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// Event is what a record means in the conversation. It is a value; what it points to is immutable.
type Event struct {
	Kind   EventKind
	Record record.Record

	// Service is the well-known name of whom the event is about: who sent the message, whose owner changed, who did
	// not answer. It is "" when the sender owns no name that we know.
	Service string
	Also    []string // further known names of the same sender, hardly ever any

	Owner    string // OwnerGained, OwnerChanged: the unique name that has it now; BusUp: our own
	OldOwner string // OwnerLost, OwnerChanged: the unique name that had it

	Call    wire.Message // Reply, Refused, NoAnswer, OneWay: the call
	Message wire.Message // Signal, Reply, Refused: the message
	Err     *CallError   // Refused
	Detail  string       // BusUp: the address; BusDown, NoAnswer: why

	// Overheard: seen by a monitor beside a connection of our own, on another socket, and so in no order with our own
	// messages. It is for showing, not for state.
	Overheard bool
}

// From tells whether the event is about a service.
func (e *Event) From(service string) bool {
	return e.Service == service || slices.Contains(e.Also, service)
}

// IsSignal tells whether the event is that signal, from whomever.
func (e *Event) IsSignal(iface, member string) bool {
	return e.Kind == Signal && e.Message.Interface == iface && e.Message.Member == member
}

// Answers tells whether the event is a Reply, Refused or NoAnswer to that method.
func (e *Event) Answers(iface, member string) bool {
	switch e.Kind {
	case Reply, Refused, NoAnswer:
		return e.Call.Interface == iface && e.Call.Member == member
	default:
		return false
	}
}

// EventKind says what happened.
type EventKind uint8

// What can happen in a conversation.
const (
	BusUp        EventKind = iota + 1 // the bus has answered Hello: calls can be made, nothing is known yet
	BusDown                           // the connection is lost, and with it all knowledge and all calls
	OwnerGained                       // a service came, or was found to be there
	OwnerLost                         // a service went away, or was found to be absent after all
	OwnerChanged                      // another process took the name over
	Signal                            // a signal
	Reply                             // the answer to a call
	Refused                           // an error as the answer to a call
	NoAnswer                          // a call got no answer within its deadline; one may still come
	OneWay                            // a call that wants no answer, between others
)

// String names the kind in the words of the timeline.
func (k EventKind) String() string {
	switch k {
	case BusUp:
		return "bus-up"
	case BusDown:
		return "bus-down"
	case OwnerGained:
		return "owner-gained"
	case OwnerLost:
		return "owner-lost"
	case OwnerChanged:
		return "owner-changed"
	case Signal:
		return "signal"
	case Reply:
		return "reply"
	case Refused:
		return "refused"
	case NoAnswer:
		return "no-answer"
	case OneWay:
		return "one-way"
	default:
		return fmt.Sprintf("unknown(%d)", uint8(k))
	}
}
