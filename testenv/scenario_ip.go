package testenv

import (
	"context"
	"net/netip"
)

// linkPrefix is the network of a scenario's link ethN: the peer is .1 in it.
func linkPrefix(n byte) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 99, n, 1}), 24)
}

func upDHCP(ctx context.Context, l *Lab) error {
	if err := l.Veth(ctx, "eth0", "p0"); err != nil {
		return err
	}
	if _, err := l.DHCP(ctx, "p0", linkPrefix(0)); err != nil {
		return err
	}
	if err := l.AddProfile(ctx, "lan", ethernet("eth0")+autoIPv4); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "eth0", DeviceActivated)
}
