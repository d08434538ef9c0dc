package mirror

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/mirror/wire"
)

// The names of the bus itself.
const (
	busName  = "org.freedesktop.DBus"
	busPath  = "/org/freedesktop/DBus"
	busIface = "org.freedesktop.DBus"
)

// NewConn authenticates on an open connection as the user that we are (SASL EXTERNAL) and sends the opening: Hello, and what
// the configuration wants. All goes out in one write, without waiting for any answer: "Authentication Protocol" lets the
// client do so, as what follows BEGIN is only looked at when the server agreed. When it does not, its line is in the error.
// The connection is closed then.
func NewConn(ctx context.Context, nc net.Conn, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	c := &Conn{
		nc: nc, cfg: cfg,
		queue: make(chan []byte, queueLength), ended: make(chan struct{}), waiting: make(map[uint32]time.Time),
	}
	c.frames = frames{r: nc, read: func() { c.seen = cfg.stamp() }}
	stop := context.AfterFunc(ctx, c.Close)
	defer stop()
	if err := c.begin(); err != nil {
		c.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("cannot authenticate on the bus: %w", err)
	}
	return c, nil
}

func (c *Conn) begin() error {
	calls, recs, err := c.encode(openingCalls(&c.cfg)...)
	if err != nil {
		return err
	}
	if err := c.nc.SetDeadline(time.Now().Add(c.cfg.Timeout)); err != nil {
		return err
	}
	c.opening = recs
	c.await(recs)
	if _, err := c.nc.Write(append([]byte(saslOpening("")), calls...)); err != nil {
		return dialReason(err)
	}
	line, err := c.frames.line()
	if err != nil {
		return dialReason(err)
	}
	if !strings.HasPrefix(line, "OK ") {
		return errors.New("the server answered " + strconv.QuoteToASCII(line))
	}
	c.armed = true
	return c.nc.SetDeadline(time.Time{})
}

// openingCalls says Hello, asks for the owners first and adds the rules then, so that the owner of whatever the rules let in
// is known when it arrives.
func openingCalls(cfg *Config) []wire.Call {
	call := func(member string, args ...any) wire.Call {
		return wire.Call{Service: busName, Path: busPath, Interface: busIface, Member: member, Args: args}
	}
	calls := []wire.Call{call("Hello")}
	for _, name := range cfg.Names {
		rule := "type='signal',sender='" + busName + "',interface='" + busIface + "',member='NameOwnerChanged',arg0='" + name + "'"
		calls = append(calls, call("AddMatch", rule), call("GetNameOwner", name))
	}
	for _, rule := range cfg.Rules {
		calls = append(calls, call("AddMatch", rule))
	}
	return append(calls, cfg.Calls...)
}

// saslOpening is what a client says to authenticate, with what it wants to negotiate.
func saslOpening(negotiate string) string {
	uid := hex.EncodeToString([]byte(strconv.Itoa(os.Geteuid())))
	return "\x00AUTH EXTERNAL " + uid + "\r\n" + negotiate + "BEGIN\r\n"
}
