package testenv

import "context"

// upDemo shows several at once: eth0 is healthy and carries a VPN, eth1 is authenticated, eth2 has no carrier.
func upDemo(ctx context.Context, l *Lab) error {
	if err := upOpenVPN(upDHCP, OpenVPNCertificate)(ctx, l); err != nil {
		return err
	}
	if err := serve8021X(ctx, l, 1, peap(Password)); err != nil {
		return err
	}
	if err := login(ctx, l, "office", "eth1", peap(Password)); err != nil {
		return err
	}
	if err := deadCarrier(ctx, l, 2, "static"); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "eth1", DeviceActivated)
}
