package kernel

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// routeKey is what the kernel compares to find "the same route"; several routes can have the same key.
type routeKey struct {
	dst, from netip.Prefix
	table     uint32
	metric    uint32
	tos       uint8
}

func keyOf(r kerneltypes.Route) routeKey {
	return routeKey{dst: r.Dst, from: r.From, table: r.Table, metric: r.Metric, tos: r.TOS}
}

func (k routeKey) v4() bool { return k.dst.Addr().Is4() }

func (k routeKey) compare(o routeKey) int {
	return cmp.Or(
		k.dst.Addr().BitLen()-o.dst.Addr().BitLen(),
		cmp.Compare(k.table, o.table),
		k.dst.Addr().Compare(o.dst.Addr()),
		cmp.Compare(k.dst.Bits(), o.dst.Bits()),
		cmp.Compare(k.metric, o.metric),
		cmp.Compare(k.tos, o.tos),
		k.from.Addr().Compare(o.from.Addr()),
		cmp.Compare(k.from.Bits(), o.from.Bits()),
	)
}

// routeIdent is one route among those with the same key: of IPv4 all its next hops, of IPv6 one next hop, since that is what is added and deleted.
type routeIdent struct {
	key  routeKey
	kind uint8
	hops string
}

// route is one route of the kernel.
type route struct {
	hops  []kerneltypes.Route
	round uint64 // the dump that confirmed it last
	told  bool   // a notification spoke of it since that dump began
}

// routes follows the routing tables. It repeats what the kernel does with routes of the same key, because a
// notification does not say which one it replaces (net/ipv4/fib_trie.c, fib_table_insert; net/ipv6/ip6_fib.c, fib6_add_rt2node).
type routes struct {
	groups    map[routeKey][]route // in the kernel's order
	round     uint64
	dumping   bool
	gone      map[routeIdent]struct{} // removed by a notification since the dump began: a reply that has them is older
	keys      []routeKey              // sorted; nil when groups were added or removed
	published []kerneltypes.Route
	dirty     bool
}

func newRoutes() routes {
	return routes{groups: map[routeKey][]route{}, gone: map[routeIdent]struct{}{}}
}

// begin starts a dump: nothing is confirmed.
func (t *routes) begin() {
	t.round++
	t.dumping = true
	clear(t.gone)
}

// end closes a dump and forgets what it did not confirm.
func (t *routes) end() bool {
	if !t.dumping {
		return false
	}
	t.dumping = false
	clear(t.gone)
	changed := false
	for key, group := range t.groups {
		kept := slices.DeleteFunc(group, func(r route) bool { return r.round != t.round })
		if len(kept) != len(group) {
			t.store(key, kept)
			changed = true
		}
	}
	return changed
}

// put applies an RTM_NEWROUTE and says whether it changed anything.
func (t *routes) put(m routeMessage, flags uint16) bool {
	dumped := flags&unix.NLM_F_MULTI != 0
	if dumped && t.dumping {
		m.hops = t.withoutGone(m)
		if len(m.hops) == 0 {
			return false
		}
	}
	before := t.groups[m.key]
	fresh := route{hops: m.hops, round: t.round, told: t.dumping && !dumped}
	place := place6
	if m.key.v4() {
		place = place4
	}
	after := place(slices.Clone(before), fresh, flags)
	if !dumped {
		t.told(before, after)
	}
	if slices.EqualFunc(before, after, func(a, b route) bool { return slices.Equal(a.hops, b.hops) }) {
		t.groups[m.key] = after // confirmed all the same
		return false
	}
	t.store(m.key, after)
	return true
}

