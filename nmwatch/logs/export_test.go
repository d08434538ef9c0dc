package logs_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/record"
)

// entry makes an entry of names and values.
func entry(fields ...string) logs.Entry {
	var e logs.Entry
	for i := 0; i+1 < len(fields); i += 2 {
		e.Fields = append(e.Fields, logs.Field{Name: fields[i], Value: []byte(fields[i+1])})
	}
	return e
}

func TestStream(t *testing.T) {
	const text = "\n__REALTIME_TIMESTAMP=1795551509456000\nMESSAGE=wlan0: Trying to associate\n\n" +
		"MESSAGE\n\x0c\x00\x00\x00\x00\x00\x00\x00two\nlines=1\x1b\nPRIORITY=4\n\n\n" +
		"MESSAGE=the last has no empty line behind it"
	want := []logs.Entry{
		entry("__REALTIME_TIMESTAMP", "1795551509456000", "MESSAGE", "wlan0: Trying to associate"),
		entry("MESSAGE", "two\nlines=1\x1b", "PRIORITY", "4"),
		entry("MESSAGE", "the last has no empty line behind it"),
	}
	s := logs.NewStream(strings.NewReader(text))
	for _, w := range want {
		got, err := s.Next()
		if d := cmp.Diff(w, got); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
	}
	if e, err := s.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v, %v", e, err)
	}
}

func TestStreamThatIsBroken(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no name":              {"A=1\n=2\n", "at byte 7: a field has no name"},
		"no length":            {"MESSAGE\n\x01\x00", "at byte 10: unexpected EOF"},
		"length and no value":  {"MESSAGE\n\x04\x00\x00\x00\x00\x00\x00\x00ab", "at byte 18: unexpected EOF"},
		"length that is wrong": {"MESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00abc\n\n", "at byte 18: a value of 1 bytes goes on behind its end"},
		"length without bound": {"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\x7f", "more than 1 MiB"},
		"line without end":     {"MESSAGE=" + strings.Repeat("x", 2<<20), "more than 1 MiB"},
		"fields without end":   {strings.Repeat("A="+strings.Repeat("x", 1<<18)+"\n", 8), "more than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := logs.NewStream(strings.NewReader(tt.text)).Next(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestRecord(t *testing.T) {
	seen := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	sent := time.Date(2026, 11, 24, 19, 59, 58, 5000, time.UTC)
	for name, tt := range map[string]struct {
		e  logs.Entry
		at time.Time
	}{
		"the sender's clock": {entry("_SOURCE_REALTIME_TIMESTAMP", "1795550398000005", "__REALTIME_TIMESTAMP", "1795550399000000"), sent},
		"journald's clock":   {entry("__REALTIME_TIMESTAMP", "1795550398000005"), sent},
		"no clock":           {entry("MESSAGE", "x", "__REALTIME_TIMESTAMP", "soon"), seen},
	} {
		t.Run(name, func(t *testing.T) {
			r := tt.e.Record(seen)
			if !r.Time.Equal(tt.at) || r.Kind != record.Log {
				t.Errorf("a %s at %v, want a log at %v", r.Kind, r.Time, tt.at)
			}
			if back, err := logs.ParseEntry(r.Raw); err != nil || cmp.Diff(tt.e, back) != "" {
				t.Errorf("it comes back as %v, %v", back, err)
			}
		})
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte("A=1\nMESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00\n\n\nB=2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := logs.NewStream(bytes.NewReader(data))
		for {
			e, err := s.Next()
			if err != nil {
				return
			}
			back, err := logs.ParseEntry(e.Append(nil))
			if d := cmp.Diff(e, back); err != nil || d != "" {
				t.Fatalf("it comes back as other: %v %s", err, d)
			}
			_, _, _, _, _ = e.Process(), e.Interface(), e.Time(), e.Priority(), e.PID()
		}
	})
}
