package nmtypes

import (
	"fmt"
	"strings"
)

// flagWord is a bit and its word.
type flagWord struct {
	bit  uint32
	word string
}

// flagWords lists the words of the set bits; bits without a word as one hexadecimal number.
func flagWords(flags uint32, words []flagWord) string {
	if flags == 0 {
		return "none"
	}
	var set []string
	for _, w := range words {
		if flags&w.bit != 0 {
			set = append(set, w.word)
			flags &^= w.bit
		}
	}
	if flags != 0 {
		set = append(set, fmt.Sprintf("0x%x", flags))
	}
	return strings.Join(set, ",")
}
