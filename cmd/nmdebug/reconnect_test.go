package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/testenv"
)

// rerun is the account of a reconnect.
type rerun struct {
	code  int
	lines []string
}

// reconnects runs nmdebug reconnect in a lab.
func reconnects(t *testing.T, lab *testenv.Lab, args ...string) rerun {
	t.Helper()
	out, err := lab.Run(t.Context(), program, append([]string{"reconnect"}, args...)...)
	r := rerun{lines: strings.Split(strings.TrimSpace(string(out)), "\n")}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		r.code = exit.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return r
}

// begun are the steps that were begun, in their order.
func (r rerun) begun() []string {
	var steps []string
	for _, line := range r.lines {
		if text, begun := strings.CutSuffix(line, " …"); begun {
			fields := strings.Fields(text)
			steps = append(steps, strings.Join(fields[2:], " "))
		}
	}
	return steps
}

func (r rerun) wants(t *testing.T, code int, steps ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit status %d, want %d:\n%s", r.code, code, strings.Join(r.lines, "\n"))
	}
	if len(steps) > 0 && !slices.Equal(r.begun(), steps) {
		t.Errorf("steps %q, want %q", r.begun(), steps)
	}
}

// calls are the method calls that a monitor saw on a lab's bus, with those that change something alone.
type calls struct {
	mu   sync.Mutex // guards what follows
	seen []call
	nm   map[string]bool // the names on the bus that NetworkManager has and had
	stop func()
}

// call is one method call.
type call struct{ sender, member string }

// changing are the members that change something, with the number of their argument that names what.
func changing() []string {
	return []string{
		"ActivateConnection", "DeactivateConnection", "Reapply", "Reassociate", "EAPLogon", "EAPLogoff", "Disconnect",
		"CheckpointCreate", "CheckpointDestroy", "CheckpointRollback", "Set", "AddNetwork", "Enable", "Sleep",
	}
}

// listenToCalls sees all calls on a lab's bus, save NetworkManager's own to the supplicant.
func listenToCalls(t *testing.T, lab *testenv.Lab) *calls {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	owner := lab.MustRun(t, "busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner", "s", "org.freedesktop.NetworkManager")
	c := lab.Command(ctx, "dbus-monitor", "--system", "type='method_call',destination='org.freedesktop.NetworkManager'", "type='method_call',destination='fi.w1.wpa_supplicant1'")
	out, in := io.Pipe()
	c.Stdout = in
	must(t, c.Start())
	ready, ended := make(chan struct{}), make(chan struct{})
	monitor := &calls{nm: map[string]bool{strings.Trim(strings.TrimPrefix(string(owner), "s "), "\"\n"): true}, stop: func() { cancel(); _ = c.Wait(); _ = in.Close(); <-ended }}
	t.Cleanup(monitor.stop)
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		once := sync.OnceFunc(func() { close(ready) })
		for lines.Scan() {
			line := lines.Text()
			if strings.Contains(line, "NameLost") {
				once()
			}
			monitor.hear(line)
		}
	}()
	select {
	case <-ready:
	case <-time.After(patience):
		t.Fatal("dbus-monitor does not listen")
	}
	return monitor
}

// hear takes a line of dbus-monitor.
func (c *calls) hear(line string) {
	_, member, found := strings.Cut(line, "member=")
	_, sender, _ := strings.Cut(line, "sender=")
	sender, _, _ = strings.Cut(sender, " ")
	if !found || !strings.HasPrefix(line, "method call") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if member == "CreateInterface" { // which only NetworkManager calls, under a new name after its restart
		c.nm[sender] = true
	}
	if slices.Contains(changing(), member) {
		c.seen = append(c.seen, call{sender, member})
	}
}

// made are the calls so far, in the order of the bus; the checkpoint's are left out, they frame all of them.
func (c *calls) made() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := []string{}
	for _, call := range c.seen {
		if !c.nm[call.sender] && !strings.HasPrefix(call.member, "Checkpoint") {
			made = append(made, call.member)
		}
	}
	return made
}

