package lexicon

import (
	"cmp"
	"slices"
	"strings"
)

// Lookup explains what a person typed or pasted: a number ("7"), a number with a keyword ("reason 7", "802.11 15", "status 17",
// "eap 25"), a word or the name of a constant ("no-secrets", "4WAY_HANDSHAKE", "PEAP", "unknown ca"), a pair ("120,7",
// "60->120"), the name of a kind, or a line of a log, in which the codes are found. A negative number, or locally_generated=1
// in the line, is an 802.11 reason that this side gave. The most likely entry comes first, in a line the reasons before the
// states; nil when nothing is known. See Similar then.
func Lookup(query string) []Entry {
	return newIndex().lookup(query)
}

func (x *index) lookup(query string) []Entry {
	list := tokens(query)
	if len(list) == 0 {
		return nil
	}
	for _, try := range []func([]token) []Entry{x.whole, x.series, x.hinted, x.line} {
		if found := try(list); len(found) > 0 {
			return found
		}
	}
	return nil
}

// index holds all entries, to be found by word.
type index struct {
	entries []Entry
	byWord  map[string][]int
	order   map[Kind]int
}

func newIndex() *index {
	x := &index{byWord: map[string][]int{}, order: map[Kind]int{}}
	for i, kind := range Kinds() {
		x.order[kind] = i
		x.entries = append(x.entries, Entries(kind)...)
	}
	for i, e := range x.entries {
		for _, word := range e.words() {
			if !slices.Contains(x.byWord[word], i) {
				x.byWord[word] = append(x.byWord[word], i)
			}
		}
	}
	return x
}

// words are all the words that stand for the entry, in the form in which words are compared.
func (e Entry) words() []string {
	words := []string{joined(tokens(e.Word))}
	for _, w := range append([]string{e.Name}, e.aliases...) {
		if w != "" {
			words = append(words, joined(tokens(w)))
		}
	}
	return words
}

// named are the entries of the kinds that a word stands for, all kinds when there are none; sorted.
func (x *index) named(word string, kinds []Kind) []Entry {
	var found []Entry
	for _, i := range x.byWord[word] {
		if kinds == nil || slices.Contains(kinds, x.entries[i].Kind) {
			found = append(found, x.entries[i])
		}
	}
	return x.sort(found)
}

// numbered are the entries of the kinds that have a number, all kinds when there are none; sorted. A negative number is an
// 802.11 reason.
func (x *index) numbered(n int, kinds []Kind) []Entry {
	if n < 0 {
		kinds = []Kind{Reason80211}
	} else if kinds == nil {
		kinds = Kinds()
	}
	var found []Entry
	for _, kind := range kinds {
		if e, ok := find(x.entries, kind, n); ok {
			found = append(found, e)
		}
	}
	return x.sort(found)
}

// sort puts the most likely entry first.
func (x *index) sort(entries []Entry) []Entry {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(x.order[a.Kind], x.order[b.Kind]))
	})
	return entries
}

// whole takes the query as one word, one number, or the name of a kind.
func (x *index) whole(list []token) []Entry {
	if len(list) == 1 && list[0].isNum {
		return x.numbered(list[0].number, nil)
	}
	word := joined(list)
	if found := x.named(word, nil); found != nil {
		return found
	}
	return Entries(Kind(word))
}

// series takes the query as numbers that NetworkManager prints together: states with arrows between them, a state and its
// reason ("120,7"), two states and a reason ("[60 120 7]").
func (x *index) series(list []token) []Entry {
	if len(list) < 2 || slices.ContainsFunc(list, func(t token) bool { return !t.isNum }) {
		return nil
	}
	var found []Entry
	for i, t := range list {
		kind := DeviceState
		if last := i == len(list)-1; last && !t.arrow() {
			kind = DeviceReason
		}
		e, ok := find(x.entries, kind, t.number)
		if !ok {
			return nil
		}
		found = append(found, e)
	}
	return reasonsFirst(found)
}

// hinted takes the query as keywords and one number or word: "802.11 15", "reason code 15", "neigh failed".
func (x *index) hinted(list []token) []Entry {
	var kinds []Kind
	var rest []token
	for i, t := range list {
		kind := meant(t.norm)
		switch {
		case t.norm == "code" && i > 0 && list[i-1].norm == "reason":
			kinds = narrow(kinds, []Kind{Reason80211})
		case kind != nil && len(rest) == 0 || t.norm == localMark:
			kinds = narrow(kinds, kind)
		case t.isNum && i > 0 && list[i-1].norm == localMark || t.filler() && len(rest) == 0:
		default:
			rest = append(rest, t)
		}
	}
	switch {
	case len(rest) == 1 && rest[0].isNum && kinds != nil:
		n := rest[0].number
		if n > 0 && local(list) {
			n = -n
		}
		return x.numbered(n, kinds)
	case len(rest) > 0 && kinds != nil:
		return x.named(joined(rest), kinds)
	default:
		return nil
	}
}

// reasonsFirst puts what says why before what says where, without repetitions.
func reasonsFirst(entries []Entry) []Entry {
	var why, where []Entry
	for _, e := range entries {
		same := func(o Entry) bool { return o.Kind == e.Kind && o.Word == e.Word && o.Code == e.Code }
		if slices.ContainsFunc(why, same) || slices.ContainsFunc(where, same) {
			continue
		}
		if strings.HasSuffix(string(e.Kind), "-state") || e.Kind == OperState || strings.HasPrefix(e.Word, "ctrl-event-") {
			where = append(where, e)
		} else {
			why = append(why, e)
		}
	}
	return append(why, where...)
}
