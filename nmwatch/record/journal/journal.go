// Package journal reads and writes entries of a log in the export format of systemd's journal
// (https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-export-format).
package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Field is one field of an entry. A name may occur more than once.
type Field struct {
	Name  string
	Value string // any bytes
}

// Entry is the fields of an entry, in their order.
type Entry []Field

// Value gives the first field of a name; "" when there is none.
func (e Entry) Value(name string) string {
	for _, f := range e {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// maxFields bounds an entry; the journal itself allows 1024.
const maxFields = 4096

var errCut = errors.New("an entry of the journal is cut off in a field")

// Parse reads one entry. An empty line ends it; what follows is not looked at.
func Parse(raw []byte) (Entry, error) {
	var e Entry
	for len(raw) > 0 && raw[0] != '\n' && raw[0] != 0 {
		if len(e) == maxFields {
			return nil, fmt.Errorf("an entry of the journal with more than %d fields", maxFields)
		}
		line, rest, ended := bytes.Cut(raw, []byte("\n"))
		name, value, text := strings.Cut(string(line), "=")
		if !text {
			if !ended || len(rest) < 8 {
				return nil, errCut
			}
			length := binary.LittleEndian.Uint64(rest)
			rest = rest[8:]
			if length >= uint64(len(rest)) || rest[length] != '\n' {
				return nil, errCut
			}
			value, rest = string(rest[:length]), rest[length+1:]
		}
		if name == "" {
			return nil, errors.New("an entry of the journal has a field without a name")
		}
		e = append(e, Field{name, value})
		raw = rest
	}
	return e, nil
}

// Append writes an entry behind b, without the empty line that would end it in a stream.
func (e Entry) Append(b []byte) []byte {
	for _, f := range e {
		if plain(f.Value) {
			b = append(append(append(append(b, f.Name...), '='), f.Value...), '\n')
			continue
		}
		b = append(append(b, f.Name...), '\n')
		b = binary.LittleEndian.AppendUint64(b, uint64(len(f.Value)))
		b = append(append(b, f.Value...), '\n')
	}
	return b
}

// plain says whether a value can stand in a line.
func plain(value string) bool {
	for i := range len(value) {
		if value[i] < ' ' && value[i] != '\t' {
			return false
		}
	}
	return utf8.ValidString(value)
}
