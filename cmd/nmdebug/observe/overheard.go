package observe

import (
	"bytes"
	"context"
	"fmt"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/redact"
)

// Overheard is what others say to each other on the bus, without its secrets: a source for a tap. Without root it can only
// note that it may not listen.
type Overheard struct {
	Options Options

	monitor *mirror.Monitor // knows what was heard last, when the bus had cut it off
}

// Run hands on what is said until the context ends.
func (o *Overheard) Run(ctx context.Context, out chan<- record.Record) error {
	var redactor redact.Redactor
	if o.monitor == nil {
		o.monitor = newMonitor(o.Options)
	}
	o.monitor.Take = func(r record.Record, _ wire.Message) {
		r.Raw = bytes.Clone(r.Raw) // which is the monitor's own
		_ = record.Send(ctx, out, redactor.Clean(r))
	}
	return o.monitor.Run(ctx)
}

// Eavesdrop follows what happens like [Follow], with what others say on the bus: the snapshots have the calls that were
// captured. It returns when the state is there and all that is said from now on is heard. Who may not listen gets
// [mirror.ErrDenied], and who has nothing to listen to [ErrNoBus]. The tap of the options is taken.
func Eavesdrop(ctx context.Context, opts Options) (v *View, stop func() error, err error) {
	told := make(chan error, 1)
	opts.Tap = func(r record.Record) {
		if allowed, ok := listens(r); ok {
			select {
			case told <- allowed:
			default: // it was told before
			}
		}
	}
	opts.More = append(opts.More, &Overheard{Options: opts})
	v, stop = Follow(ctx, opts)
	ready, cancel := context.WithTimeout(ctx, opts.Timeout)
	defer cancel()
	select {
	case err = <-told:
	case <-ready.Done():
		err = &blockedError{"the bus does not answer who wants to listen", context.Cause(ready)}
	}
	if err == nil {
		err = v.First(ready)
	}
	if err != nil {
		_ = stop() // it ends because we say so
		return nil, nil, err
	}
	return v, stop, nil
}

// listens says whether a record tells of the monitor that it listens, or why it does not.
func listens(r record.Record) (why error, ok bool) {
	n, err := record.NoteOf(r)
	if err != nil || n.Source != record.SourceMonitor {
		return nil, false
	}
	switch n.Event {
	case record.Up:
		return nil, true
	case record.Denied:
		return mirror.ErrDenied, true
	case record.Down:
		return fmt.Errorf("%w: %s", ErrNoBus, n.Detail), true
	default:
		return nil, false
	}
}
