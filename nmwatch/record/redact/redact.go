package redact

import (
	"fmt"

	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/secret"
)

// Redactor takes secrets out of a stream of records. It remembers the calls that wait for their answers, since an answer
// does not say what it answers. One goroutine owns it; the zero value is ready.
type Redactor struct {
	removed  int
	rewriter wire.Rewriter
	names    names
	calls    calls
}

// Removed is how many secrets have been taken out.
func (r *Redactor) Removed() int { return r.removed }

// Clean gives the record without secrets: itself when it has none. Its Raw is never changed.
func (r *Redactor) Clean(rec record.Record) record.Record {
	switch rec.Kind {
	case record.DBusSent, record.DBusReceived, record.DBusSeen:
		return r.cleanMessage(rec)
	case record.Log:
		rec.Raw = r.cleanLog(rec.Raw)
	case record.Wireless:
		rec.Raw = r.cleanKeys(rec.Raw)
	default: // links, radios and what we say ourselves have none
	}
	return rec
}

// cleanMessage gives the message without secrets, or a note when it cannot be read.
func (r *Redactor) cleanMessage(rec record.Record) record.Record {
	m, err := wire.Parse(rec.Raw)
	if err != nil {
		return leftOut(rec, err)
	}
	return r.CleanMessage(rec, m)
}

// CleanMessage is Clean for a D-Bus message that has been parsed already.
func (r *Redactor) CleanMessage(rec record.Record, m wire.Message) record.Record {
	e := r.editor(rec, m)
	if e.byName() && !mayName(m.Body()) {
		return rec
	}
	raw, edits, err := r.rewriter.Rewrite(rec.Raw, m, e.edit)
	if err != nil {
		return leftOut(rec, err)
	}
	rec.Raw = raw
	r.removed += edits
	return rec
}

// leftOut is what is written instead of a message that cannot be read.
func leftOut(rec record.Record, err error) record.Record {
	note := record.Noted{
		Source: record.SourceRecording, Event: record.Lost, Lost: 1, Detail: fmt.Sprintf("a D-Bus message of %d bytes was left out: %v", len(rec.Raw), err),
	}.Record(rec.Time, rec.Boot)
	note.Seq = rec.Seq
	return note
}

// editor gives what decides over the values of a message.
func (r *Redactor) editor(rec record.Record, m wire.Message) editor {
	e := editor{names: &r.names, arg: -1}
	switch m.Type {
	case wire.MethodCall:
		e.call(m)
		r.calls.made(callOf(rec, m), m, e.answerTo)
	case wire.MethodReturn:
		e.answered(r.calls.answered(answerOf(rec, m)))
	case wire.Error: // its text is for people
		r.calls.answered(answerOf(rec, m))
	default:
		e.call(m)
	}
	return e
}

// cleanLog takes secrets out of the fields of an entry. One that cannot be read is emptied.
func (r *Redactor) cleanLog(raw []byte) []byte {
	entry, err := logs.ParseEntry(raw)
	if err != nil {
		text := fmt.Sprintf("an entry of %d bytes was left out: %v", len(raw), err)
		return logs.Entry{Fields: []logs.Field{{Name: "MESSAGE", Value: []byte(text)}}}.Append(nil)
	}
	changed := false
	for i, f := range entry.Fields {
		if clean := secret.Text(string(f.Value)); clean != string(f.Value) {
			entry.Fields[i].Value, changed = []byte(clean), true
			r.removed++
		}
	}
	if !changed {
		return raw
	}
	return entry.Append(nil)
}
