package kernel

import (
	"encoding/base64"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
)

// update is a flag of the test program.
var update = flag.Bool("update", false, "record testdata anew")

// scenario is what happens in an empty network namespace. Its records and what ip(8) said afterwards are in testdata.
type scenario struct {
	name   string
	silent bool // some changes are not announced: the refresh is part of the recording
	steps  [][]string
}

func scenarios() []scenario {
	return []scenario{
		{name: "bridge", steps: [][]string{
			{"link add v0 type veth peer name v1", "link add br0 type bridge", "link set v0 master br0"},
			{"link set v0 up", "link set v1 up", "link set br0 up"},
		}},
		{name: "bridge-left", steps: [][]string{
			{"link add v0 type veth peer name v1", "link add br0 type bridge", "link set v0 master br0 up", "link set v1 up", "link set br0 up"},
			{"link set v0 nomaster"},
		}},
		{name: "kinds", silent: true, steps: [][]string{{
			"link add v0 type veth peer name v1", "link add mv0 link v0 type macvlan mode bridge",
			"link add vx0 type vxlan id 7 dstport 4789 dev v0", "tuntap add tap0 mode tap", "tuntap add tun0 mode tun",
			"link set mv0 name mv1", "link set mv1 mtu 1400 up",
		}}},
		{name: "addresses", silent: true, steps: [][]string{{
			"link add v0 type veth peer name v1", "addr add 10.0.0.1/24 dev v0", "addr add 10.0.0.2/24 dev v0",
			"addr add 10.0.1.1/24 dev v0 scope link", "addr add 10.0.2.1/24 dev v0", "addr add 10.0.3.1 peer 10.0.3.2/32 dev v0",
			"link set v0 up", "link set v1 up", "addr add fd00::1/64 dev v0", "addr add fd00::2/64 dev v0",
			"addr add fd00::3 peer fd00::4/128 dev v0", "addr del 10.0.2.1/24 dev v0", "addr del fd00::1/64 dev v0",
		}}},
		{name: "routes", steps: [][]string{{
			"link add v0 type veth peer name v1", "link set v0 up", "link set v1 up",
			"addr add 10.0.0.1/24 dev v0", "addr add fd00::1/64 dev v0",
			"route add default via 10.0.0.2 metric 100", "route append default via 10.0.0.3 metric 100", "route prepend default via 10.0.0.4 metric 100",
			"route replace default via 10.0.0.5 metric 100", "route add default via 10.0.0.9 metric 200",
			"route add 10.1.0.0/16 nexthop via 10.0.0.2 dev v0 nexthop via 10.0.0.3 dev v0", "route add 10.2.0.0/16 via inet6 fd00::7 dev v0",
			"route add unreachable 10.9.0.0/16", "route add local 10.8.0.0/16 dev lo table 100",
			"route add 10.7.0.0/16 dev v0 table 100 src 10.0.0.1",
			"route add ::/0 via fd00::2 dev v0 metric 10", "route append ::/0 via fd00::3 dev v0 metric 10", "route append ::/0 via fd00::4 dev v0 metric 10",
			"route del ::/0 via fd00::3 dev v0 metric 10", "route add fd01::/64 via fd00::2 metric 5", "route replace fd01::/64 via fd00::3 metric 5",
			"neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0", "neigh add fd00::2 lladdr 02:00:00:00:00:03 dev v0",
			"neigh add 10.0.0.3 lladdr 02:00:00:00:00:04 dev v0", "neigh del 10.0.0.3 dev v0",
		}}},
		{name: "down", silent: true, steps: [][]string{
			{
				"link add v0 type veth peer name v1", "link add v2 type veth peer name v3", "link set v0 up", "link set v1 up", "link set v2 up",
				"link set v3 up", "addr add 10.0.0.1/24 dev v0", "addr add fd00::1/64 dev v0", "addr add 10.0.1.1/24 dev v2",
				"route add default via 10.0.0.2", "route add 10.5.0.0/16 via 10.0.1.2 src 10.0.1.1",
			},
			{"link set v0 down", "link set v3 down", "addr del 10.0.1.1/24 dev v2"},
		}},
		{name: "gone", silent: true, steps: [][]string{
			{
				"link add v0 type veth peer name v1", "link set v0 up", "link set v1 up", "addr add 10.0.0.1/24 dev v0",
				"addr add fd00::1/64 dev v0", "route add default via 10.0.0.2", "neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0",
			},
			{"link del v0"},
		}},
	}
}

// TestScenarios runs them in the real kernel; with -update it records them.
func TestScenarios(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			live(t)
			w := watch(t, &Source{})
			w.keep = true
			for _, step := range s.steps {
				ip(t, step...)
				w.sameAsDumped()
			}
			want := describeIP(t)
			if diff := cmp.Diff(want, describe(w.fold.State())); diff != "" {
				t.Errorf("state differs from what ip(8) says (-ip +state):\n%s", diff)
			}
			if *update && !t.Failed() {
				s.save(t, append(oneShotOfNothing(), essential(w.seen, s.silent)...), want)
			}
		})
	}
}

