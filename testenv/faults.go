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

// Drop makes the far end deaf and mute to frames that match an nftables expression; the empty one matches all.
func (l *Lab) Drop(ctx context.Context, far, match string) error {
	chain := "chain %[1]s { type filter hook %[1]s device " + far + " priority 0; " + match + " drop; }; "
	rules := "table netdev " + far + " { " + fmt.Sprintf(chain, "ingress") + fmt.Sprintf(chain, "egress") + "}"
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
