package testenv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Main runs a package's tests, and fails when they leave a process behind. A package whose tests start labs calls it from TestMain,
// to which it returns, so that TestMain can remove what it made.
func Main(m *testing.M) {
	BecomeInit()
	m.Run() // the outcome is kept in m, for when TestMain returns
	if left := childProcesses(); len(left) > 0 {
		fmt.Fprintf(os.Stderr, "testenv: processes left behind: %s\n", strings.Join(left, ", "))
		os.Exit(1)
	}
}

// Start makes a lab for a test, and ends it with the test. When the test fails it logs what the daemons said.
// Where a lab cannot be made the test is skipped; with CI=true in the environment it fails.
func Start(tb testing.TB, opts ...Option) *Lab {
	tb.Helper()
	if err := Possible(); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("no lab: %v", err)
		}
		tb.Skipf("no lab: %v", err)
	}
	l, err := New(tb.Context(), opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			l.dump(tb)
		}
		if err := l.Close(); err != nil {
			tb.Errorf("cannot close the lab: %v", err)
		}
	})
	return l
}

// StartScenario makes a lab for a test, as [Start] does, and brings a scenario up in it.
func StartScenario(tb testing.TB, name string, opts ...Option) *Lab {
	tb.Helper()
	s, err := ScenarioNamed(name)
	if err != nil {
		tb.Fatal(err)
	}
	l := Start(tb, append([]Option{NMConfig(s.Config)}, opts...)...)
	if err := s.bringUp(tb.Context(), l); err != nil {
		tb.Fatal(err)
	}
	return l
}

// Possible returns why this process cannot make a lab, or nil.
func Possible() error {
	if os.Geteuid() != 0 {
		return errors.New("needs root")
	}
	for _, program := range []string{
		"NetworkManager", "nmcli", "dbus-daemon", "wpa_supplicant", "hostapd", "dnsmasq", "busybox", "nft", "ip", "ping",
		"openvpn", "/usr/lib/NetworkManager/nm-openvpn-service", "vpnc", "/usr/lib/NetworkManager/nm-vpnc-service", charon, "swanctl",
	} {
		if _, err := lookPath(program); err != nil {
			return fmt.Errorf("lacks %s: run testenv/setup", program)
		}
	}
	return nil
}

// dump logs what the lab's daemons have said.
func (l *Lab) dump(tb testing.TB) {
	tb.Helper()
	const most = 64 << 10
	logs, err := filepath.Glob(l.file("*.log"))
	if err != nil {
		tb.Log(err)
	}
	for _, path := range append(logs, l.file("syslog")) {
		text, err := os.ReadFile(path)
		if err != nil || len(text) == 0 {
			continue
		}
		tb.Logf("%s:\n%s", filepath.Base(path), text[max(0, len(text)-most):])
	}
}

// childProcesses lists the calling process's children, as PID and command.
func childProcesses() []string {
	var left []string
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var pid, ppid int
		var comm, state string
		// PID (COMM) STATE PPID …; a space in COMM only hides a process that no lab starts.
		if _, err := fmt.Sscan(string(stat), &pid, &comm, &state, &ppid); err == nil && ppid == os.Getpid() {
			left = append(left, fmt.Sprintf("%d %s", pid, comm))
		}
	}
	return left
}
