package keyfile

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// longestLine is more than any certificate that is written into a profile.
const longestLine = 4 << 20

// Error is what makes a keyfile unreadable. NetworkManager does not load such a profile.
type Error struct {
	Line int // from 1
	Text string
}

// Error names the line first.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// entry is one line key=value, raw.
type entry struct {
	line       int
	group, key string
	value      string
}

// scan reads the lines of a GKeyFile: groups, comments, and key=value with the blanks around the sign left out.
func scan(r io.Reader) ([]entry, []string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	var entries []entry
	var groups []string
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimLeft(strings.TrimSuffix(lines.Text(), "\r"), blanks)
		if text == "" || text[0] == '#' {
			continue
		}
		if text[0] == '[' {
			name, err := group(text)
			if err != "" {
				return nil, nil, &Error{n, err}
			}
			groups = append(groups, name)
			continue
		}
		e, err := pair(text)
		if err == "" && len(groups) == 0 {
			err = "a key before the first [group]"
		}
		if err != "" {
			return nil, nil, &Error{n, err}
		}
		e.line, e.group = n, groups[len(groups)-1]
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, nil, &Error{n + 1, err.Error()}
	}
	return entries, groups, nil
}

// blanks are what GLib's g_ascii_isspace takes for them.
const blanks = " \t\n\v\f\r"

// group reads [name].
func group(text string) (name, problem string) {
	name, ok := strings.CutSuffix(strings.TrimRight(text[1:], blanks), "]")
	switch {
	case !ok:
		return "", "a group that is not closed by ]"
	case name == "" || strings.ContainsAny(name, "[]") || strings.ContainsFunc(name, control):
		return "", fmt.Sprintf("%q is no name of a group", name)
	}
	return name, ""
}

// pair reads key=value.
func pair(text string) (e entry, problem string) {
	key, value, ok := strings.Cut(text, "=")
	key = strings.TrimRight(key, blanks)
	switch {
	case !ok:
		return e, "neither a [group], nor key=value, nor a comment"
	case key == "" || strings.ContainsFunc(key, control):
		return e, fmt.Sprintf("%q is no name of a key", key)
	case !utf8.ValidString(value):
		return e, "the value of " + key + " is not UTF-8; other bytes are written as a list of numbers"
	}
	return entry{key: key, value: strings.TrimLeft(value, blanks)}, ""
}

func control(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }
