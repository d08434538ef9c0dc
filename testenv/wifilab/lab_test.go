package wifilab_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// within bounds a wait.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	lab := wifilab.Start(t)
	out, err := lab.Run(within(t, time.Minute), "sh", "-c", "echo out; echo err >&2; exit 3")
	var exit *wifilab.ExitError
	if !errors.As(err, &exit) || exit.Code != 3 || exit.Stderr != "err" || string(out) != "out\n" {
		t.Errorf("got %q, %v", out, err)
	}
	must(t, lab.WriteFile(t.Context(), "/run/lab/hello", 0o755, strings.NewReader("#!/bin/sh\necho hello $1\n")))
	if out := lab.MustRun(t, "hello", "you"); string(out) != "hello you\n" {
		t.Errorf("got %q", out)
	}
	if out := lab.Air.MustRun(t, "cat", "/sys/class/net/br0/address"); len(out) == 0 {
		t.Error("there is no br0 in the air")
	}

	must(t, lab.Save(t.Context(), "here"))
	lab.MustRun(t, "rm", "/run/lab/hello")
	must(t, lab.Load(t.Context(), "here"))
	lab.MustRun(t, "hello")

	now := strings.TrimSpace(string(lab.MustRun(t, "date", "+%s.%N")))
	if clock, err := time.ParseDuration(now + "s"); err != nil || time.Since(time.Unix(0, int64(clock))).Abs() > 5*time.Second {
		t.Errorf("the clock is at %s: %v", now, err)
	}
}

func TestStreaming(t *testing.T) {
	t.Parallel()
	lab := wifilab.Start(t)
	r, w, err := os.Pipe()
	must(t, err)
	c := lab.Command(t.Context(), "sh", "-c", "read line; echo got $line; exec sleep 1000")
	c.Stdin, c.Stdout = strings.NewReader("this\n"), w
	must(t, c.Start())
	buf := make([]byte, 100)
	n, err := r.Read(buf)
	if got := string(buf[:n]); err != nil || got != "got this\n" {
		t.Errorf("got %q: %v", got, err)
	}
	must(t, c.Signal(syscall.SIGTERM))
	var exit *wifilab.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.Code != 128+int(syscall.SIGTERM) {
		t.Errorf("it ended with %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c = lab.Command(ctx, "sleep", "1000")
	must(t, c.Start())
	cancel()
	if err := c.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestTheHostStaysAsItIs(t *testing.T) {
	t.Parallel()
	lab := wifilab.Start(t)
	if out := lab.MustRun(t, "sh", "-c", "ls /sys/class/net | sort | xargs"); string(out) != "hwsim0 lo wlan0 wlan1\n" {
		t.Errorf("the machine's links are %s", out)
	}
	if kvm := lab.MustRun(t, "sh", "-c", "grep -c hypervisor /proc/cpuinfo; dmesg | grep -ci 'kvm' || true"); !bytes.HasSuffix(kvm, []byte("\n0\n")) {
		t.Errorf("the kernel speaks of KVM: %s", kvm)
	}
}
