package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"nmdebug/nmwatch/act"
	"nmdebug/nmwatch/loglevel"
	"nmdebug/nmwatch/mirror"
	"nmdebug/ui/text"
)

// levelTimeout bounds the calls that raise levels and set them back.
const levelTimeout = 5 * time.Second

// withLevel follows the timeline with the daemons' levels raised, and sets them back however it ends.
func (a *app) withLevel(ctx context.Context, opts logOptions, s *stream) (err error) {
	level := loglevel.Level(opts.level)
	if level != loglevel.Debug && level != loglevel.Trace {
		return usage("unknown --level %q: use debug or trace", opts.level)
	}
	r, err := a.raise(ctx, loglevel.Wish{Level: level, Domains: opts.domains})
	if err != nil {
		return err
	}
	defer func() {
		back := r.setBack()
		if back == nil {
			a.complain("the log levels are set back")
		}
		err = errors.Join(err, back)
	}()
	a.complain("raised until the end: " + strings.Join(r.Changes(), ", "))
	s.came = func(ctx context.Context, daemon string) {
		if err := r.Again(ctx, daemon); err != nil && ctx.Err() == nil {
			a.complain(err.Error())
		}
	}
	return s.live(ctx, a.observed())
}

// raised are log levels that are to be set back, by the connection that raised them.
type raised struct {
	*loglevel.Raised
	bus *act.Bus
}

// raise makes the daemons log more. An end that comes meanwhile is heeded when all are raised: a daemon does what it was told,
// answered or not.
func (a *app) raise(ctx context.Context, wish loglevel.Wish) (*raised, error) {
	bus, err := act.Dial(a.address)
	if err != nil {
		return nil, &exitError{exitNoNM, err}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), levelTimeout)
	defer cancel()
	wish.Bus, wish.Ledger = a.address, loglevel.Ledger
	r, err := loglevel.Raise(ctx, bus, wish)
	if errors.Is(err, mirror.ErrDenied) || errors.Is(err, fs.ErrPermission) {
		err = &exitError{exitNoRight, errors.New("raising log levels needs root")}
	}
	if err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	return &raised{r, bus}, nil
}

// setBack sets the levels back, also when the user has ended the program meanwhile.
func (r *raised) setBack() error {
	ctx, cancel := context.WithTimeout(context.Background(), levelTimeout)
	defer cancel()
	return errors.Join(r.Restore(ctx), r.bus.Close())
}

// recoverLevels sets back what a run has left raised that died. Who may not has nothing to do with it.
func (a *app) recoverLevels(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, levelTimeout)
	defer cancel()
	var bus *act.Bus
	restored, err := loglevel.Recover(ctx, func(address string) (_ loglevel.Caller, err error) {
		bus, err = act.Dial(address)
		return bus, err
	}, loglevel.Ledger)
	if bus != nil {
		err = errors.Join(err, bus.Close())
	}
	switch {
	case err != nil:
		a.complain("a run that died had raised log levels: " + err.Error())
	case len(restored) > 0:
		a.complain("a run that died had raised the log levels of " + strings.Join(restored, " and ") + "; they are set back")
	}
}

// expect tells that nothing has a name yet, which something may still get.
func (a *app) expect(name string) {
	a.complain(fmt.Sprintf("there is no interface or active connection %q yet", name))
}

// complain writes a line for people to the standard error.
func (a *app) complain(line string) { _, _ = fmt.Fprintln(a.err, "nmdebug:", text.Escape(line)) }
