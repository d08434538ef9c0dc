package wpaconf

import "strings"

// The sizes of wpa_supplicant's buffers for one line with its end, of 2.10 and later (wpa_supplicant/config_file.c).
const (
	globalBuffer  = 512
	networkBuffer = 2000
	smallBuffer   = 256 // in the other blocks, and in a blob
)

// lexer gives the lines of a file.
type lexer struct {
	rest string
	at   int // the number of the line last given
}

// lexed is one line, split.
type lexed struct {
	at      int
	text    string // without blanks around it, and without the comment
	comment string
	hash    bool   // there is a comment
	wrong   string // why wpa_supplicant would read another line than stands there
}

// blank says whether there is neither text nor comment.
func (l lexed) blank() bool { return l.text == "" && !l.hash }

// next gives the next line as it is read into a buffer of that size.
func (x *lexer) next(buffer int) (lexed, bool) {
	if x.rest == "" {
		return lexed{}, false
	}
	line, rest, _ := strings.Cut(x.rest, "\n")
	x.rest = rest
	x.at++
	l := split(line)
	l.at = x.at
	switch {
	case strings.IndexByte(line, 0) >= 0:
		l.wrong = "a zero byte"
	case len(line) > buffer-1 && split(line[:buffer-1]).text != l.text:
		l.wrong = "too long: wpa_supplicant cuts a line here at " + decimal(buffer-1) + " bytes"
	}
	return l, true
}

// blanks are what is dropped around a line.
const blanks = " \t\r"

// split parts a line's text from its comment.
func split(line string) lexed {
	line = strings.TrimLeft(line, blanks)
	at := commentAt(line)
	if at < 0 {
		return lexed{text: strings.TrimRight(line, blanks)}
	}
	return lexed{text: strings.TrimRight(line[:at], blanks), comment: strings.Trim(line[at+1:], blanks), hash: true}
}

// commentAt finds where the comment of a line begins; -1 when it has none. Quotes are paired from the left and know no
// escape, so a "#" that follows an odd quote inside of a value begins a comment.
func commentAt(line string) int {
	hash, from := strings.IndexByte(line, '#'), 0
	for hash > 0 {
		opening := strings.IndexByte(line[from:], '"')
		if opening < 0 || from+opening > hash {
			break
		}
		from += opening + 1
		closing := strings.IndexByte(line[from:], '"')
		if closing < 0 {
			break
		}
		from += closing + 1
		if from > hash {
			if hash = strings.IndexByte(line[from:], '#'); hash >= 0 {
				hash += from
			}
		}
	}
	return hash
}
