package logs_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a source of logs.
type source interface {
	Run(ctx context.Context, out chan<- record.Record) error
}

// following runs a source until the end of the test and gives what it tells: messages, and notes as "(synced)".
func following(t *testing.T, s source) func() string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	out := make(chan record.Record)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, out) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the source ended with %v", err)
		}
	})
	return func() string {
		t.Helper()
		select {
		case r := <-out:
			return words(t, r)
		case <-ctx.Done():
			t.Fatal("nothing more is told")
			return ""
		}
	}
}

func words(t *testing.T, r record.Record) string {
	t.Helper()
	if r.Kind == record.Note {
		return string(r.Raw)
	}
	e, err := logs.ParseEntry(r.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return e.Message()
}

func expect(t *testing.T, next func() string, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := next(); got != w {
			t.Errorf("got %q, want %q", got, w)
		}
	}
}

// write adds to a file, which it makes where there is none.
func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFileIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "syslog")
	write(t, path, "Nov 24 20:18:29 lab NetworkManager[7]: old\nNov 24 20:18:30 lab cron[8]: not ours\n")
	next := following(t, &logs.File{Path: path, Follow: true, Since: time.Unix(1, 0)})
	synced := `{"source":"log ` + path + `","event":"synced"}`
	expect(t, next, "old", synced)
	write(t, path, "Nov 24 20:18:31 lab wpa_supplicant[9]: wlan0: ha")
	write(t, path, "lf\nNov 24 20:18:31 lab wpa_supplicant[9]: wlan0: psk=hunter22\n")
	expect(t, next, "wlan0: half", "wlan0: psk=<secret>")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path+".1", "Nov 24 20:18:32 lab NetworkManager[7]: the old one's last\n")
	write(t, path, "Nov 24 20:18:33 lab NetworkManager[7]: the new one's first\n")
	expect(t, next, "the old one's last", "the new one's first")
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	write(t, path, "Nov 24 20:18:34 lab NetworkManager[7]: cut\n")
	expect(t, next, "cut")
}

func TestFileFromNowOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "NetworkManager.log")
	write(t, path, "<info>  [1795551509.4560] old\n")
	next := following(t, &logs.File{Path: path, Follow: true})
	expect(t, next, `{"source":"log `+path+`","event":"synced"}`)
	write(t, path, "<info>  [1795551509.4560] new\n")
	expect(t, next, "new")
}

func TestFileThatComesLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "syslog")
	next := following(t, &logs.File{Path: path, Follow: true})
	expect(t, next, `{"source":"log `+path+`","event":"synced"}`)
	write(t, path, "Nov 24 20:18:29 lab NetworkManager[7]: first\n")
	expect(t, next, "first")
}

func TestFileToItsEnd(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "syslog")
	write(t, path, "2026-11-24T20:18:29Z lab NetworkManager[7]: before\n2026-11-24T20:18:31Z lab NetworkManager[7]: after\n")
	next := following(t, &logs.File{Path: path, Since: time.Date(2026, 11, 24, 20, 18, 30, 0, time.UTC)})
	expect(t, next, "after", `{"source":"log `+path+`","event":"synced"}`)
	absent := filepath.Join(dir, "none")
	next = following(t, &logs.File{Path: absent})
	expect(t, next, `{"source":"log `+absent+`","event":"absent","detail":"open `+absent+`: no such file or directory"}`)
}
