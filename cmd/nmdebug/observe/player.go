package observe

import (
	"context"
	"errors"
	"io"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// quiet is how long nothing must have been said in a recording of others before it is looked at, so that one event is seen
// as one.
const quiet = gather

// player applies a recording to a world.
type player struct {
	world *world
	marks bool      // see span
	now   time.Time // of the records that were applied
	dirty bool      // something changed that nobody has seen yet
	stood bool      // the full state was known

	others *mirror.Talk // what others say to each other, beside our own conversation
}

// newPlayer makes a player whose world asks for what that of a recorder asks for: what is not asked for is not waited for.
func newPlayer(s span, tap func(record.Record)) *player {
	p := &player{world: newWorld(askFreely, tap), marks: s.marks, others: mirror.NewTalk()}
	p.world.wpa.AskBeyond = askFreely
	return p
}

// play applies the whole recording. Before each record it calls until with the record's time, and at each moment at which a
// live run looked, or would have, look. Both may be nil; an error of theirs ends it and is given back.
func (p *player) play(ctx context.Context, open func() (io.ReadCloser, error), until func(time.Time) error, look func(*inspect.Snapshot) error) error {
	if until == nil {
		until = func(time.Time) error { return nil }
	}
	if look == nil {
		look = func(*inspect.Snapshot) error { return nil }
	}
	err := read(ctx, open, func(r record.Record) error {
		if err := p.pause(r, look); err != nil {
			return err
		}
		if err := until(r.Time); err != nil {
			return err
		}
		p.now = latest(p.now, r.Time)
		if r.Kind == record.Verdict {
			p.dirty = false
			return look(p.snapshot(r.Time))
		}
		p.apply(r)
		return nil
	})
	if _, damaged := errors.AsType[*pcapng.FormatError](err); damaged {
		err = nil // span has warned of it
	}
	if err == nil && p.dirty {
		err = look(p.snapshot(p.now))
	}
	return err
}

// pause looks where nothing was said for a while, in a recording that has no marks.
func (p *player) pause(next record.Record, look func(*inspect.Snapshot) error) error {
	if p.marks || !p.dirty || next.Time.Sub(p.now) < quiet {
		return nil
	}
	p.dirty = false
	return look(p.snapshot(p.now))
}

// apply does what a live run does with a record. What that asked is in the recording, and so is the answer; what it would
// have asked if it had gone on is not waited for.
func (p *player) apply(r record.Record) {
	switch {
	case r.Kind == record.DBusSent:
		p.world.wants()
	case r.Kind == record.DBusSeen && p.marks: // our own conversation is there
		p.world.pass(r)
		p.captured(r)
		return
	case r.Kind == record.DBusSeen:
		p.dirty = p.world.overhear(r).any || p.dirty
		return
	}
	p.dirty = p.world.apply(r).any || p.dirty
	p.stood = p.stood || p.world.complete()
}

// captured lets the supplicant's fold see the calls that configured it. They make no state, but are a source of their own.
func (p *player) captured(r record.Record) {
	for _, e := range p.others.Apply(r) {
		e.Overheard = true
		p.world.wpa.Apply(e)
	}
}

// whole says whether the full state is known. In recordings of others it never is.
func (p *player) whole() bool { return p.world.complete() || !p.marks }

// snapshot gives the state at a moment. What a source has not told by now it does not tell in this recording, save the
// answer to a question that came up on the way.
func (p *player) snapshot(at time.Time) *inspect.Snapshot {
	s := p.world.snapshot(at)
	for i := range s.Sources {
		if s.Sources[i].Status == inspect.SourceReading && !p.stood {
			s.Sources[i].Status, s.Sources[i].Detail = inspect.SourceLost, "not in the recording"
		}
	}
	return s
}
