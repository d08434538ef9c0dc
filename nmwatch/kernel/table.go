package kernel

import "maps"

// table holds the objects of one kind by their identity, and knows during a dump which of them are confirmed.
//
// A notification can overtake a dump reply that was made before it: newer kernels dump without the RTNL lock. So a
// reply about an object that a notification spoke of since the dump began is ignored: it is the older of the two.
type table[K comparable, V comparable] struct {
	rows    map[K]row[V]
	round   uint64         // counts dumps
	dumping bool           // between Up and Synced
	told    map[K]struct{} // what notifications spoke of since the dump began
	dirty   bool           // rows differ from what was published last
}

type row[V any] struct {
	value V
	round uint64 // the dump that confirmed it last
}

func newTable[K comparable, V comparable]() table[K, V] {
	return table[K, V]{rows: map[K]row[V]{}, told: map[K]struct{}{}}
}

// begin starts a dump: nothing is confirmed.
func (t *table[K, V]) begin() {
	t.round++
	t.dumping = true
	clear(t.told)
}

// end closes a dump and forgets what it did not confirm; it calls gone for each.
func (t *table[K, V]) end(gone func(K, V)) {
	if !t.dumping {
		return
	}
	t.dumping = false
	clear(t.told)
	maps.DeleteFunc(t.rows, func(k K, r row[V]) bool {
		if r.round == t.round {
			return false
		}
		t.dirty = true
		gone(k, r.value)
		return true
	})
}

// stale says whether a message about k is older than what is known; it also notes what notifications speak of.
func (t *table[K, V]) stale(k K, dumped bool) bool {
	if !t.dumping {
		return false
	}
	if !dumped {
		t.told[k] = struct{}{}
		return false
	}
	_, told := t.told[k]
	return told
}

// set stores v and says whether that changed anything.
func (t *table[K, V]) set(k K, v V) bool {
	old, ok := t.rows[k]
	t.rows[k] = row[V]{value: v, round: t.round}
	if ok && old.value == v {
		return false
	}
	t.dirty = true
	return true
}

// amend changes a value that is there, without confirming it.
func (t *table[K, V]) amend(k K, change func(*V)) bool {
	r, ok := t.rows[k]
	if !ok {
		return false
	}
	old := r.value
	change(&r.value)
	if r.value == old {
		return false
	}
	t.rows[k] = r
	t.dirty = true
	return true
}

// del removes k and says whether it was there.
func (t *table[K, V]) del(k K) bool {
	if _, ok := t.rows[k]; !ok {
		return false
	}
	delete(t.rows, k)
	t.dirty = true
	return true
}

// get returns what is known of k.
func (t *table[K, V]) get(k K) (V, bool) {
	r, ok := t.rows[k]
	return r.value, ok
}