// dryRun gives the calls that nmdebug says it would make.
func dryRun(t *testing.T, lab *testenv.Lab, args ...string) []string {
	t.Helper()
	var p struct {
		Steps []struct{ Calls []string }
	}
	out := lab.MustRun(t, program, append([]string{"reconnect", "--dry-run", "-o", "json"}, args...)...)
	must(t, json.Unmarshal(out, &p))
	var members []string
	for _, s := range p.Steps {
		for _, call := range s.Calls {
			for _, member := range changing() {
				if strings.Contains(call, " "+member+" ") || strings.HasSuffix(call, " "+member) {
					members = append(members, member)
				}
			}
			if strings.Contains(call, "set-property") {
				members = append(members, "Set")
			}
		}
	}
	return members
}

// TestReconnectOrder holds reconnects, over real daemons, to the steps and to the calls on the bus that were announced.
func TestReconnectOrder(t *testing.T) {
	const offVPN, onVPN = "Disconnect the VPN vpn", "Connect the VPN vpn on eth0"
	for _, tt := range []struct {
		scenario string
		args     []string
		steps    []string
		answers  []string // who answers over the interface afterwards
	}{
		{"8021x-openvpn", []string{"eth0", "--from", "l1", "--yes"}, []string{
			offVPN, "Let NetworkManager let go of eth0 and take it anew", "Connect lan on eth0", "Wait until eth0 has its addresses", onVPN,
		}, []string{"tun0", "10.98.0.1"}},
		{"8021x-openvpn", []string{"eth0", "--from", "l2", "--yes"}, []string{offVPN, "Authenticate eth0 by 802.1X anew", "Ask for a new lease on eth0", onVPN}, []string{"tun0", "10.98.0.1"}},
		{"8021x-openvpn", []string{"eth0", "--from", "l3", "--yes"}, []string{offVPN, "Ask for a new lease on eth0", onVPN}, []string{"tun0", "10.98.0.1"}},
		{"openvpn", []string{"vpn"}, []string{offVPN, onVPN}, []string{"tun0", "10.98.0.1"}},
		{"vpnc", []string{"eth0", "--from", "vpn"}, []string{offVPN, onVPN}, []string{"tun0", "10.97.0.1"}},
		{"vxlan", []string{"br0", "--from", "l3", "--yes"}, []string{
			"Disconnect vxlan on vx0", "Ask for a new lease on br0", "Connect vxlan on vx0", "Wait until vx0 has its addresses",
		}, []string{"vx0", "10.96.0.1"}},
	} {
		t.Run(strings.Join(append([]string{tt.scenario}, tt.args...), " "), func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, tt.scenario)
			announced := dryRun(t, lab, tt.args...)
			bus := listenToCalls(t, lab)
			reconnects(t, lab, tt.args...).wants(t, 0, tt.steps...)
			bus.stop()
			made := bus.made()
			if slices.Contains(tt.args, "l1") { // NetworkManager connects again by itself, and is not asked then
				announced = slices.DeleteFunc(announced, func(m string) bool { return m == "ActivateConnection" })
				made = slices.DeleteFunc(made, func(m string) bool { return m == "ActivateConnection" })
			}
			if !slices.Equal(made, announced) {
				t.Errorf("announced %q, called %q", announced, made)
			}
			lab.MustRun(t, "ping", "-c", "1", "-W", "5", "-I", tt.answers[0], tt.answers[1])
		})
	}
}

// TestReconnectTower takes a bridge with a macvlan on it and a VPN on that down and brings them up in their order.
func TestReconnectTower(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "macvlan-openvpn")
	reconnects(t, lab, "br0", "--from", "l2", "--yes").wants(t, 0,
		"Disconnect the VPN vpn", "Disconnect macvlan on mac0",
		"Attach eth0 to br0 anew", "Wait until br0 carries frames", "Ask for a new lease on br0",
		"Connect macvlan on mac0", "Wait until mac0 has its addresses", "Connect the VPN vpn on mac0")
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", "-I", "tun0", "10.98.0.1")
}

