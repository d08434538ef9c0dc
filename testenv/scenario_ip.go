package testenv

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// linkEnds are the names of a scenario's n-th link: ethN in the lab, pN in the peer.
func linkEnds(n byte) (near, far string) {
	return fmt.Sprintf("eth%d", n), fmt.Sprintf("p%d", n)
}

// linkPrefix is the network of the n-th link, and the peer's address in it.
func linkPrefix(n byte) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 99, n, 1}), 24)
}

// serveDHCP makes the n-th link, with a DHCP server at its far end.
func serveDHCP(ctx context.Context, l *Lab, n byte) error {
	near, far := linkEnds(n)
	if err := l.Veth(ctx, near, far); err != nil {
		return err
	}
	_, err := l.DHCP(ctx, far, linkPrefix(n))
	return err
}

// Network is the network of a scenario's n-th link, with the peer's address in it; those from 3 on no scenario uses.
func Network(n byte) netip.Prefix { return linkPrefix(n) }

func upDHCP(ctx context.Context, l *Lab) error {
	if err := serveDHCP(ctx, l, 0); err != nil {
		return err
	}
	if err := l.AddProfile(ctx, "lan", ethernet("eth0")+autoIPv4); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "eth0", DeviceActivated)
}

// ignoreCarrier makes NetworkManager hold on to a device without carrier, as it is told to on servers with static addresses.
func ignoreCarrier(device string) string {
	return "[main]\nignore-carrier=interface-name:" + device + "\n"
}

// deadCarrier sets up a static address on the n-th link and takes its carrier away.
func deadCarrier(ctx context.Context, l *Lab, n byte, id string) error {
	near, far := linkEnds(n)
	if err := l.Veth(ctx, near, far); err != nil {
		return err
	}
	if err := l.AddProfile(ctx, id, ethernet(near)+staticIPv4(fmt.Sprintf("10.99.%d.2/24,10.99.%[1]d.1", n))); err != nil {
		return err
	}
	if err := l.AwaitDevice(ctx, near, DeviceActivated); err != nil {
		return err
	}
	if err := l.SetCarrier(ctx, far, false); err != nil {
		return err
	}
	return Await(ctx, "the carrier stays", func(ctx context.Context) error {
		carrier, err := l.Run(ctx, "cat", "/sys/class/net/"+near+"/carrier")
		if err == nil && strings.TrimSpace(string(carrier)) != "0" {
			err = fmt.Errorf("carrier is %s", carrier)
		}
		return err
	})
}

func upDeadCarrier(ctx context.Context, l *Lab) error { return deadCarrier(ctx, l, 0, "static") }

// upLeaseGone returns when the lease has run out: NetworkManager goes on to say activated, without an address.
func upLeaseGone(ctx context.Context, l *Lab) error {
	if err := l.Veth(ctx, "eth0", "p0"); err != nil {
		return err
	}
	server, err := l.DHCPShort(ctx, "p0", linkPrefix(0), 8*time.Second)
	if err != nil {
		return err
	}
	if err := l.AddProfile(ctx, "lan", ethernet("eth0")+autoIPv4); err != nil {
		return err
	}
	if err := l.AwaitDevice(ctx, "eth0", DeviceActivated); err != nil {
		return err
	}
	if err := server.Kill(); err != nil {
		return err
	}
	return Await(ctx, "the lease stays", func(ctx context.Context) error {
		addresses, err := l.Run(ctx, "ip", "-4", "-brief", "address", "show", "dev", "eth0")
		if err == nil && strings.Contains(string(addresses), "10.99.0.") {
			err = fmt.Errorf("%s", addresses)
		}
		return err
	})
}

// upGatewayDead returns when the kernel has given the gateway up. The carrier, the lease and NetworkManager's state are as before.
func upGatewayDead(ctx context.Context, l *Lab) error {
	if err := serveDHCP(ctx, l, 0); err != nil {
		return err
	}
	if err := l.ServeConnectivity(ctx, linkPrefix(0).Addr()); err != nil {
		return err
	}
	if err := l.AddProfile(ctx, "lan", ethernet("eth0")+autoIPv4); err != nil {
		return err
	}
	if err := l.AwaitConnectivity(ctx, ConnectivityFull); err != nil {
		return err
	}
	if err := l.Drop(ctx, "p0", ""); err != nil {
		return err
	}
	if _, err := l.Run(ctx, "ip", "neighbour", "flush", "dev", "eth0"); err != nil {
		return err
	}
	return Await(ctx, "the gateway stays", func(ctx context.Context) error {
		// The kernel gives up after 3 s and says so. Its neighbour entry is FAILED then, until the next packet makes it try again.
		answer, _ := l.Command(ctx, "ping", "-c", "1", "-W", "4", "10.99.0.1").Output()
		if !strings.Contains(string(answer), "Destination Host Unreachable") {
			return fmt.Errorf("ping says %q", answer)
		}
		return nil
	})
}
