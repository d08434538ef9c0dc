package logs_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nmdebug/nmwatch/logs"
)

// journal is a journal of its own, written by systemd's own writer.
type journal struct {
	t   *testing.T
	dir string
	in  io.WriteCloser
	n   int
}

const writer = "/lib/systemd/systemd-journal-remote"

func newJournal(t *testing.T) *journal {
	t.Helper()
	if _, err := os.Stat(writer); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	j := &journal{t: t, dir: t.TempDir()}
	c := exec.Command(writer, "--output="+filepath.Join(j.dir, "system.journal"), "-")
	var complaint strings.Builder
	c.Stderr = &complaint
	var err error
	if j.in, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(j.in.Close(), c.Wait()); err != nil {
			t.Errorf("%v: %s", err, &complaint)
		}
	})
	return j
}

// began is the time of the first entry; each has a second more than the one before.
func began() time.Time { return time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC) }

func (j *journal) log(identifier, message string) {
	j.t.Helper()
	j.n++
	_, err := fmt.Fprintf(j.in, "__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=0123456789abcdef0123456789abcdef\n_HOSTNAME=private\n"+
		"SYSLOG_IDENTIFIER=%s\nMESSAGE=%s\n\n", began().Add(time.Duration(j.n)*time.Second).UnixMicro(), j.n, identifier, message)
	if err != nil {
		j.t.Fatal(err)
	}
}

// settled waits until the writer has written all.
func (j *journal) settled() {
	j.t.Helper()
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); {
		out, _ := exec.Command("journalctl", "--directory="+j.dir, "--output=cat", "--quiet").Output()
		if strings.Count(string(out), "\n") == j.n {
			return
		}
	}
	j.t.Fatal("the journal is not written")
}

func TestJournalIsFollowed(t *testing.T) {
	j := newJournal(t)
	j.log("NetworkManager", "too old")
	j.log("NetworkManager", "old")
	j.log("cron", "not ours")
	j.settled()
	next := following(t, &logs.Journal{Dir: j.dir, Since: began().Add(2 * time.Second), Follow: true})
	expect(t, next, "old", `{"source":"journal","event":"synced"}`)
	j.log("sshd", "not ours either")
	j.log("wpa_supplicant", "wlan0: psk=hunter22")
	j.log("nm-openvpn", "new")
	expect(t, next, "wlan0: psk=<secret>", "new")
}

// TestJournalctlDies goes on behind the last entry with another journalctl, and says so.
func TestJournalctlDies(t *testing.T) {
	j := newJournal(t)
	j.log("NetworkManager", "old")
	j.settled()
	next := following(t, &logs.Journal{Dir: j.dir, Since: began(), Follow: true})
	expect(t, next, "old", `{"source":"journal","event":"synced"}`)
	j.log("NetworkManager", "before")
	expect(t, next, "before")
	j.killJournalctl()
	if note := next(); !strings.Contains(note, `"event":"down"`) || !strings.Contains(note, "killed") {
		t.Errorf("got %s", note)
	}
	j.log("NetworkManager", "after")
	expect(t, next, "after")
}

// killJournalctl kills the journalctl that follows the journal.
func (j *journal) killJournalctl() {
	j.t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		j.t.Fatal(err)
	}
	for _, dir := range dirs {
		command, _ := os.ReadFile(filepath.Join(dir, "cmdline")) // who is gone has none
		if args := string(command); !strings.HasPrefix(args, "journalctl\x00--follow\x00") || !strings.Contains(args, j.dir) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			j.t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			j.t.Fatal(err)
		}
		return
	}
	j.t.Fatal("no journalctl follows")
}

func TestJournalToItsEnd(t *testing.T) {
	j := newJournal(t)
	j.log("NetworkManager", "one")
	j.settled()
	next := following(t, &logs.Journal{Dir: j.dir, Since: began()})
	expect(t, next, "one", `{"source":"journal","event":"synced"}`)
}

func TestNoJournal(t *testing.T) {
	t.Run("an empty folder", func(t *testing.T) {
		next := following(t, &logs.Journal{Dir: t.TempDir(), Since: began(), Follow: true})
		expect(t, next, `{"source":"journal","event":"synced"}`)
	})
	t.Run("no journalctl", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		next := following(t, &logs.Journal{Since: began(), Follow: true})
		if note := next(); !strings.Contains(note, `"event":"absent"`) {
			t.Errorf("got %s", note)
		}
	})
}
