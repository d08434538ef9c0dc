package kernel

import (
	"cmp"
	"context"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/roomy"
)

// Source reads the kernel and makes records. It is a task: Run it once, in a goroutine.
type Source struct {
	// OneShot makes Run return when everything that exists has been told; otherwise it follows the changes until its context ends.
	OneShot bool
	// Now returns the wall clock and CLOCK_BOOTTIME; nil means the system's.
	Now func() (time.Time, time.Duration)

	sys    string // where sysfs is; "" is /sys
	rfkill string // the rfkill device; "" is /dev/rfkill
	buffer int    // of the rtnetlink socket; 0 is receiveBuffer
}

// String names the task.
func (s *Source) String() string { return "kernel" }

// Run writes records to out until the context ends, or in one-shot mode until everything has been told; then it
// returns nil. It never closes out. What the system does not have or does not permit is told in notes. Errors are an
// rtnetlink socket that fails, since without it nothing is known, and a one-shot whose context ended before it was done.
func (s *Source) Run(ctx context.Context, out chan<- record.Record) error {
	g, inner := errgroup.WithContext(ctx)
	r := &reporter{now: s.Now, out: out}
	if r.now == nil {
		r.now = clocks
	}
	b := newBoard()
	sys := cmp.Or(s.sys, "/sys")
	run := func(f func() error) {
		g.Go(func() error {
			roomy.Stack()
			return f()
		})
	}
	run(func() error { return followRtnetlink(inner, r, b, cmp.Or(s.buffer, receiveBuffer), s.OneShot) })
	run(func() error { return followRfkill(inner, r, cmp.Or(s.rfkill, "/dev/rfkill"), sys, s.OneShot) })
	run(func() error { return followBluetooth(inner, r, b, sys, s.OneShot) })
	if !s.OneShot {
		run(func() error { return followWireless(inner, r, b, sys) })
	}
	probes := []probe{
		&speedProbe{reporter: r},
		&stationProbe{reporter: r, sys: sys},
		&deviceProbe{reporter: r, sys: sys},
		&wireGuardProbe{reporter: r},
	}
	for _, p := range probes {
		run(func() error { return b.follow(inner, p, s.OneShot) })
	}
	err := g.Wait()
	if ctx.Err() != nil && !s.OneShot {
		return nil
	}
	return err
}

// clocks reads the system's clocks.
func clocks() (time.Time, time.Duration) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return time.Now().UTC(), 0
	}
	return time.Now().UTC(), time.Duration(ts.Nano())
}

// reporter makes records and hands them out.
type reporter struct {
	now func() (time.Time, time.Duration)
	out chan<- record.Record
}

// stamp returns a record of this moment.
func (r *reporter) stamp(kind record.Kind) record.Record {
	wall, boot := r.now()
	return record.Record{Time: wall, Boot: boot, Kind: kind}
}

// note tells something of a source itself.
func (r *reporter) note(ctx context.Context, n record.Noted) error {
	return record.Send(ctx, r.out, n.Record(r.now()))
}

// measured tells a measurement.
func (r *reporter) measured(ctx context.Context, what, about string, value any) error {
	wall, boot := r.now()
	rec, err := record.Measure(what, about, value, wall, boot)
	if err != nil {
		return err
	}
	return record.Send(ctx, r.out, rec)
}
