package logs

import (
	"slices"

	"nmdebug/nmwatch/secret"
)

// Clean takes the secrets out of an entry's message; the entry itself stays as it is.
func Clean(e Entry) Entry {
	for i, f := range e.Fields {
		if f.Name != fieldMessage {
			continue
		}
		if cleaned := secret.Text(string(f.Value)); cleaned != string(f.Value) {
			e.Fields = slices.Clone(e.Fields)
			e.Fields[i].Value = []byte(cleaned)
		}
	}
	return e
}
