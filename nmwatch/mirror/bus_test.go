package mirror_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// take gives the descriptions of the next n records.
func take(tb testing.TB, out <-chan record.Record, n int) []string {
	tb.Helper()
	var all []string
	for range n {
		all = append(all, describe(tb, <-out))
	}
	return all
}

func wantDiff(tb testing.TB, want, got any) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Error("-want +got\n" + diff)
	}
}

func TestBusOpening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record)
		_, stop := run(t, mirror.Config{
			Address: "unix:path=/test", Out: out, Names: []string{service}, Rules: []string{"type='signal'"},
			Now:  func() time.Time { return time.Unix(1e9, 0) },
			Boot: func() time.Duration { return 77 },
			Dial: dialFake(func(f *fakeBus) {
				if err := f.welcome(); err != nil {
					t.Error(err)
				}
				_ = f.drain()
			}),
		})
		first := <-out
		if first.Time != time.Unix(1e9, 0).UTC() || first.Boot != 77 || first.Seq != 0 {
			t.Errorf("stamped %v, %v, %d", first.Time, first.Boot, first.Seq)
		}
		got := append([]string{describe(t, first)}, take(t, out, 5)...)
		rule := "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus'," +
			"member='NameOwnerChanged',arg0='org.example.Service'"
		wantDiff(t, []string{
			"up: unix:path=/test",
			"sent 1 method call Hello []",
			"sent 2 method call AddMatch [" + rule + "]",
			"sent 3 method call GetNameOwner [org.example.Service]",
			"sent 4 method call AddMatch [type='signal']",
			"received 1 method return to 1 [:1.42]",
		}, got)
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// What is called in any case goes out with the opening: nobody waits for the bus to agree.
func TestBusCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record)
		_, stop := run(t, mirror.Config{Out: out, OneShot: true, Calls: []wire.Call{ping(service)}, Dial: dialFake(func(f *fakeBus) {
			err := f.begun()
			hello, helloErr := f.next()
			call, callErr := f.next()
			if err := errors.Join(err, helloErr, callErr, f.agree("OK 1234")); err != nil {
				t.Error(err)
			}
			_ = f.reply(hello, us)
			_ = f.reply(call)
			_ = f.drain()
		})})
		wantDiff(t, []string{
			"up: unix:path=/var/run/dbus/system_bus_socket",
			"sent 1 method call Hello []",
			"sent 2 method call Ping []",
			"received 1 method return to 1 [:1.42]",
			"received 2 method return to 2 []",
		}, take(t, out, 5))
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestBusMinimum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record)
		bus, stop := run(t, mirror.Config{Out: out, OneShot: true, Dial: dialFake(func(f *fakeBus) {
			_ = f.welcome()
			call, err := f.next()
			if err != nil || call.Flags != wire.NoAutoStart {
				t.Errorf("flags %v, %v", call.Flags, err)
			}
			_ = f.reply(call)
			_ = f.drain()
		})})
		take(t, out, 3)
		sent, err := bus.Send(ping(busName))
		if err != nil {
			t.Fatal(err)
		}
		wantDiff(t, "sent 2 method call Ping []", describe(t, sent))
		wantDiff(t, []string{"received 2 method return to 2 []"}, take(t, out, 1))
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// A call without an answer is noted; the answer that comes late, and in single bytes, is there nevertheless.
func TestBusNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record)
		bus, stop := run(t, mirror.Config{Out: out, Timeout: deadline, Dial: dialFake(func(f *fakeBus) {
			_ = f.welcome()
			first, _ := f.next()
			second, _ := f.next()
			_ = f.reply(second)
			_, _ = f.next() // is never answered
			f.pause(3 * deadline)
			raw, _ := wire.Message{Type: wire.MethodReturn, Serial: 9, ReplySerial: first.Serial}.Encode("late")
			for i := range raw {
				_, _ = f.nc.Write(raw[i : i+1])
				f.pause(deadline / 3)
			}
			_ = f.drain()
		})})
		take(t, out, 3)
		for range 3 {
			if _, err := bus.Send(ping(service)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(deadline / 10)
		}
		wantDiff(t, []string{
			"received 2 method return to 3 []",
			"no-answer to 2: no answer in 1s",
			"no-answer to 4: no answer in 1s",
			"received 9 method return to 2 [late]",
		}, take(t, out, 4))
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// A consumer that keeps us from reading does not make the service look hung.
func TestBusSlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record)
		bus, stop := run(t, mirror.Config{Out: out, Timeout: deadline, Dial: dialFake(func(f *fakeBus) {
			_ = f.welcome()
			call, _ := f.next()
			_ = f.write(wire.Message{Type: wire.Signal, Path: "/", Interface: "a.b", Member: "Before"})
			_ = f.reply(call)
			_ = f.drain()
		})})
		take(t, out, 3)
		if _, err := bus.Send(ping(service)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * deadline)
		wantDiff(t, []string{"received 2 signal Before []", "received 3 method return to 2 []"}, take(t, out, 2))
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// Send neither waits for the consumer nor for the bus; a bus that does not read is given up.
func TestBusSendDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, hang := make(chan record.Record), make(chan struct{})
		defer close(hang)
		bus, stop := run(t, mirror.Config{Out: out, OneShot: true, Timeout: deadline, Dial: dialFake(func(f *fakeBus) {
			_ = f.welcome()
			_ = f.write(wire.Message{Type: wire.Signal, Path: "/", Interface: "a.b", Member: "Blocks"})
			<-hang
		})})
		take(t, out, 3)
		synctest.Wait()
		sent := 0
		var err error
		for ; err == nil; sent++ {
			_, err = bus.Send(ping(service))
		}
		if !errors.Is(err, mirror.ErrBusy) || sent < 200 {
			t.Errorf("%v after %d calls", err, sent)
		}
		wantDiff(t, []string{"received 2 signal Blocks []"}, take(t, out, 1))
		for got := ""; got != "down: lost the bus: cannot write to the bus: i/o timeout"; {
			got = take(t, out, 1)[0]
			if !strings.HasPrefix(got, "no-answer") && !strings.HasPrefix(got, "down: lost the bus: cannot write") {
				t.Fatal(got)
			}
		}
		if _, err := bus.Send(ping(service)); !errors.Is(err, mirror.ErrDown) {
			t.Errorf("Send on a closed connection: %v", err)
		}
		if err := stop(); err == nil {
			t.Error("a one-shot bus lost its connection without an error")
		}
	})
}

func TestBusSendRefusesNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record)
		bus, stop := run(t, mirror.Config{Out: out, Dial: dialFake(func(f *fakeBus) { _ = f.welcome(); _ = f.drain() })})
		take(t, out, 3)
		if _, err := bus.Send(wire.Call{Service: service}); err == nil {
			t.Error("a call without a path was sent")
		}
		sent, err := bus.Send(ping(service))
		if err != nil {
			t.Fatal(err)
		}
		wantDiff(t, "sent 2 method call Ping []", describe(t, sent)) // no serial was lost
		_ = stop()
	})
}

// Attempts that fail for the same reason are noted once, and get rarer; none is later than 800 ms.
func TestBusBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record, 1)
		var dials []time.Duration
		began := time.Now()
		welcome := dialFake(func(f *fakeBus) { _ = f.welcome() })
		bus, stop := run(t, mirror.Config{Out: out, Dial: func(ctx context.Context, address string) (net.Conn, error) {
			dials = append(dials, time.Since(began)/time.Millisecond)
			if len(dials) <= 7 {
				return nil, errors.New("nobody there")
			}
			return welcome(ctx, address)
		}})
		if _, err := bus.Send(ping(service)); !errors.Is(err, mirror.ErrDown) {
			t.Errorf("Send while down: %v", err)
		}
		wantDiff(t, []string{
			"down: nobody there",
			"up: " + mirror.DefaultAddress,
			"sent 1 method call Hello []",
			"received 1 method return to 1 [:1.42]",
			"down: lost the bus: the bus closed the connection",
			"up: " + mirror.DefaultAddress,
		}, take(t, out, 6))
		if err := stop(); err != nil {
			t.Error(err)
		}
		wantDiff(t, []time.Duration{0, 50, 150, 350, 750, 1550, 2350, 3150, 3950}, dials)
	})
}