// TestOneShotSaysWhatIPSays dumps what the scenarios left.
func TestOneShotSaysWhatIPSays(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			live(t)
			for _, step := range s.steps {
				ip(t, step...)
			}
			var diff string
			for range 100 { // until the kernel has nothing more to do
				before := describeIP(t)
				diff = cmp.Diff(before, describe(snapshot(t)))
				if diff == "" {
					return
				}
			}
			t.Errorf("state differs from what ip(8) says (-ip +state):\n%s", diff)
		})
	}
}

// TestRecorded applies the recordings, without any kernel.
func TestRecorded(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			records, want := s.load(t)
			f := NewFold()
			for _, r := range records {
				f.Apply(r)
			}
			if diff := cmp.Diff(want, describe(f.State())); diff != "" {
				t.Errorf("state differs from what ip(8) said (-ip +state):\n%s", diff)
			}
			if p := f.State().Problems; len(p) > 0 {
				t.Errorf("problems: %q", p)
			}
		})
	}
}

// oneShotOfNothing frames the links and addresses of an empty namespace: what was dumped first.
func oneShotOfNothing() []record.Record {
	return []record.Record{
		{Kind: record.Note, Raw: []byte(`{"source":"rtnetlink","event":"up"}`)},
		message(unix.RTM_NEWLINK, unix.NLM_F_MULTI, ifinfo(unix.AF_UNSPEC, 1, unix.IFF_UP|unix.IFF_LOOPBACK),
			text(unix.IFLA_IFNAME, "lo"), u32(unix.IFLA_MTU, 65536), raw(unix.IFLA_ADDRESS, make([]byte, 6))),
		message(unix.RTM_NEWADDR, unix.NLM_F_MULTI, ifaddr(unix.AF_INET, 8, 254, 1), raw(unix.IFA_LOCAL, []byte{127, 0, 0, 1})),
		message(unix.RTM_NEWADDR, unix.NLM_F_MULTI, ifaddr(unix.AF_INET6, 128, 254, 1), raw(unix.IFA_ADDRESS, append(make([]byte, 15), 1))),
		{Kind: record.Note, Raw: []byte(`{"source":"rtnetlink","event":"synced"}`)},
	}
}

// essential leaves out the sentries, and the refreshes but the last one of each kind, or all.
func essential(records []record.Record, silent bool) []record.Record {
	last := map[string]int{}
	for i, r := range records {
		for _, source := range []string{sourceLinks, sourceAddrs, sourceRoutes} {
			if noted(r, source, record.Up) {
				last[source] = i
			}
		}
	}
	var out []record.Record
	keep := true
	for i, r := range records {
		frame := false
		for _, source := range []string{sourceLinks, sourceAddrs, sourceRoutes} {
			if noted(r, source, record.Up) {
				frame, keep = true, silent && last[source] == i
			}
			if noted(r, source, record.Synced) {
				frame = true
			}
		}
		h, msg, _, err := cut(r.Raw)
		netlink := r.Kind == record.Netlink && err == nil
		switch {
		case frame && keep, netlink && h.dumped() && keep:
			out = append(out, r)
		case netlink && !h.dumped() && !ofSentry(h, msg):
			out = append(out, r)
		}
	}
	return out
}

func ofSentry(h header, msg []byte) bool {
	if h.kind != unix.RTM_NEWLINK && h.kind != unix.RTM_DELLINK {
		return false
	}
	m, err := parseLink(msg[unix.NLMSG_HDRLEN:])
	return err == nil && strings.HasPrefix(m.link.Name, "sentry")
}

// save writes the records, one a line, and the lines of the description.
func (s scenario) save(t *testing.T, records []record.Record, want []string) {
	t.Helper()
	var b strings.Builder
	for _, r := range records {
		b.WriteString(r.Kind.String() + " ")
		if r.Kind == record.Note {
			b.Write(r.Raw)
		} else {
			b.WriteString(base64.StdEncoding.EncodeToString(r.Raw))
		}
		b.WriteString("\n")
	}
	for suffix, content := range map[string]string{".records": b.String(), ".want": strings.Join(want, "\n") + "\n"} {
		if err := os.WriteFile(filepath.Join("testdata", s.name+suffix), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// load reads what save wrote.
func (s scenario) load(t testing.TB) (records []record.Record, want []string) {
	t.Helper()
	read := func(suffix string) []string {
		b, err := os.ReadFile(filepath.Join("testdata", s.name+suffix))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, line := range read(".records") {
		kind, content, _ := strings.Cut(line, " ")
		r := record.Record{Time: at.Add(time.Duration(i) * time.Second), Kind: record.Note, Raw: []byte(content)}
		if kind == record.Netlink.String() {
			raw, err := base64.StdEncoding.DecodeString(content)
			if err != nil {
				t.Fatal(err)
			}
			r.Kind, r.Raw = record.Netlink, raw
		}
		records = append(records, r)
	}
	return records, read(".want")
}
