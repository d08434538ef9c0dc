package observe

import (
	"time"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror/wire"
)

// reactsWithin is how long NetworkManager may stay quiet after the kernel said something of a link. It reads the same
// socket as we do and answers at once when it lives.
const reactsWithin = time.Second

// pulse finds a NetworkManager that hangs: it still owns its name and says nothing. Nothing is asked of it as long as
// nothing happens; when the kernel tells of a link and NetworkManager stays quiet, it is pinged once.
type pulse struct {
	due time.Time // when it is to be pinged; zero for never
}

// feel takes note of who said something.
func (p *pulse) feel(c changes, now time.Time) {
	switch {
	case c.nm:
		p.due = time.Time{}
	case c.link && p.due.IsZero():
		p.due = now.Add(reactsWithin)
	}
}

// patience is how long until the ping is due; 0 when none is.
func (p *pulse) patience(now time.Time) time.Duration {
	if p.due.IsZero() {
		return 0
	}
	return max(p.due.Sub(now), time.Millisecond)
}

// wants gives the ping when it is due.
func (p *pulse) wants(now time.Time) []wire.Call {
	if p.due.IsZero() || now.Before(p.due) {
		return nil
	}
	p.due = time.Time{}
	return []wire.Call{{
		Service: nmwatch.Service, Path: "/org/freedesktop/NetworkManager", Interface: "org.freedesktop.DBus.Peer", Member: "Ping",
	}}
}
