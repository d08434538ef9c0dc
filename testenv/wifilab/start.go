package wifilab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Start makes a lab for a test, and ends it with the test. When the test fails it logs what the machine's daemons said.
// Where a lab cannot be made the test is skipped; with CI=true in the environment it fails.
func Start(tb testing.TB) *Lab {
	tb.Helper()
	if err := Possible(); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("no Wi-Fi lab: %v", err)
		}
		tb.Skipf("no Wi-Fi lab: %v", err)
	}
	l, err := New(tb.Context(), os.Stderr)
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

// Possible returns why this process cannot make a lab, or nil.
func Possible() error {
	if os.Geteuid() != 0 {
		return errors.New("needs root")
	}
	for _, program := range []string{"qemu-system-x86_64", "qemu-img", "mmdebstrap", "/usr/sbin/mke2fs", "/usr/sbin/depmod", "xz", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("lacks %s: run testenv/wifilab/setup", program)
		}
	}
	return nil
}

// dumpTime is how long the machine may take to hand out its journal.
const dumpTime = 20 * time.Second

// dump logs what the machine's daemons have said.
func (l *Lab) dump(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), dumpTime)
	defer cancel()
	journal, err := l.Run(ctx, "journalctl", "--no-pager", "--output=short-monotonic", "--lines=400")
	tb.Logf("journal (%v):\n%s", err, journal)
	tb.Logf("console:\n%s", l.Console())
}
