package lexicon

import (
	"slices"
	"strings"
)

// longest is how many tokens a phrase may have: "ip configuration could not be reserved".
const longest = 7

// line finds the codes in a line of a log. A number counts only after a keyword or beside its own word; a plain word like
// "failed" only where it is a value.
func (x *index) line(list []token) []Entry {
	s := scan{index: x, list: list, about: context(list), local: local(list)}
	var found []Entry
	for i := 0; i < len(list); {
		entries, used := s.at(i)
		found = append(found, entries...)
		i += max(used, 1)
	}
	return reasonsFirst(found)
}

// scan is a walk over the tokens of a line.
type scan struct {
	*index

	list  []token
	about []Kind
	local bool
}

// at explains what begins at a token, and says how many tokens that took.
func (s *scan) at(i int) ([]Entry, int) {
	if e, ok := s.pair(i); ok {
		return []Entry{e}, 2
	}
	if s.list[i].isNum {
		return s.number(i), 1
	}
	for n := min(longest, len(s.list)-i); n > 1; n-- {
		if s.broken(i, n) {
			continue
		}
		if found := s.named(joined(s.list[i:i+n]), s.about); found != nil {
			return found, n
		}
		if found := s.named(joined(s.list[i:i+n]), nil); found != nil {
			return found, n
		}
	}
	return s.word(i), 1
}

// broken says whether punctuation splits a run of tokens.
func (s *scan) broken(i, n int) bool {
	return slices.ContainsFunc(s.list[i+1:i+n], func(t token) bool { return t.before != "" && t.before != " " && t.before != "-" })
}

// pair explains a word and its number beside each other: "failed (120)", "7 (no-secrets)".
func (s *scan) pair(i int) (Entry, bool) {
	if i+1 >= len(s.list) || !strings.Contains(s.list[i+1].before, "(") || s.list[i].isNum == s.list[i+1].isNum {
		return Entry{}, false
	}
	word, number := s.list[i], s.list[i+1]
	if word.isNum {
		word, number = number, word
	}
	found := s.named(word.norm, nil)
	k := slices.IndexFunc(found, func(e Entry) bool { return e.Coded && e.Code == number.number })
	if k < 0 {
		return Entry{}, false
	}
	return found[k], true
}

// number explains a number that follows a keyword.
func (s *scan) number(i int) []Entry {
	kinds, n := s.keywordBefore(i), s.list[i].number
	switch {
	case kinds == nil || i > 0 && s.list[i-1].norm == localMark:
		return nil
	case n > 0 && s.local && slices.Contains(kinds, Reason80211):
		n = -n
	case n < 0 && !slices.Contains(kinds, Reason80211):
		return nil
	}
	found := s.numbered(n, kinds)
	return found[:min(len(found), 1)]
}

// keywordBefore is what the keyword before a token means in this line; nil when there is none. "reason=15" has one,
// "bssid=00:11" and "wpa_supplicant[15]" have not.
func (s *scan) keywordBefore(i int) []Kind {
	k := i - 1
	for k > 0 && s.list[k].filler() {
		k--
	}
	if k < 0 || strings.ContainsAny(s.list[i].before, ",;([/#") {
		return nil
	}
	kinds := meant(s.list[k].norm)
	if kinds == nil || s.about == nil {
		return kinds
	}
	both := slices.DeleteFunc(slices.Clone(kinds), func(kind Kind) bool { return !slices.Contains(s.about, kind) })
	if len(both) == 0 && len(kinds) > 1 {
		return nil
	}
	if len(both) == 0 {
		return kinds
	}
	return both
}

// word explains a single word, if it is one that no ordinary sentence has, or stands where a value stands.
func (s *scan) word(i int) []Entry {
	t := s.list[i]
	next := token{}
	if i+1 < len(s.list) {
		next = s.list[i+1]
	}
	states := []Kind{DeviceState, VPNState, ActiveState}
	if slices.Contains(s.about, SupplicantState) {
		states = []Kind{SupplicantState}
	}
	value := strings.ContainsAny(t.before, "=:'\"‘“") || t.before == " "
	if t.arrow() || next.arrow() {
		found := s.named(t.norm, states)
		return found[:min(len(found), 1)]
	}
	if kinds := s.keywordBefore(i); value && kinds != nil {
		if found := s.named(t.norm, kinds); found != nil {
			return s.sided(found)
		}
	}
	if strings.Contains(t.norm, "-") {
		if found := s.named(t.norm, s.about); found != nil {
			return s.sided(found)
		}
		return s.sided(s.named(t.norm, nil))
	}
	if t.upper() && !strings.ContainsAny(t.before, "<,") {
		return s.named(t.norm, []Kind{DHCPMessage, NeighbourState, OperState, SupplicantState, EAPMethod})
	}
	return nil
}

// sided turns the 802.11 reasons into those of this side, when the line says that this side gave them.
func (s *scan) sided(entries []Entry) []Entry {
	for i, e := range entries {
		if s.local && e.Kind == Reason80211 {
			entries[i] = e.ofThisSide()
		}
	}
	return entries
}
