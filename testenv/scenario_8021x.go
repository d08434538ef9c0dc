package testenv

import (
	"context"
	"fmt"
	"strings"
)

// eapMethod is one way to log in: what the authenticator and the profile say about it.
type eapMethod struct {
	users    string
	settings func(Certificates) string
}

func peap(password string) eapMethod {
	return eapMethod{users: UserPEAP, settings: func(c Certificates) string {
		return "eap=peap;\nphase2-auth=mschapv2\nca-cert=" + c.Authority + "\npassword=" + password + "\n"
	}}
}

func ttls() eapMethod {
	return eapMethod{users: UserTTLS, settings: func(c Certificates) string {
		return "eap=ttls;\nphase2-auth=pap\nca-cert=" + c.Authority + "\npassword=" + Password + "\n"
	}}
}

func tls() eapMethod {
	return eapMethod{users: UserTLS, settings: func(c Certificates) string {
		return fmt.Sprintf("eap=tls;\nca-cert=%s\nclient-cert=%s\nprivate-key=%s\nprivate-key-password-flags=4\n", c.Authority, c.ClientCert, c.ClientKey)
	}}
}

func md5() eapMethod {
	return eapMethod{users: UserMD5, settings: func(Certificates) string { return "eap=md5;\npassword=" + Password + "\n" }}
}

// impatient has NetworkManager give up on a login after 3 s, not 25.
func impatient(m eapMethod) eapMethod {
	return eapMethod{users: m.users, settings: func(c Certificates) string { return m.settings(c) + "auth-timeout=3\n" }}
}

// serve8021X makes the link of which near and far are the ends, with an authenticator and a DHCP server at far.
func serve8021X(ctx context.Context, l *Lab, n byte, m eapMethod) error {
	near, far := linkEnds(n)
	if err := l.Veth(ctx, near, far); err != nil {
		return err
	}
	if _, err := l.DHCP(ctx, far, linkPrefix(n)); err != nil {
		return err
	}
	_, err := l.Authenticate(ctx, far, m.users)
	return err
}

// login adds the profile for a link with 802.1X.
func login(ctx context.Context, l *Lab, id, near string, m eapMethod) error {
	certs, err := l.Certificates()
	if err != nil {
		return err
	}
	return l.AddProfile(ctx, id, ethernet(near)+"[802-1x]\nidentity=alice\n"+m.settings(certs)+autoIPv4)
}

func up8021X(m eapMethod) func(context.Context, *Lab) error {
	return func(ctx context.Context, l *Lab) error {
		if err := serve8021X(ctx, l, 0, m); err != nil {
			return err
		}
		if err := login(ctx, l, "lan", "eth0", m); err != nil {
			return err
		}
		return l.AwaitDevice(ctx, "eth0", DeviceActivated)
	}
}

// upWrongPassword returns at the first rejection. NetworkManager notices nothing until its own timeout, 25 s later.
func upWrongPassword(ctx context.Context, l *Lab) error {
	if err := serve8021X(ctx, l, 0, peap(Password)); err != nil {
		return err
	}
	if err := login(ctx, l, "lan", "eth0", peap(WrongPassword)); err != nil {
		return err
	}
	return l.Daemon("hostapd-p0").AwaitLog(ctx, "CTRL-EVENT-EAP-FAILURE")
}

// upGivenUp returns when NetworkManager, which calls the password a missing one, does not try any more.
func upGivenUp(ctx context.Context, l *Lab) error {
	if err := serve8021X(ctx, l, 0, peap(Password)); err != nil {
		return err
	}
	if err := login(ctx, l, "lan", "eth0", impatient(peap(WrongPassword))); err != nil {
		return err
	}
	if err := l.Daemon("hostapd-p0").AwaitLog(ctx, "CTRL-EVENT-EAP-FAILURE"); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "eth0", DeviceDisconnected)
}

// upSilent returns when NetworkManager waits for an authentication that cannot come.
func upSilent(ctx context.Context, l *Lab) error {
	if err := serve8021X(ctx, l, 0, peap(Password)); err != nil {
		return err
	}
	if err := l.Drop(ctx, "p0", EAPOL); err != nil {
		return err
	}
	if err := login(ctx, l, "lan", "eth0", peap(Password)); err != nil {
		return err
	}
	return l.AwaitDevice(ctx, "eth0", DeviceConfig)
}

// upReauthRejected lets the authenticator forget alice and ask again: the supplicant is held, and NetworkManager notices nothing.
func upReauthRejected(ctx context.Context, l *Lab) error {
	if err := up8021X(peap(Password))(ctx, l); err != nil {
		return err
	}
	mac, err := l.Run(ctx, "cat", "/sys/class/net/eth0/address")
	if err != nil {
		return err
	}
	a := l.Authenticator("p0")
	if err := a.SetUsers("\"bob\" PEAP\n\"bob\" MSCHAPV2 \"" + Password + "\" [2]\n"); err != nil {
		return err
	}
	if err := a.Restart(ctx); err != nil {
		return err
	}
	if err := a.Challenge(ctx, strings.TrimSpace(string(mac))); err != nil {
		return err
	}
	return a.AwaitLog(ctx, "CTRL-EVENT-EAP-FAILURE")
}
