package lexicon

import (
	"cmp"
	"slices"
	"strings"
)

// maxSimilar bounds the suggestions, maxWord the word that is compared.
const (
	maxSimilar = 5
	maxWord    = 48
)

// Similar lists words that resemble a query for which Lookup knows nothing: misspelt or cut. The closest comes first.
func Similar(query string) []string {
	list := slices.DeleteFunc(tokens(query), func(t token) bool { return t.isNum || meant(t.norm) != nil })
	word := []rune(joined(list))
	if len(word) < 2 || len(word) > maxWord {
		return nil
	}
	type match struct {
		word string
		far  int
	}
	var matches []match
	x := newIndex()
	for _, e := range x.entries {
		best := maxWord
		for _, w := range e.words() {
			best = min(best, apart(word, []rune(w)))
		}
		if best <= max(1, len(word)/3) {
			matches = append(matches, match{e.Word, best})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.far, b.far) })
	var words []string
	for _, m := range matches {
		if !slices.Contains(words, m.word) && len(words) < maxSimilar {
			words = append(words, m.word)
		}
	}
	return words
}

// apart is how many letters two words differ in (Levenshtein); 1 when one is a part of the other.
func apart(a, b []rune) int {
	if string(a) == string(b) {
		return 0
	}
	if len(a) > 2 && strings.Contains(string(b), string(a)) {
		return 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
