package journal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/record/journal"
)

func TestParse(t *testing.T) {
	t.Parallel()
	// As `journalctl -o export` prints it: a field in a line, a field of bytes, the end.
	raw := "__REALTIME_TIMESTAMP=1342540861421465\nMESSAGE\n\x0b\x00\x00\x00\x00\x00\x00\x00two\nlines=x\n_PID=1\n\nMESSAGE=next\n"
	got, err := journal.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := journal.Entry{{"__REALTIME_TIMESTAMP", "1342540861421465"}, {"MESSAGE", "two\nlines=x"}, {"_PID", "1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Value("_PID") != "1" || got.Value("none") != "" {
		t.Error("wrong values")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"MESSAGE", "MESSAGE\n", "MESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00", "MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffx\n",
		"MESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00xy\n", "=x\n",
	} {
		if got, err := journal.Parse([]byte(raw)); err == nil {
			t.Errorf("%q gives %v", raw, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("A=b\nC\n\x01\x00\x00\x00\x00\x00\x00\x00\n\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		entry, err := journal.Parse(raw)
		if err != nil {
			return
		}
		again, err := journal.Parse(entry.Append(nil))
		if diff := cmp.Diff(entry, again); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
