package observe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strings"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// probeTimeout bounds each probe.
const probeTimeout = 2 * time.Second

// Self tries what no source tries: to watch the bus, and to read the journal.
func Self(ctx context.Context, address string) inspect.Self {
	self := inspect.Self{UID: os.Getuid(), Address: address, User: fmt.Sprintf("uid %d", os.Getuid())}
	if u, err := user.Current(); err == nil {
		self.User = fmt.Sprintf("%s (uid %s)", u.Username, u.Uid)
	}
	self.Monitor = tryMonitor(ctx, address)
	self.Journal = tryJournal(ctx)
	return self
}

// tryMonitor makes a connection of its own a monitor, which it cannot cease to be, and closes it.
func tryMonitor(ctx context.Context, address string) inspect.Probe {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	out := make(chan record.Record, buffered)
	bus := mirror.NewBus(mirror.Config{Address: address, Out: out, OneShot: true, Timeout: probeTimeout})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = bus.Run(ctx) // what went wrong is in the stream
	}()
	defer func() {
		cancel()
		<-ended
	}()
	talk := mirror.NewTalk()
	for {
		select {
		case r := <-out:
			for _, e := range talk.Apply(r) {
				if probe, done := monitorAnswer(bus, talk, e); done {
					return probe
				}
			}
		case <-ctx.Done():
			return inspect.Probe{Detail: "the bus did not answer"}
		}
	}
}

// monitorAnswer asks to be a monitor when the bus is up, and reads the answer.
func monitorAnswer(bus *mirror.Bus, talk *mirror.Talk, e mirror.Event) (probe inspect.Probe, done bool) {
	const monitoring = "org.freedesktop.DBus.Monitoring"
	switch {
	case e.Kind == mirror.BusUp:
		sent, err := bus.Send(wire.Call{
			Service: "org.freedesktop.DBus", Path: "/org/freedesktop/DBus", Interface: monitoring,
			Member: "BecomeMonitor", Args: []any{[]string{}, uint32(0)},
		})
		if err != nil {
			return inspect.Probe{Detail: err.Error()}, true
		}
		talk.Apply(sent)
	case e.Kind == mirror.BusDown:
		return inspect.Probe{Detail: e.Detail}, true
	case e.Answers(monitoring, "BecomeMonitor") && e.Kind == mirror.Reply:
		return inspect.Probe{OK: true}, true
	case e.Answers(monitoring, "BecomeMonitor") && e.Kind == mirror.Refused:
		return inspect.Probe{Detail: clause(e.Err.Text)}, true
	}
	return inspect.Probe{}, false
}

// clause is the first clause of a refusal: the bus goes on with the whole message that it did not let through.
func clause(text string) string {
	first, _, _ := strings.Cut(text, ";")
	return first
}

// tryJournal reads one entry of the system's journal.
func tryJournal(ctx context.Context) inspect.Probe {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "journalctl", "--system", "--quiet", "--lines=1", "--output=export").Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return inspect.Probe{Absent: true, Detail: "there is no journalctl"}
	case err != nil:
		return inspect.Probe{Detail: strings.TrimSpace(err.Error())}
	case len(out) == 0 && os.Geteuid() == 0: // whom nothing is kept from
		return inspect.Probe{Absent: true, Detail: "the journal is empty"}
	case len(out) == 0:
		return inspect.Probe{Detail: "no entry can be read"}
	}
	return inspect.Probe{OK: true}
}
