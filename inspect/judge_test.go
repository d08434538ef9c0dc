package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
)

// verdict is one case: what is to be said of one interface of a world.
type verdict struct {
	name      string
	in        *inspect.Snapshot
	of        string
	want      string         // of the floors from the ground up: "up link-up | absent | failed no-address | absent"
	cause     string         // "eth0 L1 no-carrier", "" when nothing is broken
	whole     inspect.Status // of the stack; not looked at when it is Unknown
	says      []string       // parts of the reasons of the floors, of the cause or of its evidence
	conflicts []inspect.Code
}

// judge holds the cases against what Build makes of them.
func judge(t *testing.T, cases []verdict) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, ok := inspect.Build(c.in).Stack(c.of)
			if !ok {
				t.Fatalf("there is no stack %s", c.of)
			}
			if diff := cmp.Diff(c.want, floors(s)); diff != "" {
				t.Errorf("floors (-want +got):\n%s\n%s", diff, spoken(s))
			}
			if diff := cmp.Diff(c.cause, causeOf(s)); diff != "" {
				t.Errorf("cause (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.conflicts, codes(s.Conflicts)); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
			if c.whole != inspect.Unknown && s.Status != c.whole {
				t.Errorf("the whole is %s, want %s", s.Status, c.whole)
			}
			for _, part := range c.says {
				if !strings.Contains(spoken(s), part) {
					t.Errorf("nobody says %q in:\n%s", part, spoken(s))
				}
			}
		})
	}
}

// floors are the floors of a stack in the form of verdict.want.
func floors(s inspect.Stack) string {
	var words []string
	for _, f := range s.Floors {
		word := f.Status.String()
		if f.Status != inspect.Blocked && f.Code != "" {
			word += " " + string(f.Code)
		}
		words = append(words, word)
	}
	return strings.Join(words, " | ")
}

// causeOf is the cause of a stack in the form of verdict.cause.
func causeOf(s inspect.Stack) string {
	if s.Cause == nil {
		return ""
	}
	return fmt.Sprintf("%s %s %s", s.Cause.Interface, s.Cause.Level, s.Cause.Finding.Code)
}

func codes(findings []inspect.Finding) []inspect.Code {
	var all []inspect.Code
	for _, f := range findings {
		all = append(all, f.Code)
	}
	return all
}

// spoken is all text that a stack gives to people.
func spoken(s inspect.Stack) string {
	var b strings.Builder
	say := func(f inspect.Finding) {
		fmt.Fprintf(&b, "%s %s %s (%s): %s [%s] %s\n", f.Level, f.Status, f.Code, f.Sure, f.Text, f.Brief, f.Right)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "    %s: %s\n", e.Source, e.Text)
		}
		for _, n := range f.Next {
			fmt.Fprintf(&b, "    $ %s\n", n)
		}
	}
	for _, f := range s.Floors {
		fmt.Fprintf(&b, "%s %s: %s [%s]\n", f.Level, f.Status, f.Reason, f.Brief)
		for _, found := range f.Findings {
			say(found)
		}
	}
	if s.Cause != nil {
		say(s.Cause.Finding)
	}
	for _, c := range s.Conflicts {
		say(c)
	}
	return b.String()
}
