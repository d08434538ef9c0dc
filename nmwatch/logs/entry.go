package logs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"nmdebug/nmwatch/record"
)

// Entry is one entry of a log: fields in the order in which they came. It is immutable once made.
type Entry struct {
	Fields []Field
}

// Field is one field of an entry. A name may come more than once.
type Field struct {
	Name  string
	Value []byte
}

// The fields that we read; systemd.journal-fields(7) and NetworkManager's nm-logging.c define them.
const (
	fieldMessage    = "MESSAGE"
	fieldPriority   = "PRIORITY"
	fieldIdentifier = "SYSLOG_IDENTIFIER"
	fieldSyslogPID  = "SYSLOG_PID"
	fieldPID        = "_PID"
	fieldCommand    = "_COMM"
	fieldUnit       = "_SYSTEMD_UNIT"
	fieldTransport  = "_TRANSPORT"
	fieldSent       = "_SOURCE_REALTIME_TIMESTAMP" // microseconds since 1970, by the sender's kernel
	fieldReceived   = "__REALTIME_TIMESTAMP"       // microseconds since 1970, by journald
	fieldCursor     = "__CURSOR"
	fieldDevice     = "NM_DEVICE"
)

// Text is the first field of a name; "" when there is none.
func (e Entry) Text(name string) string {
	for _, f := range e.Fields {
		if f.Name == name {
			return string(f.Value)
		}
	}
	return ""
}

// Message is what was logged, as the process wrote it: hostile text.
func (e Entry) Message() string { return e.Text(fieldMessage) }

// Said is the message without the level and the clock that NetworkManager writes in front of it: both are in other fields, too.
func (e Entry) Said() string { return withoutStamp(e.Message()) }

// Time is when it was logged: by the sender's own clock where that is known. It is zero when no clock was told.
func (e Entry) Time() time.Time {
	for _, name := range []string{fieldSent, fieldReceived} {
		if us, err := strconv.ParseInt(e.Text(name), 10, 64); err == nil {
			return time.UnixMicro(us).UTC()
		}
	}
	return time.Time{}
}

// Priority is syslog's severity, from 0 for emergencies to 7 for debugging; 6 when it was not told.
func (e Entry) Priority() int {
	if p, err := strconv.Atoi(e.Text(fieldPriority)); err == nil && p >= 0 && p <= 7 {
		return p
	}
	return 6
}

// PID is the process that logged; 0 when it was not told.
func (e Entry) PID() int {
	for _, name := range []string{fieldPID, fieldSyslogPID} {
		if pid, err := strconv.Atoi(e.Text(name)); err == nil {
			return pid
		}
	}
	return 0
}

// Append writes the entry in systemd's Journal Export Format, without the empty line that ends it in a stream. A value with
// control characters, or that is not UTF-8, is written with its length before it.
func (e Entry) Append(to []byte) []byte {
	for _, f := range e.Fields {
		to = append(to, f.Name...)
		if plain(f.Value) {
			to = append(append(to, '='), f.Value...)
		} else {
			to = binary.LittleEndian.AppendUint64(append(to, '\n'), uint64(len(f.Value)))
			to = append(to, f.Value...)
		}
		to = append(to, '\n')
	}
	return to
}

func plain(value []byte) bool {
	return utf8.Valid(value) && !bytes.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' })
}

// Record makes a record of the entry. One without a clock is taken for logged when it was seen.
func (e Entry) Record(seen time.Time) record.Record {
	at := e.Time()
	if at.IsZero() {
		at = seen.UTC()
	}
	return record.Record{Time: at, Kind: record.Log, Raw: e.Append(nil)}
}

// ParseEntry reads one entry in systemd's Journal Export Format, as the raw form of a record holds it.
func ParseEntry(data []byte) (Entry, error) {
	e, err := NewStream(bytes.NewReader(data)).Next()
	if errors.Is(err, io.EOF) {
		return Entry{}, nil
	}
	return e, err
}
