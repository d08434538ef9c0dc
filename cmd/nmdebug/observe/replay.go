package observe

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// Replay is a recording to be looked at in the place of the system. All times are those of the recording.
type Replay struct {
	Name string                        // for errors
	Open func() (io.ReadCloser, error) // gives the file from its beginning; called more than once
	At   Moment                        // when to look; none for the usual: the end for one look, the start for a watch
	Warn func(error)                   // told once when the file ends too early or is damaged
}

// ReplayError says that a recording cannot be read, or has not what is looked for.
type ReplayError struct {
	Name string // of the recording
	Err  error
}

// Error names the recording.
func (e *ReplayError) Error() string {
	if missing, ok := errors.AsType[*fs.PathError](e.Err); ok && missing.Path == e.Name {
		return "cannot " + e.Err.Error() // which has the name
	}
	return e.Name + ": " + e.Err.Error()
}

// Unwrap gives what is wrong.
func (e *ReplayError) Unwrap() error { return e.Err }

// Moment is when the recording is to be looked at; zero when nothing was said of it.
func (r *Replay) Moment(ctx context.Context) (time.Time, error) {
	if r.At == (Moment{}) {
		return time.Time{}, nil
	}
	s, err := r.span(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return r.moment(s, s.end)
}

// onceIn gives the snapshot of a moment; at the earliest that of the first full state.
func (r *Replay) onceIn(ctx context.Context) (*inspect.Snapshot, error) {
	span, err := r.span(ctx)
	if err != nil {
		return nil, err
	}
	at, err := r.moment(span, span.end)
	if err != nil {
		return nil, err
	}
	p := newPlayer(span, nil)
	var found *inspect.Snapshot
	err = p.play(ctx, r.Open, func(next time.Time) error {
		if next.After(at) && p.whole() {
			found = p.snapshot(latest(at, p.now))
			return doneError{}
		}
		return nil
	}, nil)
	if err != nil && !errors.Is(err, doneError{}) {
		return nil, err
	}
	if found == nil {
		found = p.snapshot(latest(at, p.now))
	}
	return found, nil
}

// watchIn gives each pyramid that a live run would have shown.
func (r *Replay) watchIn(ctx context.Context, tap func(record.Record), see func(*inspect.Snapshot, inspect.Pyramid) error) error {
	span, err := r.span(ctx)
	if err != nil {
		return err
	}
	from, err := r.moment(span, span.start)
	if err != nil {
		return err
	}
	p := newPlayer(span, tap)
	var track inspect.Track
	var kept func() error // the look before, while it is too early
	err = p.play(ctx, r.Open, nil, func(s *inspect.Snapshot) error {
		pyramid := track.Follow(inspect.Build(s))
		if s.At.Before(from) {
			kept = func() error { return see(s, pyramid) }
			return nil
		}
		if kept != nil {
			if err := kept(); err != nil {
				return err
			}
			kept = nil
		}
		return see(s, pyramid)
	})
	if err == nil && kept != nil {
		err = kept()
	}
	return err
}

// sampleIn gives a snapshot at each tick of the recording's own time; only one, at its end, when it is shorter.
func (r *Replay) sampleIn(ctx context.Context, every time.Duration, see func(*inspect.Snapshot, inspect.Pyramid) error) error {
	span, err := r.span(ctx)
	if err != nil {
		return err
	}
	first := span.start
	if every > span.end.Sub(span.start) {
		first = span.end
	}
	tick, err := r.moment(span, first)
	if err != nil {
		return err
	}
	p := newPlayer(span, nil)
	look := func(at time.Time) error {
		s := p.snapshot(at)
		return see(s, inspect.Build(s))
	}
	seen := false
	err = p.play(ctx, r.Open, func(next time.Time) error {
		for next.After(tick) && p.whole() {
			seen = true
			if err := look(latest(tick, p.now)); err != nil {
				return err
			}
			tick = latest(tick, p.now).Add(every)
		}
		return nil
	}, nil)
	if err == nil && !seen {
		err = look(latest(tick, p.now))
	}
	return err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// span is what a first reading tells of a recording.
type span struct {
	start, end time.Time
	marks      bool // it has verdicts: the moments at which a live run looked
}

// span reads the recording once, and warns of what cannot be read in it.
func (r *Replay) span(ctx context.Context) (s span, err error) {
	err = read(ctx, r.Open, func(rec record.Record) error {
		if s.start.IsZero() || rec.Time.Before(s.start) {
			s.start = rec.Time
		}
		s.end = latest(s.end, rec.Time)
		s.marks = s.marks || rec.Kind == record.Verdict
		return nil
	})
	damaged, isDamaged := errors.AsType[*pcapng.FormatError](err)
	switch {
	case isDamaged && !s.start.IsZero():
		if r.Warn != nil {
			r.Warn(damaged)
		}
		return s, nil
	case err == nil && s.start.IsZero():
		err = errors.New("there is no record in it")
	}
	if err != nil && ctx.Err() == nil {
		err = &ReplayError{r.Name, err}
	}
	return s, err
}

// moment finds when to look; otherwise when nothing was said of it.
func (r *Replay) moment(s span, otherwise time.Time) (time.Time, error) {
	at, err := r.At.in(s.start, s.end, otherwise)
	if err != nil {
		return at, &ReplayError{r.Name, err}
	}
	return at, nil
}

// read gives each record of a recording to take. A file that is damaged gives a *pcapng.FormatError after its last one.
func read(ctx context.Context, open func() (io.ReadCloser, error), take func(record.Record) error) (err error) {
	file, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = pcapng.Each(file, func(rec record.Record) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return take(rec)
	})
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// doneError ends a reading that has found what it looked for.
type doneError struct{}

func (doneError) Error() string { return "done" }
