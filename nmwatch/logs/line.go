package logs

import (
	"strconv"
	"strings"
	"time"
)

// Lines reads the lines of log files: those that syslog daemons write (RFC 3164, and with ISO 8601 times as rsyslog and
// journalctl have them), datagrams of /dev/log, and the plain output of NetworkManager, wpa_supplicant and openvpn.
type Lines struct {
	Identifier string         // of who writes, where the lines do not tell; hence the name of the file
	Zone       *time.Location // of times that come without one; nil is UTC
}

// Parse makes an entry of one line. What is not understood is the message, whole; the time is that of seen where the line
// has none, and so is the year of a time without one.
func (l Lines) Parse(line string, seen time.Time) Entry {
	p := parsing{rest: strings.TrimRight(line, "\r\n"), zone: l.Zone, seen: seen, identifier: l.Identifier}
	if p.zone == nil {
		p.zone = time.UTC
	}
	p.stamp()
	p.severity()
	p.stamp()
	if p.header {
		p.sender()
	}
	p.severityOfNM()
	return p.entry()
}

// parsing is a line on its way to be an entry.
type parsing struct {
	rest       string
	zone       *time.Location
	seen       time.Time
	at         time.Time
	header     bool // a syslog daemon's header precedes the message
	host       bool // the header has a host
	priority   string
	identifier string
	pid        string
}

// stamp takes a time off the beginning, if one is there. Of two the first is better: syslog's own has whole seconds.
func (p *parsing) stamp() {
	for _, form := range stampForms() {
		at, rest, ok := form.cut(p.rest, p.zone, p.seen)
		if !ok {
			continue
		}
		if p.at.IsZero() {
			p.at = at
		}
		p.rest = rest
		p.header = p.header || form.header
		p.host = p.priority == ""
		return
	}
}

// severity takes "<PRI>" off the beginning: facility times 8 plus severity (RFC 3164, section 4.1.1). Behind it comes no host.
func (p *parsing) severity() {
	number, rest, ok := strings.Cut(p.rest, ">")
	if !ok || !strings.HasPrefix(number, "<") {
		return
	}
	if pri, err := strconv.Atoi(number[1:]); err == nil && pri >= 0 && pri < 192 {
		p.priority, p.rest, p.header, p.host = strconv.Itoa(pri%8), rest, true, false
	}
}

// sender takes "host identifier[pid]: " off the beginning.
func (p *parsing) sender() {
	rest := p.rest
	if p.host {
		if _, after, ok := strings.Cut(rest, " "); ok {
			rest = after
		}
	}
	tag, message, ok := strings.Cut(rest, ": ")
	if !ok || tag == "" || strings.ContainsAny(tag, " \t") {
		return
	}
	if name, pid, ok := strings.Cut(tag, "["); ok {
		tag, p.pid = name, strings.TrimSuffix(pid, "]")
	}
	p.identifier, p.rest = tag, message
}

// severityOfNM reads the "<warn>  [1795551509.4560] " that NetworkManager puts before its messages, and takes it off.
func (p *parsing) severityOfNM() {
	level, rest, ok := strings.Cut(p.rest, ">")
	if !ok || !strings.HasPrefix(level, "<") {
		return
	}
	priority, ok := map[string]string{"<error": "3", "<warn": "4", "<info": "6", "<debug": "7", "<trace": "7"}[level]
	if !ok {
		return
	}
	p.priority = priority
	rest = strings.TrimLeft(rest, " ")
	if seconds, after, ok := strings.Cut(rest, "] "); ok && strings.HasPrefix(seconds, "[") {
		if at, ok := sinceEpoch(seconds[1:]); ok {
			p.at, rest = at, after
		}
	}
	p.rest = rest
}

func (p *parsing) entry() Entry {
	var e Entry
	add := func(name, value string) {
		if value != "" {
			e.Fields = append(e.Fields, Field{name, []byte(value)})
		}
	}
	if p.at.IsZero() {
		p.at = p.seen
	}
	add(fieldSent, strconv.FormatInt(p.at.UnixMicro(), 10))
	add(fieldPriority, p.priority)
	add(fieldIdentifier, p.identifier)
	add(fieldSyslogPID, p.pid)
	add(fieldMessage, p.rest)
	return e
}
