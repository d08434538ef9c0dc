package mirror_test

import (
	"strings"
	"testing"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

const settled = 30 * time.Second // deadline of calls that will be answered

// No signal is lost and none is out of order, however slow the consumer.
func TestLiveBurst(t *testing.T) {
	const signals = 20_000
	for _, slow := range []bool{false, true} {
		t.Run(map[bool]string{false: "fast", true: "slow"}[slow], func(t *testing.T) {
			d := newDaemon(t)
			o := d.observe(service, settled)
			defer o.end()
			o.until("the opening", func(mirror.Event) bool { return o.talk.Unique() != "" && o.talk.Pending() == 0 })
			p := d.peer(service)
			defer p.nc.Close()
			go func() {
				for i := range signals {
					p.signal("/", "i.Counter", "Count", uint32(i))
				}
			}()
			next := uint32(0)
			o.until("the last signal", func(e mirror.Event) bool {
				if !e.IsSignal("i.Counter", "Count") {
					return false
				}
				args, err := e.Message.Args()
				if err != nil || args[0] != next || !e.From(service) {
					t.Fatalf("got %v from %q instead of %d: %v", args, e.Service, next, err)
				}
				next++
				if slow && next%100 == 0 {
					time.Sleep(time.Millisecond)
				}
				return next == signals
			})
		})
	}
}

// The snapshot comes in the middle of a burst: from then on the tree goes through every single change, in order.
func TestLiveBurstAroundSnapshot(t *testing.T) {
	const changes = 20_000
	d := newDaemon(t)
	m := &manager{peer: d.peer(service), state: objects{}}
	defer m.nc.Close()
	go m.serve(m.answer)
	count := func(i uint32) change { return change{Kind: "set", Path: "/a", Iface: "i.A", Prop: "P", Value: i} }
	first := count(0)
	first.Kind = "add"
	m.do(first)
	o := d.observe(service, settled)
	defer o.end()
	go func() {
		for i := range uint32(changes) {
			m.do(count(i + 1))
		}
	}()
	last, synced, heard := uint32(0), false, 0
	o.until("the last change", func(e mirror.Event) bool {
		props, _ := o.tree.Props("/a", "i.A")
		now, known := props.Uint32("P")
		switch changed := e.IsSignal(propsIface, "PropertiesChanged"); {
		case changed && !synced:
			heard++
		case changed && now != last+1:
			t.Fatalf("went from %d to %d", last, now)
		case !changed && synced && now != last:
			t.Fatalf("went from %d to %d because of %s", last, now, e.Kind)
		}
		last, synced = now, known
		return now == changes
	})
	t.Logf("%d changes were heard before the snapshot", heard)
}

// A bus that was restarted is there again within a second, and so is what is on it.
func TestLiveRestart(t *testing.T) {
	d := newDaemon(t)
	o := d.observe(service, settled)
	defer o.end()
	first := d.peer(service)
	defer first.nc.Close()
	o.untilKind(mirror.OwnerGained)
	d.Kill()
	if e := o.untilKind(mirror.BusDown); e.Detail != "lost the bus: the bus closed the connection" {
		t.Errorf("down because of %q", e.Detail)
	}
	if got := o.talk.Service(service).Status; got != mirror.Unknown {
		t.Errorf("the service is %v while the bus is down", got)
	}
	if _, err := o.bus.Send(ping(service)); err == nil {
		t.Error("sent to a bus that is down")
	}
	if e := o.untilKind(mirror.BusDown); !strings.HasSuffix(e.Detail, "connection refused") {
		t.Errorf("down because of %q", e.Detail)
	}
	d.Start()
	began := time.Now()
	o.untilKind(mirror.BusUp)
	if took := time.Since(began); took > time.Second {
		t.Errorf("noticed after %v", took)
	}
	second := d.peer(service)
	defer second.nc.Close()
	if e := o.untilKind(mirror.OwnerGained); e.Owner != second.unique {
		t.Errorf("owned by %q instead of %q", e.Owner, second.unique)
	}
}

// A process that owns its name and does not answer is silent, until it says anything at all.
func TestLiveHung(t *testing.T) {
	d := newDaemon(t)
	p := d.peer(service)
	defer p.nc.Close()
	o := d.observe(service, 200*time.Millisecond)
	defer o.end()
	e := o.untilKind(mirror.NoAnswer)
	if e.Service != service || e.Call.Member != "GetManagedObjects" {
		t.Errorf("no answer to %s from %q", e.Call.Member, e.Service)
	}
	s := o.talk.Service(service)
	if s.Status != mirror.Silent || s.Owner != p.unique || !strings.Contains(s.Detail, "GetManagedObjects") {
		t.Errorf("got %+v", s)
	}
	call := e.Call
	p.send(wire.Message{Type: wire.MethodReturn, ReplySerial: call.Serial, Destination: o.talk.Unique()}, objects{"/a": {}})
	if e := o.untilKind(mirror.Reply); e.Call.Serial != call.Serial || !o.tree.Synced() {
		t.Errorf("the late answer to %d, synced %v", e.Call.Serial, o.tree.Synced())
	}
	if got := o.talk.Service(service).Status; got != mirror.Present {
		t.Errorf("the service is %v", got)
	}
}

func TestLiveDenied(t *testing.T) {
	d := newDaemon(t)
	p := d.peer(denied)
	defer p.nc.Close()
	o := d.observe(denied, settled)
	defer o.end()
	e := o.untilKind(mirror.Refused)
	if e.Service != denied || e.Err.Unwrap() != mirror.ErrDenied { //nolint:errorlint // unwrapped once
		t.Errorf("refused by %q: %v", e.Service, e.Err)
	}
	if s := o.talk.Service(denied); s.Status != mirror.Denied || !strings.Contains(s.Detail, "Rejected send message") {
		t.Errorf("got %+v", s)
	}
}

func TestLiveAbsent(t *testing.T) {
	d := newDaemon(t)
	o := d.observe(service, settled)
	defer o.end()
	o.until("all answers", func(mirror.Event) bool { return o.talk.Unique() != "" && o.talk.Pending() == 0 })
	if s := o.talk.Service(service); s.Status != mirror.Absent || o.tree.Synced() {
		t.Errorf("got %+v", s)
	}
	p := d.peer(service)
	go p.serve(func(call wire.Message) {
		p.send(wire.Message{Type: wire.MethodReturn, ReplySerial: call.Serial, Destination: call.Sender}, objects{"/a": {}})
	})
	o.until("the snapshot", func(mirror.Event) bool { return o.tree.Synced() })
	p.nc.Close()
	o.untilKind(mirror.OwnerLost)
	if o.tree.Len() != 0 || o.tree.Synced() {
		t.Errorf("%d objects of nobody", o.tree.Len())
	}
}
