package testenv

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"time"
)

const udhcpdConfig = `interface %[1]s
start %[2]s
end %[3]s
min_lease %[4]d
option lease %[4]d
option subnet 255.255.255.0
option router %[5]s
option dns %[5]s
lease_file %[6]s
pidfile %[6]s.pid
`

// DHCPShort is like [Lab.DHCP], with leases so short that a test can see one run out. There is no name server with it.
func (l *Lab) DHCPShort(ctx context.Context, far string, prefix netip.Prefix, lease time.Duration) (*Daemon, error) {
	if err := l.addPeerAddress(ctx, far, prefix); err != nil {
		return nil, err
	}
	first, last := pool(prefix)
	name := "udhcpd-" + far
	config, leases := l.file(name+".conf"), l.file(name+".leases")
	text := fmt.Sprintf(udhcpdConfig, far, first, last, int(lease.Seconds()), prefix.Addr(), leases)
	for path, content := range map[string]string{config: text, leases: ""} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return nil, fmt.Errorf("cannot configure %s: %w", name, err)
		}
	}
	d := l.daemon(l.Peer, name, "busybox", "udhcpd", "-f", config)
	d.ready = d.says("started")
	return d, d.Start(ctx)
}
