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
	h.decides("watching")
	return h
}

// decision is a line of heal's account.
type decision struct {
	At                                     time.Time
	Decision, Interface, VPN, Broken, From string
}

// decides waits for a decision and gives it.
func (h *healing) decides(kind string) (d decision) {
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

// TestHealOutlivesNetworkManager kills NetworkManager in the middle of a reconnect of heal's, and starts it again.
func TestHealOutlivesNetworkManager(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	h := heals(t, lab, eager)
	must(t, lab.Drop(t.Context(), "p0", "udp dport 67"))
	lab.MustRun(t, "ip", "address", "flush", "dev", "eth0")
	h.decides("reconnect")
	awaitRenewal(t, lab)
	must(t, lab.NetworkManager.Kill())
	awaitNoTunnel(t, lab)
	must(t, lab.Pass(t.Context(), "p0"))
	must(t, lab.NetworkManager.Start(deadline(t, patience)))
	h.decides("recovered") // with the VPN, which the reconnect had taken down and goes on to connect
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", insideVPN)
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
	const most = "25" // tenths, of systemd's measure of exposure, where 10 is a unit without any restriction
	if out, err := lab.Run(t.Context(), "systemd-analyze", "security", "--offline=true", "--threshold="+most, path); err != nil {
		t.Errorf("it is exposed: %v\n%s", err, out)
	}
}
