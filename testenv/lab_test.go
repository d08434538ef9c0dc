package testenv_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nmdebug/testenv"
)

func TestTheHostStaysAsItIs(t *testing.T) {
	t.Parallel()
	before := hostState(t)
	lab := testenv.Start(t)
	lab.MustRun(t, "sh", "-c", "rm /dev/null; echo >/etc/lab; echo >/var/lab; echo >/run/lab; ip link add br9 type bridge; hostname changed")
	if diff := hostState(t); diff != before {
		t.Errorf("the host changed from\n%s\nto\n%s", before, diff)
	}
	for _, path := range []string{"/etc/lab", "/var/lab", "/run/lab"} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s appeared on the host", path)
		}
	}
}

func hostState(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", "ls -l /dev/null /sys/class/net /etc/resolv.conf; hostname; readlink /proc/self/ns/*").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestEverythingEndsWithTheLab(t *testing.T) {
	t.Parallel()
	testenv.Start(t) // skips where there can be none
	lab, err := testenv.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	daemons := []int{lab.Bus.PID(), lab.NetworkManager.PID()}
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	for _, pid := range daemons {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d is still there: %v", pid, err)
		}
	}
	if _, err := os.Stat(lab.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", lab.Dir(), err)
	}
}

func TestTheCallersNamespacesAreLeftAlone(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	want, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := lab.Peer.Do(func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	threads, err := filepath.Glob("/proc/self/task/*/ns/net")
	if err != nil || len(threads) == 0 {
		t.Fatal(threads, err)
	}
	// A thread that was inside is on its way out, not in use.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if got, err := os.Readlink("/proc/self/ns/net"); err != nil || got != want {
		t.Errorf("the process stands in %s, want %s: %v", got, want, err)
	}
	out, err := exec.CommandContext(ctx, "readlink", "/proc/self/ns/net").Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != want {
		t.Errorf("a child stands in %s, want %s: %v", got, want, err)
	}
}

func TestCommandAs(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	out, err := lab.CommandAs(t.Context(), "nobody", "id").CombinedOutput()
	if got, want := strings.TrimSpace(string(out)), "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)"; err != nil || got != want {
		t.Errorf("id says %q, want %q: %v", got, want, err)
	}
}

func TestCommandIsKilledWithItsContext(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := lab.Command(ctx, "sleep", "1000")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	p, err := lab.Find(t.Context(), "sleep")
	if err != nil || p.Pid != c.Process.Pid {
		t.Errorf("found process %v, want %d: %v", p.Process, c.Process.Pid, err)
	}
	cancel()
	if err := c.Wait(); err == nil {
		t.Error("it ended well")
	}
	if err := lab.Gone(t.Context(), "sleep"); err != nil {
		t.Error(err)
	}
}

func TestBusFromOutside(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	conn, err := lab.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var owner string
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetNameOwner", 0, "org.freedesktop.NetworkManager").Store(&owner); err != nil {
		t.Error(err)
	}
}
