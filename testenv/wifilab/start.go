package wifilab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// Need skips a test where a lab cannot be made; with CI=true in the environment it fails.
func Need(tb testing.TB) {
	tb.Helper()
	if err := Possible(); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("no Wi-Fi lab: %v", err)
		}
		tb.Skipf("no Wi-Fi lab: %v", err)
	}
}

// Start makes a lab for a test that needs one, and ends it with the test. When the test fails it logs what the machine's daemons said.
func Start(tb testing.TB) *Lab {
	tb.Helper()
	Need(tb)
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
	if runtime.GOARCH != "amd64" {
		return errors.New("needs an amd64 processor: the machine's kernel is for one")
	}
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

// dump logs what the machine's daemons have said since its lab was made, and where in the kernel its processes hang.
func (l *Lab) dump(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), dumpTime)
	defer cancel()
	const tell = `echo w >/proc/sysrq-trigger; journalctl --sync; exec journalctl --no-pager --output=short-monotonic --lines=400 --since="@$0"`
	journal, err := l.Run(ctx, "sh", "-c", tell, strconv.FormatInt(l.began.Unix(), 10))
	tb.Logf("journal (%v):\n%s", err, journal)
	tb.Logf("console:\n%s", l.Console())
}
