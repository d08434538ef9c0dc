package testenv

import (
	"context"
	"fmt"
)

// SetCarrier takes the carrier of the link whose far end this is, or gives it back.
func (l *Lab) SetCarrier(ctx context.Context, far string, up bool) error {
	state := "down"
	if up {
		state = "up"
	}
	_, err := l.Peer.Run(ctx, "ip", "link", "set", far, state)
	return err
}

// EAPOL matches the frames of 802.1X; see [Lab.Drop].
const EAPOL = "ether type 0x888e"

// Drop makes the far end deaf to frames that match an nftables expression; the empty one matches all.
func (l *Lab) Drop(ctx context.Context, far, match string) error {
	rules := fmt.Sprintf("table netdev %[1]s { chain in { type filter hook ingress device %[1]s priority 0; %[2]s drop; }; }", far, match)
	if _, err := l.Peer.Run(ctx, "nft", rules); err != nil {
		return fmt.Errorf("cannot drop frames on %s: %w", far, err)
	}
	return nil
}

// Pass undoes [Lab.Drop].
func (l *Lab) Pass(ctx context.Context, far string) error {
	_, err := l.Peer.Run(ctx, "nft", "delete", "table", "netdev", far)
	return err
}
