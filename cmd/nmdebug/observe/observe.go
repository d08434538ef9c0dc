package observe

import (
	"context"
	"slices"
	"sync"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/kernel"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/proc"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/roomy"
	"nmdebug/wpadbus"
)

// Options say what to read.
type Options struct {
	Address  string        // of the bus
	Timeout  time.Duration // for the first complete snapshot
	Thorough bool          // ask for what a status can do without, too
	Replay   *Replay       // a recording in the place of the system; nil for the system
	Proc     bool          // read which processes serve the network, once at the beginning

	// Tap is given each record as it is applied, in the order of the stream; nil for nobody. It must not block for long.
	Tap func(record.Record)
	// More are further sources, whose records only a tap sees.
	More []Source
}

// Source reads a part of the system and makes records of it, until its context ends.
type Source interface {
	Run(ctx context.Context, out chan<- record.Record) error
}

const (
	// answerWithin is how long a daemon may take for an answer before it counts as hung. NetworkManager takes 4 ms for
	// its whole tree, and some 50 with a thousand profiles.
	answerWithin = 2 * time.Second

	// askSparingly bounds the calls for applied connections in a one-shot command: with Hello, one call to each daemon
	// and one for iwd it makes at most eight, however many profiles there are, and one for BlueZ where there is Bluetooth.
	askSparingly = 4

	// askFreely bounds them where time does not matter; what the trees may ask beside it fits into dbus-daemon's 128, too.
	askFreely = 48

	// retryAfter is how long a source rests that failed.
	retryAfter = time.Second

	// buffered is how many records may wait to be applied before the sources have to.
	buffered = 4096
)

// Once reads all sources and gives one snapshot. A daemon that does not answer is silent in it; when not even that can
// be told within the timeout, the error says who is waited for.
func Once(ctx context.Context, opts Options) (*inspect.Snapshot, error) {
	if opts.Replay != nil {
		return opts.Replay.onceIn(ctx)
	}
	o := newObserver(opts, false)
	ctx, cancel := context.WithCancel(ctx)
	defer o.start(ctx)()
	defer cancel()
	if err := o.sample(ctx, opts.Timeout, o.kernel.Run); err != nil {
		return nil, err
	}
	cancel() // the bus is closed while the snapshot is made
	return o.world.snapshot(time.Now().UTC()), nil
}

// Watch gives the first complete pyramid to see, and then one after each change, until the context ends or see gives an
// error, which it gives back. Nobody sees a pyramid in which nothing changed; several changes at once may be seen as one.
//
// A recording is played through as fast as it can be read; at its end Watch gives nil.
func Watch(ctx context.Context, opts Options, see func(*inspect.Snapshot, inspect.Pyramid) error) error {
	if opts.Replay != nil {
		return opts.Replay.watchIn(ctx, opts.Tap, see)
	}
	o := newObserver(opts, true)
	ctx, cancel := context.WithCancel(ctx)
	defer o.rest()
	defer o.start(ctx, append(opts.More, o.kernel)...)()
	defer cancel()
	var track inspect.Track
	return o.loop(ctx, func(s *inspect.Snapshot) error {
		p := track.Follow(inspect.Build(s))
		o.restless = p.Restless()
		return see(s, p)
	})
}

// observer is one run: the sources, the world, and what the loop remembers between records.
type observer struct {
	world    *world
	bus      *mirror.Bus
	kernel   *kernel.Source
	out      chan record.Record
	watch    bool
	thorough bool
	shown    bool // the first complete snapshot was published
	restless bool // the pyramid can change by the passing of time alone
	pulse    pulse
	ports    ports
}

func newObserver(opts Options, watch bool) *observer {
	out := make(chan record.Record, buffered)
	// Half of the time at most, so that a bus or a daemon that hangs is told as such while there is time to tell it.
	patience := min(answerWithin, opts.Timeout/2)
	config := mirror.Config{Address: opts.Address, Out: out, OneShot: !watch, Timeout: patience}
	if opts.Proc {
		out <- proc.Read(time.Now().UTC()) // nobody else writes yet: there is room
	}
	curious := watch || opts.Thorough
	ask := askSparingly
	if curious {
		ask = askFreely
	}
	w := newWorld(ask, opts.Tap)
	w.blue.curious = curious
	if opts.Thorough {
		w.wpa.AskBeyond = askFreely
	}
	if watch {
		config.Names = []string{nmwatch.Service, wpadbus.Service, iwdService, bluez.Service}
		config.Rules = slices.Concat(nmwatch.Rules(), wpadbus.Rules(), bluez.Rules())
	} else {
		config.Calls = w.opening()
	}
	return &observer{
		world: w, bus: mirror.NewBus(config), kernel: &kernel.Source{OneShot: !watch},
		out: out, watch: watch, thorough: opts.Thorough, ports: newPorts(out),
	}
}

