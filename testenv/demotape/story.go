package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/tape"
	"nmdebug/testenv/wifilab"
)

// The networks. They and the laptop have the names that people give.
const (
	home, cafe = "home", "cafe"

	homePassphrase  = "blue-kettle-sings"
	cafePassphrase  = "two-espressi-please"
	wrongPassphrase = "two-espressos-please"
)

// cafeBSS makes the second radio the café's access point, too.
const cafeBSS = "bss=wlan3c\nssid=" + cafe + "\nbridge=br1\nctrl_interface=/run/hostapd\nwpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n" +
	"wpa_passphrase=" + cafePassphrase + "\n"

// patientDHCP is how a profile says that there is no use in a connection without an IPv4 address, and that it is known soon.
const patientDHCP = "[ipv4]\nmethod=auto\nmay-fail=false\ndhcp-timeout=8\n"

// story is what happens on the tape.
type story struct {
	lab  *wifilab.Lab
	told io.Writer

	tape  *tape.Tape
	began time.Time

	near, far *wifilab.AccessPoint // of the network home
	vpn       *wifilab.WireGuard
}

// prepare brings about how it stood before: two cards, two networks, a VPN.
func (s *story) prepare(ctx context.Context) error {
	// A laptop has scripts that are run when a connection comes or goes, and no interface that hears all radios.
	const laptop = `echo laptop >/etc/hostname && hostname laptop
		rm /etc/systemd/system/NetworkManager-dispatcher.service && systemctl daemon-reload
		ip link set hwsim0 netns air`
	if _, err := s.lab.Run(ctx, "sh", "-ec", laptop); err != nil {
		return err
	}
	quiet := "logger_syslog=0\n" // the journal is the laptop's
	var err error
	if s.near, err = s.lab.AccessPoint(ctx, wifilab.AP{SSID: home, Security: wifilab.WPA2, Passphrase: homePassphrase, Config: quiet}); err != nil {
		return err
	}
	s.far, err = s.lab.AccessPoint(ctx, wifilab.AP{
		SSID: home, Security: wifilab.WPA2, Passphrase: homePassphrase, Radio: 1, Channel: 6, Config: quiet + cafeBSS,
	})
	if err != nil {
		return err
	}
	if s.vpn, err = s.lab.WireGuard(ctx, "office"); err != nil {
		return err
	}
	return errors.Join(
		s.near.SetSignal(ctx, -48), s.far.SetSignal(ctx, -62),
		s.lab.Connect(ctx, wifilab.Profile{SSID: home, Security: wifilab.WPA2, Passphrase: homePassphrase, Config: patientDHCP}),
		s.lab.Connect(ctx, wifilab.Profile{SSID: cafe, Card: "wlan1", Security: wifilab.WPA2, Passphrase: cafePassphrase, Config: patientDHCP}),
		s.nmcli(ctx, "connection", "up", s.vpn.Name),
	)
}

// length is how long the tape is: at its end everything has stood for a while.
const length = 110 * time.Second

// act is one part of the story. It begins at its time, so that the moments of the recording are known.
type act struct {
	at    time.Duration // from the beginning of the tape
	do    func(context.Context) error
	until string // what then is awaited, "wlan1 l2 failed wifi-key"
}

// acts are the whole story. Each failure stands for at least some seconds before it is mended.
func (s *story) acts() []act {
	return []act{
		{0, nothing, "wg0 vpn up handshake-fresh"},
		{6 * time.Second, s.walkAway, "wlan0 l2 up wifi-roamed"},
		{22 * time.Second, s.mistype, "wlan1 l2 failed wifi-key"},
		{40 * time.Second, s.correct, "wlan1 l3 up addressed"},
		{46 * time.Second, s.loseDHCP, "wlan0 l3 failed ip-failed"},
		{70 * time.Second, s.mendDHCP, "wlan0 l3 up addressed"},
		{78 * time.Second, s.loseVPN, "wg0 vpn failed handshake-never"},
		{94 * time.Second, s.mendVPN, "wg0 vpn up handshake-fresh"},
	}
}

func nothing(context.Context) error { return nil }

// tell lets it happen.
func (s *story) tell(ctx context.Context) error {
	for _, a := range s.acts() {
		if err := s.at(ctx, a.at); err != nil {
			return err
		}
		if err := a.do(ctx); err != nil {
			return err
		}
		if err := s.await(ctx, a.until); err != nil {
			return err
		}
	}
	return s.at(ctx, length)
}

// slack is how late an act may begin.
const slack = time.Second

// at waits for a moment of the tape. One that has passed already is an error: the moments are told to people.
func (s *story) at(ctx context.Context, moment time.Duration) error {
	left := time.Until(s.began.Add(moment))
	if left < -slack {
		return fmt.Errorf("this machine is too slow: what is to be at %s comes %s late", moment, -left)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(left):
		return nil
	}
}

// actTime is how long what follows from an act may take.
const actTime = 30 * time.Second

// await waits until a floor stands as wanted.
func (s *story) await(ctx context.Context, want string) error {
	ctx, cancel := context.WithTimeout(ctx, actTime)
	defer cancel()
	err := testenv.Await(ctx, "waiting for "+want, func(ctx context.Context) error {
		p, err := s.tape.Now(ctx)
		if err != nil {
			return err
		}
		card, _, _ := strings.Cut(want, " ")
		stack, _ := p.Stack(card)
		var seen []string
		for _, f := range stack.Floors {
			stands := fmt.Sprintf("%s %s %s %s", card, strings.ToLower(f.Level.String()), f.Status, f.Code)
			if stands == want {
				return nil
			}
			seen = append(seen, stands)
		}
		return errors.New(strings.Join(seen, ", "))
	})
	fmt.Fprintf(s.told, "%6.1f s %s\n", time.Since(s.began).Seconds(), want)
	return err
}
