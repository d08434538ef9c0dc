package kerneltypes

import (
	"fmt"
	"strings"
)

// String gives the word that ip(8) uses.
func (s OperState) String() string {
	words := [...]string{"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"}
	if int(s) >= len(words) {
		return fmt.Sprintf("unknown(%d)", uint8(s))
	}
	return words[s]
}

// String gives the words that ip(8) uses; an entry has one bit of them.
func (s NeighState) String() string {
	var words []string
	for bit, word := range []string{"INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT"} {
		if s&(1<<bit) != 0 {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return "NONE"
	}
	return strings.Join(words, "|")
}

// word names a number by a list that begins at 0; one that is newer than the list by its value.
func word(v uint8, words []string) string {
	if int(v) >= len(words) {
		return fmt.Sprintf("unknown(%d)", v)
	}
	return words[v]
}
