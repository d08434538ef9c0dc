package mirrortest

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// Fold is a fold of what a daemon says.
type Fold interface {
	Apply(e mirror.Event) bool
	Wants() []wire.Call
}

// Daemon is a daemon whose fold hears what it says, and is asked what the fold wants to know.
type Daemon struct {
	Stream
	Owner   string                  // its unique name, as long as it is there
	Serve   func(call wire.Message) // answers each call as it comes; nil where the test does
	Waiting []wire.Message          // calls that nobody has answered yet, oldest first
	Asked   []string                // the paths of all that the fold wanted, oldest first

	service string
	talk    *mirror.Talk
	fold    Fold
}

// Epoch is the time before the first record of a Daemon; each comes a millisecond after the one before.
func Epoch() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// NewDaemon makes a daemon that will own a well-known name. Nobody has connected to its bus yet: that begins with Hello.
func NewDaemon(tb testing.TB, fold Fold, service string) *Daemon {
	return &Daemon{Stream: Stream{TB: tb, Now: Epoch(), Step: time.Millisecond}, service: service, talk: mirror.NewTalk(), fold: fold}
}

// Hear has the fold hear records, and makes the calls that it wants then.
func (d *Daemon) Hear(records ...record.Record) {
	d.Helper()
	for _, r := range records {
		up := false
		for _, e := range d.talk.Apply(r) {
			d.fold.Apply(e)
			up = up || e.Kind != mirror.BusDown
		}
		if up {
			d.ask()
		}
		for d.Serve != nil && len(d.Waiting) > 0 {
			call := d.Waiting[0]
			d.Waiting = d.Waiting[1:]
			d.Serve(call)
		}
	}
}

func (d *Daemon) ask() {
	d.Helper()
	for _, c := range d.fold.Wants() {
		r := d.Call(c)
		m, err := wire.Parse(r.Raw)
		if err != nil {
			d.Fatal(err)
		}
		if m.Flags&wire.NoAutoStart == 0 {
			d.Errorf("%v would start %s", c, d.service)
		}
		d.Asked, d.Waiting = append(d.Asked, string(c.Path)), append(d.Waiting, m)
		d.Hear(r)
	}
}

// Wanted takes the oldest call that waits for an answer, which must be of a member.
func (d *Daemon) Wanted(member string) wire.Message {
	d.Helper()
	if len(d.Waiting) == 0 || d.Waiting[0].Member != member {
		d.Fatalf("waiting calls are %v, want %s first", d.Waiting, member)
	}
	call := d.Waiting[0]
	d.Waiting = d.Waiting[1:]
	return call
}

// Answers answers a call.
func (d *Daemon) Answers(call wire.Message, args ...any) {
	d.Helper()
	d.Hear(d.Reply(d.Owner, call.Serial, args...))
}

// Refuses answers a call with an error.
func (d *Daemon) Refuses(call wire.Message, name string) {
	d.Helper()
	d.Hear(d.Refusal(d.Owner, call.Serial, name, "no"))
}

// Says is a signal of the daemon.
func (d *Daemon) Says(path, iface, member string, args ...any) {
	d.Helper()
	d.Hear(d.Signal(d.Owner, wire.Path(path), iface+"."+member, args...))
}

// Changes is the signal that properties of an interface have changed.
func (d *Daemon) Changes(path, iface string, values map[string]any) {
	d.Helper()
	d.Says(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", iface, Variants(values), []string{})
}

// Moves is the bus saying who owns the daemon's name; "" is nobody.
func (d *Daemon) Moves(before, after string) {
	d.Helper()
	if after != "" {
		d.Owner = after
	}
	d.Hear(d.OwnerChanged(d.service, before, after))
}

// Variants makes a variant of each value.
func Variants(values map[string]any) map[string]dbus.Variant {
	all := make(map[string]dbus.Variant, len(values))
	for name, value := range values {
		all[name] = dbus.MakeVariant(value)
	}
	return all
}
