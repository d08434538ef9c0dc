package lexicon

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A query longer than this is cut: a pasted log line is shorter.
const (
	maxQuery  = 2048
	maxTokens = 256
)

// token is a word or a number of a query.
type token struct {
	raw    string // as it was written
	norm   string // in lower case, with dashes for underscores
	before string // what stands between it and the token before, blanks left out save for one
	number int
	isNum  bool
}

// tokens splits a query. Letters, digits, "_" and "'" make words, "-" and "." within one too; a "-" before a digit is a sign.
func tokens(query string) []token {
	if len(query) > maxQuery {
		query = query[:maxQuery]
	}
	runes := []rune(strings.ToValidUTF8(query, " "))
	var list []token
	gap := 0
	for i := 0; i < len(runes) && len(list) < maxTokens; {
		end := wordEnd(runes, i)
		if end == i {
			i++
			continue
		}
		list = append(list, newToken(string(runes[i:end]), string(runes[gap:i])))
		i, gap = end, end
	}
	return list
}

// wordEnd is the end of the word that begins at i; i itself when none does.
func wordEnd(runes []rune, i int) int {
	isWord := func(k int) bool {
		return k >= 0 && k < len(runes) && (unicode.IsLetter(runes[k]) || unicode.IsDigit(runes[k]) || runes[k] == '_')
	}
	end := i
	if runes[i] == '-' && !isWord(i-1) && i+1 < len(runes) && unicode.IsDigit(runes[i+1]) {
		end++
	}
	for isWord(end) || end > i && end < len(runes) && strings.ContainsRune("-.'", runes[end]) && isWord(end-1) && isWord(end+1) {
		end++
	}
	if end > i && end < len(runes) && runes[end] == '\'' && strings.EqualFold(string(runes[max(i, end-3):end]), "aka") {
		end++ // EAP-AKA'
	}
	return end
}

func newToken(raw, before string) token {
	t := token{raw: raw, norm: normalise(raw), before: strings.Join(strings.Fields(before), " ")}
	if t.before == "" && before != "" {
		t.before = " "
	}
	if n, err := strconv.ParseInt(raw, 10, 32); err == nil {
		t.number, t.isNum = int(n), true
	}
	return t
}

// normalise brings a word into the form in which words are compared: lower case, with dashes.
func normalise(word string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' {
			return '-'
		}
		return unicode.ToLower(r)
	}, word)
}

// joined is a run of tokens as one word.
func joined(list []token) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = t.norm
	}
	return strings.Join(words, "-")
}

// arrow says whether the token follows one: "60 -> 120".
func (t token) arrow() bool {
	return strings.Contains(t.before, "->") || strings.Contains(t.before, "→")
}

// upper says whether the token is written in capitals.
func (t token) upper() bool {
	return len(t.raw) > 2 && strings.ToUpper(t.raw) == t.raw && strings.ContainsFunc(t.raw, unicode.IsLetter)
}

// filler says whether the token only joins a keyword to its number: "alert number 48".
func (t token) filler() bool {
	return slices.Contains([]string{"code", "number", "no", "nr", "is", "the", "of", "with", "error"}, t.norm)
}
