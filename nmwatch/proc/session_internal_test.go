package proc

import (
	"net/netip"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestSessions(t *testing.T) {
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	proc := fstest.MapFS{
		"self/net/tcp": text(head +
			"   0: 07020 broken\n" +
			"   1: 070200C0:0016 636433C6:C350 01 00000000:00000000 02:000A 00000000     0        0 4242 4 0\n" +
			"   2: 0100007F:0016 0100007F:C351 01 00000000:00000000 02:000A 00000000     0        0 4243 4 0\n" +
			"   3: 080200C0:0016 00000000:0000 0A 00000000:00000000 02:000A 00000000     0        0 4244 4 0\n"),
		"self/net/tcp6": text(head +
			"   0: 0000000000000000FFFF0000090200C0:0016 0000000000000000FFFF0000636433C6:C350 01 00000000:00000000 02:000A 00000000 0 0 4245 4 0\n"),
		"90/stat": text("90 (nmdebug) S 80 1 1"), "90/fd/0": link("/dev/pts/1"),
		"80/stat": text("80 (bash) S 70 1 1"), "80/fd/9": link("socket:[4243]"), "80/fd/8": link("socket:[4244]"),
		"70/stat": text("70 (sshd) S 1 1 1"), "70/fd/4": link("socket:[4242]"), "70/fd/5": link("socket:[4245]"),
	}
	want := []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("192.0.2.9")}
	got := inherited(proc, 90)
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for connection, want := range map[string]int{
		"198.51.100.99 50000 192.0.2.7 22": 1, "fe80::1%eth0 50000 ::ffff:192.0.2.7 22": 1, "": 0, "a b c d": 0, "1 2 3": 0,
	} {
		if got := announced(connection); len(got) != want || want == 1 && got[0] != netip.MustParseAddr("192.0.2.7") {
			t.Errorf("SSH_CONNECTION %q gives %v", connection, got)
		}
	}
}
