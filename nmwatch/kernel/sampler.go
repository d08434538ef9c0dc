package kernel

import (
	"cmp"
	"context"
	"errors"
	"time"

	"nmdebug/nmwatch/record"
)

// Sampler reads everything, again and again: the kernel does not tell when counters and signals move. It makes the records of a one-shot
// [Source], and keeps its sockets and what does not change, so that the second reading and those that follow cost little. It belongs to one
// goroutine, which closes it; the zero value is ready.
type Sampler struct {
	// Now returns the wall clock and CLOCK_BOOTTIME; nil means the system's.
	Now func() (time.Time, time.Duration)

	sys, rfkill string // see Source
	open        *sampling
}

// sampling is what is kept between readings.
type sampling struct {
	*reporter
	talk      *conversation
	stations  *stationProbe
	bluetooth *bluetooth
	others    []probe
}

// Read writes the records of one reading to out. Its errors are those of [Source.Run]; after one it begins anew.
func (s *Sampler) Read(ctx context.Context, out chan<- record.Record) error {
	if s.open == nil {
		r := &reporter{now: s.Now, out: out}
		if r.now == nil {
			r.now = clocks
		}
		sock, err := openSocket(receiveBuffer)
		if err != nil {
			return errors.Join(err, r.note(ctx, record.Noted{Source: record.SourceRtnetlink, Event: record.Down, Detail: err.Error()}))
		}
		s.open = newSampling(r, sock, cmp.Or(s.sys, "/sys"))
	}
	s.open.out = out
	err := s.open.read(ctx, cmp.Or(s.sys, "/sys"), cmp.Or(s.rfkill, "/dev/rfkill"))
	if err != nil {
		s.Close()
	}
	return err
}

// Close closes the sockets.
func (s *Sampler) Close() {
	if s.open == nil {
		return
	}
	s.open.talk.sock.close()
	for _, p := range append(s.open.others, s.open.stations) {
		p.close()
	}
	s.open = nil
}

func newSampling(r *reporter, sock *socket, sys string) *sampling {
	b := newBoard()
	return &sampling{
		reporter:  r,
		talk:      &conversation{reporter: r, sock: sock, board: b, links: NewFold()},
		stations:  &stationProbe{reporter: r, sys: sys},
		bluetooth: &bluetooth{reporter: r, board: b, sys: sys, woken: make(chan struct{}, 1)},
		others:    []probe{&speedProbe{reporter: r}, &deviceProbe{reporter: r, sys: sys}, &wireGuardProbe{reporter: r}},
	}
}

func (s *sampling) read(ctx context.Context, sys, rfkill string) error {
	defer context.AfterFunc(ctx, s.talk.sock.interrupt)()
	if err := s.talk.everything(ctx); err != nil {
		if ctx.Err() == nil {
			_ = s.note(ctx, record.Noted{Source: record.SourceRtnetlink, Event: record.Down, Detail: err.Error()})
		}
		return err
	}
	if err := followRfkill(ctx, s.reporter, rfkill, sys, true); err != nil {
		return err
	}
	if _, err := s.bluetooth.look(ctx); err != nil {
		return err
	}
	s.stations.due = time.Time{} // now
	for _, p := range append(s.others, s.stations) {
		if _, err := p.look(ctx, s.talk.board.seen()); err != nil {
			return err
		}
	}
	return nil
}
