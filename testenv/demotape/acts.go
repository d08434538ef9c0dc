package main

import (
	"context"
	"encoding/base64"
	"errors"

	"nmdebug/testenv/wifilab"
)

// walkAway leaves the near access point for the far one.
func (s *story) walkAway(ctx context.Context) error { return s.near.SetSignal(ctx, -84) }

// mistype gives the café's connection a wrong password.
func (s *story) mistype(ctx context.Context) error {
	if err := s.nmcli(ctx, "connection", "modify", cafe, "wifi-sec.psk", wrongPassphrase); err != nil {
		return err
	}
	return fails(s.nmcli(ctx, "connection", "up", cafe))
}

func (s *story) correct(ctx context.Context) error {
	if err := s.nmcli(ctx, "connection", "modify", cafe, "wifi-sec.psk", cafePassphrase); err != nil {
		return err
	}
	return s.nmcli(ctx, "connection", "up", cafe)
}

// loseDHCP connects anew where no DHCP server answers any more.
func (s *story) loseDHCP(ctx context.Context) error {
	if err := s.signalDHCP(ctx, "STOP"); err != nil {
		return err
	}
	return fails(s.nmcli(ctx, "connection", "up", home))
}

func (s *story) mendDHCP(ctx context.Context) error {
	if err := s.signalDHCP(ctx, "CONT"); err != nil {
		return err
	}
	return s.nmcli(ctx, "connection", "up", home)
}

func (s *story) signalDHCP(ctx context.Context, signal string) error {
	_, err := s.lab.Run(ctx, "sh", "-c", `kill -"$0" "$(cat /run/wifilab-dnsmasq.pid)"`, signal)
	return err
}

// loseVPN connects to a server that does not answer any more. NetworkManager takes that for a success.
func (s *story) loseVPN(ctx context.Context) error {
	if err := s.vpn.SetReachable(ctx, false); err != nil {
		return err
	}
	return s.nmcli(ctx, "connection", "up", s.vpn.Name)
}

func (s *story) mendVPN(ctx context.Context) error { return s.vpn.SetReachable(ctx, true) }

func (s *story) nmcli(ctx context.Context, args ...string) error {
	_, err := s.lab.Run(ctx, "nmcli", args...)
	return err
}

// fails is nil when a command failed, as it had to.
func fails(err error) error {
	if exit, ok := errors.AsType[*wifilab.ExitError](err); ok && exit.Code < 128 {
		return nil
	}
	return errors.Join(errors.New("it did not fail"), err)
}

// networkSecrets are those of the Wi-Fi networks.
func networkSecrets() ([]secret, error) {
	var all []secret
	for _, network := range []struct{ ssid, words string }{{home, homePassphrase}, {cafe, cafePassphrase}, {cafe, wrongPassphrase}} {
		forms, err := passphrase(network.ssid, network.words)
		if err != nil {
			return nil, err
		}
		all = append(all, forms...)
	}
	return all, nil
}

// secrets are all that must not be on the tape.
func (s *story) secrets() ([]secret, error) {
	all, err := networkSecrets()
	if err != nil {
		return nil, err
	}
	for _, text := range s.vpn.Secrets() {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		all = append(all, keyForms("a key of the VPN", key)...)
	}
	return all, nil
}
