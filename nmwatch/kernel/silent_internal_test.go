package kernel

import (
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// What the kernel changes without a word is found out all the same, and without anything else happening afterwards.
func TestSilentChanges(t *testing.T) {
	routed := func(s kerneltypes.State, dst string) (kerneltypes.Route, bool) {
		i := slices.IndexFunc(s.Routes, func(r kerneltypes.Route) bool { return r.Dst.String() == dst })
		if i < 0 {
			return kerneltypes.Route{}, false
		}
		return s.Routes[i], true
	}
	link := func(s kerneltypes.State, name string) kerneltypes.Link {
		for _, l := range s.Links {
			if l.Name == name {
				return l
			}
		}
		return kerneltypes.Link{}
	}
	setup := []string{
		"link add v0 type veth peer name v1", "link set v0 up", "link set v1 up", "addr add 10.0.0.1/24 dev v0",
		"addr add 10.0.1.1/24 dev v0", "route add default via 10.0.0.2", "route add 10.5.0.0/16 via 10.0.0.2 src 10.0.1.1",
		"addr add fd00::1/64 dev v0 nodad", "route add fd05::/64 via fd00::2 src fd00::1", "nexthop add id 9 via 10.0.0.3 dev v0",
		"route add 10.6.0.0/16 nhid 9",
	}
	tests := []struct {
		name  string
		setup []string
		act   string
		want  func(s kerneltypes.State) bool
	}{
		{"the first end of a veth has a peer", nil, "link add v0 type veth peer name v1", func(s kerneltypes.State) bool {
			return link(s, "v1").Parent == link(s, "v0").Index && link(s, "v1").Index != 0
		}},
		{"a link that goes down takes its IPv4 routes along", setup, "link set v0 down", func(s kerneltypes.State) bool {
			_, ok := routed(s, "0.0.0.0/0")
			return !ok
		}},
		{"a route over a link without carrier says so", setup, "link set v1 down", func(s kerneltypes.State) bool {
			r, ok := routed(s, "0.0.0.0/0")
			return ok && r.Flags&16 != 0
		}},
		{"an IPv4 address takes the routes along whose source it is", setup, "addr del 10.0.1.1/24 dev v0", func(s kerneltypes.State) bool {
			_, source := routed(s, "10.5.0.0/16")
			_, def := routed(s, "0.0.0.0/0")
			return !source && def
		}},
		{"an IPv6 address is the source of no route any more", setup, "addr del fd00::1/64 dev v0", func(s kerneltypes.State) bool {
			r, ok := routed(s, "fd05::/64")
			return !ok || !r.Source.IsValid()
		}},
		{"a next hop object takes its routes along", setup, "nexthop del id 9", func(s kerneltypes.State) bool {
			_, ok := routed(s, "10.6.0.0/16")
			return !ok
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t)
			if len(tt.setup) > 0 {
				ip(t, tt.setup...)
			}
			w := watch(t, &Source{})
			if tt.setup != nil {
				w.sameAsDumped() // the carrier is there
			}
			if tt.want(w.fold.State()) {
				t.Fatal("it is so before anything happened")
			}
			ip(t, tt.act)
			w.until(tt.name, func(record.Record) bool { return tt.want(w.fold.State()) })
		})
	}
}

// A link-local address is seen while duplicate address detection still runs, though it is announced only afterwards.
func TestTentativeAddress(t *testing.T) {
	live(t)
	ip(t, "link add v0 type veth peer name v1", "link set v0 up")
	write(t, "/proc/sys/net/ipv6/conf/v0/accept_dad", "1")
	write(t, "/proc/sys/net/ipv6/conf/v0/router_solicitation_delay", "0")
	write(t, "/proc/sys/net/ipv6/neigh/v0/retrans_time_ms", "300")
	w := watch(t, &Source{})
	w.sameAsDumped()
	ip(t, "link set v1 up")
	var states []bool
	w.until("the address", func(record.Record) bool {
		s := w.fold.State()
		for i, list := range s.Addrs {
			for _, a := range list {
				if s.Links[i].Name == "v0" && (len(states) == 0 || states[len(states)-1] != a.Tentative()) {
					states = append(states, a.Tentative())
				}
			}
		}
		return len(states) > 0 && !states[len(states)-1]
	})
	if !slices.Equal(states, []bool{true, false}) {
		t.Errorf("tentative was %v, want first true and then false", states)
	}
}

// A veth end whose other end is in another namespace points nowhere here.
func TestPeerInAnotherNamespace(t *testing.T) {
	live(t)
	ip(t, "link add v0 type veth peer name v1")
	other := exec.Command("cat") // ends when its stdin does
	other.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = other.Wait()
	})
	w := watch(t, &Source{})
	ip(t, fmt.Sprintf("link set v1 netns %d", other.Process.Pid))
	w.until("the peer's leaving", func(record.Record) bool {
		s := w.fold.State()
		for _, l := range s.Links {
			if l.Name == "v0" {
				return len(s.Links) == 2 && l.PeerNetns && l.Parent == 0
			}
		}
		return false
	})
	w.sameAsDumped()
}

// CarrierAt is the time of the record that brought the change.
func TestCarrierAt(t *testing.T) {
	live(t)
	ip(t, "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up")
	w := watch(t, &Source{})
	w.sameAsDumped()
	ip(t, "link set v1 down")
	w.until("the carrier's loss", func(r record.Record) bool {
		for _, l := range w.fold.State().Links {
			if l.Name == "v0" && !l.Carrier {
				if l.CarrierAt != r.Time {
					t.Errorf("CarrierAt is %v, the record's time %v", l.CarrierAt, r.Time)
				}
				return true
			}
		}
		return false
	})
}

// The speed of a link is asked for when it appears, and forgotten when it goes.
func TestSpeedFollowsTheLink(t *testing.T) {
	live(t)
	w := watch(t, &Source{})
	ip(t, "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up")
	w.until("the speed", func(record.Record) bool {
		return w.fold.State().Speeds["v0"] == kerneltypes.Speed{Mbps: 10000, Duplex: "full"}
	})
	ip(t, "link set v1 name v9")
	w.until("the speed under the new name", func(record.Record) bool {
		_, old := w.fold.State().Speeds["v1"]
		_, fresh := w.fold.State().Speeds["v9"]
		return fresh && !old
	})
	ip(t, "link del v0")
	w.until("the end", func(record.Record) bool { return len(w.fold.State().Speeds) == 0 })
}
