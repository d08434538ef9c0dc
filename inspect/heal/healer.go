package heal

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"nmdebug/inspect"
)

// Decision is one thing to do or to tell.
type Decision struct {
	Kind      Kind          `json:"decision"`
	Interface string        `json:"interface"`
	VPN       string        `json:"vpn,omitempty"` // the VPN that is meant, not the interface that carries it
	Broken    inspect.Level `json:"broken,omitzero"`
	From      inspect.Level `json:"from,omitzero"`    // of a Reconnect: where to begin
	Attempt   int           `json:"attempt,omitzero"` // from 1
	Code      inspect.Code  `json:"code,omitempty"`
	Reason    string        `json:"reason,omitempty"`

	key string // of what is broken
}

// Kind says what a decision is.
type Kind string

// The decisions.
const (
	Watching  Kind = "watching"  // it begins; of no interface
	Noticed   Kind = "noticed"   // it is broken, and may come back by itself
	Reconnect Kind = "reconnect" // do it now
	Signal    Kind = "signal"    // it is time to reconnect, and the policy says to tell instead
	Hopeless  Kind = "hopeless"  // no reconnect can mend it
	GaveUp    Kind = "gave-up"   // the budget is spent
	Recovered Kind = "recovered"
)

// Healer remembers what was broken and what was tried. One goroutine owns it.
type Healer struct {
	policy   Policy
	patients map[string]*patient
	memory   memory
}

// NewHealer makes a healer that knows of nothing.
func NewHealer(p Policy) *Healer {
	return &Healer{policy: p, patients: map[string]*patient{}, memory: newMemory()}
}

// patient is one interface or VPN.
type patient struct {
	broken   bool
	level    inspect.Level
	since    time.Time   // when it broke, at this floor, or NetworkManager's own attempt at it ended
	busy     bool        // NetworkManager was at work on it
	tries    []time.Time // within the budget's time
	attempt  int         // since it broke
	rung     int         // how many of them were carried out
	next     time.Time   // not before
	told     Kind        // what was told of it last
	noticed  bool        // the end of it is to be told
	signaled bool
}

// problem is what is broken now.
type problem struct {
	key  string
	base Decision
	hope bool // a reconnect may mend it
	busy bool // NetworkManager is at work on it
}

// Judge takes what is so now and gives what is to be done, and when to look again if nothing happens; zero for never.
func (h *Healer) Judge(p inspect.Pyramid, now time.Time) (decisions []Decision, again time.Time) {
	h.memory.note(p, now)
	broken := map[string]bool{}
	for _, problem := range h.problems(p) {
		broken[problem.key] = true
		pat, ok := h.patients[problem.key]
		if !ok {
			pat = &patient{}
			h.patients[problem.key] = pat
		}
		made, later := h.treat(pat, problem, now)
		decisions = append(decisions, made...)
		if !later.IsZero() && (again.IsZero() || later.Before(again)) {
			again = later
		}
	}
	for _, key := range slices.Sorted(maps.Keys(h.patients)) {
		iface, vpn := split(key)
		switch pat := h.patients[key]; {
		case !pat.broken, broken[key], vpn != "" && broken[iface]:
		case mending(p, iface, vpn, pat.level), p.Source(inspect.SourceNM).Status != inspect.SourceOK:
			pat.busy = true
		default:
			decisions = append(decisions, pat.over(key, stands(p, iface, vpn, pat.level))...)
		}
	}
	return decisions, again
}

// meets keeps what is broken now, and says whether that is news.
func (p *patient) meets(pr problem, now time.Time) (news bool) {
	news = !p.broken || p.level != pr.base.Broken
	if !p.broken {
		p.attempt, p.rung, p.next, p.told, p.signaled = 0, 0, time.Time{}, "", false
	}
	if news || p.busy && !pr.busy { // NetworkManager may try again by itself
		p.since = now
	}
	p.broken, p.level, p.busy = true, pr.base.Broken, pr.busy
	return news
}

// treat decides about one problem.
func (h *Healer) treat(pat *patient, pr problem, now time.Time) (decisions []Decision, again time.Time) {
	tell := func(k Kind, d Decision) {
		if pat.told != k {
			d.Kind, pat.told, pat.noticed = k, k, true
			decisions = append(decisions, d)
		}
	}
	if pat.meets(pr, now) {
		tell(Noticed, pr.base)
	}
	pat.tries = slices.DeleteFunc(pat.tries, func(t time.Time) bool { return now.Sub(t) >= h.policy.Per })
	due := pat.since.Add(h.policy.HoldOff[pr.base.Broken])
	if pat.next.After(due) {
		due = pat.next
	}
	switch {
	case !pr.hope:
		tell(Hopeless, pr.base)
	case pr.busy: // it will tell how that ends
	case now.Before(due):
		return decisions, due
	case len(pat.tries) >= h.policy.Budget:
		d := pr.base
		d.Reason = fmt.Sprintf("%d reconnects in %s did not mend it: %s", len(pat.tries), short(h.policy.Per), d.Reason)
		tell(GaveUp, d)
		return decisions, pat.tries[0].Add(h.policy.Per)
	default:
		d := pr.base
		d.key = pr.key
		made := h.attempt(pat, d, now)
		if len(made) > 0 {
			again = pat.next
		}
		return append(decisions, made...), again
	}
	return decisions, again
}

// attempt decides to reconnect, a rung lower than the time before.
func (h *Healer) attempt(pat *patient, d Decision, now time.Time) []Decision {
	if h.policy.SignalOnly && pat.signaled {
		return nil
	}
	d.Kind, d.From = Reconnect, h.policy.rung(d.Broken, pat.rung)
	if h.policy.SignalOnly {
		d.Kind, pat.signaled = Signal, true
	}
	if d.From < inspect.VPN {
		d.VPN = "" // the interface that carries it, with everything on it
	}
	pat.next = now.Add(h.policy.BackOff << min(pat.attempt, 10))
	pat.attempt++
	pat.rung++
	pat.tries = append(pat.tries, now)
	d.Attempt = pat.attempt
	pat.told, pat.noticed = d.Kind, true
	return []Decision{d}
}

// Postpone takes a reconnect back that could not be begun: somebody else is at work. It comes again after the back-off and
// is not counted.
func (h *Healer) Postpone(d Decision) {
	if pat, ok := h.patients[d.key]; ok && d.Kind == Reconnect && len(pat.tries) > 0 {
		pat.rung--
		pat.tries = pat.tries[:len(pat.tries)-1]
	}
}

// over ends a case: it stands again, or nobody wants it any more, of which there is nothing to tell.
func (p *patient) over(key string, stands bool) []Decision {
	tell := p.noticed && stands
	p.broken, p.noticed, p.told = false, false, ""
	if !tell {
		return nil
	}
	iface, vpn := split(key)
	return []Decision{{Kind: Recovered, Interface: iface, VPN: vpn, Broken: p.level, Attempt: p.attempt}}
}