// TestReconnectAnotherNetwork replaces the DHCP server by one with another network: only a real renewal notices.
func TestReconnectAnotherNetwork(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.Daemon("dnsmasq-p0").Kill())
	lab.MustRun(t, "ip", "netns", "exec", "peer", "ip", "address", "flush", "dev", "p0")
	_, err := lab.DHCP(deadline(t, patience), "p0", testenv.Network(7))
	must(t, err)
	reconnects(t, lab, "eth0", "--from", "l3", "--yes").wants(t, 0)
	if got := string(lab.MustRun(t, "ip", "-4", "-oneline", "address", "show", "dev", "eth0")); !strings.Contains(got, " 10.99.7.") || strings.Contains(got, " 10.99.0.") {
		t.Errorf("the addresses are %s", got)
	}
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", "10.99.7.1")
}

// TestReconnectRollsBack lets a step fail: the VPN that was taken down for it must come back, and the rest, too.
func TestReconnectRollsBack(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-openvpn")
	must(t, lab.Drop(t.Context(), "p0", testenv.EAPOL))
	took := time.AfterFunc(5*time.Second, func() { _ = lab.Pass(context.WithoutCancel(t.Context()), "p0") })
	defer took.Stop()
	reconnects(t, lab, "eth0", "--from", "l2", "--yes", "--timeout", "4s").wants(t, 20)
	must(t, lab.AwaitActive(deadline(t, patience), "lan", testenv.ActiveActivated))
	must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveActivated))
	if left := strings.TrimSpace(string(lab.MustRun(t, "busctl", "get-property", "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "Checkpoints"))); left != "ao 0" {
		t.Errorf("a checkpoint is left: %s", left)
	}
	loseCarrier(t, lab) // NetworkManager connects by itself: nothing is blocked by what was tried
}

// TestReconnectLiftsBlocks reconnects from every floor, after which NetworkManager must connect by itself as before.
func TestReconnectLiftsBlocks(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-peap")
	for _, from := range []string{"l3", "l2", "l1"} {
		reconnects(t, lab, "eth0", "--from", from, "--yes").wants(t, 0)
		loseCarrier(t, lab)
	}
}

// TestReconnectLetsFinish does not disturb a device that is on its way, unless it is told to.
func TestReconnectLetsFinish(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-silent")
	bus := listenToCalls(t, lab)
	reconnects(t, lab, "eth0", "--from", "l2", "--yes").wants(t, 21)
	if made := bus.made(); len(made) > 0 {
		t.Errorf("it was refused, and %q was called", made)
	}
	must(t, lab.Pass(t.Context(), "p0"))
	reconnects(t, lab, "eth0", "--from", "l2", "--yes", "--force").wants(t, 0)
}

// TestReconnectDies kills nmdebug in the middle of a plan: NetworkManager goes back by itself.
func TestReconnectDies(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.Drop(t.Context(), "p0", "udp dport 67"))
	c, lines := starts(t, lab, "eth0", "--from", "l3", "--yes", "--rollback", "2s", "-o", "jsonl")
	if !lines.Scan() || !strings.Contains(lines.Text(), "step-begun") {
		t.Fatalf("it begins with %s", lines.Text())
	}
	must(t, c.Process.Signal(unix.SIGKILL))
	_ = c.Wait()
	must(t, lab.NetworkManager.AwaitLog(deadline(t, patience), "rollback of /org/freedesktop/NetworkManager/Checkpoint/1"))
	must(t, lab.Pass(t.Context(), "p0"))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
	reconnects(t, lab, "eth0", "--from", "l3", "--yes").wants(t, 0) // its lock died with it
}

// starts begins a reconnect whose lines are read while it goes on.
func starts(t *testing.T, lab *testenv.Lab, args ...string) (*testenv.Cmd, *bufio.Scanner) {
	t.Helper()
	c := lab.Command(t.Context(), program, append([]string{"reconnect"}, args...)...)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	return c, bufio.NewScanner(out)
}

// awaitRenewal waits until NetworkManager has been asked for a new lease, and has answered that it will.
func awaitRenewal(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	must(t, testenv.Await(deadline(t, patience), "the renewal", func(context.Context) error {
		if strings.Count(lab.NetworkManager.Log(), "op=\"device-reapply\"") < 2 {
			return errors.New("it was not asked for yet")
		}
		return nil
	}))
	_, err := lab.DeviceState(deadline(t, patience), "eth0") // what was asked before is answered before
	must(t, err)
}

