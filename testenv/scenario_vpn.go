package testenv

import "context"

// connectVPN adds a VPN's profile and activates it on what is connected.
func connectVPN(ctx context.Context, l *Lab, settings string) error {
	if err := l.AddProfile(ctx, "vpn", settings); err != nil {
		return err
	}
	return l.Activate(ctx, "vpn")
}

// openVPN starts a server on the first link and connects to it.
func openVPN(ctx context.Context, l *Lab, auth OpenVPNAuth, password string, data ...string) error {
	address := linkPrefix(0).Addr()
	if _, err := l.OpenVPN(ctx, address, auth); err != nil {
		return err
	}
	settings, err := l.openVPNProfile(address, auth, password, data...)
	if err != nil {
		return err
	}
	return connectVPN(ctx, l, settings)
}

// upOpenVPN connects a VPN on top of what base sets up.
func upOpenVPN(base func(context.Context, *Lab) error, auth OpenVPNAuth, data ...string) func(context.Context, *Lab) error {
	return func(ctx context.Context, l *Lab) error {
		if err := base(ctx, l); err != nil {
			return err
		}
		if err := openVPN(ctx, l, auth, Password, data...); err != nil {
			return err
		}
		return l.AwaitActive(ctx, "vpn", ActiveActivated)
	}
}

// upOpenVPNWrongPassword returns when NetworkManager has given the VPN up.
func upOpenVPNWrongPassword(ctx context.Context, l *Lab) error {
	if err := upDHCP(ctx, l); err != nil {
		return err
	}
	if err := openVPN(ctx, l, OpenVPNPassword, WrongPassword); err != nil {
		return err
	}
	if err := l.Daemon("openvpn").AwaitLog(ctx, "verification failed"); err != nil {
		return err
	}
	return l.AwaitActive(ctx, "vpn", ActiveNone)
}

func upOpenVPNServerGone(ctx context.Context, l *Lab) error {
	if err := upOpenVPN(upDHCP, OpenVPNCertificate)(ctx, l); err != nil {
		return err
	}
	return l.Daemon("openvpn").Kill()
}

func startVPNC(ctx context.Context, l *Lab, password string) error {
	if err := upDHCP(ctx, l); err != nil {
		return err
	}
	address := linkPrefix(0).Addr()
	if _, err := l.VPNC(ctx, address); err != nil {
		return err
	}
	return connectVPN(ctx, l, vpncProfile(address, password))
}

func upVPNC(ctx context.Context, l *Lab) error {
	if err := startVPNC(ctx, l, Password); err != nil {
		return err
	}
	return l.AwaitActive(ctx, "vpn", ActiveActivated)
}

// upVPNCWrongPassword returns when NetworkManager has given the VPN up.
func upVPNCWrongPassword(ctx context.Context, l *Lab) error {
	if err := startVPNC(ctx, l, WrongPassword); err != nil {
		return err
	}
	if err := l.Daemon("charon").AwaitLog(ctx, "failed"); err != nil {
		return err
	}
	return l.AwaitActive(ctx, "vpn", ActiveNone)
}
