package inspect

import (
	"time"

	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/wpadbus/wpatypes"
)

// Snapshot is the states of all sources at one instant. It and all it refers to are immutable.
type Snapshot struct {
	At      time.Time
	Sources []Source
	NM      nmtypes.State
	WPA     wpatypes.State
	Kernel  kerneltypes.State
	Proc    proctypes.State
	BlueZ   bluetypes.State
}

// Source says how one source fares: whether what it tells can be trusted to be all there is.
type Source struct {
	Name   string       `json:"name"`
	Status SourceStatus `json:"status"`
	Since  time.Time    `json:"since,omitzero"`
	Detail string       `json:"detail,omitempty"` // the version, or what went wrong
	Right  string       `json:"right,omitempty"`  // the right that is missing
}

// Condition says how a source fares as people say it: "NetworkManager does not answer".
func (s Source) Condition() string {
	switch s.Status {
	case SourceOK:
		return s.Name
	case SourceReading:
		return s.Name + " is being read"
	case SourceAbsent:
		return s.Name + " is not on the bus"
	case SourceSilent:
		return s.Name + " does not answer"
	case SourceDenied:
		return s.Name + " may not be read (needs " + s.Right + ")"
	case SourceLost:
		return s.Name + " cannot be reached"
	case SourceUnreadable:
		return s.Name + " is unreadable"
	}
	return s.Name + " " + string(s.Status)
}

// SourceStatus says how a source fares.
type SourceStatus string

// How a source can fare.
const (
	SourceOK      SourceStatus = "ok"
	SourceReading SourceStatus = "reading" // its first answer is still awaited
	SourceAbsent  SourceStatus = "absent"  // not running, or this system does not have it
	SourceSilent  SourceStatus = "silent"  // it is there and does not answer

	SourceUnreadable SourceStatus = "unreadable" // it refuses to answer, or answers in a form that it should not have

	SourceDenied SourceStatus = "denied" // we may not ask it
	SourceLost   SourceStatus = "lost"   // the connection to it is gone
)

// source finds a source by name; one that was never asked is absent.
func (s *Snapshot) source(name string) Source {
	for _, src := range s.Sources {
		if src.Name == name {
			return src
		}
	}
	return Source{Name: name, Status: SourceAbsent}
}
