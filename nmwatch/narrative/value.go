package narrative

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/secret"
)

// What of a message fits into a line that a person reads; its raw form has the rest.
const (
	maxValue     = 80  // bytes of one value
	maxList      = 8   // members of a list
	maxArguments = 280 // bytes of all arguments: of a profile they begin with what it is
)

// arguments tells the arguments of a call or signal in few words.
func (n *Narrator) arguments(args []any) string {
	var parts []string
	for _, a := range args {
		if text := n.value(a); text != "" {
			parts = append(parts, text)
		}
	}
	return cut(strings.Join(parts, " "), maxArguments)
}

// value tells one value: dictionaries as key=value, paths by what they stand for, bytes as text where they are text.
func (n *Narrator) value(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return n.dictionary(v)
	case map[string]map[string]any:
		return list(slices.Sorted(maps.Keys(v)), func(key string) string { return key + "{" + n.dictionary(v[key]) + "}" })
	case wire.Path:
		return n.path(v)
	case []wire.Path:
		return list(v, n.path)
	case []string:
		return list(v, func(s string) string { return s })
	case []any:
		return list(v, n.value)
	case []byte:
		return bytesText(v)
	case string:
		return cut(v, maxValue)
	default:
		return cut(fmt.Sprint(v), maxValue)
	}
}

// dictionary tells a dictionary in the order of its keys, without what is secret by its name.
func (n *Narrator) dictionary(values map[string]any) string {
	return list(slices.Sorted(maps.Keys(values)), func(key string) string {
		if secret.Key(key) {
			return key + "=" + secret.Mark
		}
		return key + "=" + n.value(values[key])
	})
}

// path tells an object by what a person calls it, else by the end of its path.
func (n *Narrator) path(p wire.Path) string {
	if known, ok := n.names[p]; ok && known.title != "" {
		return known.title
	} else if ok {
		return known.iface
	}
	if p == "/" {
		return "none"
	}
	parts := strings.Split(string(p), "/")
	return strings.Join(parts[max(len(parts)-2, 0):], "/")
}

func list[T any](values []T, tell func(T) string) string {
	var parts []string
	for i, v := range values {
		if i == maxList {
			parts = append(parts, fmt.Sprintf("and %d more", len(values)-i))
			break
		}
		parts = append(parts, tell(v))
	}
	return strings.Join(parts, " ")
}

func bytesText(b []byte) string {
	if len(b) > 0 && utf8.Valid(b) && !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' }) {
		return strconv.Quote(cut(string(b), maxValue))
	}
	return cut(fmt.Sprintf("%x", b), maxValue)
}

// cut bounds a text, and cuts between characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	at := most
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at] + "…"
}
