package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/nmwatch/mirror"
	"nmdebug/wpadbus/wpatypes"
)

// captured are the calls that were seen on the bus, and how the capturing ended.
type captured struct {
	calls  map[string]*wpatypes.Captured // by the path of wpa_supplicant's interface
	code   int                           // of the command
	missed error                         // why there was no association; nil when it was not awaited, or interrupted
}

// capture listens on the bus while a command runs; without one until wpa_supplicant has associated on what is named, or
// anywhere, or the time is over, or it is interrupted.
func (a *app) capture(ctx context.Context, o showOptions) (captured, error) {
	beside, err := a.newCompanion(o.command)
	if err != nil {
		return captured{}, err
	}
	beside.out = a.err // the answer is ours
	view, stop, err := observe.Eavesdrop(ctx, a.observed())
	switch {
	case errors.Is(err, mirror.ErrDenied):
		return captured{}, &exitError{exitNoRight, errors.New("--capture needs root: what others say on D-Bus is shown to root alone")}
	case errors.Is(err, observe.ErrNoBus):
		return captured{}, &exitError{exitNoNM, err}
	case err != nil:
		return captured{}, err
	}
	defer func() { _ = stop() }() // it ends because we say so
	var c captured
	if len(o.command) > 0 {
		c.code = runs(ctx, beside)
	} else {
		c.missed = a.associates(ctx, view, o)
	}
	s, _, _ := view.Look()
	c.calls = callsOf(s)
	return c, nil
}

// runs runs a command to its end, and gives its exit code.
func runs(ctx context.Context, beside *companion) int {
	ended := make(chan struct{})
	beside.begin(ctx, func() { close(ended) })
	<-ended
	return beside.wait()
}

// associates waits for a configuration that is given and leads to an association.
func (a *app) associates(ctx context.Context, view *observe.View, o showOptions) error {
	limited, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	a.complain(fmt.Sprintf("listening for at most %s; connect now, such as with nmcli connection up NAME", o.patience))
	missed := fmt.Sprintf("not within %s: nobody was seen to configure wpa_supplicant so that it associates", o.patience)
	err := view.Await(limited, func(s *inspect.Snapshot, p inspect.Pyramid) (bool, string, error) {
		return associated(s, p, o.names), missed, nil
	})
	if ctx.Err() != nil { // it was interrupted, which is a way to say that it is enough
		return nil
	}
	return err
}

// associated says whether all interfaces that are named, or any when none is, were seen to be configured and have associated.
func associated(s *inspect.Snapshot, p inspect.Pyramid, names []string) bool {
	done := func(name string) bool {
		for _, i := range s.WPA.Interfaces {
			if (name == "" || i.Name == name) && i.Captured != nil && i.Captured.Network != nil && i.State == wpatypes.StateCompleted {
				return true
			}
		}
		return false
	}
	if len(names) == 0 {
		return done("")
	}
	for _, name := range names {
		if !slices.ContainsFunc(p.Find(name), func(stack inspect.Stack) bool { return done(stack.Interface) }) {
			return false
		}
	}
	return true
}

func callsOf(s *inspect.Snapshot) map[string]*wpatypes.Captured {
	calls := map[string]*wpatypes.Captured{}
	for path, i := range s.WPA.Interfaces {
		if i.Captured != nil {
			calls[path] = i.Captured
		}
	}
	return calls
}

// into puts the calls into a snapshot that was taken since.
func (c captured) into(s *inspect.Snapshot) {
	for path, calls := range c.calls {
		if i, there := s.WPA.Interfaces[path]; there {
			i.Captured = calls
			s.WPA.Interfaces[path] = i
		}
	}
}

// captureVerdict is the command's exit code when it failed, else the error of the answer, else that nothing was seen.
func (a *app) captureVerdict(c captured, err error) error {
	switch {
	case c.code == exitOK:
		return cmp.Or(err, c.missed)
	case err != nil:
		a.complain(err.Error())
	}
	return exitWith(c.code)
}
