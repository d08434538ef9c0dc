package wifilab

import (
	"context"
	"errors"
	"time"

	"nmdebug/testenv"
)

// home is the network of the scenarios that need no other name.
const home = "home"

// card is the address of wlan0.
const card = "02:00:00:00:00:00"

// serves starts an access point.
func serves(ap AP) func(context.Context, *Lab) error {
	if ap.SSID == "" {
		ap.SSID = home
	}
	return func(ctx context.Context, l *Lab) error {
		_, err := l.AccessPoint(ctx, ap)
		return err
	}
}

// joins starts an access point and connects to it.
func joins(ap AP, p Profile) func(context.Context, *Lab) error {
	return func(ctx context.Context, l *Lab) error {
		if err := serves(ap)(ctx, l); err != nil {
			return err
		}
		if p.SSID == "" {
			p.SSID = home
		}
		p.Security = ap.Security
		return l.Connect(ctx, p)
	}
}

// tries begins to connect, in vain.
func tries(p Profile) func(context.Context, *Lab) error {
	return func(ctx context.Context, l *Lab) error {
		p.SSID = home
		if err := l.AddProfile(ctx, p); err != nil {
			return err
		}
		return l.Activate(ctx, p)
	}
}

// upTwoCards connects both cards, each to a network of its own.
func upTwoCards(first, second string) func(context.Context, *Lab) error {
	return func(ctx context.Context, l *Lab) error {
		return errors.Join(
			joins(AP{SSID: first, Security: WPA2}, Profile{Name: "first", SSID: first})(ctx, l),
			joins(AP{SSID: second, Security: WPA3, Radio: 1, Channel: 6, Network: 1}, Profile{Name: "second", SSID: second, Card: "wlan1"})(ctx, l),
		)
	}
}

// upTwoAccessPoints connects to the louder one of two access points of one network. It does so before the other one is there:
// a scan that misses the louder one, as one may on a busy machine, would connect to the other.
func upTwoAccessPoints(ctx context.Context, l *Lab) error {
	if err := joins(AP{Security: WPA2}, Profile{})(ctx, l); err != nil {
		return err
	}
	other := newAccessPoint(l, AP{SSID: home, Security: WPA2, Radio: 1, Channel: 6})
	return errors.Join(other.SetSignal(ctx, -75), other.Start(ctx))
}

// roam makes the access point in use weak and the other one loud. NetworkManager has the supplicant look around below -70 dBm.
func roam(ctx context.Context, l *Lab) error {
	return errors.Join(l.radio(1).SetSignal(ctx, -40), l.radio(0).SetSignal(ctx, -82))
}

// radio is the access point that was started on a radio.
func (l *Lab) radio(radio int) *AccessPoint {
	return newAccessPoint(l, AP{Radio: radio})
}

func signal(dBm int) func(context.Context, *Lab) error {
	return func(ctx context.Context, l *Lab) error { return l.radio(0).SetSignal(ctx, dBm) }
}

func goSilent(ctx context.Context, l *Lab) error { return l.radio(0).SetReachable(ctx, false) }

func switchOff(ctx context.Context, l *Lab) error { return l.radio(0).Stop(ctx) }

func throwOut(ctx context.Context, l *Lab) error {
	const tooManyStations = 5
	return l.radio(0).Deauth(ctx, card, tooManyStations)
}

// radioOff blocks the radio of wlan0 alone.
func radioOff(ctx context.Context, l *Lab) error {
	return l.sh(ctx, "echo 1 >/sys/class/ieee80211/phy0/rfkill0/soft")
}

// killSupplicant ends the supplicant, and keeps the bus from starting it again.
func killSupplicant(ctx context.Context, l *Lab) error {
	return l.sh(ctx, "systemctl mask --quiet --runtime wpa_supplicant && systemctl kill --signal=KILL wpa_supplicant")
}

func stopSupplicant(ctx context.Context, l *Lab) error {
	return l.sh(ctx, "systemctl kill --signal=STOP wpa_supplicant")
}

// connectByIWD has NetworkManager speak to iwd, which makes the cards' interfaces anew. It can connect only to networks that iwd has heard.
func connectByIWD(ctx context.Context, l *Lab) error {
	err := l.sh(ctx, `printf '[device]\nwifi.backend=iwd\n' >/etc/NetworkManager/conf.d/iwd.conf
		systemctl stop NetworkManager
		systemctl mask --quiet --runtime --now wpa_supplicant
		systemctl start iwd
		until [ "$(busctl --list tree net.connman.iwd | grep -c '^/net/connman/iwd/[0-9]*/[0-9]*$')" = 2 ]; do sleep 0.1; done
		systemctl start NetworkManager`)
	if err != nil {
		return err
	}
	if err := l.AwaitDevice(ctx, "wlan0", testenv.DeviceDisconnected); err != nil {
		return err
	}
	p := Profile{SSID: home, Security: WPA2}
	if err := l.AddProfile(ctx, p); err != nil {
		return err
	}
	return l.connectRepeatedly(ctx, p)
}

// betweenTries is how long to wait for a scan before connecting is tried again.
const betweenTries = time.Second

// connectRepeatedly activates a profile until NetworkManager can.
func (l *Lab) connectRepeatedly(ctx context.Context, p Profile) error {
	for {
		err := l.Connect(ctx, p)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-time.After(betweenTries):
		}
	}
}

func (l *Lab) sh(ctx context.Context, script string) error {
	_, err := l.Run(ctx, "sh", "-e", "-c", script)
	return err
}
