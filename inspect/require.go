package inspect

import (
	"slices"
	"strings"
)

// Requirement is what a check asks of some stacks.
type Requirement struct {
	Names       []string // interfaces or connections; empty for the stacks of all active or activating connections
	Levels      []Level
	Demanded    Level // the one of Levels that somebody must have; 0 for each of them
	NoConflicts bool
	MinSignal   *int // dBm, of Wi-Fi links
	MinScore    *int // of all links that have a score
}

// Measures says whether the requirement needs the figures of the links.
func (r Requirement) Measures() bool { return r.MinSignal != nil || r.MinScore != nil }

// Result is the answer to one requirement on one stack.
type Result struct {
	Interface string `json:"interface"`
	Level     Level  `json:"level"`
	What      string `json:"what"`   // "floor", "conflict", "signal" or "score"
	Status    Status `json:"status"` // of the floor
	OK        bool   `json:"ok"`
	Skipped   bool   `json:"skipped"` // this kind of interface has no such floor
	Code      Code   `json:"code"`
	Reason    string `json:"reason"`
}

// Name says what was asked: "eth0 L1", "eth0 L1 conflict".
func (r Result) Name() string {
	name := strings.TrimSpace(r.Interface + " " + r.Level.String())
	if r.What != "floor" {
		name += " " + r.What
	}
	return name
}

// Verdict is the answer to a requirement.
type Verdict struct {
	OK      bool     `json:"ok"`
	Lowest  Level    `json:"lowest_broken,omitzero"` // 0 when nothing is broken
	Cause   *Cause   `json:"cause,omitempty"`        // of what is broken there; nil when nothing is, or none is known
	Missing []string `json:"missing"`                // names that no interface or connection has
	Results []Result `json:"results"`
}

// Check holds a pyramid, and the figures of its links where they are asked for, against a requirement.
func Check(p Pyramid, links []Quality, r Requirement) Verdict {
	v := Verdict{Missing: []string{}, Results: []Result{}}
	stacks := p.wanted()
	if len(r.Names) > 0 {
		var missing []string
		stacks, missing = p.FindAll(r.Names)
		v.Missing = append(v.Missing, missing...)
	}
	for _, s := range stacks {
		for _, level := range r.Levels {
			v.Results = append(v.Results, floorResult(s, level))
		}
		if r.NoConflicts {
			v.Results = append(v.Results, conflictResults(s)...)
		}
		v.Results = append(v.Results, qualityResults(s, links, r)...)
	}
	for _, level := range r.Levels {
		if r.Demanded == 0 || r.Demanded == level {
			v.demand(level)
		}
	}
	v.blame(stacks, r.Levels)
	v.OK = v.Lowest == 0 && len(v.Missing) == 0
	return v
}

// blame finds the lowest broken floor and its cause.
func (v *Verdict) blame(stacks []Stack, asked []Level) {
	for _, r := range v.Results {
		if r.OK {
			continue
		}
		level, cause := r.Level, causeOf(r, stacks)
		if cause != nil && r.consequenceOf(*cause) && slices.Contains(asked, cause.Level) {
			level = cause.Level
		}
		if v.Lowest != 0 && v.Lowest <= level {
			continue
		}
		v.Lowest, v.Cause = level, nil
		if cause != nil && (cause.Level == level || r.What == "floor" && cause.Interface != r.Interface) {
			v.Cause = cause
		}
	}
}

// First is what to mend first: the cause, or where none is known the lowest of what is broken; ok is false when nothing is.
func (v Verdict) First() (r Result, ok bool) {
	if c := v.Cause; c != nil {
		return Result{Interface: c.Interface, Level: c.Level, What: "floor", Status: c.Finding.Status, Code: c.Finding.Code, Reason: c.Finding.Text}, true
	}
	i := slices.IndexFunc(v.Results, func(r Result) bool { return !r.OK && r.Level == v.Lowest })
	if i < 0 {
		return Result{}, false
	}
	return v.Results[i], true
}

