package mirror_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/testenv"
)

// denied is a name that the private bus lets nobody call.
const denied = "org.example.Denied"

// daemon is a dbus-daemon of our own.
type daemon struct {
	*testenv.PrivateBus
	tb testing.TB
}

// newDaemon starts a private bus that ends with the test, with limits where the usual ones are too wide.
func newDaemon(tb testing.TB, limits ...string) *daemon {
	tb.Helper()
	elements := append(limits, `<policy context="mandatory"><deny send_destination="`+denied+`"/></policy>`)
	return &daemon{testenv.StartPrivateBus(tb, elements...), tb}
}

// peer is somebody else on the bus who does as the test says, and nothing of its own accord.
type peer struct {
	fakeBus

	tb      testing.TB
	sending sync.Mutex // guards fakeBus.serial and the order of what is written
	unique  string
}

func (d *daemon) peer(name string) *peer {
	d.tb.Helper()
	nc, err := mirror.Dial(context.Background(), d.Address)
	if err != nil {
		d.tb.Fatal(err)
	}
	p := &peer{tb: d.tb, fakeBus: fakeBus{nc: nc, r: bufio.NewReader(nc)}}
	uid := hex.EncodeToString([]byte(strconv.Itoa(os.Geteuid())))
	if _, err := io.WriteString(nc, "\x00AUTH EXTERNAL "+uid+"\r\nBEGIN\r\n"); err != nil {
		d.tb.Fatal(err)
	}
	if line, err := p.r.ReadString('\n'); err != nil || line[:2] != "OK" {
		d.tb.Fatal(line, err)
	}
	p.unique = fmt.Sprint(p.call(ownBus("Hello"))[0])
	if name != "" {
		p.call(ownBus("RequestName", name, uint32(0)))
	}
	return p
}

func ownBus(member string, args ...any) wire.Call {
	return wire.Call{Service: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: member, Args: args}
}

func (p *peer) send(m wire.Message, args ...any) uint32 {
	p.tb.Helper()
	p.sending.Lock()
	defer p.sending.Unlock()
	p.serial++
	m.Serial = p.serial
	raw, err := m.Encode(args...)
	if err != nil {
		p.tb.Error(err)
		return 0
	}
	if _, err := p.nc.Write(raw); err != nil {
		p.tb.Error(err)
	}
	return m.Serial
}

// call makes a call and waits for its answer; before serve.
func (p *peer) call(c wire.Call) []any {
	p.tb.Helper()
	serial := p.send(wire.Message{
		Type: wire.MethodCall, Destination: c.Service, Path: c.Path, Interface: c.Interface, Member: c.Member,
	}, c.Args...)
	for {
		m, err := p.next()
		if err != nil {
			p.tb.Fatal(err)
		}
		if m.ReplySerial != serial {
			continue
		}
		args, err := m.Args()
		if err != nil || m.Type != wire.MethodReturn {
			p.tb.Fatal(m, args, err)
		}
		return args
	}
}

// serve answers calls until the connection ends.
func (p *peer) serve(answer func(call wire.Message)) {
	for {
		m, err := p.next()
		if err != nil {
			return
		}
		if m.Type == wire.MethodCall {
			answer(m)
		}
	}
}

func (p *peer) signal(path wire.Path, iface, member string, args ...any) {
	p.tb.Helper()
	p.send(wire.Message{Type: wire.Signal, Path: path, Interface: iface, Member: member}, args...)
}

// observer is a bus with its folds, all owned by the goroutine of the test.
type observer struct {
	tb   testing.TB
	out  chan record.Record
	bus  *mirror.Bus
	stop func() error
	talk *mirror.Talk
	tree *mirror.Tree
	seq  uint64
}

// observe follows one service; patience is the deadline of its calls.
func (d *daemon) observe(name string, patience time.Duration) *observer {
	d.tb.Helper()
	o := &observer{
		tb: d.tb, out: make(chan record.Record, 64), talk: mirror.NewTalk(), tree: mirror.NewTree(name, root),
	}
	o.bus, o.stop = run(d.tb, mirror.Config{
		Address: d.Address, Out: o.out, Timeout: patience,
		Names: []string{name}, Rules: []string{"type='signal',sender='" + name + "'"},
	})
	return o
}

// until lives as the owner of the folds does, until an event makes done true. It fails after a minute, which is long on any machine.
func (o *observer) until(what string, done func(e mirror.Event) bool) {
	o.tb.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case r := <-o.out:
			if o.apply(r, done) {
				return
			}
		case <-timeout:
			o.tb.Fatalf("no sign of: %s", what)
		}
	}
}

func (o *observer) apply(r record.Record, done func(e mirror.Event) bool) bool {
	o.tb.Helper()
	o.seq++
	r.Seq = o.seq
	found := false
	for _, e := range o.talk.Apply(r) {
		o.tree.Apply(e)
		found = done(e) || found
	}
	for _, call := range o.tree.Wants() {
		sent, err := o.bus.Send(call)
		if err != nil {
			o.tb.Log(err) // the bus is down, as it will say
			break
		}
		found = o.apply(sent, done) || found
	}
	return found
}

func (o *observer) untilKind(kind mirror.EventKind) mirror.Event {
	o.tb.Helper()
	var found mirror.Event
	o.until(kind.String(), func(e mirror.Event) bool {
		if e.Kind == kind {
			found = e
		}
		return e.Kind == kind
	})
	return found
}

// end stops the bus, taking what it still has to say.
func (o *observer) end() {
	o.tb.Helper()
	if err := o.stop(); err != nil {
		o.tb.Error(err)
	}
}
