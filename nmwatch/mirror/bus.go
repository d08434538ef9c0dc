package mirror

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	firstBackoff = 50 * time.Millisecond
	// lastBackoff is below a second because a bus that was restarted must be noticed within one; a dial that fails
	// costs microseconds.
	lastBackoff    = 800 * time.Millisecond
	defaultTimeout = 5 * time.Second
)

// Config says what a Bus does. Out is needed; the zero value of everything else is a choice.
type Config struct {
	Address string      // a D-Bus address list; "" is DefaultAddress
	Rules   []string    // match rules that are added on each connection
	Names   []string    // well-known names whose owners are followed
	Calls   []wire.Call // what is called on each connection before anything is known
	OneShot bool        // do not reconnect: Run ends with the connection, or when there is none

	Out     chan<- record.Record // received messages and notes; never closed by us
	Timeout time.Duration        // for the answer to each call; 0 is 5 s

	Dial func(ctx context.Context, address string) (net.Conn, error) // nil is the function Dial
	Now  func() time.Time                                            // nil is time.Now
	Boot func() time.Duration                                        // nil reads CLOCK_BOOTTIME
}

func (cfg Config) withDefaults() Config {
	if cfg.Address == "" {
		cfg.Address = DefaultAddress
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Dial == nil {
		cfg.Dial = Dial
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Boot == nil {
		cfg.Boot = bootTime
	}
	return cfg
}

func (cfg *Config) stamp() stamp { return stamp{cfg.Now().UTC(), cfg.Boot()} }

func bootTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0 // older than Linux 2.6.39
	}
	return time.Duration(ts.Nano())
}

// Bus keeps a connection to a bus: it dials, opens the conversation, reads, and dials again when the bus went away.
// See the package comment for what comes out and in which order.
type Bus struct {
	cfg       Config
	conn      atomic.Pointer[Conn] // nil while down
	lastError string               // why we are down, as noted; only Run's goroutine looks at it
}

// NewBus makes a bus that Run will dial.
func NewBus(cfg Config) *Bus {
	return &Bus{cfg: cfg.withDefaults()}
}

// Send queues a call and gives its record: the caller applies it before any record that it takes from Out from now on.
// It does not block, so the goroutine that drains Out may call it. While there is no connection it gives ErrDown.
func (b *Bus) Send(call wire.Call) (record.Record, error) {
	conn := b.conn.Load()
	if conn == nil {
		return record.Record{}, ErrDown
	}
	return conn.Send(call)
}

// Run keeps the connection until ctx ends, then gives nil. With OneShot it gives the reason why the connection ended or
// was never made.
func (b *Bus) Run(ctx context.Context) error {
	backoff := firstBackoff
	for {
		began := time.Now()
		err := b.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if noteErr := b.down(ctx, err); noteErr != nil {
			return nil // ctx ended
		}
		if b.cfg.OneShot {
			return err
		}
		if time.Since(began) > lastBackoff {
			backoff = firstBackoff // it worked for a while: a bus that throws us out at once is not to be stormed
		}
		if !sleep(ctx, backoff) {
			return nil
		}
		backoff = min(2*backoff, lastBackoff)
	}
}

// session is one connection from dialling to its end.
func (b *Bus) session(ctx context.Context) error {
	nc, err := b.cfg.Dial(ctx, b.cfg.Address)
	if err != nil {
		return err
	}
	conn, err := NewConn(ctx, nc, b.cfg)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := b.open(ctx, conn); err != nil {
		return err
	}
	b.conn.Store(conn)
	defer b.conn.Store(nil)
	if err := conn.Run(ctx); err != nil {
		return fmt.Errorf("lost the bus: %w", err)
	}
	return nil
}

// open puts Up and all that was sent at the beginning into the stream, before anything is read and before anybody else
// can send.
func (b *Bus) open(ctx context.Context, conn *Conn) error {
	b.lastError = ""
	if err := b.cfg.note(ctx, record.Noted{Event: record.Up, Detail: b.cfg.Address}); err != nil {
		return err
	}
	for _, r := range conn.opening {
		if err := record.Send(ctx, b.cfg.Out, r); err != nil {
			return err
		}
	}
	return nil
}

// down notes why there is no connection, once for each new reason: attempts that fail alike are not news.
func (b *Bus) down(ctx context.Context, err error) error {
	if err.Error() == b.lastError {
		return nil
	}
	b.lastError = err.Error()
	return b.cfg.note(ctx, record.Noted{Event: record.Down, Detail: b.lastError})
}

// sleep tells whether it slept to its end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func sorted(serials []uint32) []uint32 {
	slices.Sort(serials)
	return serials
}
