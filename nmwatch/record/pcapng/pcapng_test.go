package pcapng_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/packets"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// t0 is when the first record of the tests was seen.
func t0() time.Time { return time.Date(2026, 11, 24, 20, 0, 0, 123456789, time.UTC) }

const upFor = 3 * time.Hour

// message is a D-Bus message that has a name of its own.
func message(tb testing.TB, m wire.Message, args ...any) []byte {
	tb.Helper()
	if m.Serial == 0 {
		m.Serial = 1
	}
	raw, err := m.Encode(args...)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// netlink is a netlink message: struct nlmsghdr and a payload.
func netlink(kind uint16, payload string) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(unix.NLMSG_HDRLEN+len(payload)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	return append(append(b, make([]byte, 10)...), payload...)
}

// all is one record of each kind, a millisecond after each other.
func all(tb testing.TB) []record.Record {
	tb.Helper()
	link := "\x00\x00\x01\x00\x02\x00\x00\x00\x43\x10\x01\x00\x00\x00\x00\x00" + "\x09\x00\x03\x00eth0\x00\x00\x00\x00"
	marshal := func(v any) []byte {
		raw, err := json.Marshal(v)
		if err != nil {
			tb.Fatal(err)
		}
		return raw
	}
	records := []record.Record{
		{Kind: record.Note, Raw: marshal(record.Noted{Source: "bus", Event: record.Up, Detail: "unix:path=/run/bus"})},
		{Kind: record.DBusSent, Raw: message(tb, wire.Message{Type: wire.MethodCall, Path: "/", Interface: "a.b", Member: "Get", Destination: "a.b"}, "name")},
		{Kind: record.DBusReceived, Raw: message(tb, wire.Message{Type: wire.MethodReturn, ReplySerial: 1, Sender: ":1.1"}, uint32(5))},
		{Kind: record.DBusSeen, Raw: message(tb, wire.Message{Type: wire.Signal, Path: "/a", Interface: "a.b", Member: "Changed", Sender: ":1.7"}, "odd length")},
		{Kind: record.Netlink, Raw: netlink(unix.RTM_NEWLINK, link)},
		{Kind: record.Wireless, Raw: netlink(0x1b, "\x2e\x01\x00\x00\x08\x00\x03\x00\x05\x00\x00\x00")},
		{Kind: record.Rfkill, Raw: []byte{1, 0, 0, 0, 1, 0, 0, 1}},
		{Kind: record.Measurement, Raw: marshal(record.Measured{What: "ethtool", About: "eth0", Value: json.RawMessage(`{"Speed":1000}`)})},
		{Kind: record.Log, Raw: []byte("__REALTIME_TIMESTAMP=1795550400130456\nSYSLOG_IDENTIFIER=NetworkManager\nMESSAGE=<info> something happened\n")},
		{Kind: record.Verdict, Raw: marshal(record.Judged{Text: []string{"eth0 L1: no carrier"}})},
		{Kind: record.Packet, Raw: packets.Packet{Protocol: 0x888e, Index: 2, Hardware: 1, Outgoing: true, Address: []byte{2, 0, 0, 0, 0, 1}, Payload: []byte{1, 1, 0, 0}}.Append(nil)},
	}
	for i := range records {
		records[i].Time = t0().Add(time.Duration(i) * time.Millisecond)
		records[i].Boot = upFor + time.Duration(i)*time.Millisecond
	}
	records[8].Time = time.UnixMicro(1795550400130456).UTC()
	records[8].Boot = records[8].Time.Sub(t0()) + upFor
	return records
}

func write(tb testing.TB, records []record.Record) []byte {
	tb.Helper()
	var file bytes.Buffer
	w, err := pcapng.NewWriter(&file, "1.0")
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if w.Size() != int64(file.Len()) || w.Records() != len(records) {
		tb.Errorf("says %d bytes, %d records; there are %d, %d", w.Size(), w.Records(), file.Len(), len(records))
	}
	return file.Bytes()
}

// read gives the records of a file and how it ended.
func read(in io.Reader) (records []record.Record, err error) {
	r, err := pcapng.NewReader(in)
	for err == nil {
		var rec record.Record
		if rec, err = r.Next(); err == nil {
			records = append(records, rec)
		}
	}
	if r != nil {
		if _, again := r.Next(); again == nil {
			return nil, errors.New("a reader goes on after its end")
		}
	}
	return records, err
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want := all(t)
	got, err := read(bytes.NewReader(write(t, want)))
	if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestClockIsSet sets the wall clock between two records: the boot time stays right.
func TestClockIsSet(t *testing.T) {
	t.Parallel()
	want := all(t)[2:5]
	for i := range want[1:] {
		want[i+1].Time = want[i+1].Time.Add(-time.Hour)
	}
	got, err := read(bytes.NewReader(write(t, want)))
	if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, io.EOF) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestBootTimeIsReckoned gives a record that came without one the boot time that others tell.
func TestBootTimeIsReckoned(t *testing.T) {
	t.Parallel()
	want := all(t)[8:10]
	without := all(t)[9]
	without.Boot = 0
	got, err := read(bytes.NewReader(write(t, []record.Record{want[0], without})))
	if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, io.EOF) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestCutAnywhere ends a file after each of its bytes, as a crash may: what was written before can be read.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	want := all(t)
	file := write(t, want)
	complete := 0
	for end := range file {
		got, err := read(bytes.NewReader(file[:end]))
		var format *pcapng.FormatError
		switch {
		case errors.Is(err, io.EOF):
		case !errors.As(err, &format) || !format.Cut || format.Offset > int64(end):
			t.Fatalf("cut at %d: %v", end, err)
		}
		if len(got) < complete || len(got) > complete+1 {
			t.Fatalf("cut at %d: %d records, one byte before it were %d", end, len(got), complete)
		}
		complete = len(got)
		if diff := cmp.Diff(want[:complete], got); complete > 0 && diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", end, diff)
		}
	}
	if complete != len(want)-1 {
		t.Errorf("%d records without the last byte, want %d", complete, len(want)-1)
	}
}

