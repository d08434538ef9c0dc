package secret

import (
	"regexp"
	"strings"
	"sync"
)

// URI takes the PINs out of a PKCS#11 URI (RFC 7512), which may stand in the middle of a text. It gives the text itself
// when there is none.
func URI(text string) string {
	if strings.IndexByte(text, '=') < 0 {
		return text
	}
	for _, word := range []string{"pin-value=", "pin-source="} {
		text = uriAttribute(text, word)
	}
	return text
}

// uriAttribute takes out what follows each occurrence of a word, up to the next part of the URI.
func uriAttribute(text, word string) string {
	if len(text) < len(word) || !strings.Contains(lower(text), word) {
		return text
	}
	var clean strings.Builder
	for {
		at := strings.Index(lower(text), word)
		if at < 0 {
			clean.WriteString(text)
			return clean.String()
		}
		clean.WriteString(text[:at+len(word)] + Mark)
		text = text[at+len(word):]
		if end := strings.IndexAny(text, "&;\""); end >= 0 {
			text = text[end:]
		} else {
			text = ""
		}
	}
}

// Text takes secrets out of a line of a log: what follows a name of a secret, the answers to OpenVPN's management
// interface, the lines of a configuration of vpnc, the dumps of keys. It gives the line itself when there is none.
func Text(line string) string {
	line = URI(line)
	if !suspicious(line) {
		return line
	}
	for _, r := range lineRules() {
		line = r.pattern.ReplaceAllStringFunc(line, func(found string) string {
			part := r.pattern.FindStringSubmatchIndex(found)
			name, value := found[part[2]:part[3]], found[part[4]:part[5]]
			if strings.Trim(value, `"'`) == "" || r.named && !told(name) || PrivateKey(name) && Place(value) || hidden(value) {
				return found
			}
			return found[:part[4]] + Mark + found[part[5]:]
		})
	}
	return line
}

// told says whether a secret follows its name in a line. "secrets: failed to request VPN secrets" holds none.
func told(name string) bool {
	return (Key(name) || PrivateKey(name)) && lower(name) != "secrets"
}

// suspicious spares most lines the patterns.
func suspicious(line string) bool {
	line = lower(line)
	for _, word := range []string{"pass", "psk", "pmk", "pin", "puk", "secret", "key", "cak", "ckn", "cookie"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}

// hidden says whether the daemon has taken the secret out itself.
func hidden(value string) bool {
	value = strings.Trim(value, `"'`)
	return value == "<hidden>" || value == "[REMOVED]" || value == Mark
}

// lineRule finds a name and a secret: the two groups of its pattern.
type lineRule struct {
	pattern *regexp.Regexp
	named   bool // the name decides
}

// lineRules are the forms in which daemons write secrets into their logs. They are compiled when the first line comes:
// most commands read none.
//
//nolint:gochecknoglobals // compiled once, never changed: compiling them for each line would cost more than the line
var lineRules = sync.OnceValue(func() []lineRule {
	return []lineRule{
		// key=value, key: value, "key": "value"
		{regexp.MustCompile(`(?i)([a-z0-9_-]*(?:pass|psk|pin|puk|secret|key|cak|ckn|cookie|mac_value)[a-z0-9_-]*)["']?\s*[=:]\s*("[^"]*"|'[^']*'|[^\s,;]+)`), true},
		// NetworkManager: Config: added 'psk' value '…'
		{regexp.MustCompile(`'([a-z0-9_-]+)' value '([^']*)'`), true},
		// OpenVPN's management interface: username "Auth" "alice", password "Auth" "…"
		{regexp.MustCompile(`(?i)(password)\s+"[^"]*"\s+("[^"]*"|\S+)`), false},
		// vpnc.conf: Xauth password …, IPSec secret …
		{regexp.MustCompile(`(?i)(xauth password|ipsec secret)\s+(.+)$`), false},
		// wpa_supplicant with DebugShowKeys: PSK - hexdump(len=32): …, Passphrase - hexdump_ascii(len=8): …
		{regexp.MustCompile(`(?i)((?:psk|pmk|ptk|kck|kek|tk|msk|gtk|key|password|passphrase|secret)[^:]*hexdump(?:_ascii)?\([^)]*\)):\s*(.+)$`), false},
	}
})
