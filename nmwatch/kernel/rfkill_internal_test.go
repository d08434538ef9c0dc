package kernel

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// rfkill's device gives one event for each read; a packet socket does too.
func TestRfkillDevice(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	device, kernel := os.NewFile(uintptr(fds[0]), "rfkill"), os.NewFile(uintptr(fds[1]), "kernel")
	defer device.Close()
	event := func(index, kind, op, soft byte) {
		if _, err := kernel.Write([]byte{index, 0, 0, 0, kind, op, soft, 0, 0}); err != nil {
			t.Fatal(err)
		}
	}
	event(0, 1, rfkillAdd, 0)
	event(1, 2, rfkillAdd, 1)
	out := make(chan record.Record)
	r := &reporter{now: clocks, out: out}
	s := &switches{reporter: r, file: device, sys: tree(t, map[string]string{"class/rfkill/rfkill0/name": "phy0\n"})}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, false) }()
	f := NewFold()
	next := func() record.Record {
		rec := <-out
		f.Apply(rec)
		return rec
	}
	for !noted(next(), record.SourceRfkill, record.Synced) {
	}
	event(0, 1, rfkillChange, 1)
	next()
	want := map[uint32]kerneltypes.Radio{0: {Index: 0, Name: "phy0", Type: 1, Soft: true}, 1: {Index: 1, Type: 2, Soft: true}}
	if diff := cmp.Diff(want, f.State().Rfkill); diff != "" {
		t.Error(diff)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("run ended without an error although its context did")
	}
	_ = kernel.Close()
}

func TestRfkillDeviceCannotBeOpened(t *testing.T) {
	r, lines := collect()
	if err := followRfkill(t.Context(), r, filepath.Join(t.TempDir(), "rfkill"), "/sys", true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`note {"source":"rfkill","event":"absent"}`}, lines()); diff != "" {
		t.Error(diff)
	}
	if err := followRfkill(t.Context(), r, t.TempDir(), "/sys", true); err != nil {
		t.Fatal(err)
	}
	if got := lines(); len(got) != 2 || !strings.Contains(got[1], `"event":"down"`) {
		t.Errorf("a directory in place of the device: %q", got)
	}
}