// causeOf is the cause of the stack that a result is about; nil when it has none.
func causeOf(r Result, stacks []Stack) *Cause {
	i := slices.IndexFunc(stacks, func(s Stack) bool { return s.Interface == r.Interface })
	if i < 0 {
		return nil
	}
	return stacks[i].Cause
}

// consequenceOf says whether what is broken may be so because of the cause, though it lies below it: NetworkManager takes the link
// down when it gave up on addresses. What another interface breaks is the lowest floor of this one all the same.
func (r Result) consequenceOf(c Cause) bool {
	return r.What == "floor" && r.Interface == c.Interface && (r.Status == Unknown || r.Status == Blocked)
}

// wanted are the stacks of connections that are wanted.
func (p Pyramid) wanted() []Stack {
	return slices.DeleteFunc(slices.Clone(p.Stacks), func(s Stack) bool { return !s.Wanted || s.Connection == nil })
}

// FindAll finds the stacks that names speak of, as Find has it, each once, and gives the names that nothing has.
func (p Pyramid) FindAll(names []string) (found []Stack, missing []string) {
	for _, name := range names {
		meant := p.Find(name)
		if len(meant) == 0 {
			missing = append(missing, name)
		}
		for _, s := range meant {
			if !slices.ContainsFunc(found, func(have Stack) bool { return have.Interface == s.Interface }) {
				found = append(found, s)
			}
		}
	}
	return found, missing
}

// Find gives the stack of an interface, or else those of a connection's name or UUID, or else those that carry a tunnel
// of that name.
func (p Pyramid) Find(name string) []Stack {
	if s, ok := p.Stack(name); ok {
		return []Stack{s}
	}
	var found []Stack
	for _, s := range p.Stacks {
		if s.Connection != nil && (s.Connection.ID == name || s.Connection.UUID == name) {
			found = append(found, s)
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, s := range p.Stacks {
		if slices.ContainsFunc(s.Tunnels, func(t Tunnel) bool { return t.Name == name }) {
			found = append(found, s)
		}
	}
	return found
}

// InterfacesOf names the interfaces of stacks.
func InterfacesOf(stacks []Stack) []string {
	var names []string
	for _, s := range stacks {
		names = append(names, s.Interface)
	}
	return names
}

func floorResult(s Stack, level Level) Result {
	f := s.Floor(level)
	reason := f.Reason
	if found, ok := f.Deciding(); ok && found.Right != "" {
		reason = found.needs()
	}
	return Result{
		Interface: s.Interface, Level: level, What: "floor", Status: f.Status, Code: f.Code, Reason: reason,
		OK: f.Status.Stands() || f.Status == Absent, Skipped: f.Status == Absent,
	}
}

func conflictResults(s Stack) []Result {
	var results []Result
	for _, c := range s.Conflicts {
		results = append(results, Result{
			Interface: s.Interface, Level: c.Level, What: "conflict", Status: c.Status, Code: c.Code, Reason: c.Text,
		})
	}
	return results
}

// demand fails a floor that nobody has: a requirement that every stack skips is not met.
func (v *Verdict) demand(level Level) {
	skipped := func(r Result) bool { return r.Level == level && r.What == "floor" && r.Skipped }
	for _, r := range v.Results {
		if r.Level == level && r.What == "floor" && !r.Skipped {
			return
		}
	}
	none := true
	for i := range v.Results {
		if skipped(v.Results[i]) {
			r := &v.Results[i]
			r.OK, r.Skipped, r.Code, r.Reason = false, false, NoFloor, NoFloor.Meaning()
			none = false
		}
	}
	if none && len(v.Missing) == 0 {
		v.Results = append(v.Results, Result{Level: level, What: "floor", Status: Absent, Code: NoConnection, Reason: NoConnection.Meaning()})
	}
}
