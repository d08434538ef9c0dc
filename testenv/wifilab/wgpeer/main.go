// Command wgpeer makes a WireGuard interface inside the lab's virtual machine the far end of a tunnel: it reads the interface's key, its
// port and who may come from the standard input, where no other process sees them.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"

	"golang.zx2c4.com/wireguard/wgctrl"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// peer is what is read, in JSON.
type peer struct {
	Interface string
	Private   string // its key, in base64
	Port      int
	Public    string // the key of who may come
	Allowed   net.IPNet
}

func main() {
	if err := configure(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "wgpeer:", err)
		os.Exit(1)
	}
}

func configure(in io.Reader) error {
	var p peer
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return err
	}
	private, err := wgtypes.ParseKey(p.Private)
	if err != nil {
		return err
	}
	public, err := wgtypes.ParseKey(p.Public)
	if err != nil {
		return err
	}
	c, err := wgctrl.New()
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return c.ConfigureDevice(p.Interface, wgtypes.Config{
		PrivateKey: &private, ListenPort: &p.Port,
		Peers: []wgtypes.PeerConfig{{PublicKey: public, AllowedIPs: []net.IPNet{p.Allowed}}},
	})
}
