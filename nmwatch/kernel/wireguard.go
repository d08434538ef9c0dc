package kernel

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// wireGuardInterval is how often handshakes and counters are read while there is a WireGuard interface.
const wireGuardInterval = 5 * time.Second

// wireGuardProbe asks for the peers of WireGuard interfaces. It asks nothing while there is none: the question alone would load the module.
type wireGuardProbe struct {
	*reporter
	client *wgctrl.Client
	denied bool
	synced bool // all that was there at first has been told
	known  []sight
	due    time.Time
}

func (p *wireGuardProbe) blind() bool { return false }

func (p *wireGuardProbe) close() {
	if p.client != nil {
		_ = p.client.Close()
	}
}

func (p *wireGuardProbe) look(ctx context.Context, links map[int]sight) (time.Duration, error) {
	tunnels := tunnelsOf(links)
	same := slices.Equal(tunnels, p.known)
	p.known = tunnels
	switch {
	case len(tunnels) == 0 || p.denied:
		return 0, nil
	case same && time.Now().Before(p.due):
		return time.Until(p.due), nil
	}
	if p.client == nil {
		client, err := wgctrl.New()
		if err != nil {
			return 0, p.refused(ctx, err)
		}
		p.client = client
		if err := p.note(ctx, record.Noted{Source: record.SourceWireGuard, Event: record.Up}); err != nil {
			return 0, err
		}
	}
	for _, l := range tunnels {
		if err := p.tell(ctx, l.name); err != nil || p.denied {
			return 0, err
		}
	}
	p.due = time.Now().Add(wireGuardInterval)
	if p.synced {
		return wireGuardInterval, nil
	}
	p.synced = true
	return wireGuardInterval, p.note(ctx, record.Noted{Source: record.SourceWireGuard, Event: record.Synced})
}

// tunnelsOf returns the WireGuard interfaces, sorted.
func tunnelsOf(links map[int]sight) []sight {
	var out []sight
	for _, l := range links {
		if l.kind == "wireguard" {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b sight) int { return a.index - b.index })
	return out
}

func (p *wireGuardProbe) tell(ctx context.Context, name string) error {
	d, err := p.client.Device(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it is gone already
	case err != nil:
		return p.refused(ctx, err)
	}
	return p.measured(ctx, whatWireGuard, name, wireGuardOf(d))
}

// refused tells why nothing can be known. A right that is missing will be missing in five seconds too.
func (p *wireGuardProbe) refused(ctx context.Context, err error) error {
	n := absence(record.SourceWireGuard, err)
	p.denied = n.Event != record.Down
	return p.note(ctx, n)
}

// wireGuardOf takes what is not secret: never the private key nor a preshared one.
func wireGuardOf(d *wgtypes.Device) kerneltypes.WireGuard {
	w := kerneltypes.WireGuard{ListenPort: d.ListenPort, Peers: make([]kerneltypes.WireGuardPeer, 0, len(d.Peers))}
	for _, peer := range d.Peers {
		v := kerneltypes.WireGuardPeer{
			PublicKey:     peer.PublicKey.String(),
			LastHandshake: peer.LastHandshakeTime.UTC(),
			RxBytes:       peer.ReceiveBytes,
			TxBytes:       peer.TransmitBytes,
			AllowedIPs:    make([]string, 0, len(peer.AllowedIPs)),
			KeepaliveSec:  int(peer.PersistentKeepaliveInterval / time.Second),
		}
		if peer.LastHandshakeTime.Unix() <= 0 {
			v.LastHandshake = time.Time{}
		}
		if peer.Endpoint != nil {
			v.Endpoint = peer.Endpoint.String()
		}
		for _, net := range peer.AllowedIPs {
			v.AllowedIPs = append(v.AllowedIPs, net.String())
		}
		w.Peers = append(w.Peers, v)
	}
	return w
}
