package wpaconf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is a line that a version of wpa_supplicant would refuse, and with it the whole file.
type Problem struct {
	Line int // 0 when the file was not read
	Key  string
	Text string
}

// String names the line, where there is one, and the key.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Key + ": " + p.Text
	}
	return fmt.Sprintf("line %d: %s: %s", p.Line, p.Key, p.Text)
}

// Check lists what a version of wpa_supplicant would refuse: keys that it does not know, numbers out of range, values that
// are written otherwise than their key wants them.
func Check(f File, v Version) []Problem {
	problems := checkLines(Global, f.Globals, v)
	for _, b := range f.Blocks {
		if b.Section == Identity && v.Compare(Version{2, 12}) < 0 {
			problems = append(problems, Problem{Line: b.At, Key: string(b.Section), Text: fmt.Sprintf("wpa_supplicant %s does not know such a block", v)})
			continue
		}
		problems = append(problems, checkLines(b.Section, b.Lines, v)...)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return problems
}

func checkLines(s Section, lines []Line, v Version) []Problem {
	var problems []Problem
	for _, l := range lines {
		if l.Key == "" {
			continue
		}
		if text := l.check(s, v); text != "" {
			problems = append(problems, Problem{Line: l.At, Key: l.Key, Text: text})
		}
	}
	return problems
}

// check says what is wrong with a setting; "" when nothing is. It never repeats the value, which may be secret.
func (l Line) check(s Section, v Version) string {
	k, known := Lookup(s, l.Key)
	switch {
	case !known && s == Global && (strings.HasPrefix(l.Key, "wmm_ac_") || strings.HasPrefix(l.Key, "tx_queue_")):
		return ""
	case !known:
		return "no such key"
	case !k.Knows(v) && (k.Until == Version{} || v.Compare(k.Until) <= 0):
		return fmt.Sprintf("wpa_supplicant %s does not know this key, which came with %s", v, k.Since)
	}
	switch k.Kind {
	case Int:
		return k.checkInt(l.Value)
	case Text, WEP, Password:
		return k.checkText(l.Value)
	case PSK:
		return checkPSK(l.Value)
	case Hex:
		if _, err := Decode(l.Value); err != nil || strings.Contains(l.Value, `"`) {
			return "hexadecimal digits are expected"
		}
	default:
	}
	return ""
}

func (k Key) checkInt(value string) string {
	n, err := strconv.ParseInt(value, 0, 64)
	switch {
	case err != nil:
		return "a number is expected"
	case k.Bounded && (n < int64(k.Least) || n > int64(k.Most)) && value != k.Default:
		return fmt.Sprintf("a number from %d to %d is expected", k.Least, k.Most)
	}
	return ""
}

func (k Key) checkText(value string) string {
	if value == unset || k.Kind == Password && (strings.HasPrefix(value, "hash:") || strings.HasPrefix(value, "ext:")) {
		return ""
	}
	text, err := Decode(value)
	switch {
	case err != nil:
		return `"quotes" or hexadecimal digits are expected: ` + err.Error()
	case k.Bounded && (len(text) < k.Least || len(text) > k.Most):
		return fmt.Sprintf("%d to %d bytes are expected, not %d", k.Least, k.Most, len(text))
	}
	return ""
}

func checkPSK(value string) string {
	const want = "a passphrase of 8 to 63 characters in quotes is expected, or 64 hexadecimal digits"
	text, err := Decode(value)
	switch {
	case strings.HasPrefix(value, "ext:"):
		return ""
	case err != nil, strings.HasPrefix(value, "P"):
		return want
	case strings.HasPrefix(value, `"`) && (len(text) < 8 || len(text) > 63):
		return want
	case !strings.HasPrefix(value, `"`) && len(text) != 32:
		return want
	}
	return ""
}
