package testenv_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
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
	out, err := exec.Command("sh", "-c", "stat -c %F,%t,%T,%a,%i /dev/null; ls /sys/class/net; ls -l /etc/resolv.conf; hostname; readlink /proc/self/ns/*").CombinedOutput()
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

// TestOwner is not a test but the owner of a lab for TestLabEndsWithItsOwner, in a process that can be killed.
func TestOwner(t *testing.T) {
	if os.Getenv("LAB_OWNER") == "" {
		t.Skip("run by TestLabEndsWithItsOwner")
	}
	lab := testenv.StartScenario(t, "dhcp")
	fmt.Println("lab", lab.Dir(), lab.Bus.PID(), lab.NetworkManager.PID(), lab.Daemon("dnsmasq-p0").PID())
	<-t.Context().Done()
}

func TestLabEndsWithItsOwner(t *testing.T) {
	t.Parallel()
	testenv.Start(t) // skips where there can be none
	owner := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestOwner$")
	owner.Env = append(os.Environ(), "LAB_OWNER=yes")
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	var dir string
	pids := make([]int, 3)
	_, err = fmt.Fscanln(out, new(string), &dir, &pids[0], &pids[1], &pids[2])
	if err != nil {
		t.Error(err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = owner.Wait()
	must(t, testenv.Await(within(t, 10*time.Second), "the lab outlives its owner", func(context.Context) error {
		for _, pid := range pids {
			// Until its new parent has reaped it, a process that is gone is a zombie, which has no executable.
			if _, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil {
				return fmt.Errorf("process %d is still there", pid)
			}
		}
		if _, err := os.Stat(dir); err == nil {
			return fmt.Errorf("%s is still there", dir)
		}
		return nil
	}))
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
	if got, err := os.Readlink("/proc/self/ns/net"); err != nil || got != want {
		t.Errorf("the process stands in %s, want %s: %v", got, want, err)
	}
	out, err := exec.CommandContext(t.Context(), "readlink", "/proc/self/ns/net").Output()
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
