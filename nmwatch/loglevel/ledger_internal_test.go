package loglevel

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nmdebug", "log-levels.json")
	if _, there, err := read(path); there || err != nil {
		t.Errorf("before anything is written: %t, %v", there, err)
	}
	want := entry{PID: 7, Started: "9", Bus: "unix:path=x", Before: map[string]Setting{"a": {"INFO", "WIFI:DEBUG"}}}
	if err := write(path, want); err != nil {
		t.Fatal(err)
	}
	got, there, err := read(path)
	if d := cmp.Diff(want, got); d != "" || !there || err != nil {
		t.Errorf("%t, %v %s", there, err, d)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the ledger is %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(path); err == nil {
		t.Error("half a ledger is understood")
	}
}

// A process that was given the number of a dead one is another.
func TestWhoLives(t *testing.T) {
	c := exec.Command("sleep", "60")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	started, err := startOf(c.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	e := entry{PID: c.Process.Pid, Started: started}
	if !e.lives() {
		t.Error("a process that runs counts as dead")
	}
	if (entry{PID: c.Process.Pid, Started: started + "1"}).lives() {
		t.Error("another process of the same number counts")
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	if e.lives() {
		t.Error("a dead process counts as alive")
	}
}
