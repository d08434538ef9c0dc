package kernel

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// addrKey is what makes an address the same one: of IPv4 the prefix and the other end too (net/ipv4/devinet.c,
// __inet_insert_ifa), of IPv6 the address alone (net/ipv6/addrconf.c, ipv6_add_addr).
type addrKey struct {
	index int
	local netip.Addr
	bits  int
	peer  netip.Addr
}

func keyOfAddr(index int, a kerneltypes.Addr) addrKey {
	k := addrKey{index: index, local: a.Prefix.Addr()}
	if k.local.Is4() {
		k.bits, k.peer = a.Prefix.Bits(), a.Peer
	}
	return k
}

// addrs follows the addresses of all links in the kernel's order, which decides what is the source address.
type addrs struct {
	table[addrKey, kerneltypes.Addr]
	order     map[int][]addrKey
	published map[int][]kerneltypes.Addr
}

func newAddrs() addrs {
	return addrs{table: newTable[addrKey, kerneltypes.Addr](), order: map[int][]addrKey{}}
}

// put applies an RTM_NEWADDR and says whether it changed anything.
func (t *addrs) put(index int, a kerneltypes.Addr, dumped bool) bool {
	k := keyOfAddr(index, a)
	if t.stale(k, dumped) {
		return false
	}
	old, known := t.get(k)
	list := t.order[index]
	if i := slices.Index(list, k); i >= 0 && (dumped || moved(old, a)) {
		list = slices.Delete(list, i, i+1)
		known = false
	}
	if !known {
		at := len(list)
		if !dumped {
			at = t.place(list, a)
		}
		t.order[index] = slices.Insert(list, at, k)
		t.dirty = true
	}
	return t.set(k, a)
}

// moved says whether the kernel puts the address elsewhere in its list: a secondary one became primary.
func moved(old, a kerneltypes.Addr) bool {
	return a.Prefix.Addr().Is4() && (old.Flags^a.Flags)&unix.IFA_F_SECONDARY != 0
}

// place returns where the kernel inserts a new address.
func (t *addrs) place(list []addrKey, a kerneltypes.Addr) int {
	if a.Prefix.Addr().Is4() {
		return t.place4(list, a)
	}
	// net/ipv6/addrconf.c, ipv6_link_dev_addr: in front of the first one whose scope is not wider.
	for i, k := range list {
		if k.local.Is6() && scope6(k.local) <= scope6(a.Prefix.Addr()) {
			return i
		}
	}
	return len(list)
}

// place4 is net/ipv4/devinet.c, __inet_insert_ifa: a secondary address goes to the end, a primary one behind the last primary one of its scope or a narrower one.
func (t *addrs) place4(list []addrKey, a kerneltypes.Addr) int {
	end, last := 0, 0
	for i, k := range list {
		if !k.local.Is4() {
			continue
		}
		end = i + 1
		if v, ok := t.get(k); ok && v.Flags&unix.IFA_F_SECONDARY == 0 && a.Scope <= v.Scope {
			last = i + 1
		}
	}
	if a.Flags&unix.IFA_F_SECONDARY != 0 {
		return end
	}
	return last
}

// scope6 orders IPv6 addresses as ipv6_addr_src_scope does (net/ipv6.h).
func scope6(a netip.Addr) int {
	switch {
	case a.IsLoopback():
		return 1
	case a.IsLinkLocalUnicast():
		return 2
	default:
		return 14
	}
}

// remove applies an RTM_DELADDR and says whether it changed anything.
func (t *addrs) remove(index int, a kerneltypes.Addr, dumped bool) bool {
	k := keyOfAddr(index, a)
	t.stale(k, dumped)
	t.unlist(k)
	return t.del(k)
}

// unlist takes an address out of its link's list.
func (t *addrs) unlist(k addrKey) {
	list := t.order[k.index]
	i := slices.Index(list, k)
	if i < 0 {
		return
	}
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(t.order, k.index)
		return
	}
	t.order[k.index] = list
}

// dropLink removes all addresses of a link.
func (t *addrs) dropLink(index int) bool {
	list := t.order[index]
	for _, k := range list {
		t.del(k)
	}
	delete(t.order, index)
	return len(list) > 0
}

// finish closes a dump.
func (t *addrs) finish() bool {
	changed := false
	t.end(func(k addrKey, _ kerneltypes.Addr) {
		t.unlist(k)
		changed = true
	})
	return changed
}

// publish returns the addresses by interface index.
func (t *addrs) publish() map[int][]kerneltypes.Addr {
	if !t.dirty {
		return t.published
	}
	t.dirty = false
	out := make(map[int][]kerneltypes.Addr, len(t.order))
	for index, list := range t.order {
		values := make([]kerneltypes.Addr, 0, len(list))
		for _, k := range list {
			v, _ := t.get(k)
			values = append(values, v)
		}
		// IPv4 first, as the kernel dumps them; the order within a family stays.
		slices.SortStableFunc(values, func(a, b kerneltypes.Addr) int {
			return a.Prefix.Addr().BitLen() - b.Prefix.Addr().BitLen()
		})
		out[index] = values
	}
	t.published = out
	return out
}
