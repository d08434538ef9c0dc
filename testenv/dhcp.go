package testenv

import (
	"context"
	"fmt"
	"net/netip"
)

// DHCP gives the peer's interface far the address prefix, and starts a server there that hands out the addresses from .100 to .199,
// itself as router and as name server. It knows the name host.lab.
func (l *Lab) DHCP(ctx context.Context, far string, prefix netip.Prefix) (*Daemon, error) {
	if err := l.addPeerAddress(ctx, far, prefix); err != nil {
		return nil, err
	}
	first, last := pool(prefix)
	d := l.daemon(l.Peer, "dnsmasq-"+far, "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--pid-file=", "--user=root",
		"--interface="+far, "--except-interface=lo", "--bind-interfaces",
		"--no-resolv", "--no-hosts", "--address=/host.lab/"+prefix.Addr().String(),
		"--dhcp-authoritative", "--dhcp-leasefile="+l.file("dnsmasq-"+far+".leases"),
		fmt.Sprintf("--dhcp-range=%s,%s,1h", first, last),
		"--no-ping", // it would look for 3 s whether the address is in use
	)
	d.ready = d.says("DHCP, IP range")
	return d, d.Start(ctx)
}

func (l *Lab) addPeerAddress(ctx context.Context, far string, prefix netip.Prefix) error {
	if _, err := l.Peer.Run(ctx, "ip", "address", "replace", prefix.String(), "dev", far); err != nil {
		return fmt.Errorf("cannot give %s its address: %w", far, err)
	}
	return nil
}

// pool is the range of addresses that a server hands out in a /24.
func pool(prefix netip.Prefix) (first, last netip.Addr) {
	a := prefix.Addr().As4()
	a[3] = 100
	first = netip.AddrFrom4(a)
	a[3] = 199
	return first, netip.AddrFrom4(a)
}
