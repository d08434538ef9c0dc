package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mdlayher/genetlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
)

// The multicast groups of nl80211 that tell of connections, roaming, scans and the regulatory domain (linux/nl80211.h).
func wirelessGroups() []string { return []string{"mlme", "scan", "regulatory"} }

// followWireless hands out the events of nl80211 from when there is a Wi-Fi card until the context ends. Without one it
// sleeps until the links change.
func followWireless(ctx context.Context, r *reporter, b *board, sys string) error {
	changed := b.subscribe()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		conn, family, err := dialWireless(sys)
		if err != nil {
			continue // the station probe says why
		}
		err = wirelessEvents(ctx, r, conn, family)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if err := r.note(ctx, absence(record.SourceNL80211, err)); err != nil {
				return err
			}
		}
	}
}

// wirelessEvents joins the groups and reads until the context ends or the socket fails. It closes the connection.
func wirelessEvents(ctx context.Context, r *reporter, conn *genetlink.Conn, family genetlink.Family) error {
	defer func() { _ = conn.Close() }()
	for _, group := range family.Groups {
		if !slices.Contains(wirelessGroups(), group.Name) {
			continue
		}
		if err := conn.JoinGroup(group.ID); err != nil {
			return fmt.Errorf("cannot join nl80211 group %s: %w", group.Name, err)
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for {
		if err := wirelessEvent(ctx, r, conn); err != nil {
			return err
		}
	}
}

// wirelessEvent waits for a datagram and hands its messages out.
func wirelessEvent(ctx context.Context, r *reporter, conn *genetlink.Conn) error {
	_, messages, err := conn.Receive()
	switch {
	case errors.Is(err, unix.ENOBUFS):
		return r.note(ctx, record.Noted{Source: record.SourceNL80211, Event: record.Lost})
	case err != nil:
		return fmt.Errorf("cannot read the events of nl80211: %w", err)
	}
	for _, m := range messages {
		raw, err := m.MarshalBinary()
		if err != nil {
			return fmt.Errorf("cannot keep an event of nl80211: %w", err)
		}
		rec := r.stamp(record.Wireless)
		rec.Raw = raw
		if err := record.Send(ctx, r.out, rec); err != nil {
			return err
		}
	}
	return nil
}