func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	for file, hello := range map[string]string{"busctl-capture.pcapng": ":1.2", "dbus-monitor.pcap": ":1.1"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(bytes.NewReader(raw))
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", file, err)
		}
		found := map[string]int{}
		for _, r := range got {
			m, err := wire.Parse(r.Raw)
			if err != nil || r.Kind != record.DBusSeen || r.Time.Year() != 2026 {
				t.Fatalf("%s: %s at %s: %v", file, r.Kind, r.Time, err)
			}
			if m.Member == "Hello" || m.Member == "Changed" || m.Member == "ListNames" {
				found[m.Member]++
			}
			if m.Member == "Hello" && found["Hello"] == 1 && m.Sender != hello {
				t.Errorf("%s: Hello from %s", file, m.Sender)
			}
		}
		if found["Hello"] < 2 || found["Changed"] != 1 || found["ListNames"] != 1 {
			t.Errorf("%s: %v in %d records", file, found, len(got))
		}
	}
}

// TestPacketsCutByTheirCapturer says that something is missing.
func TestPacketsCutByTheirCapturer(t *testing.T) {
	t.Parallel()
	file := write(t, all(t)[3:4])
	original := bytes.Index(file, []byte{'l', byte(wire.Signal)}) - 4
	binary.LittleEndian.PutUint32(file[original:], 1<<20)
	got, err := read(bytes.NewReader(file))
	if !errors.Is(err, io.EOF) || len(got) != 1 || got[0].Kind != record.Note || !strings.Contains(string(got[0].Raw), `"event":"lost"`) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestWhatIsTooLargeIsLeftOut leaves out what would end the reading of the file.
func TestWhatIsTooLargeIsLeftOut(t *testing.T) {
	t.Parallel()
	large := all(t)[7]
	large.Raw = bytes.Repeat([]byte("1"), 2<<20)
	got, err := read(bytes.NewReader(write(t, []record.Record{large, all(t)[9]})))
	if !errors.Is(err, io.EOF) || len(got) != 2 || got[0].Kind != record.Note || got[1].Kind != record.Verdict {
		t.Errorf("%d records, %v", len(got), err)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	good := write(t, all(t)[1:3])
	packet := bytes.Index(good, []byte("l\x01")) - 28 // where its block begins
	patched := func(at int, b ...byte) []byte {
		file := bytes.Clone(good)
		copy(file[at:], b)
		return file
	}
	for name, tt := range map[string]struct {
		file   []byte
		offset int64
		text   string
	}{
		"empty":                      {nil, 0, "empty"},
		"text":                       {[]byte("hello, world"), 0, "no recording"},
		"no byte order":              {patched(8, 0, 0), 0, "byte order"},
		"another version":            {patched(12, 9), 0, "version 9"},
		"a short block":              {patched(packet+4, 4, 0, 0, 0), int64(packet), "a block of 4 bytes"},
		"an odd block":               {patched(packet+4, 33, 0, 0, 0), int64(packet), "a block of 33 bytes"},
		"an enormous block":          {patched(packet+4, 0xfc, 0xff, 0xff, 0xff), int64(packet), "a block of 4294967292 bytes"},
		"lengths that differ":        {patched(packet+4, 32, 0, 0, 0), int64(packet), "says at its end"},
		"an unknown interface":       {patched(packet+8, 7), int64(packet), "interface 7"},
		"a packet beyond its block":  {patched(packet+20, 0xff, 0xff), int64(packet), "a packet of 65535 bytes"},
		"an enormous classic packet": {[]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + strings.Repeat("\x00", 12) + "\xe7\x00\x00\x00" + strings.Repeat("\x00", 8) + "\xff\xff\xff\xff\xff\xff\xff\xff"), 24, "a packet of 4294967295 bytes"},
	} {
		_, err := read(bytes.NewReader(tt.file))
		var format *pcapng.FormatError
		if !errors.As(err, &format) || format.Offset != tt.offset || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want byte %d: …%s…", name, err, tt.offset, tt.text)
		}
	}
}

