package effconf

import (
	"strings"
	"time"

	"nmdebug/wpadbus/wpaconf"
)

// LogLine is one message of NetworkManager's log.
type LogLine struct {
	At        time.Time
	Interface string // whom it is about; "" when it names none
	Message   string
}

// OfJournal is what the log of NetworkManager tells of an interface: the last run of its lines "Config: added 'key' value
// 'text'" (nm-supplicant-config.c, since the beginning at level INFO). They do not name the interface: they belong to the one
// that the line before them names, which is wrong at most when two are activated in the same millisecond.
func OfJournal(lines []LogLine, iface string) Account {
	a := Account{Source: Journal, Silent: "NetworkManager's log has no lines of how it configured " + iface}
	about, running := "", false
	for _, l := range lines {
		key, text, ok := added(l.Message)
		switch {
		case ok && about == iface:
			if !running {
				a = Account{Source: Journal, At: l.At, Network: map[string]Value{}}
			}
			running = true
			a.Network[key] = logged(key, text)
		case !ok && l.Interface != "":
			about, running = l.Interface, false
		}
	}
	return a
}

// added reads "Config: added 'key' value 'text'".
func added(message string) (key, text string, ok bool) {
	_, rest, ok := strings.Cut(message, "Config: added '")
	if !ok {
		return "", "", false
	}
	key, text, ok = strings.Cut(rest, "' value '")
	if !ok {
		return "", "", false
	}
	return key, strings.TrimSuffix(text, "'"), true
}

// logged is a value as NetworkManager logs it: bytes as a text, without quotes.
func logged(key, text string) Value {
	if text == "<hidden>" || wpaconf.IsSecret(wpaconf.Network, key) {
		return Value{Hidden: true}
	}
	value, err := wpaconf.FromDBus(wpaconf.Network, key, text)
	if err != nil {
		return Value{Hidden: true, Why: err.Error()}
	}
	return textOf(key, value)
}
