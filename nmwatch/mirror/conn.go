package mirror

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const (
	queueLength = 1024                  // messages waiting to be written
	helloSerial = 1                     // Hello is the first message
	grace       = 10 * time.Millisecond // see Conn.arm
	lastWords   = time.Second           // see Conn.giveUp
)

// What a Send can fail with.
var (
	ErrDown = errors.New("the bus is down")
	ErrBusy = errors.New("too many calls wait to be written")
)

// Conn is one connection to a bus, authenticated and with its opening sent. NewConn makes it, Run runs it, once.
type Conn struct {
	nc      net.Conn
	cfg     Config
	frames  frames
	seen    stamp           // of the bytes read last
	opening []record.Record // the calls that NewConn sent, Hello first

	queue chan []byte // to the writer
	ended chan struct{}

	sending sync.Mutex // guards what is below, and that serials go into the queue in their order
	serial  uint32
	waiting map[uint32]time.Time // calls without an answer, until when
	armed   bool                 // a read deadline is set
	cause   error                // why we closed the connection ourselves
}

// stamp is one instant on both clocks.
type stamp struct {
	time time.Time
	boot time.Duration
}

// Send puts a call into the queue and gives its record, which the caller must apply before any record that it takes
// from Config.Out from now on: then every reply finds its call. It never blocks.
func (c *Conn) Send(call wire.Call) (record.Record, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	raw, recs, err := c.encode(call)
	if err != nil {
		return record.Record{}, err
	}
	select {
	case <-c.ended:
		return record.Record{}, ErrDown
	default:
	}
	select {
	case c.queue <- raw:
	default:
		return record.Record{}, ErrBusy
	}
	c.await(recs)
	c.armLocked()
	return recs[0], nil
}

// encode gives calls as they are written, with the serials that come next, and their records. They do not count before await.
func (c *Conn) encode(calls ...wire.Call) (batch []byte, recs []record.Record, err error) {
	at := c.cfg.stamp()
	for i, call := range calls {
		raw, err := call.Encode(c.serial + uint32(i) + 1)
		if err != nil {
			return nil, nil, err
		}
		recs = append(recs, at.record(record.DBusSent, raw))
		batch = append(batch, raw...)
	}
	return batch, recs, nil
}

// await notes that encoded calls wait for their answers.
func (c *Conn) await(calls []record.Record) {
	until := time.Now().Add(c.cfg.Timeout)
	for range calls {
		c.serial++
		c.waiting[c.serial] = until
	}
}

// Run reads the connection into Config.Out until ctx ends, which gives nil, or until the connection is lost, which
// gives the reason. It closes the connection, never Out.
func (c *Conn) Run(ctx context.Context) error {
	var writer sync.WaitGroup
	writer.Go(c.write)
	stop := context.AfterFunc(ctx, c.Close)
	err := c.readAll(ctx)
	stop()
	c.Close()
	writer.Wait()
	c.sending.Lock()
	defer c.sending.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil
	case c.cause != nil && !errors.Is(err, errClosed):
		return c.cause
	default:
		return err
	}
}

// Close ends the connection and with it Run.
func (c *Conn) Close() {
	c.sending.Lock()
	defer c.sending.Unlock()
	select {
	case <-c.ended:
		return
	default:
		close(c.ended)
	}
	_ = c.nc.Close() // what is still unread or unwritten is lost by intention
}

func (c *Conn) readAll(ctx context.Context) error {
	for {
		c.arm()
		raw, err := c.frames.next()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			err = c.expire(ctx)
		case err == nil:
			refused := c.answered(raw)
			err = errors.Join(record.Send(ctx, c.cfg.Out, c.seen.record(record.DBusReceived, raw)), refused)
		}
		if err != nil {
			return err
		}
	}
}

// arm lets the next read end when the earliest call without an answer is overdue. It leaves the read some grace even
// when that is in the past already: a consumer that kept us from reading must not make the daemon look hung, so a call
// is overdue only when, besides, nothing was there to be read.
func (c *Conn) arm() {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.armLocked()
}

func (c *Conn) armLocked() {
	var earliest time.Time
	for _, until := range c.waiting {
		if earliest.IsZero() || until.Before(earliest) {
			earliest = until
		}
	}
	if earliest.IsZero() && !c.armed {
		return
	}
	if soon := time.Now().Add(grace); !earliest.IsZero() && earliest.Before(soon) {
		earliest = soon
	}
	c.armed = !earliest.IsZero()
	_ = c.nc.SetReadDeadline(earliest) // fails only when it is closed, which the read will tell
}

// expire notes the calls that are overdue.
func (c *Conn) expire(ctx context.Context) error {
	now := time.Now()
	var overdue []uint32
	c.sending.Lock()
	for serial, until := range c.waiting {
		if !until.After(now) {
			overdue = append(overdue, serial)
			delete(c.waiting, serial)
		}
	}
	c.sending.Unlock()
	for _, serial := range sorted(overdue) {
		noted := record.Noted{Event: record.NoAnswer, Serial: serial, Detail: fmt.Sprintf("no answer in %v", c.cfg.Timeout)}
		if err := c.cfg.note(ctx, noted); err != nil {
			return err
		}
	}
	return nil
}

// answered takes the call that a message answers, if it does, off the list. A bus that refuses Hello is of no use: that
// is the error.
func (c *Conn) answered(raw []byte) error {
	if t := wire.Type(raw[1]); t != wire.MethodReturn && t != wire.Error {
		return nil
	}
	m, err := wire.Parse(raw)
	if err != nil {
		return nil // the folds will find it, too, and make a problem of it
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	delete(c.waiting, m.ReplySerial)
	if m.Type == wire.Error && m.ReplySerial == helloSerial {
		return newCallError(wire.Message{Interface: busIface, Member: "Hello", Destination: busName, Path: busPath}, m)
	}
	return nil
}

// write is the one goroutine that writes, so that Send does not wait for a bus that does not read.
func (c *Conn) write() {
	for {
		select {
		case <-c.ended:
			return
		case batch := <-c.queue:
			if err := c.writeOne(batch); err != nil {
				c.giveUp(err)
				return
			}
		}
	}
}

// giveUp ends a connection that cannot be written to. When that is because the bus closed it, the reader ends by itself
// after it has read the last words of the bus.
func (c *Conn) giveUp(err error) {
	c.sending.Lock()
	c.cause = fmt.Errorf("cannot write to the bus: %w", dialReason(err))
	c.sending.Unlock()
	timer := time.NewTimer(lastWords)
	defer timer.Stop()
	select {
	case <-c.ended:
	case <-timer.C:
		c.Close()
	}
}

func (c *Conn) writeOne(batch []byte) error {
	if err := c.nc.SetWriteDeadline(time.Now().Add(c.cfg.Timeout)); err != nil {
		return err
	}
	_, err := c.nc.Write(batch)
	return err
}

func (s stamp) record(kind record.Kind, raw []byte) record.Record {
	return record.Record{Time: s.time, Boot: s.boot, Kind: kind, Raw: raw}
}

func (cfg *Config) note(ctx context.Context, n record.Noted) error {
	n.Source = record.SourceBus
	return record.Send(ctx, cfg.Out, n.Record(cfg.Now(), cfg.Boot()))
}
