package inspect

import (
	"fmt"
	"slices"
	"time"
)

// Level is one layer of a stack.
type Level uint8

// The floors, from the ground up.
const (
	L1  Level = iota + 1 // physical: link, carrier, radio
	L2                   // link and authentication
	L3                   // addresses, routes, gateway, names
	VPN                  // tunnels that ride on the interface
)

// Levels lists the floors from the ground up.
func Levels() []Level { return []Level{L1, L2, L3, VPN} }

// String gives the name that people use: "L1", "VPN".
func (l Level) String() string {
	if l < L1 || l > VPN {
		return fmt.Sprintf("unknown(%d)", uint8(l))
	}
	return [...]string{"L1", "L2", "L3", "VPN"}[l-L1]
}

// MarshalText writes the floor in lower case, as the flags take it.
func (l Level) MarshalText() ([]byte, error) {
	if l < L1 || l > VPN {
		return nil, fmt.Errorf("no floor has the number %d", uint8(l))
	}
	return []byte([...]string{"l1", "l2", "l3", "vpn"}[l-L1]), nil
}

// ParseLevel reads a floor as the flags take it, in any case.
func ParseLevel(s string) (Level, error) {
	switch s {
	case "l1", "L1":
		return L1, nil
	case "l2", "L2":
		return L2, nil
	case "l3", "L3":
		return L3, nil
	case "vpn", "VPN":
		return VPN, nil
	}
	return 0, fmt.Errorf("unknown floor %q: use l1, l2, l3 or vpn", s)
}

// Status says how a floor stands.
type Status uint8

// The statuses. Their order is not a ranking.
const (
	Unknown  Status = iota // no source could tell
	Absent                 // this kind of interface has no such floor
	Up                     // stands
	Degraded               // stands, with a fault that a user would notice
	Starting               // on its way
	Down                   // off on purpose, or nothing is configured
	Blocked                // cannot stand because a floor below does not
	Failed                 // should stand and does not
)

// Statuses lists all statuses.
func Statuses() []Status {
	return []Status{Unknown, Absent, Up, Degraded, Starting, Down, Blocked, Failed}
}

// String gives the word that the output uses.
func (s Status) String() string {
	words := [...]string{"unknown", "absent", "up", "degraded", "starting", "down", "blocked", "failed"}
	if int(s) >= len(words) {
		return fmt.Sprintf("unknown(%d)", uint8(s))
	}
	return words[s]
}

// Predicate says it of a floor: "is starting", "has failed".
func (s Status) Predicate() string {
	if s == Failed {
		return "has " + s.String()
	}
	return "is " + s.String()
}

// MarshalText writes the word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Stands says whether one can build on a floor of this status.
func (s Status) Stands() bool { return s == Up || s == Degraded }

// carries says whether the floors above can stand on a floor of this status: one that stands, one that an interface of
// this kind does not have, or one of which nothing is known.
func (s Status) carries() bool { return s.Stands() || s == Absent || s == Unknown }

// weight orders the findings of one floor: the heaviest names the floor's status.
func (s Status) weight() int {
	return slices.Index([]Status{Absent, Up, Unknown, Degraded, Starting, Down, Blocked, Failed}, s)
}

// Floor is one layer of a stack and how it stands.
type Floor struct {
	Level    Level     `json:"level"`
	Status   Status    `json:"status"`
	Since    time.Time `json:"since,omitzero"` // when it took this status; zero when it was so before we came
	Settling bool      `json:"settling"`       // it fell so recently that it may come back by itself
	Code     Code      `json:"code"`           // of the finding that decided
	Brief    string    `json:"brief"`          // some words that fit into a cell
	Reason   string    `json:"reason"`         // one sentence
	Findings []Finding `json:"findings"`
}

// floorOf builds a floor out of what its checks found. The first of the heaviest findings decides.
func floorOf(level Level, findings []Finding) Floor {
	f := Floor{Level: level, Status: Absent, Findings: findings}
	decided := false
	for _, found := range findings {
		if decided && found.Status.weight() <= f.Status.weight() {
			continue
		}
		decided = true
		f.Status, f.Code, f.Brief, f.Reason = found.Status, found.Code, found.Brief, found.Text
	}
	if f.Findings == nil {
		f.Findings = []Finding{}
	}
	return f
}

// Deciding is the finding that gave the floor its status; ok is false when there is none.
func (f Floor) Deciding() (found Finding, ok bool) {
	for _, found := range f.Findings {
		if found.Code == f.Code && found.Status == f.Status {
			return found, true
		}
	}
	return Finding{}, false
}
