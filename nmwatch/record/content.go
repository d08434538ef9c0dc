package record

import (
	"encoding/json"
	"errors"
	"fmt"
)

// NoteOf reads a Note. Of a record of another kind, or one of a recording that is damaged, there is an error and nothing of a note.
func NoteOf(r Record) (Noted, error) { return contentOf[Noted](r, Note) }

// MeasurementOf reads a Measurement; its Value is not looked at. The errors are those of NoteOf.
func MeasurementOf(r Record) (Measured, error) { return contentOf[Measured](r, Measurement) }

// VerdictOf reads a Verdict; its Pyramid is not looked at. The errors are those of NoteOf.
func VerdictOf(r Record) (Judged, error) { return contentOf[Judged](r, Verdict) }

// errOtherKind is one value for all records: most are of another kind, and every one of a stream may be asked.
var errOtherKind = errors.New("the record is of another kind")

// contentOf reads the JSON of a record of a kind. What could be read of damaged JSON is forgotten.
func contentOf[T any](r Record, kind Kind) (T, error) {
	var none T
	if r.Kind != kind {
		return none, errOtherKind
	}
	var content T
	if err := json.Unmarshal(r.Raw, &content); err != nil {
		return none, fmt.Errorf("%s: %w", kind, err)
	}
	return content, nil
}
