package wifilab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Bluetooth is two Bluetooth adapters that hear each other: hci0, the machine's own, and hci1, a phone's. They are paired, and the phone
// shares its network, in which 10.78.0.1 answers.
type Bluetooth struct {
	Phone string // the phone's address, by which NetworkManager calls it until it is connected
	lab   *Lab
}

// airSocket is where the air takes orders inside the machine.
const airSocket = "/run/lab/btair.sock"

// The kernel's parts are loaded before they are needed: what is loaded under emulation comes later than a controller may take to answer.
const bluetoothNetwork = `
modprobe -a bluetooth hci_vhci bnep rfcomm algif_hash algif_skcipher cmac ecb bridge veth
ip link add br-bt type bridge forward_delay 0
ip link add veth-bt type veth peer name bt0 netns air
ip link set veth-bt master br-bt up
ip link set br-bt up
ip netns exec air ip address add 10.78.0.1/24 dev bt0
ip netns exec air ip link set bt0 up
ip netns exec air dnsmasq --conf-file=/dev/null --no-ping --no-hosts --no-resolv --bind-interfaces --interface=bt0 --except-interface=lo --address=/lab/10.78.0.1 \
  --dhcp-authoritative --dhcp-range=10.78.0.10,10.78.0.200,1h --dhcp-leasefile=/run/lab/bt.leases --pid-file=/run/lab/bt-dnsmasq.pid
`

// Bluetooth brings the adapters up, pairs them, and returns when NetworkManager could use the phone's network.
func (l *Lab) Bluetooth(ctx context.Context) (*Bluetooth, error) {
	if err := l.installTool(ctx, "btair"); err != nil {
		return nil, err
	}
	if _, err := l.Run(ctx, "sh", "-ec", bluetoothNetwork); err != nil {
		return nil, fmt.Errorf("cannot prepare Bluetooth: %w", err)
	}
	b := &Bluetooth{lab: l}
	var err error
	for range attempts {
		if b.Phone, err = b.startAir(ctx); err == nil || ctx.Err() != nil {
			return b, err
		}
	}
	return nil, err
}

// attempts are how often the air is started: on a busy machine btvirt may die while the kernel brings its adapters up.
const attempts = 3

// startAir starts the air, where nothing is left of an earlier one, and gives the phone's address when the adapters are paired.
func (b *Bluetooth) startAir(ctx context.Context) (phone string, err error) {
	const start = `systemctl stop bluetooth; rm -rf "$0" /var/lib/bluetooth/*
systemd-run --quiet --collect --unit=btair /run/lab/btair "$0"`
	if _, err := b.lab.Run(ctx, "sh", "-ec", start, airSocket); err != nil {
		return "", fmt.Errorf("cannot start the air: %w", err)
	}
	if err := b.awaitAir(ctx); err != nil {
		return "", err
	}
	return b.order(ctx, "ready")
}

// installTool builds a program of the lab's and copies it into the machine.
func (l *Lab) installTool(ctx context.Context, name string) error {
	dir, err := os.MkdirTemp("", "wifilab-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, name)
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "nmdebug/testenv/wifilab/"+name)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build %s: %w: %s", name, err, out)
	}
	return l.Install(ctx, path, name)
}

// awaitAir waits until the air takes orders.
func (b *Bluetooth) awaitAir(ctx context.Context) error {
	_, err := b.lab.Run(ctx, "sh", "-c", `until [ -S "$0" ]; do systemctl -q is-active btair || exit 1; sleep 0.1; done`, airSocket)
	if err != nil {
		log, _ := b.lab.Run(ctx, "journalctl", "--no-pager", "-u", "btair")
		return fmt.Errorf("there is no air: %w\n%s", err, log)
	}
	return nil
}

// order has the air carry out an order, waits until it has, and returns its answer.
func (b *Bluetooth) order(ctx context.Context, order string) (string, error) {
	c, err := b.lab.client.Dial(airSocket)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if _, err := fmt.Fprintln(c, order); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	answer, ok := strings.CutPrefix(line, "ok")
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("the air does not answer to %q: %w", order, context.Cause(ctx))
	case err != nil:
		return "", fmt.Errorf("the air does not answer to %q: %w", order, err)
	case !ok:
		return "", fmt.Errorf("cannot carry out %q: %s", order, strings.TrimSpace(line))
	}
	return strings.TrimSpace(answer), nil
}

// SetSignal sets how strongly the adapters hear each other, in dBm. It is -42 at first.
func (b *Bluetooth) SetSignal(ctx context.Context, dBm int) error {
	_, err := b.order(ctx, fmt.Sprintf("signal %d", dBm))
	return err
}

// SetPower sets what the adapters send with, in dBm. It is 4 at first.
func (b *Bluetooth) SetPower(ctx context.Context, dBm int) error {
	_, err := b.order(ctx, fmt.Sprintf("power %d", dBm))
	return err
}

// SetReachable says whether the adapters hear each other. When they do not any more, their connection breaks 2 s later.
func (b *Bluetooth) SetReachable(ctx context.Context, reachable bool) error {
	_, err := b.order(ctx, "reach "+yesNo(reachable))
	return err
}

// SetSharing says whether the phone shares its network. That it does not is seen when somebody wants to join.
func (b *Bluetooth) SetSharing(ctx context.Context, sharing bool) error {
	_, err := b.order(ctx, "share "+yesNo(sharing))
	return err
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// Join has NetworkManager join the phone's network, and returns when it is connected or given up.
func (b *Bluetooth) Join(ctx context.Context) error {
	for {
		_, err := b.lab.Run(ctx, "nmcli", "device", "connect", b.Phone)
		exit, failed := errors.AsType[*ExitError](err)
		if failed && strings.Contains(exit.Stderr, "Unable to determine UID") {
			continue // on a busy host NetworkManager does not learn in time who asks
		}
		return err
	}
}

// joinPhone pairs a phone and joins its network.
func joinPhone(ctx context.Context, l *Lab) error {
	b, err := l.Bluetooth(ctx)
	if err != nil {
		return err
	}
	return b.Join(ctx)
}