// place4 puts an IPv4 route where the kernel has it: a replacement in the first one's place, else in front, with
// NLM_F_APPEND at the end. Dump replies come in order.
func place4(group []route, fresh route, flags uint16) []route {
	same := slices.IndexFunc(group, func(r route) bool { return identical(r.hops, fresh.hops) })
	switch {
	case flags&unix.NLM_F_MULTI != 0:
		if same >= 0 {
			group = slices.Delete(group, same, same+1)
		}
		return append(group, fresh)
	case flags&unix.NLM_F_REPLACE != 0 && len(group) > 0:
		return replace(group, 0, fresh, same)
	case same >= 0:
		group[same] = fresh
		return group
	case flags&unix.NLM_F_APPEND != 0:
		return append(group, fresh)
	default:
		return slices.Insert(group, 0, fresh)
	}
}

// place6 puts an IPv6 route where the kernel has it. A message about a multipath route tells all its next hops.
func place6(group []route, fresh route, flags uint16) []route {
	dumped := flags&unix.NLM_F_MULTI != 0
	at := slices.IndexFunc(group, func(r route) bool { return shareHop(r.hops, fresh.hops) })
	switch {
	case dumped && at >= 0 && group[at].told && group[at].round == fresh.round:
		return group // the reply was made before the notification
	case !dumped && flags&unix.NLM_F_REPLACE != 0 && len(group) > 0:
		first := slices.IndexFunc(group, func(r route) bool { return multipathable(r.hops) == multipathable(fresh.hops) })
		return replace(group, max(first, 0), fresh, at)
	case at >= 0:
		group[at] = fresh
		return group
	default:
		return append(group, fresh)
	}
}

// replace puts fresh in place of the route at i, and removes the one at same, which would be told twice.
func replace(group []route, i int, fresh route, same int) []route {
	group[i] = fresh
	if same < 0 || same == i {
		return group
	}
	return slices.Delete(group, same, same+1)
}

// del applies an RTM_DELROUTE and says whether it changed anything.
func (t *routes) del(m routeMessage) bool {
	before := t.groups[m.key]
	var after []route
	for _, r := range before {
		left := slices.DeleteFunc(slices.Clone(r.hops), func(h kerneltypes.Route) bool { return hasHop(m.hops, h) })
		switch {
		case m.key.v4() && !identical(r.hops, m.hops), len(left) == len(r.hops):
			after = append(after, r)
		case !m.key.v4() && len(left) > 0: // one next hop of several
			after = append(after, route{hops: left, round: t.round, told: t.dumping})
		}
	}
	t.told([]route{{hops: m.hops}}, after)
	if hopCount(before) == hopCount(after) {
		return false
	}
	t.store(m.key, after)
	return true
}

// dropLink removes the next hops over a link that is gone: the kernel does not announce that for IPv4.
func (t *routes) dropLink(index int) bool {
	changed := false
	for key, group := range t.groups {
		var after []route
		for _, r := range group {
			left := slices.DeleteFunc(slices.Clone(r.hops), func(h kerneltypes.Route) bool { return h.OIF == index })
			if len(left) > 0 {
				after = append(after, route{hops: left, round: r.round, told: r.told})
			}
		}
		if hopCount(after) != hopCount(group) {
			t.store(key, after)
			changed = true
		}
	}
	return changed
}

// store keeps the routes of a key and marks what must be published anew.
func (t *routes) store(key routeKey, group []route) {
	t.dirty = true
	if len(group) == 0 {
		delete(t.groups, key)
		t.keys = nil
		return
	}
	t.groups[key] = group
	if _, known := slices.BinarySearchFunc(t.keys, key, routeKey.compare); !known {
		t.keys = nil
	}
}

// publish returns all unicast routes, sorted by family, table, destination and metric; those of IPv4 with the same key in the kernel's order.
func (t *routes) publish() []kerneltypes.Route {
	if !t.dirty {
		return t.published
	}
	t.dirty = false
	if t.keys == nil {
		t.keys = make([]routeKey, 0, len(t.groups))
		for key := range t.groups {
			t.keys = append(t.keys, key)
		}
		slices.SortFunc(t.keys, routeKey.compare)
	}
	out := make([]kerneltypes.Route, 0, len(t.keys))
	for _, key := range t.keys {
		begin := len(out)
		for _, r := range t.groups[key] {
			for _, h := range r.hops {
				if unicast(h.Type) {
					out = append(out, h)
				}
			}
		}
		if !key.v4() {
			slices.SortStableFunc(out[begin:], compareHops)
		}
	}
	t.published = out
	return out
}

