package text

import (
	"strconv"
	"strings"
)

// ASCII is Escape for a place that shows nothing else: signs of ours get a stand-in, other characters are written as
// \u00e9, \U0001f600.
func ASCII(s string) string {
	s = Escape(s)
	if strings.IndexFunc(s, beyondASCII) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch stand := standIn(r); {
		case !beyondASCII(r):
			b.WriteRune(r)
		case stand != "":
			b.WriteString(stand)
		case r < 0x10000:
			b.WriteString(`\u` + strconv.FormatUint(uint64(r)|0x10000, 16)[1:])
		default:
			b.WriteString(`\U` + strconv.FormatUint(uint64(r)|0x100000000, 16)[1:])
		}
	}
	return b.String()
}

func beyondASCII(r rune) bool { return r >= 0x80 }

// standIn is what a sign of our own texts becomes; "" when it is none.
func standIn(r rune) string {
	const bars, levels = "▁▂▃▄▅▆▇█", "_.-=+*#@"
	switch r {
	case '·', '–':
		return "-"
	case '→':
		return "->"
	case '…':
		return "..."
	}
	if i := strings.IndexRune(bars, r); i >= 0 {
		return levels[i/len("▁") : i/len("▁")+1]
	}
	return ""
}