// After a connection that lasted, the first attempt is soon again.
func TestBusComesBackSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := make(chan record.Record, 100)
		var dials []time.Duration
		began := time.Now()
		serve := dialFake(func(f *fakeBus) { _ = f.welcome(); f.pause(10 * time.Second) })
		_, stop := run(t, mirror.Config{Out: out, Dial: func(ctx context.Context, address string) (net.Conn, error) {
			dials = append(dials, time.Since(began)/time.Millisecond)
			if len(dials) < 4 {
				return nil, errors.New("nobody there")
			}
			return serve(ctx, address)
		}})
		time.Sleep(15 * time.Second)
		if err := stop(); err != nil {
			t.Error(err)
		}
		wantDiff(t, []time.Duration{0, 50, 150, 350, 10_400}, dials)
	})
}

func TestBusOneShotFails(t *testing.T) {
	hello := func(f *fakeBus) (wire.Message, error) {
		if err := f.auth("OK 1234"); err != nil {
			return wire.Message{}, err
		}
		return f.next()
	}
	tests := []struct {
		name  string
		serve func(f *fakeBus)
		want  string
	}{
		{
			"rejected", func(f *fakeBus) { _ = f.auth("REJECTED EXTERNAL") },
			`cannot authenticate on the bus: the server answered "REJECTED EXTERNAL"`,
		},
		{"closed", func(*fakeBus) {}, "cannot authenticate on the bus: io: read/write on closed pipe"},
		{"closed later", func(f *fakeBus) { _, _ = f.r.ReadString('\n'); _, _ = f.r.ReadString('\n') }, "cannot authenticate on the bus: "},
		{"silent", func(f *fakeBus) { _ = f.drain() }, "cannot authenticate on the bus: i/o timeout"},
		{
			"something else", func(f *fakeBus) { _ = f.auth(strings.Repeat("HTTP", 1000)) },
			"cannot authenticate on the bus: the server does not speak D-Bus",
		},
		{
			"Hello refused",
			func(f *fakeBus) {
				call, _ := hello(f)
				_ = f.write(wire.Message{Type: wire.Error, ReplySerial: call.Serial, ErrorName: "a.b.Limits"}, "too many")
				_ = f.drain()
			},
			"lost the bus: cannot call org.freedesktop.DBus.Hello on org.freedesktop.DBus /org/freedesktop/DBus: too many",
		},
		{
			"nonsense",
			func(f *fakeBus) { _, _ = hello(f); _, _ = f.nc.Write([]byte("HTTP/1.1 400 Bad Request")) },
			"lost the bus: invalid D-Bus message: byte 0: byte order 'H'",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out := make(chan record.Record, 10)
				bus := mirror.NewBus(mirror.Config{Out: out, OneShot: true, Dial: dialFake(tt.serve)})
				err := bus.Run(context.Background())
				if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
					t.Fatalf("got %v, want %q", err, tt.want)
				}
				last := ""
				for len(out) > 0 {
					last = describe(t, <-out)
				}
				wantDiff(t, "down: "+err.Error(), last)
			})
		})
	}
}

// The context may end at any moment: nobody waits for anything then, and nothing is an error.
func TestBusStops(t *testing.T) {
	tests := []struct {
		name  string
		serve func(f *fakeBus)
		after time.Duration
	}{
		{"authenticating", func(f *fakeBus) { _ = f.drain() }, 0},
		{"opening", func(f *fakeBus) { _ = f.auth("OK 1"); _ = f.drain() }, 0},
		{"waiting for the consumer", func(f *fakeBus) { _ = f.welcome(); _ = f.drain() }, time.Second},
		{"backing off", func(f *fakeBus) { _ = f.auth("REJECTED") }, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out := make(chan record.Record, 1)
				_, stop := run(t, mirror.Config{Out: out, Dial: dialFake(tt.serve)})
				time.Sleep(tt.after)
				synctest.Wait()
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
