package kernel

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// receiveBuffer is what the kernel may hold for us: room for some ten thousand notifications. Without root the kernel gives less.
	receiveBuffer = 16 << 20
	// datagramSize is more than what the kernel puts into one datagram (32 KiB, net/netlink/af_netlink.c).
	datagramSize = 64 << 10
)

// socket is an rtnetlink socket that hands out datagrams as they are.
//
// netlink.Conn dials and sends; it does not receive. Its Receive gathers a whole dump before it returns, drops what
// it gathered when the kernel says ENOBUFS, hides the flags of NLMSG_DONE and gives decoded messages where a record
// needs the bytes.
type socket struct {
	conn *netlink.Conn
	raw  syscall.RawConn
	buf  []byte
}

var (
	errEmpty     = errors.New("nothing to receive")
	errTruncated = errors.New("a message was larger than the buffer")
)

// openSocket opens a socket that has joined the groups; the kernel may hold so many bytes for it.
func openSocket(buffer int, groups ...uint32) (*socket, error) {
	conn, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot open rtnetlink socket: %w", err)
	}
	// Both options are refinements: without strict checks (Linux 4.20) the dumps work too.
	_ = conn.SetOption(netlink.GetStrictCheck, true)
	if len(groups) > 0 {
		_ = conn.SetReadBuffer(buffer)
	}
	for _, g := range groups {
		err := conn.JoinGroup(g)
		if err != nil && g != unix.RTNLGRP_NEXTHOP { // nexthop objects came with Linux 5.3
			_ = conn.Close()
			return nil, fmt.Errorf("cannot join rtnetlink group %d: %w", g, err)
		}
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("cannot use rtnetlink socket: %w", err)
	}
	return &socket{conn: conn, raw: raw, buf: make([]byte, datagramSize)}, nil
}

func (s *socket) close() { _ = s.conn.Close() }

// dump asks for all objects of a type and returns the sequence number of the replies.
func (s *socket) dump(kind uint16, body []byte) (uint32, error) {
	m, err := s.conn.Send(netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(kind), Flags: netlink.Request | netlink.Dump},
		Data:   body,
	})
	if err != nil {
		return 0, fmt.Errorf("cannot ask for dump %d: %w", kind, err)
	}
	return m.Header.Sequence, nil
}

// receive waits for the next datagram of the kernel and returns a copy of it. Its errors are unix.ENOBUFS and
// errTruncated when something was lost, os.ErrDeadlineExceeded, and the context's.
func (s *socket) receive(ctx context.Context, until time.Time) ([]byte, error) {
	// The deadline is set before the context is looked at: whoever ends the context sets the deadline to the past afterwards.
	if err := s.conn.SetReadDeadline(until); err != nil {
		return nil, fmt.Errorf("cannot set deadline: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := s.read(true)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return b, err
}

// receiveNow returns the next datagram or errEmpty.
func (s *socket) receiveNow() ([]byte, error) { return s.read(false) }

// interrupt ends a receive whose context has ended.
func (s *socket) interrupt() { _ = s.conn.SetReadDeadline(time.Unix(1, 0)) }

func (s *socket) read(wait bool) ([]byte, error) {
	for {
		var n int
		var from unix.Sockaddr
		var err error
		step := func(fd uintptr) bool {
			n, from, err = unix.Recvfrom(int(fd), s.buf, unix.MSG_DONTWAIT|unix.MSG_TRUNC)
			return !wait || !errors.Is(err, unix.EAGAIN)
		}
		if err := s.call(wait, step); err != nil {
			return nil, err
		}
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return nil, errEmpty
		case err != nil:
			return nil, err
		case !fromKernel(from):
			continue // another process of root's can write to us; it is not the kernel
		case n > len(s.buf):
			s.buf = make([]byte, n+datagramSize)
			return nil, errTruncated
		}
		return append(make([]byte, 0, n), s.buf[:n]...), nil
	}
}

// call runs step on the socket. To look without waiting must not mind the deadline, which may be over.
func (s *socket) call(wait bool, step func(fd uintptr) bool) error {
	if wait {
		return s.raw.Read(step)
	}
	return s.raw.Control(func(fd uintptr) { step(fd) })
}

func fromKernel(from unix.Sockaddr) bool {
	a, ok := from.(*unix.SockaddrNetlink)
	return ok && a.Pid == 0
}

// errno reads the error of an NLMSG_ERROR or NLMSG_DONE; 0 is none.
func errno(msg []byte) error {
	body := msg[unix.NLMSG_HDRLEN:]
	if len(body) < 4 {
		return nil
	}
	if e := int32(binary.NativeEndian.Uint32(body)); e < 0 {
		return unix.Errno(-e)
	}
	return nil
}
