package mirror_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// denied is a name that the private bus lets nobody call.
const denied = "org.example.Denied"

// daemon is a dbus-daemon of our own: no services that it could start, nothing of the system's bus.
type daemon struct {
	tb      testing.TB
	dir     string
	address string
	cmd     *exec.Cmd
}

const daemonConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/>
    <allow receive_type="error"/><allow receive_type="signal"/>
    <deny send_destination="` + denied + `"/>
  </policy>
</busconfig>
`

// newDaemon starts a private bus that ends with the test.
func newDaemon(tb testing.TB) *daemon {
	tb.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	dir, err := os.MkdirTemp("", "mirror") // t.TempDir gives paths that are too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	d := &daemon{tb: tb, dir: dir, address: "unix:path=" + filepath.Join(dir, "bus")}
	config := fmt.Sprintf(daemonConfig, d.address)
	if err := os.WriteFile(d.config(), []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	d.start()
	tb.Cleanup(d.kill)
	return d
}

func (d *daemon) config() string { return filepath.Join(d.dir, "bus.conf") }

// start returns when the daemon listens: that is when it prints its address.
func (d *daemon) start() {
	d.tb.Helper()
	cmd := exec.Command("dbus-daemon", "--config-file="+d.config(), "--nofork", "--nopidfile", "--nosyslog", "--print-address=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		d.tb.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		d.tb.Fatal(err)
	}
	d.cmd = cmd
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		d.kill()
		d.tb.Fatal(err, stderr.String())
	}
}

// kill ends the one process that start started.
func (d *daemon) kill() {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait() // says that it was killed
	d.cmd = nil
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
	nc, err := mirror.Dial(context.Background(), d.address)
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
		Address: d.address, Out: o.out, Timeout: patience,
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