// start runs the bus, and other sources if there are any, until the context ends; wait waits for their end then.
func (o *observer) start(ctx context.Context, others ...Source) (wait func()) {
	var running sync.WaitGroup
	running.Go(func() { o.keep(ctx, o.bus.Run) })
	for _, source := range others {
		running.Go(func() { o.keep(ctx, func(ctx context.Context) error { return source.Run(ctx, o.out) }) })
	}
	return func() {
		o.ports.wait()
		running.Wait()
	}
}

// keep runs a source, and when watching runs it again after a failure: what failed, the source has said in the stream.
func (o *observer) keep(ctx context.Context, run func(context.Context) error) {
	roomy.Stack()
	for {
		if err := run(ctx); err == nil || !o.watch {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

const (
	// recheck is how often a pyramid is judged again in which something is on its way.
	recheck = 500 * time.Millisecond

	// gather is how long changes are held back, so that one event is seen as one: the kernel and NetworkManager tell of
	// it some milliseconds apart.
	gather = 30 * time.Millisecond

	// gatherAtMost bounds it where an answer is awaited or records keep coming.
	gatherAtMost = 300 * time.Millisecond
)

// loop applies records as they come and publishes what they changed.
func (o *observer) loop(ctx context.Context, publish func(*inspect.Snapshot) error) error {
	var unseen time.Time // since when something is different that nobody has seen yet; zero when nothing is
	for {
		changed, err := o.next(ctx, unseen)
		if err != nil {
			return err
		}
		o.ask(ctx)
		now := time.Now()
		if changed && unseen.IsZero() {
			unseen = now
		}
		if unseen.IsZero() || o.hold(now.Sub(unseen)) > 0 {
			continue
		}
		unseen, o.shown = time.Time{}, true
		if err := publish(o.world.snapshot(now.UTC())); err != nil {
			return err
		}
	}
}

// hold is how much longer changes are held back that are so old: the first until everything was read, later ones a
// moment.
func (o *observer) hold(age time.Duration) time.Duration {
	whole := o.world.complete() && !o.ports.reading()
	switch {
	case whole && len(o.out) == 0:
		return gather - age
	case whole || o.shown:
		return gatherAtMost - age
	default:
		return gatherAtMost // and again, until the sources have answered or count as silent
	}
}

// next waits for a record, or for the time to look again, and tells whether there may be something new to see.
func (o *observer) next(ctx context.Context, unseen time.Time) (bool, error) {
	var again <-chan time.Time
	if wait := o.patience(unseen); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case r := <-o.out:
		return o.apply(r), nil
	case <-o.ports.read:
		o.ports.pending--
		return false, nil
	case <-again:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// patience is how long to wait for a record before looking again; 0 for ever, so that an idle system costs nothing.
func (o *observer) patience(unseen time.Time) time.Duration {
	now := time.Now()
	wait := o.pulse.patience(now)
	sooner := func(d time.Duration) {
		if wait == 0 || d < wait {
			wait = max(d, time.Millisecond)
		}
	}
	if o.restless {
		sooner(recheck)
	}
	if !unseen.IsZero() {
		sooner(o.hold(now.Sub(unseen)))
	}
	return wait
}

// rest applies what came before the end: a tap gets all that was seen.
func (o *observer) rest() {
	for {
		select {
		case r := <-o.out:
			o.apply(r)
		default:
			return
		}
	}
}

func (o *observer) apply(r record.Record) bool {
	c := o.world.apply(r)
	o.ports.heard(c)
	if o.watch {
		o.pulse.feel(c, time.Now())
	}
	return c.any
}

// ask sends what the folds want to know, and reads the control sockets, and the processes where they explain something.
func (o *observer) ask(ctx context.Context) {
	o.send(o.world.wants())
	if o.world.stray.wants(o.world.talk.Service(nmwatch.Service).Status) {
		o.apply(proc.Read(time.Now().UTC()))
	}
	if o.watch {
		o.send(o.pulse.wants(time.Now()))
	}
	o.ports.ask(ctx, portsOf(o.world.wpa, o.thorough))
}

// send makes calls and applies their records before any answer can be there. A bus that is down says so in the stream.
func (o *observer) send(calls []wire.Call) {
	for _, call := range calls {
		r, err := o.bus.Send(call)
		if err != nil {
			return
		}
		o.world.apply(r)
	}
}
