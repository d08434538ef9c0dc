package wifilab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// WireGuard is a VPN server behind the access points of network 0, where 10.66.0.1 answers, and NetworkManager's profile for it.
type WireGuard struct {
	// Name is the profile's. Its interface is wg0.
	Name string

	lab            *Lab
	server, client wgtypes.Key // private
}

// wireGuardPort is the one that IANA has not given to anybody and everybody uses.
const wireGuardPort = 51820

// WireGuard brings a server up and gives NetworkManager a profile for it, which is not connected yet.
func (l *Lab) WireGuard(ctx context.Context, name string) (*WireGuard, error) {
	w := &WireGuard{Name: name, lab: l}
	for _, key := range []*wgtypes.Key{&w.server, &w.client} {
		var err error
		if *key, err = wgtypes.GeneratePrivateKey(); err != nil {
			return nil, err
		}
	}
	if err := w.serve(ctx); err != nil {
		return nil, fmt.Errorf("cannot bring the VPN server up: %w", err)
	}
	path := Profile{Name: name}.path()
	if err := l.WriteFile(ctx, path, 0o600, strings.NewReader(w.keyfile())); err != nil {
		return nil, err
	}
	return w, l.loadProfile(ctx, path)
}

// connectWireGuard makes a VPN and connects it.
func connectWireGuard(ctx context.Context, l *Lab) error {
	w, err := l.WireGuard(ctx, "office")
	if err != nil {
		return err
	}
	return l.sh(ctx, "nmcli connection up "+w.Name)
}

func (w *WireGuard) serve(ctx context.Context) error {
	if err := w.lab.installTool(ctx, "wgpeer"); err != nil {
		return err
	}
	if _, err := w.lab.Air.Run(ctx, "sh", "-ec", "ip link add wg0 type wireguard && ip address add 10.66.0.1/24 dev wg0"); err != nil {
		return err
	}
	config, err := json.Marshal(map[string]any{
		"Interface": "wg0", "Private": w.server.String(), "Port": wireGuardPort, "Public": w.client.PublicKey().String(),
		"Allowed": net.IPNet{IP: net.IPv4(10, 66, 0, 2).To4(), Mask: net.CIDRMask(32, 32)},
	})
	if err != nil {
		return err
	}
	c := w.lab.Air.Command(ctx, "wgpeer")
	c.Stdin = bytes.NewReader(config)
	if err := c.Run(); err != nil {
		return err
	}
	return w.SetReachable(ctx, true)
}

// keyfile is the profile: with a keepalive, so that a server that is gone is missed.
func (w *WireGuard) keyfile() string {
	return fmt.Sprintf("[connection]\nid=%s\nuuid=%s\ntype=wireguard\ninterface-name=wg0\nautoconnect=false\n[wireguard]\nprivate-key=%s\n"+
		"[wireguard-peer.%s]\nendpoint=10.77.0.1:%d\nallowed-ips=10.66.0.0/24\npersistent-keepalive=5\n"+
		"[ipv4]\nmethod=manual\naddress1=10.66.0.2/24\n[ipv6]\nmethod=disabled\n",
		w.Name, Profile{Name: w.Name}.uuid(), w.client, w.server.PublicKey(), wireGuardPort)
}

// SetReachable says whether the server answers. When it does not any more, nothing tells of it.
func (w *WireGuard) SetReachable(ctx context.Context, reachable bool) error {
	state := "down"
	if reachable {
		state = "up"
	}
	_, err := w.lab.Air.Run(ctx, "ip", "link", "set", "wg0", state)
	return err
}

// Secrets are the private keys of both ends, in base64.
func (w *WireGuard) Secrets() []string { return []string{w.server.String(), w.client.String()} }
