package wifilab

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
)

// Profile is a connection profile of NetworkManager's.
type Profile struct {
	Name       string // the SSID when empty
	Card       string // wlan0 when empty
	SSID       string
	Security   Security
	Passphrase string // [Passphrase] when empty; alice's password with 802.1X
	Hidden     bool
	Auto       bool   // NetworkManager connects it by itself
	Config     string // more sections
}

func (p Profile) complete() Profile {
	if p.Name == "" {
		p.Name = p.SSID
	}
	if p.Card == "" {
		p.Card = "wlan0"
	}
	if p.Passphrase == "" {
		p.Passphrase = Passphrase
	}
	return p
}

func (p Profile) keyfile() string {
	var ssid strings.Builder
	for _, b := range []byte(p.SSID) {
		fmt.Fprintf(&ssid, "%d;", b)
	}
	return fmt.Sprintf("[connection]\nid=%s\nuuid=%s\ntype=wifi\ninterface-name=%s\nautoconnect=%t\n[wifi]\nssid=%s\nhidden=%t\n[ipv6]\nmethod=link-local\n",
		p.Name, p.uuid(), p.Card, p.Auto, ssid.String(), p.Hidden) + p.Security.keyfile(p.Passphrase) + p.Config
}

// uuid is the same for the same name.
func (p Profile) uuid() string {
	sum := sha256.Sum256([]byte(p.Name))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// path is where NetworkManager keeps the profile.
func (p Profile) path() string {
	return "/etc/NetworkManager/system-connections/" + p.Name + ".nmconnection"
}

// AddProfile gives NetworkManager a profile, in place of an older one with the same name.
func (l *Lab) AddProfile(ctx context.Context, p Profile) error {
	p = p.complete()
	if p.Security.enterprise() {
		if err := l.writeCertificates(ctx); err != nil {
			return err
		}
	}
	if err := l.WriteFile(ctx, p.path(), 0o600, strings.NewReader(p.keyfile())); err != nil {
		return err
	}
	return l.loadProfile(ctx, p.path())
}
