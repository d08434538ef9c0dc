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
	bus, err := act.Dial(a.address)
	if err != nil {
		return &exitError{exitNoNM, err}
	}
	defer func() { err = errors.Join(err, bus.Close()) }()
	// An end that comes meanwhile is heeded when all are raised: a daemon does what it was told, answered or not.
	raising, cancel := context.WithTimeout(context.WithoutCancel(ctx), levelTimeout)
	defer cancel()
	raised, err := loglevel.Raise(raising, bus, loglevel.Wish{Level: level, Domains: opts.domains, Bus: a.address, Ledger: loglevel.Ledger})
	switch {
	case errors.Is(err, mirror.ErrDenied), errors.Is(err, fs.ErrPermission):
		return &exitError{exitNoRight, errors.New("raising log levels needs root")}
	case err != nil:
		return err
	}
	defer func() { err = errors.Join(err, a.setBack(raised)) }()
	a.complain("raised until the end: " + strings.Join(raised.Changes(), ", "))
	s.came = func(ctx context.Context, daemon string) {
		if err := raised.Again(ctx, daemon); err != nil && ctx.Err() == nil {
			a.complain(err.Error())
		}
	}
	return s.live(ctx, a.observed())
}

// setBack sets the levels back, also when the user has ended the program meanwhile.
func (a *app) setBack(raised *loglevel.Raised) error {
	ctx, cancel := context.WithTimeout(context.Background(), levelTimeout)
	defer cancel()
	if err := raised.Restore(ctx); err != nil {
		return err
	}
	a.complain("the log levels are set back")
	return nil
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

// complain writes a line for people to the standard error.
func (a *app) complain(line string) { _, _ = fmt.Fprintln(a.err, "nmdebug:", text.Escape(line)) }