// compareHops orders IPv6 routes of one key. Unlike in IPv4, where the first one is used, their order means nothing: the kernel spreads over them.
func compareHops(a, b kerneltypes.Route) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), a.Gateway.Compare(b.Gateway), cmp.Compare(a.OIF, b.OIF))
}

// told notes what a notification removed, for as long as a dump runs.
func (t *routes) told(before, after []route) {
	if !t.dumping {
		return
	}
	for _, r := range before {
		for _, id := range idents(r.hops) {
			t.gone[id] = struct{}{}
		}
	}
	for _, r := range after {
		for _, id := range idents(r.hops) {
			delete(t.gone, id)
		}
	}
}

// withoutGone returns the next hops of a dump reply that no notification removed since the dump began.
func (t *routes) withoutGone(m routeMessage) []kerneltypes.Route {
	if len(t.gone) == 0 {
		return m.hops
	}
	var left []kerneltypes.Route
	for i, id := range idents(m.hops) {
		if _, gone := t.gone[id]; gone {
			continue
		}
		if m.key.v4() {
			return m.hops
		}
		left = append(left, m.hops[i])
	}
	return left
}

// idents returns what the kernel would name to remove the route.
func idents(hops []kerneltypes.Route) []routeIdent {
	var ids []routeIdent
	var all []byte
	for _, h := range hops {
		one := binary.NativeEndian.AppendUint32(h.Gateway.AsSlice(), uint32(h.OIF))
		all = append(all, one...)
		ids = append(ids, routeIdent{key: keyOf(h), kind: h.Type, hops: string(one)})
	}
	if len(ids) > 0 && ids[0].key.v4() {
		all = append(all, hops[0].Protocol)
		ids[0].hops = string(append(all, hops[0].Source.AsSlice()...))
		ids = ids[:1]
	}
	return ids
}

// unicast says whether a route leads somewhere or forbids to: RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST and RTN_MULTICAST do not.
func unicast(kind uint8) bool { return kind == unix.RTN_UNICAST || kind > unix.RTN_MULTICAST }

// multipathable says whether the kernel joins an IPv6 route with others of its key (net/ip6_route.h, rt6_qualify_for_ecmp).
func multipathable(hops []kerneltypes.Route) bool { return hops[0].Gateway.IsValid() }

func sameHop(a, b kerneltypes.Route) bool {
	return a.Type == b.Type && a.OIF == b.OIF && a.Gateway == b.Gateway
}

func hasHop(hops []kerneltypes.Route, h kerneltypes.Route) bool {
	return slices.ContainsFunc(hops, func(o kerneltypes.Route) bool { return sameHop(o, h) })
}

// identical says whether two IPv4 routes of one key are one: the same next hops in the same order, from the same origin
// (net/ipv4/fib_semantics.c, fib_find_info).
func identical(a, b []kerneltypes.Route) bool {
	return slices.EqualFunc(a, b, func(a, b kerneltypes.Route) bool {
		return sameHop(a, b) && a.Protocol == b.Protocol && a.Source == b.Source
	})
}

// shareHop says whether two IPv6 routes of one key have a next hop in common: then one is the other as it was before.
func shareHop(a, b []kerneltypes.Route) bool {
	return slices.ContainsFunc(a, func(h kerneltypes.Route) bool { return hasHop(b, h) })
}

func hopCount(group []route) int {
	n := 0
	for _, r := range group {
		n += len(r.hops)
	}
	return n
}
