package observe

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel"
	"nmdebug/nmwatch/record"
)

// Sample gives a snapshot at once and then one at every tick, until the context ends or see gives an error, which it
// gives back, or a recording is over. The kernel is read anew for each, because it does not tell when counters move; the daemons are followed.
func Sample(ctx context.Context, opts Options, every time.Duration, see func(*inspect.Snapshot, inspect.Pyramid) error) error {
	if opts.Replay != nil {
		return opts.Replay.sampleIn(ctx, every, see)
	}
	o := newObserver(opts, true)
	var sampler kernel.Sampler
	defer sampler.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer o.start(ctx)()
	defer cancel()
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		if err := o.sample(ctx, opts.Timeout, sampler.Read); err != nil {
			return err
		}
		s := o.world.snapshot(time.Now().UTC())
		if err := see(s, inspect.Build(s)); err != nil {
			return err
		}
		if err := o.follow(ctx, ticks.C); err != nil {
			return err
		}
	}
}

// sample reads the kernel once and applies all that came, until every source has given its first answer.
func (o *observer) sample(ctx context.Context, timeout time.Duration, read func(context.Context, chan<- record.Record) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, lateError{timeout})
	defer cancel()
	var failed error // written before done is closed
	done := make(chan struct{})
	go func() {
		defer close(done)
		failed = read(ctx, o.out)
	}()
	reading := done
	for reading != nil || len(o.out) > 0 || !o.world.complete() || o.ports.reading() {
		select {
		case r := <-o.out:
			o.apply(r)
		case <-o.ports.read:
			o.ports.pending--
		case <-reading:
			if failed != nil && ctx.Err() == nil {
				return failed
			}
			reading = nil
		case <-ctx.Done():
			<-done
			return fmt.Errorf("cannot read %s: %w", cmp.Or(o.world.waiting(), inspect.SourceKernel), context.Cause(ctx))
		}
		o.ask(ctx)
	}
	return nil
}

// lateError says that the time was over. It is a context.DeadlineExceeded.
type lateError struct{ after time.Duration }

func (e lateError) Error() string { return fmt.Sprintf("no answer within %s", e.after) }

func (lateError) Is(target error) bool { return target == context.DeadlineExceeded }

// follow applies what the daemons say until the next tick.
func (o *observer) follow(ctx context.Context, tick <-chan time.Time) error {
	for {
		select {
		case r := <-o.out:
			o.apply(r)
			o.ask(ctx)
		case <-o.ports.read:
			o.ports.pending--
		case <-tick:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
