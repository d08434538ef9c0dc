package kernel

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// maxTries bounds the dumps that are repeated because the kernel said that something changed meanwhile.
const maxTries = 5

// settle is how long a refresh waits for more reasons to come: a link that goes down brings a dozen messages.
const settle = 20 * time.Millisecond

// conversation is one rtnetlink socket that dumps and then listens.
type conversation struct {
	*reporter
	sock  *socket
	board *board
	links *Fold // of links alone: what this source itself must know

	lost    bool          // notifications were dropped since the last whole dump began
	stale   kinds         // what changed without a notification
	since   time.Time     // when that was noticed
	effort  time.Duration // what the last refresh took
	changed bool          // links differ from what the board shows
}

// followRtnetlink dumps everything and, unless once is set, follows the changes.
func followRtnetlink(ctx context.Context, r *reporter, b *board, buffer int, once bool) error {
	err := converse(ctx, r, b, buffer, once)
	if err != nil && ctx.Err() == nil {
		_ = r.note(ctx, record.Noted{Source: record.SourceRtnetlink, Event: record.Down, Detail: err.Error()})
	}
	return err
}

func converse(ctx context.Context, r *reporter, b *board, buffer int, once bool) error {
	var groups []uint32
	if !once {
		groups = []uint32{
			unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR, unix.RTNLGRP_IPV4_ROUTE,
			unix.RTNLGRP_IPV6_ROUTE, unix.RTNLGRP_NEIGH, unix.RTNLGRP_NEXTHOP,
		}
	}
	sock, err := openSocket(buffer, groups...)
	if err != nil {
		return err
	}
	defer sock.close()
	defer context.AfterFunc(ctx, sock.interrupt)()
	c := &conversation{reporter: r, sock: sock, board: b, links: NewFold()}
	if err := c.everything(ctx); err != nil || once {
		return err
	}
	for {
		if err := c.step(ctx); err != nil {
			return err
		}
	}
}

// step takes one datagram, or does what was put off until there is none.
func (c *conversation) step(ctx context.Context) error {
	b, err := c.sock.receiveNow()
	if errors.Is(err, errEmpty) {
		c.show()
		switch {
		case c.lost:
			return c.everything(ctx)
		case c.stale != 0 && time.Since(c.since) >= c.patience():
			return c.refresh(ctx)
		}
		var until time.Time
		if c.stale != 0 {
			until = c.since.Add(c.patience())
		}
		b, err = c.sock.receive(ctx, until)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
	}
	_, _, err = c.take(ctx, b, err, 0)
	return err
}

// patience is how long a refresh waits: a machine with a million routes must not be kept busy by a link that flaps.
func (c *conversation) patience() time.Duration { return max(settle, 10*c.effort) }

// everything dumps all kinds, until a dump succeeds during which nothing was lost.
func (c *conversation) everything(ctx context.Context) error {
	for try := 1; ; try++ {
		c.lost, c.stale = false, 0
		whole, err := c.framed(ctx, record.SourceRtnetlink, allKinds)
		if err != nil {
			return err
		}
		if c.lost {
			// While the queue is not empty the kernel drops more without saying so (netlink_overrun): drain it first.
			if err := c.drain(ctx); err != nil {
				return err
			}
			continue
		}
		if whole || try >= maxTries {
			err := c.finish(ctx, record.SourceRtnetlink)
			c.changed = true // the probes wait for the first state, even for an empty one
			c.show()
			return err
		}
	}
}

// refresh dumps the kinds that the kernel changed without a notification.
func (c *conversation) refresh(ctx context.Context) error {
	what, begin := c.stale, time.Now()
	c.stale = 0
	for _, k := range []struct {
		kind   kinds
		source string
	}{{linkKind, sourceLinks}, {addrKind, sourceAddrs}, {routeKind, sourceRoutes}} {
		if what&k.kind == 0 {
			continue
		}
		for range maxTries {
			whole, err := c.framed(ctx, k.source, k.kind)
			switch {
			case err != nil:
				return err
			case c.lost:
				return nil // everything will be dumped anyway
			case !whole:
				continue
			}
			break
		}
		if err := c.finish(ctx, k.source); err != nil {
			return err
		}
	}
	c.effort = time.Since(begin)
	return nil
}

