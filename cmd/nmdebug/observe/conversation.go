package observe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// Conversation asks one question after the other on a connection of its own, for what nothing has to follow. One
// goroutine owns it, and closes it.
type Conversation struct {
	bus   *mirror.Bus
	talk  *mirror.Talk
	out   chan record.Record
	end   context.CancelFunc
	ended chan struct{}
}

// Converse opens a conversation. Each answer may take as long as patience.
func Converse(ctx context.Context, address string, patience time.Duration) (*Conversation, error) {
	running, end := context.WithCancel(ctx)
	c := &Conversation{talk: mirror.NewTalk(), out: make(chan record.Record, buffered), end: end, ended: make(chan struct{})}
	c.bus = mirror.NewBus(mirror.Config{Address: address, Out: c.out, OneShot: true, Timeout: patience})
	go func() {
		defer close(c.ended)
		_ = c.bus.Run(running) // what went wrong is in the stream
	}()
	err := c.listen(ctx, func(e mirror.Event) (bool, error) { return e.Kind == mirror.BusUp, nil })
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection.
func (c *Conversation) Close() {
	c.end()
	<-c.ended
}

// Call makes a call and waits for its answer. A refusal is a [mirror.CallError].
func (c *Conversation) Call(ctx context.Context, call wire.Call) (args []any, err error) {
	sent, err := c.bus.Send(call)
	if err != nil {
		return nil, err
	}
	c.talk.Apply(sent)
	err = c.listen(ctx, func(e mirror.Event) (bool, error) {
		if !e.Answers(call.Interface, call.Member) {
			return false, nil
		}
		switch e.Kind {
		case mirror.Reply:
			args, err = e.Message.Args()
			return true, err
		case mirror.Refused:
			return true, e.Err
		default:
			return true, fmt.Errorf("%s does not answer: %w", call.Service, context.DeadlineExceeded)
		}
	})
	return args, err
}

// listen takes what comes until done says so, or the bus is gone.
func (c *Conversation) listen(ctx context.Context, done func(mirror.Event) (bool, error)) error {
	for {
		select {
		case r := <-c.out:
			for _, e := range c.talk.Apply(r) {
				if e.Kind == mirror.BusDown {
					return fmt.Errorf("%w: %s", ErrNoBus, e.Detail)
				}
				if ended, err := done(e); ended || err != nil {
					return err
				}
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ErrNoBus says that there is no bus to ask on.
var ErrNoBus = errors.New("no bus")

// Properties reads all properties of an interface.
func (c *Conversation) Properties(ctx context.Context, service string, path wire.Path, iface string) (mirror.Props, error) {
	args, err := c.Call(ctx, wire.Call{
		Service: service, Path: path, Interface: "org.freedesktop.DBus.Properties", Member: "GetAll", Args: []any{iface},
	})
	return first[map[string]any](args, err)
}

// first gives the first argument of an answer, which must be of the type.
func first[T any](args []any, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(args) > 0 {
		if v, ok := args[0].(T); ok {
			return v, nil
		}
	}
	return none, fmt.Errorf("an answer of another form than %T", none)
}
