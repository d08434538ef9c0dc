package inspect

import "fmt"

// carryCauses finds the cause of every stack and blocks the floors above it. A stack whose base is broken is not to
// blame: it gets the base's cause.
func carryCauses(stacks []Stack) {
	c := causes{stacks: map[string]*Stack{}, done: map[string]bool{}}
	for i := range stacks {
		c.stacks[stacks[i].Interface] = &stacks[i]
	}
	for i := range stacks {
		c.settle(&stacks[i])
	}
}

// causes walks the stacks from the ground up, each once; a loop in what stands on what ends at the stack seen first.
type causes struct {
	stacks map[string]*Stack
	done   map[string]bool
}

func (c *causes) settle(s *Stack) {
	if c.done[s.Interface] {
		return
	}
	c.done[s.Interface] = true
	for _, name := range s.On {
		if below, ok := c.stacks[name]; ok {
			c.settle(below)
		}
	}
	s.block()
	c.inherit(s)
	s.Status = s.overall()
}

// block finds the lowest broken floor and blocks what is above it.
func (s *Stack) block() {
	var broken *Floor
	for i := range s.Floors {
		f := &s.Floors[i]
		if broken == nil {
			if !f.Status.carries() {
				broken = f
				s.Cause = s.causeAt(*f)
			}
			continue
		}
		f.blockedBy(s.Interface, broken.Level, broken.Status)
	}
}

// causeAt makes a cause of a floor that should stand and does not; nil when it is off, or still on its way.
func (s *Stack) causeAt(f Floor) *Cause {
	if f.Status != Failed && (f.Status != Down || !s.Wanted || f.Level == VPN) {
		return nil
	}
	found, ok := f.Deciding()
	if !ok {
		return nil
	}
	return &Cause{Interface: s.Interface, Level: f.Level, Finding: found}
}

// blockedBy marks a floor as a consequence, unless there is none or it is off anyway.
func (f *Floor) blockedBy(iface string, level Level, status Status) {
	if f.Status == Absent || f.Status == Down && status != Failed {
		return
	}
	f.Status, f.Code, f.Brief = Blocked, BlockedBelow, "needs "+level.String()
	f.Reason = fmt.Sprintf("%s of %s is %s.", level, iface, status)
}

// inherit gives a stack the cause of what it stands on, where that keeps it from standing.
func (c *causes) inherit(s *Stack) {
	base := c.brokenBase(s)
	if base == nil || s.Cause != nil && s.Cause.Level == VPN {
		return
	}
	s.Cause = base.Cause
	for i := range s.Floors {
		f := &s.Floors[i]
		if f.Status == Absent {
			continue
		}
		f.blockedBy(base.Interface, base.Cause.Level, Failed)
		f.Brief = "needs " + base.Interface
	}
}

// brokenBase is the stack below that keeps this one from standing; nil when none does. One good port is enough for a
// bridge; a tunnel, a vlan, a macvlan have one base.
func (c *causes) brokenBase(s *Stack) *Stack {
	var broken *Stack
	for _, name := range s.On {
		below, ok := c.stacks[name]
		switch {
		case !ok:
		case below.Cause == nil && (s.Kind == kindBridge || s.Kind == kindBond) && below.Floor(L1).Status.Stands():
			return nil
		case below.Cause != nil && below.Cause.Level <= needs(s.Kind) && broken == nil:
			broken = below
		}
	}
	return broken
}

// needs is the floor of its base up to which an interface of a kind needs all floors.
func needs(kind string) Level {
	switch kind {
	case kindVxlan, kindTun, kindWireGuard:
		return L3
	default:
		return L2
	}
}

// overall is the status of the whole stack.
func (s *Stack) overall() Status {
	switch {
	case s.Cause != nil:
		return Failed
	case s.any(Failed):
		return Failed
	case s.any(Starting):
		return Starting
	case s.Floors[0].Status == Down:
		return Down
	case s.any(Degraded):
		return Degraded
	case s.any(Up):
		return Up
	default:
		return s.Floors[0].Status
	}
}

func (s *Stack) any(status Status) bool {
	for _, f := range s.Floors {
		if f.Status == status {
			return true
		}
	}
	return false
}
