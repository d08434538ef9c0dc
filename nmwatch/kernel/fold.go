package kernel

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// maxProblems bounds State.Problems: the newest are kept.
const maxProblems = 20

// Fold applies records to the state of the kernel. It is pure: no clock, no file. One goroutine owns it; the states
// that it returns are immutable and may be read by anyone.
type Fold struct {
	links   table[int, kerneltypes.Link]
	names   map[string]int // the index of every link
	addrs   addrs
	routes  routes
	neighs  table[neighKey, kerneltypes.Neigh]
	radios  radios
	polled  measurements
	air     air
	blue    blue
	sources map[string]kerneltypes.Source

	problems []string
	noted    bool // sources, problems or synced differ from what was published last
	synced   bool
	state    kerneltypes.State // what was published last
}

type neighKey struct {
	index int
	ip    netip.Addr
}

// NewFold returns a fold to which nothing has been applied.
func NewFold() *Fold {
	return &Fold{
		links:   newTable[int, kerneltypes.Link](),
		names:   map[string]int{},
		addrs:   newAddrs(),
		routes:  newRoutes(),
		neighs:  newTable[neighKey, kerneltypes.Neigh](),
		radios:  newRadios(),
		polled:  newMeasurements(),
		air:     air{logs: map[int]kerneltypes.WirelessLog{}},
		sources: map[string]kerneltypes.Source{},
	}
}

// Apply applies one record and says whether the state differs from before. Records of other sources change nothing.
func (f *Fold) Apply(r record.Record) bool {
	switch r.Kind {
	case record.Netlink:
		return f.netlink(r)
	case record.Rfkill:
		return f.rfkill(r.Raw)
	case record.Wireless:
		return f.wirelessEvent(r)
	case record.Measurement:
		return f.measurement(r)
	case record.Note:
		return f.note(r)
	default:
		return false
	}
}

// State returns the state after all records so far. What it returns never changes any more; unchanged parts are shared between states.
func (f *Fold) State() kerneltypes.State {
	if f.links.dirty || f.state.Links == nil {
		f.state.Links = values(&f.links)
	}
	if f.addrs.dirty || f.state.Addrs == nil {
		f.addrs.dirty = true
		f.state.Addrs = f.addrs.publish()
	}
	f.state.Routes = f.routes.publish()
	if f.neighs.dirty {
		f.state.Neighs = slices.SortedFunc(maps.Values(values(&f.neighs)), compareNeighs)
	}
	f.radios.publish(&f.state)
	f.polled.publish(&f.state)
	f.air.publish(&f.state)
	f.blue.publish(&f.state)
	if f.noted || f.state.Sources == nil {
		f.noted = false
		f.state.Synced = f.synced
		f.state.Sources = maps.Clone(f.sources)
		f.state.Problems = slices.Clone(f.problems)
	}
	return f.state
}

// values copies the values of a table for publication.
func values[K comparable, V comparable](t *table[K, V]) map[K]V {
	t.dirty = false
	out := make(map[K]V, len(t.rows))
	for k, r := range t.rows {
		out[k] = r.value
	}
	return out
}

func compareNeighs(a, b kerneltypes.Neigh) int {
	return cmp.Or(cmp.Compare(a.Index, b.Index), a.IP.Compare(b.IP))
}

// netlink applies one rtnetlink message.
func (f *Fold) netlink(r record.Record) bool {
	h, msg, _, err := cut(r.Raw)
	if err != nil {
		return f.problem("netlink message: %v", err)
	}
	body := msg[unix.NLMSG_HDRLEN:]
	switch h.kind {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		return f.link(h, body, r.Time)
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		return f.addr(h, body, r.Time)
	case unix.RTM_NEWROUTE, unix.RTM_DELROUTE:
		return f.route(h, body)
	case unix.RTM_NEWNEIGH, unix.RTM_DELNEIGH:
		return f.neigh(h, body, r.Time)
	default:
		return false
	}
}

func (f *Fold) addr(h header, body []byte, at time.Time) bool {
	index, a, err := parseAddr(body)
	if err != nil {
		return f.problem("address message %d: %v", h.kind, err)
	}
	if h.kind == unix.RTM_DELADDR {
		return f.addrs.remove(index, a, h.dumped())
	}
	a.At = at
	return f.addrs.put(index, a, h.dumped())
}

func (f *Fold) route(h header, body []byte) bool {
	m, ours, err := parseRoute(body)
	if err != nil {
		return f.problem("route message %d: %v", h.kind, err)
	}
	if !ours {
		return false
	}
	if h.kind == unix.RTM_DELROUTE {
		return f.routes.del(m)
	}
	return f.routes.put(m, h.flags)
}

func (f *Fold) neigh(h header, body []byte, at time.Time) bool {
	n, ours, err := parseNeigh(body, at)
	if err != nil {
		return f.problem("neighbour message %d: %v", h.kind, err)
	}
	if !ours {
		return false
	}
	k := neighKey{index: n.Index, ip: n.IP}
	if f.neighs.stale(k, h.dumped()) {
		return false
	}
	if h.kind == unix.RTM_DELNEIGH || n.State == 0 { // NUD_NONE: an entry that says nothing
		return f.neighs.del(k)
	}
	if old, ok := f.neighs.get(k); ok && n.State&kerneltypes.NeighIncomplete != 0 {
		n.Again = old.Again || old.State&kerneltypes.NeighFailed != 0
	}
	return f.neighs.set(k, n)
}

// problem keeps the text of what could not be understood.
func (f *Fold) problem(format string, args ...any) bool {
	if len(f.problems) >= maxProblems {
		f.problems = slices.Delete(f.problems, 0, 1)
	}
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
	f.noted = true
	return true
}
