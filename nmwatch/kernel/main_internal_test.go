package kernel

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// inside says that the test program runs in a network namespace of its own.
const inside = "NMDEBUG_KERNEL_TEST_NETNS"

// TestMain runs the whole program once more in new network and mount namespaces, so that every thread of it is there
// and no test can touch the machine's own interfaces. Without the right to do so the live tests skip.
func TestMain(m *testing.M) {
	if os.Getenv(inside) == "" && os.Geteuid() == 0 {
		if code, ok := rerun(); ok {
			os.Exit(code)
		}
	}
	if os.Getenv(inside) == "fresh" {
		if err := prepare(); err != nil {
			fmt.Fprintln(os.Stderr, "cannot prepare the network namespace:", err)
			os.Exit(1)
		}
		_ = os.Setenv(inside, "ready") // for the workers of a fuzz test
	}
	goleak.VerifyTestMain(m)
}

// rerun runs this program in new namespaces; ok is false when that is not permitted.
func rerun() (code int, ok bool) {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"=fresh")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
	if err := cmd.Start(); err != nil {
		return 0, false
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), true
}

// prepare gives the namespaces their own sysfs, and switches off duplicate address detection, which takes seconds.
func prepare() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot make mounts private: %w", err)
	}
	if err := syscall.Mount("sysfs", "/sys", "sysfs", 0, ""); err != nil {
		return fmt.Errorf("cannot mount sysfs: %w", err)
	}
	for _, file := range []string{"all", "default"} {
		err := os.WriteFile("/proc/sys/net/ipv6/conf/"+file+"/accept_dad", []byte("0"), 0)
		if err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("cannot switch off duplicate address detection: %w", err)
		}
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("cannot set lo up: %w: %s", err, out)
	}
	return nil
}

// live skips a test that needs a network namespace; where all tests must run that is a failure.
func live(t testing.TB) {
	t.Helper()
	if os.Getenv(inside) != "" {
		t.Cleanup(func() { clean(t) })
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("this test needs root, and a network namespace of its own")
	}
	t.Skip("this test needs root, and a network namespace of its own")
}

// clean removes every link that a test made, and the routes over lo.
func clean(t testing.TB) {
	t.Helper()
	out, err := exec.Command("ip", "-br", "link").Output()
	if err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(string(out)) {
		name, _, _ := strings.Cut(strings.Fields(line)[0], "@")
		if name != "lo" {
			_ = exec.Command("ip", "link", "del", name).Run() // the other end of a veth is gone with the first
		}
	}
	for _, args := range []string{
		"route flush table main", "-6 route flush table main", "route flush table 100", "neigh flush dev lo nud all",
		"addr flush dev lo", "addr add 127.0.0.1/8 dev lo", "addr add ::1/128 dev lo", "link set lo mtu 65536",
	} {
		_ = exec.Command("ip", strings.Fields(args)...).Run()
	}
}

// ip runs commands of ip(8), one a line, in one process; a command that fails is an error.
func ip(t testing.TB, lines ...string) {
	t.Helper()
	if out, err := batch(lines, "-batch", "-"); err != nil {
		t.Fatalf("ip: %v: %s", err, out)
	}
}

// try runs commands of ip(8), some of which may fail.
func try(lines ...string) { _, _ = batch(lines, "-force", "-batch", "-") }

func batch(lines []string, args ...string) (string, error) {
	cmd := exec.Command("ip", args...)
	cmd.Stdin = bytes.NewReader([]byte(strings.Join(lines, "\n") + "\n"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// write writes a setting of the kernel; a test whose setting does not exist here skips.
func write(t testing.TB, file, value string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(value), 0); err != nil {
		t.Skip(err)
	}
}