// framed begins a dump of some kinds and reads it; whole is false when it must be repeated.
func (c *conversation) framed(ctx context.Context, source string, what kinds) (whole bool, err error) {
	if err := c.note(ctx, record.Noted{Source: source, Event: record.Up}); err != nil {
		return false, err
	}
	c.links.begin(what & linkKind)
	whole = true
	for _, d := range dumps() {
		if d.kind&what == 0 {
			continue
		}
		ok, err := c.dump(ctx, d)
		if err != nil {
			return false, err
		}
		whole = whole && ok
	}
	return whole, nil
}

// finish ends a dump: what it did not confirm is gone.
func (c *conversation) finish(ctx context.Context, source string) error {
	if source == record.SourceRtnetlink || source == sourceLinks {
		c.changed = c.links.finish(linkKind) || c.changed
	}
	return c.note(ctx, record.Noted{Source: source, Event: record.Synced})
}

// request is one dump.
type request struct {
	kind    kinds
	message uint16
	body    []byte // the header of the family with its strict checks: all zero but the family
}

func dumps() []request {
	body := func(family uint8, size int) []byte {
		b := make([]byte, size)
		b[0] = family
		return b
	}
	return []request{
		{linkKind, unix.RTM_GETLINK, body(unix.AF_UNSPEC, unix.SizeofIfInfomsg)},
		{addrKind, unix.RTM_GETADDR, body(unix.AF_INET, unix.SizeofIfAddrmsg)},
		{addrKind, unix.RTM_GETADDR, body(unix.AF_INET6, unix.SizeofIfAddrmsg)},
		{routeKind, unix.RTM_GETROUTE, body(unix.AF_INET, unix.SizeofRtMsg)},
		{routeKind, unix.RTM_GETROUTE, body(unix.AF_INET6, unix.SizeofRtMsg)},
		{neighKind, unix.RTM_GETNEIGH, body(unix.AF_UNSPEC, unix.SizeofNdMsg)},
	}
}

// dump reads one dump to its end; whole is false when the kernel says that something changed meanwhile.
func (c *conversation) dump(ctx context.Context, d request) (whole bool, err error) {
	seq, err := c.sock.dump(d.message, d.body)
	if err != nil {
		return false, err
	}
	whole = true
	for {
		b, err := c.sock.receive(ctx, time.Time{})
		done, interrupted, err := c.take(ctx, b, err, seq)
		switch {
		case errors.Is(err, unix.ENOBUFS):
			// That is the kernel's answer: the queue is too full for the first part of the dump, which may come when it is read.
			return false, errors.Join(c.lose(ctx, err), c.drain(ctx))
		case err != nil:
			return false, err
		}
		whole = whole && !interrupted
		if done {
			return whole, nil
		}
	}
}

// drain takes what is in the queue.
func (c *conversation) drain(ctx context.Context) error {
	for {
		b, err := c.sock.receiveNow()
		if errors.Is(err, errEmpty) {
			return nil
		}
		if _, _, err := c.take(ctx, b, err, 0); err != nil {
			return err
		}
	}
}

// lose notes that something was lost, so that all is dumped anew.
func (c *conversation) lose(ctx context.Context, why error) error {
	c.lost = true
	return c.note(ctx, record.Noted{Source: record.SourceRtnetlink, Event: record.Lost, Detail: why.Error()})
}

