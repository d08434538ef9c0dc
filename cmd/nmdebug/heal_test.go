package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
)

// eager is a policy for tests: the hold-offs are what NetworkManager does not use.
const eager = "hold_off: {l1: 500ms, l2: 500ms, l3: 500ms, vpn: 200ms}\nback_off: 500ms\n"

// healing is an nmdebug heal that runs in a lab.
type healing struct {
	t     *testing.T
	lines chan string
}

// heals starts nmdebug heal and ends it with the test.
func heals(t *testing.T, lab *testenv.Lab, policy string, args ...string) *healing {
	t.Helper()
	path := filepath.Join(lab.Dir(), "policy.yaml")
	must(t, os.WriteFile(path, []byte(policy), 0o644))
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	c := lab.Command(ctx, program, append([]string{"heal", "-o", "jsonl", "--policy", path}, args...)...)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	h := &healing{t: t, lines: make(chan string, 256)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			h.lines <- lines.Text()
		}
	}()
	t.Cleanup(func() { cancel(); <-ended; _ = c.Wait() })
	return h
}

// decides waits for a decision and gives it.
func (h *healing) decides(kind string) (d struct{ Decision, Interface, VPN, Broken, From string }) {
	h.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case line := <-h.lines:
			h.t.Log(line)
			if err := json.Unmarshal([]byte(line), &d); err == nil && d.Decision == kind {
				return d
			}
		case <-limit:
			h.t.Fatalf("it does not come to %q", kind)
		}
	}
}

// TestHeal makes floors fail over real daemons and lets heal mend them, each from the floor that is broken; it prints how
// long that took, and how long the same took with nmcli by hand, from the moment at which heal began.
func TestHeal(t *testing.T) {
	for _, tt := range []struct {
		name     string
		scenario string
		fail     func(*testing.T, *testenv.Lab)
		name1    string // what is decided about
		from     string
		byHand   []string
		answers  string
	}{
		{
			name: "VPN client killed", scenario: "openvpn", name1: "vpn", from: "vpn",
			fail: func(t *testing.T, lab *testenv.Lab) {
				t.Helper()
				lab.MustRun(t, "pkill", "-f", "openvpn --remote")
				must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
			},
			byHand: []string{"nmcli connection up vpn"}, answers: "10.98.0.1",
		},
		{
			name: "OpenVPN server killed and started again", scenario: "openvpn-ping", name1: "vpn", from: "vpn",
			fail: func(t *testing.T, lab *testenv.Lab) {
				t.Helper()
				must(t, lab.Daemon("openvpn").Kill())
				must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
				must(t, lab.Daemon("openvpn").Start(deadline(t, patience)))
			},
			byHand: []string{"nmcli connection up vpn"}, answers: "10.98.0.1",
		},
		{
			name: "vpnc server killed and started again", scenario: "vpnc", name1: "vpn", from: "vpn",
			fail: func(t *testing.T, lab *testenv.Lab) {
				t.Helper()
				must(t, lab.Daemon("charon").Kill())
				must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveNone))
				must(t, lab.Daemon("charon").Start(deadline(t, patience)))
			},
			byHand: []string{"nmcli connection up vpn"}, answers: "10.97.0.1",
		},
		{
			name: "addresses removed under a VPN", scenario: "openvpn", name1: "eth0", from: "l3",
			fail: func(t *testing.T, lab *testenv.Lab) {
				t.Helper()
				lab.MustRun(t, "ip", "address", "flush", "dev", "eth0")
			},
			byHand: []string{"nmcli connection down vpn", "nmcli device reapply eth0", "nmcli connection up vpn"}, answers: "10.98.0.1",
		},
		{
			name: "link set down", scenario: "dhcp", name1: "eth0", from: "l1",
			fail:   func(t *testing.T, lab *testenv.Lab) { t.Helper(); lab.MustRun(t, "ip", "link", "set", "eth0", "down") },
			byHand: []string{"nmcli connection up lan"}, answers: "10.99.0.1",
		},
		{
			name: "lease gone, server started again", scenario: "lease-gone", name1: "eth0", from: "l3",
			fail: func(t *testing.T, lab *testenv.Lab) {
				t.Helper()
				must(t, lab.Daemon("udhcpd-p0").Start(deadline(t, patience)))
			},
			byHand: []string{"nmcli device up eth0"}, answers: "10.99.0.1",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, tt.scenario)
			h := heals(t, lab, eager)
			tt.fail(t, lab)
			d := h.decides("reconnect")
			began := time.Now()
			if name := d.VPN + strings.Repeat(d.Interface, 1-min(1, len(d.VPN))); name != tt.name1 || d.From != tt.from {
				t.Errorf("it reconnects %s from %s, want %s from %s", name, d.From, tt.name1, tt.from)
			}
			for over := h.decides("recovered"); over.Interface != d.Interface || over.VPN != d.VPN; over = h.decides("recovered") {
			}
			healed := time.Since(began)
			lab.MustRun(t, "ping", "-c", "1", "-W", "5", tt.answers)
			t.Logf("healed in %.2f s; by hand, the very commands known, in %.2f s", healed.Seconds(), byHand(t, tt.scenario, tt.fail, tt.byHand, tt.answers).Seconds())
		})
	}
}

