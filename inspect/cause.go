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
	f.Reason = fmt.Sprintf("%s of %s %s.", level, iface, status.Predicate())
}

// inherit blocks a stack by what it stands on, where that does not stand, and gives it the cause.
func (c *causes) inherit(s *Stack) {
	base, broken, found := c.brokenBase(s)
	if !found {
		return
	}
	s.Cause = base.Cause
	name, level, status := base.Interface, broken.Level, broken.Status
	if c := base.Cause; c != nil { // which may be farther down
		name, level, status = c.Interface, c.Level, c.Finding.Status
	}
	for i := range s.Floors {
		f := &s.Floors[i]
		f.blockedBy(name, level, status)
		if f.Status == Blocked {
			f.Brief = "needs " + name
		}
	}
}

// brokenBase is the stack below that keeps this one from standing, and its floor; found is false when none does. One
// good port is enough for a bridge; a tunnel, a vlan, a macvlan have one base. A base that is on its way blocks only
// what is wanted.
func (c *causes) brokenBase(s *Stack) (base *Stack, broken Floor, found bool) {
	for _, name := range s.On {
		below, ok := c.stacks[name]
		if !ok {
			continue
		}
		floor, carries := below.carries(Needs(s.Kind))
		switch {
		case carries && JoinsPorts(s.Kind):
			return nil, Floor{}, false
		case carries || below.Cause == nil && !s.Wanted:
		case !found || base.Cause == nil && below.Cause != nil:
			base, broken, found = below, floor, true
		}
	}
	return base, broken, found
}

// carries says whether one can build on all floors up to a level; if not, broken is the lowest of those that do not
// stand.
func (s *Stack) carries(level Level) (broken Floor, ok bool) {
	for _, f := range s.Floors {
		if f.Level <= level && !f.Status.carries() {
			return f, false
		}
	}
	return Floor{}, true
}

// JoinsPorts says whether a kind of interface is made of ports.
func JoinsPorts(kind string) bool {
	return kind == kindBridge || kind == kindBond || kind == kindTeam
}

// Needs is the floor of its base up to which an interface of a kind needs all floors.
func Needs(kind string) Level {
	switch kind {
	case kindVxlan, kindTun, kindTap, kindWireGuard, "geneve", "gre", "gretap", "ipip", "sit", "vti", "vti6", "ip6tnl", "ip6gre", "xfrm":
		return L3
	default:
		return L2
	}
}

// overall is the status of the whole stack. What is not in use is down, however good its link.
func (s *Stack) overall() Status {
	if s.Cause != nil {
		return Failed
	}
	for _, status := range []Status{Failed, Starting, Down, Degraded, Up, Blocked} {
		if s.any(status) {
			return status
		}
	}
	return s.Floors[0].Status
}

func (s *Stack) any(status Status) bool {
	for _, f := range s.Floors {
		if f.Status == status {
			return true
		}
	}
	return false
}
