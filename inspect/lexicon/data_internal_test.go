package lexicon

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	entries, err := parse("x", `# comment
= RFC 1

1 one NAME_ONE L2 common
  What it
  means.
  ! A trap.
  ! Another.
  > look here
  ~ Meant locally.
  & uno; eins zwei
- two -
  Without a number.
  = RFC 2
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Fatalf("got %d entries, want 2", len(entries))
	}
	one, two := entries[0], entries[1]
	if one.Kind != "x" || one.Code != 1 || !one.Coded || one.Word != "one" || one.Name != "NAME_ONE" || one.Floor != "L2" || one.rank != common {
		t.Errorf("head: got %+v", one)
	}
	if one.Meaning != "What it means." || one.local != "Meant locally." || one.Source != "RFC 1" {
		t.Errorf("texts: got %+v", one)
	}
	if !slices.Equal(one.Traps, []string{"A trap.", "Another."}) || !slices.Equal(one.Next, []string{"look here"}) || !slices.Equal(one.aliases, []string{"uno", "eins zwei"}) {
		t.Errorf("lists: got %+v", one)
	}
	if two.Coded || two.Name != "" || two.Source != "RFC 2" || two.rank != normal {
		t.Errorf("second: got %+v", two)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"1 one\n":          "line 1: want CODE WORD NAME, got 2 fields",
		"\nx one NAME\n":   `line 2: strconv.Atoi: parsing "x": invalid syntax`,
		"1 one NAME L9\n":  `line 1: unknown field "L9"`,
		"  text\n":         "line 1: no entry to add to",
		"1 one NAME rar\n": `line 1: unknown field "rar"`,
	} {
		_, err := parse("x", text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for query, want := range map[string][]string{
		"60->120":                   {"60", "120"},
		"reason=-3":                 {"reason", "-3"},
		"need-auth -> failed.":      {"need-auth", "failed"},
		"802.11 4WAY_HANDSHAKE":     {"802.11", "4way-handshake"},
		"EAP-AKA' x":                {"eap-aka'", "x"},
		"'no-secrets',":             {"no-secrets"},
		"a--b -c- 5-":               {"a", "b", "c", "5"},
		"192.0.2.1 [50 60]":         {"192.0.2.1", "50", "60"},
		"Verbindung schlug fehl: ü": {"verbindung", "schlug", "fehl", "ü"},
	} {
		var got []string
		for _, tok := range tokens(query) {
			got = append(got, tok.norm)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
}

func TestApart(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"peap", "peap", 0}, {"peep", "peap", 1}, {"secrets", "no-secrets", 1}, {"kitten", "sitting", 3}, {"", "abc", 3}, {"abc", "", 3}} {
		if got := apart([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("%s, %s: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestEveryWord holds that each word, name and number of an entry leads to it.
func TestEveryWord(t *testing.T) {
	x := newIndex()
	for _, kind := range Kinds() {
		for _, e := range Entries(kind) {
			queries := []string{e.Word, strings.ToUpper(e.Word), string(kind) + " " + e.Word}
			if e.Name != "" {
				queries = append(queries, e.Name)
			}
			if e.Coded {
				queries = append(queries, fmt.Sprintf("%s %d", kind, e.Code))
			}
			for _, q := range queries {
				if !slices.ContainsFunc(x.lookup(q), func(f Entry) bool { return f.Kind == kind && f.Word == e.Word }) {
					t.Errorf("%q does not lead to %s %s", q, kind, e.Word)
				}
			}
		}
	}
}