// TestClaimsTakeNoMemory reads a block that claims to be as large as it may.
func TestClaimsTakeNoMemory(t *testing.T) {
	file := write(t, nil)
	file = append(file, 6, 0, 0, 0, 0, 0, 0, 8)
	file = append(file, make([]byte, 100)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := read(bytes.NewReader(file))
	runtime.ReadMemStats(&after)
	var format *pcapng.FormatError
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 || !errors.As(err, &format) || !format.Cut {
		t.Errorf("%d bytes allocated, %v", allocated, err)
	}
}

// TestWireshark lets TShark dissect every frame.
func TestWireshark(t *testing.T) {
	t.Parallel()
	tshark, err := exec.LookPath("tshark")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal("no tshark: run testenv/setup")
	case err != nil:
		t.Skip("no tshark: run testenv/setup")
	}
	path := filepath.Join(t.TempDir(), "all.pcapng")
	if err := os.WriteFile(path, write(t, all(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tshark, "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.protocols", "-e", "_ws.expert.message").Output()
	if err != nil {
		t.Fatal(err)
	}
	const entry = "1795550400.123456000\tsystemd_journal\t\n" // which has microseconds
	want := entry + entry +
		"1795550400.124456789\tdbus\t\n1795550400.125456789\tdbus\t\n1795550400.126456789\tdbus\t\n" +
		"1795550400.127456789\tnetlink:netlink-route\t\n" +
		"1795550400.128456789\tnetlink:genl:genl\t\n1795550400.128456789\tnetlink:genl:nl80211\t\n"
	const last = "1795550400.133456789\tsll:ethertype:eapol\t\n"
	if got := string(out); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, last) || strings.Count(got, "systemd_journal\t\n") != 6 {
		t.Errorf("got\n%swant\n%s… four entries, and\n%s", got, want, last)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(write(f, all(f)))
	for _, file := range []string{"busctl-capture.pcapng", "dbus-monitor.pcap"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		records, err := read(bytes.NewReader(file))
		var format *pcapng.FormatError
		if !errors.Is(err, io.EOF) && !errors.As(err, &format) {
			t.Errorf("ends with %v", err)
		}
		total := 0
		for _, r := range records {
			if total += len(r.Raw); r.Kind == 0 {
				t.Error("a record of no kind")
			}
		}
		if total > 200*len(file) { // of a few bytes a note of a loss may come
			t.Errorf("%d bytes of records in a file of %d", total, len(file))
		}
	})
}

// FuzzRoundTrip writes any record: what is read is what was written, or what redaction left of it.
func FuzzRoundTrip(f *testing.F) {
	for _, r := range all(f) {
		f.Add(uint8(r.Kind), r.Time.UnixNano(), int64(r.Boot), r.Raw)
	}
	f.Fuzz(func(t *testing.T, kind uint8, at, boot int64, raw []byte) {
		r := record.Record{Kind: record.Kind(kind), Time: time.Unix(0, at).UTC(), Boot: time.Duration(boot), Raw: raw}
		if r.Kind < record.DBusSent || r.Kind > record.Verdict || at < 0 || boot < 0 {
			return
		}
		if r.Kind == record.Wireless && len(raw) >= 6 && binary.NativeEndian.Uint16(raw[4:]) == unix.GENL_ID_CTRL {
			return // no event of nl80211
		}
		got, err := read(bytes.NewReader(write(t, []record.Record{r})))
		if !errors.Is(err, io.EOF) || len(got) != 1 {
			t.Fatalf("%d records, %v", len(got), err)
		}
		if got[0].Kind == record.Log {
			return // it has its own time in it
		}
		if !got[0].Time.Equal(r.Time) || got[0].Boot != r.Boot || len(raw) > 0 && got[0].Kind == r.Kind && r.Kind > record.DBusSeen && r.Kind != record.Wireless && !bytes.Equal(got[0].Raw, raw) {
			t.Errorf("got  %+v\nwant %+v", got[0], r)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	r := all(b)[3]
	w, err := pcapng.NewWriter(io.Discard, "1.0")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(r); err != nil {
			b.Fatal(err)
		}
	}
}
