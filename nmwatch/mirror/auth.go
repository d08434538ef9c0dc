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
	"nmdebug/nmwatch/record"
)

// The names of the bus itself.
const (
	busName  = "org.freedesktop.DBus"
	busPath  = "/org/freedesktop/DBus"
	busIface = "org.freedesktop.DBus"
)

// NewConn authenticates on an open connection as the user that we are (SASL EXTERNAL) and sends Hello. Both go out in
// one write, without waiting for the other: "Authentication Protocol" lets the client do so, as what follows BEGIN is
// only looked at when the server agreed. When it does not, its line is in the error. The connection is closed then.
func NewConn(ctx context.Context, nc net.Conn, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	c := &Conn{
		nc: nc, cfg: cfg, serial: helloSerial,
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
	hello, err := wire.Call{Service: busName, Path: busPath, Interface: busIface, Member: "Hello"}.Encode(c.serial)
	if err != nil {
		return err
	}
	until := time.Now().Add(c.cfg.Timeout)
	if err := c.nc.SetDeadline(until); err != nil {
		return err
	}
	c.hello = c.cfg.stamp().record(record.DBusSent, hello)
	c.waiting[c.serial] = until
	opening := append([]byte(saslOpening("")), hello...)
	if _, err := c.nc.Write(opening); err != nil {
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

// saslOpening is what a client says to authenticate, with what it wants to negotiate.
func saslOpening(negotiate string) string {
	uid := hex.EncodeToString([]byte(strconv.Itoa(os.Geteuid())))
	return "\x00AUTH EXTERNAL " + uid + "\r\n" + negotiate + "BEGIN\r\n"
}
