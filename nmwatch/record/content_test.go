package record_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/record"
)

// TestContent reads what sources wrote, and of what is damaged nothing at all.
func TestContent(t *testing.T) {
	const otherKind = "of another kind"
	note := func(r record.Record) (any, error) { return record.NoteOf(r) }
	measurement := func(r record.Record) (any, error) { return record.MeasurementOf(r) }
	verdict := func(r record.Record) (any, error) { return record.VerdictOf(r) }
	for _, c := range []struct {
		name    string
		read    func(record.Record) (any, error)
		kind    record.Kind
		raw     string
		want    any
		failure string
	}{
		{
			"a note", note, record.Note, `{"source":"bus","event":"no-answer","detail":"late","right":"root","serial":7,"lost":2}`,
			record.Noted{Source: "bus", Event: record.NoAnswer, Detail: "late", Right: "root", Serial: 7, Lost: 2},
			"",
		},
		{"a note of a newer nmdebug", note, record.Note, `{"source":"bus","event":"up","mood":"fine"}`, record.Noted{Source: "bus", Event: record.Up}, ""},
		{"a note that says nothing", note, record.Note, `null`, record.Noted{}, ""},
		{"a note that is empty", note, record.Note, ``, record.Noted{}, "note: unexpected end of JSON"},
		{"a note that is cut", note, record.Note, `{"source":"bus","event":"up"`, record.Noted{}, "note: unexpected end of JSON"},
		{"a note and more", note, record.Note, `{"source":"bus"} {}`, record.Noted{}, "note: invalid character"},
		{"a note with a wrong type", note, record.Note, `{"source":"bus","event":"lost","lost":"many"}`, record.Noted{}, "note: json: cannot unmarshal string"},
		{"a note with a number too large", note, record.Note, `{"source":"bus","serial":4294967296}`, record.Noted{}, "note: json: cannot unmarshal number"},
		{"a log is no note", note, record.Log, `{"source":"bus","event":"up"}`, record.Noted{}, otherKind},
		{
			"a measurement", measurement, record.Measurement, `{"what":"ethtool","about":"eth0","value":{"Speed": 1000}}`,
			record.Measured{What: "ethtool", About: "eth0", Value: json.RawMessage(`{"Speed": 1000}`)},
			"",
		},
		{"a measurement with a wrong type", measurement, record.Measurement, `{"what":"ethtool","about":1}`, record.Measured{}, "measurement: json: cannot"},
		{"a note is no measurement", measurement, record.Note, `{"what":"ethtool","value":1}`, record.Measured{}, otherKind},
		{
			"a verdict", verdict, record.Verdict, `{"text":["eth0 L1: no carrier"],"pyramid":{}}`,
			record.Judged{Text: []string{"eth0 L1: no carrier"}, Pyramid: json.RawMessage(`{}`)},
			"",
		},
		{"a verdict with a wrong type", verdict, record.Verdict, `{"pyramid":{},"text":[1]}`, record.Judged{}, "verdict: json: cannot"},
		{"a measurement is no verdict", verdict, record.Measurement, `{"text":[]}`, record.Judged{}, otherKind},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.read(record.Record{Kind: c.kind, Raw: []byte(c.raw)})
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if (err != nil) != (c.failure != "") || err != nil && !strings.Contains(err.Error(), c.failure) {
				t.Errorf("the error is %v, want %q", err, c.failure)
			}
		})
	}
}

// FuzzNoteOf holds the reader of notes to the writer: what can be read is written so that the same is read again.
func FuzzNoteOf(f *testing.F) {
	f.Add([]byte(`{"source":"monitor","event":"lost","lost":3}`))
	f.Add([]byte(`{"source":"bus","event":"no-answer","serial":4294967295,"detail":"\ud800\u0000<\u001b"}`))
	f.Add([]byte(`{"Source":"bus","source":null,"lost":-1e2}`))
	f.Add([]byte("{\"source\":\"\xff\""))
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := record.NoteOf(record.Record{Kind: record.Note, Raw: raw})
		if err != nil && n != (record.Noted{}) {
			t.Fatalf("%+v is read beside the error %v", n, err)
		}
		again, err := record.NoteOf(n.Record(time.Unix(0, 0), 0))
		if err != nil || again != n {
			t.Errorf("%+v comes back as %+v, %v", n, again, err)
		}
	})
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		note record.Noted
		want int
	}{
		{record.Noted{Event: record.Lost, Lost: 3}, 3},
		{record.Noted{Event: record.Lost}, 1},
		{record.Noted{Event: record.Lost, Lost: -2}, 1},
		{record.Noted{Event: record.Down, Lost: 3}, 0},
	} {
		if got := c.note.Missing(); got != c.want {
			t.Errorf("%+v: %d are missing, want %d", c.note, got, c.want)
		}
	}
}
