package testenv

import (
	"context"
	"fmt"
)

// Veth makes a link: near is in the lab, for NetworkManager to configure, and far in the peer, up and without an address.
func (l *Lab) Veth(ctx context.Context, near, far string) error {
	if _, err := l.Run(ctx, "ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", "peer"); err != nil {
		return fmt.Errorf("cannot make the link %s: %w", near, err)
	}
	if _, err := l.Peer.Run(ctx, "ip", "link", "set", far, "up"); err != nil {
		return fmt.Errorf("cannot set %s up: %w", far, err)
	}
	return nil
}
