package kernel

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
)

// burst returns some thousand commands that change addresses and routes.
func burst() []string {
	var lines []string
	for i := range 2000 {
		lines = append(lines,
			fmt.Sprintf("route add 172.%d.%d.0/24 dev v0", 16+i/250, i%250),
			fmt.Sprintf("addr add 10.%d.%d.1/32 dev v0", i/250, i%250),
			fmt.Sprintf("route add fd10:%x::/64 dev v0", i),
		)
	}
	for i := 0; i < 2000; i += 3 {
		lines = append(lines,
			fmt.Sprintf("route del 172.%d.%d.0/24 dev v0", 16+i/250, i%250),
			fmt.Sprintf("addr del 10.%d.%d.1/32 dev v0", i/250, i%250),
			fmt.Sprintf("route replace fd10:%x::/64 dev v1", i),
		)
	}
	return lines
}

func pair(t *testing.T) {
	t.Helper()
	ip(t, "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up")
}

func TestBurstIsFollowed(t *testing.T) {
	live(t)
	pair(t)
	w := watch(t, &Source{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		try(burst()...)
	}()
	w.sameAsDumped() // while it runs it settles again and again
	<-done
	w.sameAsDumped()
	if n := len(w.fold.State().Routes); n < 3000 {
		t.Errorf("only %d routes after the burst", n)
	}
	t.Logf("lost %d times", w.lost)
}

// A reader that is busy elsewhere makes the kernel drop notifications: then all is dumped anew.
func TestLostNotificationsAreDumpedAnew(t *testing.T) {
	live(t)
	pair(t)
	w := watch(t, &Source{buffer: 16 << 10})
	try(burst()...) // nobody reads meanwhile
	w.sameAsDumped()
	if w.lost == 0 {
		t.Error("nothing was lost: the test tests nothing")
	}
	if p := w.fold.State().Problems; len(p) > 0 {
		t.Errorf("problems: %q", p)
	}
}

// Where notifications wait the kernel may have no room for the first part of a dump, and answers with ENOBUFS.
func TestDumpBehindNotifications(t *testing.T) {
	live(t)
	pair(t)
	sock, err := openSocket(16<<10, unix.RTNLGRP_IPV4_ROUTE) // as large as one part of a dump
	if err != nil {
		t.Fatal(err)
	}
	defer sock.close()
	out := make(chan record.Record, 1<<10)
	c := &conversation{reporter: &reporter{now: clocks, out: out}, sock: sock, board: newBoard(), links: NewFold()}
	for _, line := range burst()[:2] { // of the first dump the kernel learns how large the parts may be
		if err := c.everything(t.Context()); err != nil {
			t.Fatal(err)
		}
		ip(t, line)
	}
	if err := c.everything(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(out)
	fold := NewFold()
	for r := range out {
		fold.Apply(r)
	}
	if got := fold.State(); len(got.Links) != 3 || len(got.Problems) > 0 {
		t.Errorf("%d links, problems %q", len(got.Links), got.Problems)
	}
}

// Links come and go while the reader waits for others: the last state counts.
func TestLostLinks(t *testing.T) {
	live(t)
	w := watch(t, &Source{buffer: 16 << 10})
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("link add b%d type bridge", i), fmt.Sprintf("link set b%d up", i))
	}
	for i := range 50 {
		lines = append(lines, fmt.Sprintf("link del b%d", i))
	}
	try(lines...)
	w.sameAsDumped()
	if w.lost == 0 {
		t.Error("nothing was lost: the test tests nothing")
	}
	out, err := exec.Command("ip", "-br", "link").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(w.fold.State().Links), strings.Count(string(out), "\n"); got != want {
		t.Errorf("got %d links, ip(8) shows %d", got, want)
	}
}
