package redact

import (
	"slices"
	"strings"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/secret"
)

// editor decides over the values of one message.
type editor struct {
	names    *names
	like     bool
	all      bool
	bare     bool  // arguments that are a text and nothing else
	args     []int // these arguments
	arg      int   // the argument that is the value of a property, -1 for none
	property string
	answerTo pending
}

// pending is what is remembered of a call for its answer.
type pending struct {
	answer   answer
	property string // Properties.Get: whose value the answer is
}

// call prepares for a call or a signal.
func (e *editor) call(m wire.Message) {
	if r, ok := ruleOf(m.Interface, m.Member); ok {
		e.like, e.args, e.answerTo.answer = r.like, r.args, r.answer
	}
	if m.Interface != "org.freedesktop.DBus.Properties" || m.Member != "Get" && m.Member != "Set" {
		return
	}
	args, err := m.Args()
	if err != nil || len(args) < 2 {
		return // what cannot be read is left out
	}
	name, _ := args[1].(string)
	if m.Member == "Set" {
		e.arg, e.property = 2, name
	}
	e.answerTo.property = name
}

// answered prepares for the answer to a call.
func (e *editor) answered(p pending) {
	e.like = p.answer == like || p.answer == unknown
	e.all = p.answer == all
	e.bare = p.answer == unknown
	if p.property != "" {
		e.arg, e.property = 0, p.property
	}
}

// byName says whether nothing but the names of values decides.
func (e *editor) byName() bool {
	return !e.like && !e.all && !e.bare && len(e.args) == 0 && e.arg < 0
}

// edit says what takes a value's place.
func (e *editor) edit(l wire.Leaf) (string, bool) {
	text := l.Code == 's' || l.Code == 'y' && l.Text != ""
	if e.all || slices.Contains(e.args, l.Arg) {
		return secret.Mark, l.Code != 's' || l.Text != ""
	}
	if !text || l.Text == "" {
		return "", false
	}
	if e.bare && len(l.Keys) == 0 || e.secret(l) {
		return secret.Mark, true
	}
	if clean := secret.URI(l.Text); clean != l.Text {
		return clean, true
	}
	return "", false
}

// secret says whether the names around a value are those of a secret.
func (e *editor) secret(l wire.Leaf) bool {
	if l.Arg == e.arg && e.named(e.property, l.Text) {
		return true
	}
	for _, key := range l.Keys {
		if e.named(key, l.Text) {
			return true
		}
	}
	return false
}

func (e *editor) named(name, value string) bool {
	switch e.names.of(name) {
	case nameSecret:
		return true
	case nameKeyFile:
		return !secret.Place(strings.TrimRight(value, "\x00"))
	case nameLikeKeyFile:
		return e.like && !secret.Place(strings.TrimRight(value, "\x00"))
	case nameLike:
		return e.like
	default:
		return false
	}
}