// TestReconnectOutlivesNetworkManager kills NetworkManager in the middle of a plan and starts it again: the plan goes on, and the
// VPN that it took down before is connected by the new one.
func TestReconnectOutlivesNetworkManager(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	must(t, lab.Drop(t.Context(), "p0", "udp dport 67"))
	c, lines := starts(t, lab, "eth0", "--from", "l3", "--yes", "-o", "jsonl")
	await(t, lines, "Ask for a new lease")
	awaitRenewal(t, lab)
	must(t, lab.NetworkManager.Kill())
	await(t, lines, `"event":"waiting"`)
	must(t, lab.Pass(t.Context(), "p0"))
	must(t, lab.NetworkManager.Start(deadline(t, patience)))
	await(t, lines, `"event":"resumed"`)
	await(t, lines, `"event":"finished"`)
	must(t, c.Wait())
	must(t, lab.AwaitActive(deadline(t, patience), "vpn", testenv.ActiveActivated))
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", "-I", "tun0", "10.98.0.1")
}

// await reads lines until one has a text.
func await(t *testing.T, lines *bufio.Scanner, text string) {
	t.Helper()
	for lines.Scan() {
		t.Log(lines.Text())
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	t.Fatalf("it does not say %q", text)
}

// TestReconnectWithoutNetworkManager lets NetworkManager end in the middle of a plan for good.
func TestReconnectWithoutNetworkManager(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.Drop(t.Context(), "p0", "udp dport 67"))
	c, lines := starts(t, lab, "eth0", "--from", "l3", "--yes", "--timeout", "6s")
	await(t, lines, "Ask for a new lease")
	awaitRenewal(t, lab)
	must(t, lab.NetworkManager.Kill())
	await(t, lines, "NetworkManager has ended; the step is begun again when it is back")
	await(t, lines, "could not be put back: ")
	await(t, lines, "systemctl status NetworkManager")
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 4 {
		t.Errorf("it ends with %v, want exit status 4", err)
	}
}

// TestReconnectRefuses asks for what must not be done just so; nothing may change.
func TestReconnectRefuses(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	bus := listenToCalls(t, lab)
	for name, tt := range map[string]struct {
		command string
		code    int
	}{
		"the only default route":    {"$0 reconnect eth0 --from l2", 21},
		"my ssh session":            {"SSH_CONNECTION='10.98.0.1 50000 10.98.0.2 22' $0 reconnect vpn", 21},
		"a session that sudo hides": {"exec 3<>/dev/tcp/10.99.0.1/53; $0 reconnect eth0 --from vpn --dry-run | grep -q refuses || $0 reconnect eth0 --from l3", 21},
		"without rights":            {"setpriv --reuid 65534 --clear-groups $0 reconnect eth0 --from l3 --yes", 9},
		"heal without rights":       {"setpriv --reuid 65534 --clear-groups $0 heal --once 2>&1 | tee /dev/stderr | grep -q 'polkit does not grant you org.freedesktop.NetworkManager.network-control' && exit ${PIPESTATUS[0]}", 9},
		"no such name":              {"$0 reconnect nowhere", 10},
		"nothing broken":            {"$0 reconnect eth0", 2},
		"a VPN from L2":             {"$0 reconnect vpn --from l2", 2},
		"nothing there":             {"$0 reconnect lo --from vpn", 21},
	} {
		_, err := lab.Run(t.Context(), "bash", "-c", tt.command, program)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != tt.code {
			t.Errorf("%s: %v, want exit status %d", name, err, tt.code)
		}
	}
	bus.stop()
	if made := bus.made(); len(made) > 0 {
		t.Errorf("it was refused, and %q was called", made)
	}
}

// TestReconnectLock lets two at one device: the second is refused.
func TestReconnectLock(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.Drop(t.Context(), "p0", "udp dport 67"))
	first, lines := starts(t, lab, "eth0", "--from", "l3", "--yes", "-o", "jsonl")
	lines.Scan()
	reconnects(t, lab, "eth0", "--from", "l3", "--yes").wants(t, 21)
	must(t, lab.Pass(t.Context(), "p0"))
	for lines.Scan() {
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first ends with %v", err)
	}
}
