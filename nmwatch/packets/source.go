package packets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mdlayher/socket"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
)

// SourceName is the source's name in notes.
const SourceName = "packets"

// Source sees packets on all links of its network namespace. It is a task: Run it once.
type Source struct {
	Now func() time.Time // nil is time.Now
}

// String names the task.
func (s *Source) String() string { return SourceName }

// Run writes a record of each packet until the context ends, then it gives nil. Without CAP_NET_RAW a note says so. It never
// closes out.
func (s *Source) Run(ctx context.Context, out chan<- record.Record) error {
	now := s.Now
	if now == nil {
		now = time.Now
	}
	conn, err := listen()
	if err != nil {
		return note(ctx, out, now(), absence(err))
	}
	defer func() { _ = conn.Close() }()
	if err := note(ctx, out, now(), record.Noted{Event: record.Synced}); err != nil {
		return nil
	}
	buffer := make([]byte, snapLength)
	for {
		n, from, err := conn.Recvfrom(ctx, buffer, 0)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, unix.ENETDOWN): // one of the links went down
			continue
		case err != nil:
			return fmt.Errorf("cannot read packets: %w", err)
		}
		link, ok := from.(*unix.SockaddrLinklayer)
		if !ok {
			continue
		}
		r := record.Record{Time: now().UTC(), Kind: record.Packet, Raw: packetOf(link, buffer[:n]).Append(nil)}
		if err := record.Send(ctx, out, r); err != nil {
			return nil
		}
	}
}

// listen opens a socket that sees what is received and what is sent, without the frames' headers.
func listen() (*socket.Conn, error) {
	program, err := filter()
	if err != nil {
		return nil, err
	}
	// Protocol 0 sees nothing until bind, so that nothing passes before the filter is there.
	conn, err := socket.Socket(unix.AF_PACKET, unix.SOCK_DGRAM, 0, "packets", nil)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		conn.SetBPF(program),
		conn.Bind(&unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL)}),
	)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// bigEndian gives a number of 16 bits in the network's order, as the kernel wants protocols.
func bigEndian(n uint16) uint16 { return n<<8 | n>>8 }

// packetOf makes a packet of what the kernel gave, without what could give a password away.
func packetOf(link *unix.SockaddrLinklayer, payload []byte) Packet {
	p := Packet{
		Protocol: bigEndian(link.Protocol), Index: link.Ifindex, Hardware: link.Hatype, Outgoing: link.Pkttype == unix.PACKET_OUTGOING,
		Address: link.Addr[:min(int(link.Halen), len(link.Addr))], Payload: slices.Clone(payload),
	}
	if p.Protocol == protocolEAPOL {
		cleanEAPOL(p.Payload)
	}
	return p
}

// absence says why packets cannot be seen.
func absence(err error) record.Noted {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return record.Noted{Event: record.Denied, Detail: err.Error(), Right: "CAP_NET_RAW"}
	case errors.Is(err, unix.EAFNOSUPPORT):
		return record.Noted{Event: record.Absent, Detail: err.Error()}
	default:
		return record.Noted{Event: record.Down, Detail: err.Error()}
	}
}

func note(ctx context.Context, out chan<- record.Record, now time.Time, n record.Noted) error {
	n.Source = SourceName
	return record.Send(ctx, out, n.Record(now, 0))
}
