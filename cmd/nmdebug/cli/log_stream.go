package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/narrative"
	"nmdebug/nmwatch/packets"
	"nmdebug/nmwatch/record"
)

// stream turns records into the lines that were asked for and shows them in order.
type stream struct {
	filter  timeline.Filter
	names   []string // that the filter is about: interfaces, and connections whose interfaces are found while it is read
	show    func(record.Line) error
	sources []logSource
	now     func() time.Time

	saw func(*inspect.Snapshot, inspect.Pyramid) // is shown how everything stands; nil for nobody

	unknown func(name string) // is told of a name that nothing has
	ready   func()            // is called when the full state has been seen; nil for nobody

	came func(ctx context.Context, daemon string) // is told of a daemon that has come; nil for nobody

	order timeline.Order

	records int // that were told
	lost    int // records that a source knows to be missing
	shown   int // lines
}

// hear has a record told.
func (s *stream) hear(narrator *narrative.Narrator, r record.Record) {
	s.records++
	if n, err := record.NoteOf(r); err == nil {
		s.lost += n.Missing()
	}
	s.put(narrator.Tell(r))
}

// means chooses the lines of stacks, too.
func (s *stream) means(stacks []inspect.Stack) {
	for _, stack := range stacks {
		if !slices.Contains(s.filter.Interfaces, stack.Interface) {
			s.filter.Interfaces = append(s.filter.Interfaces, stack.Interface)
		}
	}
}

// put takes lines on their way to be shown.
func (s *stream) put(lines []record.Line) {
	for _, l := range lines {
		s.order.Add(l)
	}
}

// give shows lines that were chosen.
func (s *stream) give(lines []record.Line) error {
	for _, l := range lines {
		if !s.filter.Keeps(l) {
			continue
		}
		s.shown++
		if err := s.show(l); err != nil {
			return err
		}
	}
	return nil
}

// past shows what the logs tell. When none can be read the error says why.
func (s *stream) past(ctx context.Context) error {
	out := make(chan record.Record)
	g, inner := errgroup.WithContext(ctx)
	for _, source := range s.sources {
		g.Go(func() error { return source.Run(inner, out) })
	}
	var failed error
	go func() {
		defer close(out)
		failed = g.Wait() // read after out is closed
	}()
	narrator := narrative.New()
	var missing []record.Noted
	for r := range out {
		s.hear(narrator, r)
		if n, ok := unreadable(r); ok {
			missing = append(missing, n)
		}
	}
	if failed != nil {
		return failed
	}
	if err := s.give(s.order.Rest()); err != nil {
		return err
	}
	return notRead(missing)
}

// unreadable says whether a record notes that a log cannot be read.
func unreadable(r record.Record) (n record.Noted, ok bool) {
	n, err := record.NoteOf(r)
	return n, err == nil && (n.Event == record.Absent || n.Event == record.Denied || n.Event == record.Down)
}

// notRead is the error for logs that could not be read: the first of them.
func notRead(missing []record.Noted) error {
	if len(missing) == 0 {
		return nil
	}
	n := missing[0]
	if n.Event == record.Denied {
		return &exitError{exitNoRight, fmt.Errorf("the %s cannot be read: it needs %s", n.Source, n.Right)}
	}
	return usage("the %s cannot be read: %s (name a file with --file, or follow what happens with -f)", n.Source, n.Detail)
}

// told is what the sources of a live timeline hand over: a record, or what changed in the pyramid.
type told struct {
	record  record.Record
	changes []inspect.Change
	means   []inspect.Stack // that the names speak of
}

// waiting is how many records may wait to be told: in a flood many are told in a turn.
const waiting = 256

// live shows what happens until the context ends, which is how it is meant to end.
func (s *stream) live(ctx context.Context, opts observe.Options) error {
	in := make(chan told, waiting)
	send := func(ctx context.Context, t told) {
		select {
		case in <- t:
		case <-ctx.Done():
		}
	}
	g, inner := errgroup.WithContext(ctx)
	opts.Tap = func(r record.Record) { send(inner, told{record: r}) }
	opts.More = append(opts.More, &observe.Overheard{Options: opts}, &packets.Source{Now: s.now})
	for _, source := range s.sources {
		opts.More = append(opts.More, source)
	}
	var before *inspect.Pyramid
	g.Go(func() error {
		return observe.Watch(inner, opts, func(snapshot *inspect.Snapshot, p inspect.Pyramid) error {
			if s.saw != nil {
				s.saw(snapshot, p)
			}
			found, missing := p.FindAll(s.names)
			t := told{means: found}
			if before != nil {
				t.changes = inspect.Changes(*before, p)
			} else {
				s.begins(missing)
			}
			before = &p
			send(inner, t)
			return nil
		})
	})
	narrator := narrative.New()
	g.Go(func() error { return s.consume(inner, narrator, in) })
	err := g.Wait()
	s.tell(ctx, narrator, in)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return s.give(s.order.Rest())
	}
	return err
}

// begins says that the full state has been seen, and which of the names nothing in it has.
func (s *stream) begins(missing []string) {
	for _, name := range missing {
		s.unknown(name)
	}
	if s.ready != nil {
		s.ready()
	}
}

// replay shows what a recording tells, in its own time, while it is read.
func (s *stream) replay(ctx context.Context, opts observe.Options) error {
	narrator := narrative.New()
	var newest time.Time
	var failed error
	opts.Tap = func(r record.Record) {
		s.hear(narrator, r)
		if r.Time.After(newest) {
			newest = r.Time
		}
		if failed == nil {
			failed = s.give(s.order.Settled(newest))
		}
	}
	var before *inspect.Pyramid
	err := observe.Watch(ctx, opts, func(snapshot *inspect.Snapshot, p inspect.Pyramid) error {
		if s.saw != nil {
			s.saw(snapshot, p)
		}
		found, _ := p.FindAll(s.names)
		s.means(found)
		if before != nil {
			s.put(timeline.OfChanges(inspect.Changes(*before, p)))
		}
		before = &p
		return failed
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	return s.give(s.order.Rest())
}

// consume tells what comes, and shows it when nothing older can come any more.
func (s *stream) consume(ctx context.Context, narrator *narrative.Narrator, in chan told) error {
	for {
		var ready <-chan time.Time
		if at, ok := s.order.Next(); ok {
			ready = time.After(max(at.Sub(s.now()), time.Millisecond))
		}
		select {
		case t := <-in:
			s.take(ctx, narrator, t)
			s.tell(ctx, narrator, in)
		case <-ready:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := s.give(s.order.Ready(s.now())); err != nil {
			return err
		}
	}
}

// tell takes what waits.
func (s *stream) tell(ctx context.Context, narrator *narrative.Narrator, in <-chan told) {
	for range len(in) {
		s.take(ctx, narrator, <-in)
	}
}

// take has told what a source hands over.
func (s *stream) take(ctx context.Context, narrator *narrative.Narrator, t told) {
	s.means(t.means)
	s.put(timeline.OfChanges(t.changes))
	s.tellWhoCame(ctx, t.changes)
	if t.record.Kind != 0 {
		s.hear(narrator, t.record)
	}
}

// tellWhoCame tells of the daemons that can be read now and could not before.
func (s *stream) tellWhoCame(ctx context.Context, changes []inspect.Change) {
	for _, c := range changes {
		if s.came != nil && c.Kind == inspect.SourceChanged && c.To == string(inspect.SourceOK) {
			s.came(ctx, c.Source)
		}
	}
}
