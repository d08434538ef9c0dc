package testenv

import "context"

// upBridge puts eth0 into the bridge br0, which takes a lease.
func upBridge(ctx context.Context, l *Lab) error {
	if err := serveDHCP(ctx, l, 0); err != nil {
		return err
	}
	// Without the spanning tree a port forwards at once.
	if err := l.AddProfile(ctx, "bridge", "type=bridge\ninterface-name=br0\n[bridge]\nstp=false\n"+autoIPv4); err != nil {
		return err
	}
	if err := l.AddProfile(ctx, "port", ethernet("eth0")+"master=br0\nslave-type=bridge\n"); err != nil {
		return err
	}
	if err := l.AwaitDevice(ctx, "eth0", DeviceActivated); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "br0", DeviceActivated)
}

// upMacvlan puts mac0, with a lease of its own, on the bridge.
func upMacvlan(ctx context.Context, l *Lab) error {
	if err := upBridge(ctx, l); err != nil {
		return err
	}
	if err := l.AddProfile(ctx, "macvlan", "type=macvlan\ninterface-name=mac0\n[macvlan]\nmode=2\nparent=br0\n"+autoIPv4); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "mac0", DeviceActivated)
}

// upMacvlanOpenVPN carries a VPN over mac0, which has the default route.
func upMacvlanOpenVPN(ctx context.Context, l *Lab) error {
	return upOpenVPN(upMacvlan, OpenVPNCertificate)(ctx, l)
}

// upVXLAN puts vx0 on the bridge. The peer's end learns where to answer from what it receives.
func upVXLAN(ctx context.Context, l *Lab) error {
	if err := upBridge(ctx, l); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"link", "add", "vx0", "type", "vxlan", "id", "42", "dev", "p0", "local", "10.99.0.1", "dstport", "4789"},
		{"address", "add", "10.96.0.1/24", "dev", "vx0"},
		{"link", "set", "vx0", "up"},
	} {
		if _, err := l.Peer.Run(ctx, "ip", args...); err != nil {
			return err
		}
	}
	const settings = "type=vxlan\ninterface-name=vx0\n[vxlan]\nid=42\nparent=br0\nremote=10.99.0.1\ndestination-port=4789\n"
	if err := l.AddProfile(ctx, "vxlan", settings+staticIPv4("10.96.0.2/24")); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "vx0", DeviceActivated)
}
