package loglevel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"nmdebug/nmwatch/mirror"
)

// Wish is what is to be raised, where, and where the ledger is.
type Wish struct {
	Level   Level
	Domains string // of NetworkManager, as its SetLogging takes them; "" is DEFAULT
	Bus     string // its address
	Ledger  string // the file; see [Ledger]
}

// Raised is levels that are raised until [Raised.Restore]. One goroutine owns it.
type Raised struct {
	wish   Wish
	caller Caller
	entry  entry
}

// restoreWithin bounds the calls that set back what was raised before an error.
const restoreWithin = 5 * time.Second

// Raise raises the levels of the daemons that run, after it has noted in a ledger what they were; one that is not there is
// no error. Another run that has raised them is the error ErrRaised; what a dead one has left must have been set back by
// [Recover]. After an error nothing is raised.
func Raise(ctx context.Context, c Caller, w Wish) (*Raised, error) {
	if _, there, err := read(w.Ledger); err != nil || there {
		return nil, errors.Join(err, ErrRaised)
	}
	started, err := startOf(os.Getpid())
	if err != nil {
		return nil, err
	}
	r := &Raised{wish: w, caller: c, entry: entry{PID: os.Getpid(), Started: started, Bus: w.Bus, Before: map[string]Setting{}}}
	for _, d := range daemons() {
		if err := r.raise(ctx, d); err != nil && !errors.Is(err, mirror.ErrAbsent) {
			restoring, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreWithin)
			defer cancel()
			return nil, errors.Join(err, r.Restore(restoring))
		}
	}
	return r, nil
}

// Known says whether the level of a daemon of this name can be raised.
func Known(name string) bool {
	_, err := named(name)
	return err == nil
}

// Again raises the level of a daemon that has come, or come back: it starts with its own. Others are none of ours.
func (r *Raised) Again(ctx context.Context, name string) error {
	d, err := named(name)
	if err != nil {
		return nil
	}
	return r.raise(ctx, d)
}

// raise raises one daemon's level. The note comes first: a crash between the two costs nothing.
func (r *Raised) raise(ctx context.Context, d daemon) error {
	before, err := d.read(ctx, r.caller)
	if err != nil {
		return fmt.Errorf("cannot read how much %s logs: %w", d.name, err)
	}
	wanted := d.raised(r.wish.Level, r.wish.Domains)
	if _, noted := r.entry.Before[d.name]; noted && before.Level == wanted.Level {
		return nil // it was silent, and has not been started anew: what was there is noted already
	}
	r.entry.Before[d.name] = before
	if err := write(r.wish.Ledger, r.entry); err != nil {
		delete(r.entry.Before, d.name)
		return err
	}
	if err := d.write(ctx, r.caller, wanted); err != nil {
		if ctx.Err() == nil { // else the daemon may still do it
			delete(r.entry.Before, d.name)
		}
		return fmt.Errorf("cannot make %s log more: %w", d.name, err)
	}
	return nil
}

// Changes tells what was raised: "NetworkManager INFO → TRACE DEFAULT".
func (r *Raised) Changes() []string {
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(r.entry.Before)) {
		if d, err := named(name); err == nil {
			changes = append(changes, fmt.Sprintf("%s %s → %s", name, r.entry.Before[name].Level, d.raised(r.wish.Level, r.wish.Domains)))
		}
	}
	return changes
}

// Restore sets all levels back. What could not be set back stays in the ledger, save that of a daemon that is gone.
func (r *Raised) Restore(ctx context.Context) error {
	return restore(ctx, r.caller, r.wish.Ledger, r.entry)
}

// Recover sets back what a run has left that died, and names the daemons; none when there is nothing to do, or when the run
// lives.
func Recover(ctx context.Context, dial func(bus string) (Caller, error), ledger string) (restored []string, err error) {
	e, there, err := read(ledger)
	if err != nil || !there || e.lives() {
		return nil, err
	}
	c, err := dial(e.Bus)
	if err != nil {
		return nil, err
	}
	restored = slices.Sorted(maps.Keys(e.Before))
	return restored, restore(ctx, c, ledger, e)
}

// restore sets back the settings of an entry, and removes the ledger when none is left.
func restore(ctx context.Context, c Caller, ledger string, e entry) error {
	var failed error
	for name, before := range e.Before {
		d, err := named(name)
		if err == nil {
			err = d.write(ctx, c, before)
		}
		if err != nil && !errors.Is(err, mirror.ErrAbsent) {
			failed = errors.Join(failed, fmt.Errorf("cannot set back how much %s logs (it was %s): %w", name, before, err))
			continue
		}
		delete(e.Before, name)
	}
	if len(e.Before) > 0 {
		return errors.Join(failed, write(ledger, e))
	}
	if err := os.Remove(ledger); err != nil && !errors.Is(err, os.ErrNotExist) {
		failed = errors.Join(failed, err)
	}
	return failed
}
