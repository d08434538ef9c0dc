package mirror_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// BenchmarkSignals is one PropertiesChanged, from the socket into the tree: read from a socket that is always full, and
// by way of dbus-daemon, which is the slowest part then; and what godbus does with it, which is less: it decodes.
func BenchmarkSignals(b *testing.B) {
	b.Run("socket", func(b *testing.B) {
		o := &observer{tb: b, out: make(chan record.Record, 1024), talk: mirror.NewTalk(), tree: mirror.NewTree(service, root)}
		path := filepath.Join(b.TempDir(), "bus")
		flood(b, path, b.N)
		o.bus, o.stop = run(b, mirror.Config{Address: "unix:path=" + path, Out: o.out, OneShot: true})
		b.ReportAllocs()
		o.countSignals(b)
		o.end()
	})
	b.Run("dbus-daemon", func(b *testing.B) {
		d := newDaemon(b)
		o := d.observe(service, settled)
		defer o.end()
		o.until("the opening", func(mirror.Event) bool { return o.talk.Unique() != "" && o.talk.Pending() == 0 })
		p := d.peer(service)
		defer p.nc.Close()
		go floodSignals(p.nc, b.N)
		o.countSignals(b)
	})
	b.Run("godbus", func(b *testing.B) {
		d := newDaemon(b)
		client, err := dbus.Connect(d.Address)
		if err != nil {
			b.Fatal(err)
		}
		defer client.Close()
		signals := make(chan *dbus.Signal, 1024)
		client.Signal(signals)
		if err := client.AddMatchSignal(dbus.WithMatchInterface(propsIface)); err != nil {
			b.Fatal(err)
		}
		p := d.peer(service)
		defer p.nc.Close()
		b.ResetTimer()
		go floodSignals(p.nc, b.N)
		for n := 0; n < b.N; {
			if s := <-signals; s.Name == changed {
				n++
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signals/s")
	})
}

// countSignals applies records until b.N signals have come.
func (o *observer) countSignals(b *testing.B) {
	b.Helper()
	plant := func() { o.tree.Set("/a", "i.A", map[string]any{"N": uint32(0)}) }
	plant()
	b.ResetTimer()
	for n := 0; n < b.N; {
		for _, e := range o.talk.Apply(<-o.out) {
			o.tree.Apply(e)
			if e.Kind == mirror.BusUp {
				plant()
			}
			if e.IsSignal(propsIface, "PropertiesChanged") {
				n++
			}
		}
	}
	if p, _ := o.tree.Props("/a", "i.A"); p["N"] != uint32(700) {
		b.Fatal("the signals did not reach the tree")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signals/s")
}

// flood listens like a bus that sends n signals as soon as somebody has said Hello.
func flood(b *testing.B, path string, n int) {
	b.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(b.Context(), "unix", path)
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		defer l.Close()
		nc, err := l.Accept()
		if err != nil {
			b.Error(err)
			return
		}
		defer nc.Close()
		f := &fakeBus{nc: nc, r: bufio.NewReader(nc)}
		if err := f.welcome(); err != nil {
			b.Error(err)
		}
		_ = f.write(wire.Message{
			Type: wire.Signal, Sender: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: "NameOwnerChanged",
		}, service, "", owner)
		floodSignals(nc, n)
		_ = f.drain()
	}()
}

func floodSignals(nc net.Conn, n int) {
	one, err := wire.Message{
		Type: wire.Signal, Serial: 1, Path: "/a", Interface: propsIface, Member: "PropertiesChanged", Sender: owner,
	}.Encode("i.A", values{"N": mkv(uint32(700)), "Name": mkv("eth0")}, []string{})
	if err != nil {
		panic(err)
	}
	const batch = 64
	many := bytes.Repeat(one, batch)
	for ; n > 0; n -= batch {
		if _, err := nc.Write(many[:min(n, batch)*len(one)]); err != nil {
			return // the benchmark is over
		}
	}
}

// BenchmarkSnapshot is a GetManagedObjects of 1000 objects with 40 properties each, from its bytes into the tree.
func BenchmarkSnapshot(b *testing.B) {
	all := objects{}
	for i := range 1000 {
		props := values{}
		for p := range 40 {
			props[fmt.Sprintf("Property%d", p)] = mkv(fmt.Sprintf("value %d", i*p))
		}
		all[dbus.ObjectPath(fmt.Sprintf("/o/%d", i))] = ifaces{"i.A": props}
	}
	s := newStream(b)
	records := append(s.Hello(), s.Call(wire.Call{
		Service: service, Path: root, Interface: "org.freedesktop.DBus.ObjectManager", Member: "GetManagedObjects",
	}))
	records = append(records, s.Reply(owner, s.Serial, all))
	b.ReportAllocs()
	for b.Loop() {
		talk, tree := mirror.NewTalk(), mirror.NewTree(service, root)
		for _, r := range records {
			for _, e := range talk.Apply(r) {
				tree.Apply(e)
			}
		}
		if tree.Len() != len(all) {
			b.Fatal(tree.Len())
		}
	}
}