// take makes records of a datagram. seq is the dump that is waited for: done says that it ended, interrupted that it is not consistent.
func (c *conversation) take(ctx context.Context, b []byte, received error, seq uint32) (done, interrupted bool, err error) {
	if errors.Is(received, unix.ENOBUFS) || errors.Is(received, errTruncated) {
		return false, false, c.lose(ctx, received)
	}
	if received != nil {
		return false, false, received
	}
	stamped := c.stamp(record.Netlink)
	for len(b) >= unix.NLMSG_HDRLEN {
		h, msg, rest, err := cut(b)
		if err != nil {
			return done, interrupted, nil // the kernel does not do that; what came before is good
		}
		b = rest
		mine := seq != 0 && h.seq == seq
		interrupted = interrupted || mine && h.flags&unix.NLM_F_DUMP_INTR != 0
		switch h.kind {
		case unix.NLMSG_NOOP:
		case unix.NLMSG_OVERRUN:
			c.lost = true
		case unix.NLMSG_ERROR, unix.NLMSG_DONE:
			if mine {
				if err := refused(errno(msg)); err != nil {
					return true, interrupted, err
				}
				done = true
			}
		default:
			stamped.Raw = msg
			c.observe(h, stamped)
			if err := record.Send(ctx, c.out, stamped); err != nil {
				return done, interrupted, err
			}
		}
	}
	return done, interrupted, nil
}

// refused sorts out a dump that the kernel does not have (IPv6 is off): that is an empty one.
func refused(err error) error {
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

// show publishes the links to the probes.
func (c *conversation) show() {
	if c.changed {
		c.changed = false
		c.board.show(c.links.State().Links)
	}
}

// observe keeps the links up to date and notices what the kernel changes without a notification.
func (c *conversation) observe(h header, r record.Record) {
	body := r.Raw[unix.NLMSG_HDRLEN:]
	if len(body) == 0 {
		return
	}
	switch h.kind {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		c.observeLink(h, body, r.Time)
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		// An IPv4 address takes the routes with it that have it as their source, and the last one all routes of its
		// link (net/ipv4/fib_frontend.c, fib_inetaddr_event); an IPv6 one its being their source.
		if !h.dumped() && (h.kind == unix.RTM_DELADDR || body[0] == unix.AF_INET) {
			c.outdated(routeKind)
		}
	case unix.RTM_NEWROUTE:
		c.observeRoute(h, body)
	case unix.RTM_NEWNEXTHOP, unix.RTM_DELNEXTHOP:
		c.outdated(routeKind)
	}
}

// observeLink: IPv4 routes over a link that goes down vanish silently (net/ipv4/fib_frontend.c, fib_disable_ip), the
// carrier sets and clears RTNH_F_LINKDOWN, a VRF flushes. One end of a veth is announced before it has another
// (drivers/net/veth.c, veth_newlink), and not again when the other one goes away.
func (c *conversation) observeLink(h header, body []byte, at time.Time) {
	m, err := parseLink(body)
	if err != nil {
		return // the reader's own fold makes a problem of it
	}
	old, known := c.links.links.get(m.link.Index)
	c.changed = c.links.linkParsed(h, m, at) || c.changed
	if h.dumped() || m.family != unix.AF_UNSPEC {
		return
	}
	switch {
	case h.kind == unix.RTM_DELLINK:
		c.outdated(linkKind | addrKind | routeKind)
	case !known:
		c.outdated(linkKind)
	case routing(old) != routing(m.link):
		c.outdated(routeKind)
	}
}

// routing is the part of a link on which its routes depend.
func routing(l kerneltypes.Link) [3]uint32 {
	const flags = unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOWER_UP
	return [3]uint32{l.Flags & flags, l.CarrierChanges, uint32(l.Controller)}
}

// observeRoute: an IPv6 address that the kernel made is announced when duplicate address detection is over, but its
// prefix route at once (net/ipv6/addrconf.c, addrconf_dad_begin); and which of several routes of the same key a
// replacement replaced can only be guessed.
func (c *conversation) observeRoute(h header, body []byte) {
	if h.dumped() || len(body) < unix.SizeofRtMsg {
		return
	}
	if body[0] == unix.AF_INET6 && body[5] == unix.RTPROT_KERNEL && body[4] != unix.RT_TABLE_LOCAL {
		c.outdated(addrKind)
	}
	if h.flags&unix.NLM_F_REPLACE != 0 {
		c.outdated(routeKind)
	}
}

// outdated asks for a refresh of some kinds.
func (c *conversation) outdated(what kinds) {
	if c.stale == 0 {
		c.since = time.Now()
	}
	c.stale |= what
}