// byHand makes the same fail in a lab of its own and mends it with nmcli.
func byHand(t *testing.T, scenario string, fail func(*testing.T, *testenv.Lab), commands []string, answers string) time.Duration {
	t.Helper()
	lab := testenv.StartScenario(t, scenario)
	fail(t, lab)
	began := time.Now()
	for _, command := range commands {
		lab.MustRun(t, "sh", "-c", command)
	}
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", answers)
	return time.Since(began)
}

// TestHealStops lets a VPN break again and again: when the budget is spent it stops and says so.
func TestHealStops(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	h := heals(t, lab, eager+"budget: 1\n")
	lab.MustRun(t, "pkill", "-f", "openvpn --remote")
	h.decides("recovered")
	lab.MustRun(t, "pkill", "-f", "openvpn --remote")
	h.decides("gave-up")
	if state, err := lab.ActiveState(t.Context(), "vpn"); err != nil || state != testenv.ActiveNone {
		t.Errorf("it was given up, and its state is %d (%v)", state, err)
	}
}

// TestHealSignals runs a hook instead of reconnecting.
func TestHealSignals(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	hook, told := filepath.Join(lab.Dir(), "hook"), filepath.Join(lab.Dir(), "told")
	must(t, os.WriteFile(hook, []byte("#!/bin/sh\necho \"$NMDEBUG_EVENT $NMDEBUG_VPN $NMDEBUG_FLOOR\" >>"+told+"\n"), 0o755))
	h := heals(t, lab, eager+"hook: "+hook+"\n", "--signal-only")
	bus := listenToCalls(t, lab)
	lab.MustRun(t, "pkill", "-f", "openvpn --remote")
	h.decides("signal")
	must(t, testenv.Await(deadline(t, soon), "the hook", func(context.Context) error {
		text, err := os.ReadFile(told)
		if err == nil && !strings.Contains(string(text), "signal vpn vpn\n") {
			err = os.ErrNotExist
		}
		return err
	}))
	bus.stop()
	if made := bus.made(); len(made) > 0 {
		t.Errorf("it only tells, and %q was called", made)
	}
}

// TestHealOnce mends what is broken and ends.
func TestHealOnce(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	lab.MustRun(t, "ip", "address", "flush", "dev", "eth0")
	lab.MustRun(t, program, "heal", "--once")
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", "10.99.0.1")
}

// TestHealUnit holds the unit to what systemd accepts.
func TestHealUnit(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	path := filepath.Join(lab.Dir(), "nmdebug-heal.service")
	text := strings.Replace(string(lab.MustRun(t, program, "heal", "--unit")), "/usr/local/bin/nmdebug", program, 1)
	must(t, os.WriteFile(path, []byte(text), 0o644))
	if _, err := lab.Run(t.Context(), "sh", "-c", "command -v systemd-analyze"); err != nil {
		t.Fatal("there is no systemd-analyze")
	}
	if out, err := lab.Run(t.Context(), "systemd-analyze", "verify", "--man=no", path); err != nil || strings.Contains(string(out), path) {
		t.Errorf("systemd says %s (%v)", out, err)
	}
}
