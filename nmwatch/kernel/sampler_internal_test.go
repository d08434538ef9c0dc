package kernel

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// read takes one reading of a sampler and applies it to a fold.
func read(t *testing.T, s *Sampler, f *Fold) kerneltypes.State {
	t.Helper()
	out := make(chan record.Record)
	failed := make(chan error, 1)
	go func() {
		failed <- s.Read(t.Context(), out)
		close(out)
	}()
	for r := range out {
		f.Apply(r)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	return f.State()
}

// Each reading must be as good as the first, whatever changed between, and none may cost a socket.
func TestSamplerReadsAgain(t *testing.T) {
	live(t)
	s, f := &Sampler{}, NewFold()
	defer s.Close()
	ip(t, "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up", "addr add 10.0.0.1/24 dev v0")
	first := read(t, s, f)
	v0 := index(t, "v0")
	if l := first.Links[v0]; !l.Carrier || !addressed(first, v0) || first.Sources[record.SourceRtnetlink].Status != kerneltypes.SourceSynced {
		t.Fatalf("the first reading lacks something: %+v", first)
	}
	if speed := first.Speeds["v0"]; speed.Mbps != 10000 {
		t.Errorf("the speed is %+v", speed)
	}
	open := descriptors(t)
	ip(t, "link set v1 down", "addr del 10.0.0.1/24 dev v0", "link add br7 type bridge")
	second := read(t, s, f)
	if second.Links[v0].Carrier || addressed(second, v0) {
		t.Errorf("the second reading is the first: %+v, %+v", second.Links[v0], second.Addrs[v0])
	}
	if _, there := second.Links[index(t, "br7")]; !there {
		t.Error("a new link is not seen")
	}
	ip(t, "link del v0")
	third := read(t, s, f)
	if _, there := third.Links[v0]; there {
		t.Error("a link that is gone is still there")
	}
	if now := descriptors(t); now != open {
		t.Errorf("%d descriptors were open after the first reading, %d after the third", open, now)
	}
}

func TestSamplerBeginsAnewAfterAnEnd(t *testing.T) {
	live(t)
	s, f := &Sampler{}, NewFold()
	defer s.Close()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ended, make(chan record.Record)); err == nil {
		t.Error("a reading that nobody takes succeeded")
	}
	if state := read(t, s, f); len(state.Links) != 1 {
		t.Errorf("the links are %+v", state.Links)
	}
}

// addressed says whether a link has an address of IPv4.
func addressed(s kerneltypes.State, index int) bool {
	return slices.ContainsFunc(s.Addrs[index], func(a kerneltypes.Addr) bool { return a.Prefix.Addr().Is4() })
}

func index(t *testing.T, name string) (n int) {
	t.Helper()
	text, err := os.ReadFile("/sys/class/net/" + name + "/ifindex")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// descriptors counts what this process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}
