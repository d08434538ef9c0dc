package inspect

import (
	"cmp"
	"slices"
	"time"
)

// Pyramid is all stacks at one instant.
type Pyramid struct {
	SchemaVersion int       `json:"schema_version"`
	At            time.Time `json:"at"`
	Sources       []Source  `json:"sources"`
	Network       Network   `json:"networkmanager"`
	Stacks        []Stack   `json:"stacks"`
	Problems      []string  `json:"problems"` // what a daemon or the kernel said in a form that it should not have
}

// SchemaVersion is the version of the JSON form of a Pyramid. It grows when a field goes or changes its meaning; new
// fields do not change it.
const SchemaVersion = 1

// Network is what NetworkManager says of the whole.
type Network struct {
	Running            bool   `json:"running"`
	Version            string `json:"version,omitempty"`
	State              string `json:"state,omitempty"`
	Connectivity       string `json:"connectivity,omitempty"`
	ConnectivityProbed bool   `json:"connectivity_probed"` // false: the word above is an assumption, not a measurement
	NetworkingEnabled  bool   `json:"networking_enabled"`
	Profiles           int    `json:"profiles"`
}

// Stack is one interface with the floors that stand on it.
type Stack struct {
	Interface    string      `json:"interface"`
	Index        int         `json:"index,omitempty"`   // the kernel's, 0 when it has no link
	Kind         string      `json:"kind"`              // "ethernet", "wifi", "bridge", "tun", …
	Managed      bool        `json:"managed"`           // NetworkManager manages it
	Wanted       bool        `json:"wanted"`            // somebody asked for a connection on it, so a missing floor is a failure
	Connection   *Connection `json:"connection"`        // null when none is active
	DefaultRoute bool        `json:"default_route"`     // the IPv4 or IPv6 default route with the lowest metric leaves here
	On           []string    `json:"on"`                // the interfaces that it stands on
	Status       Status      `json:"status"`            // of the whole: the cause's, or the worst of the floors
	Floors       []Floor     `json:"floors"`            // L1, L2, L3, VPN
	Cause        *Cause      `json:"cause"`             // null when nothing is broken
	Conflicts    []Finding   `json:"conflicts"`         // where sources disagree
	Tunnels      []Tunnel    `json:"tunnels"`           // the tunnels that ride on it or that it is
	Quality      *Quality    `json:"quality,omitempty"` // how good its link is at this instant; of Wi-Fi, wires and Bluetooth
}

// Connection is the active connection of a stack.
type Connection struct {
	ID    string `json:"id"`
	UUID  string `json:"uuid"`
	Type  string `json:"type"`
	State string `json:"state"` // NetworkManager's word
}

// Cause is the lowest broken floor: mend this one first.
type Cause struct {
	Interface string  `json:"interface"` // may be another one, below
	Level     Level   `json:"level"`
	Finding   Finding `json:"finding"`
}

// Floor gives one floor of the stack.
func (s Stack) Floor(l Level) Floor {
	for _, f := range s.Floors {
		if f.Level == l {
			return f
		}
	}
	return Floor{Level: l, Status: Absent, Findings: []Finding{}}
}

// Stack finds the stack of an interface; ok is false when there is none.
func (p Pyramid) Stack(name string) (s Stack, ok bool) {
	i := slices.IndexFunc(p.Stacks, func(s Stack) bool { return s.Interface == name })
	if i < 0 {
		return Stack{}, false
	}
	return p.Stacks[i], true
}

// Source finds a source by name; one that was never asked is absent.
func (p Pyramid) Source(name string) Source {
	s := Snapshot{Sources: p.Sources}
	return s.source(name)
}

// Build judges a snapshot.
func Build(s *Snapshot) Pyramid {
	p := Pyramid{
		SchemaVersion: SchemaVersion,
		At:            s.At,
		Sources:       s.Sources,
		Network:       networkOf(s),
		Stacks:        []Stack{},
		Problems:      problemsOf(s),
	}
	if p.Sources == nil {
		p.Sources = []Source{}
	}
	subjects := subjectsOf(s)
	for _, sub := range subjects {
		p.Stacks = append(p.Stacks, sub.stack())
	}
	carryCauses(p.Stacks)
	attachQuality(subjects, p.Stacks)
	slices.SortStableFunc(p.Stacks, func(a, b Stack) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Interface, b.Interface))
	})
	return p
}

// rank puts what a person looks for first: the default route's owner, then connections, then the rest, loopback last.
func rank(s Stack) int {
	switch {
	case s.DefaultRoute:
		return 0
	case s.Wanted:
		return 1
	case s.Kind == kindLoopback:
		return 4
	case s.Managed:
		return 2
	default:
		return 3
	}
}

func networkOf(s *Snapshot) Network {
	if !s.NM.Synced {
		return Network{}
	}
	m := s.NM.Manager
	return Network{
		Running:            s.source(SourceNM).Status == SourceOK,
		Version:            m.Version,
		State:              m.State.String(),
		Connectivity:       m.Connectivity.String(),
		ConnectivityProbed: m.ConnectivityCheck,
		NetworkingEnabled:  m.NetworkingEnabled,
		Profiles:           s.NM.Profiles,
	}
}

func problemsOf(s *Snapshot) []string {
	problems := []string{}
	for _, p := range s.NM.Problems {
		problems = append(problems, SourceNM+": "+p.Object+": "+p.Text)
	}
	for _, p := range s.WPA.Problems {
		problems = append(problems, SourceSupplicant+": "+p.Object+": "+p.Text)
	}
	for _, p := range s.BlueZ.Problems {
		problems = append(problems, SourceBlueZ+": "+p.Object+": "+p.Text)
	}
	for _, p := range s.Kernel.Problems {
		problems = append(problems, SourceKernel+": "+p)
	}
	return problems
}
