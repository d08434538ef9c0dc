package reconnect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"nmdebug/inspect"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/nmtypes"
)

// held is a checkpoint that is kept alive; one without a checkpoint does nothing.
type held struct {
	checkpoint Checkpoint
	stopOnce   sync.Once
	cancel     context.CancelFunc
	ended      chan struct{}
}

// ErrNoCheckpoint says that nothing was begun because NetworkManager would not make a checkpoint: of a device that is in
// another one already, for instance.
var ErrNoCheckpoint = errors.New("nothing was begun: no checkpoint could be made")

// hold makes the checkpoint and keeps it from expiring as long as we live.
func (r *Run) hold(ctx context.Context) (*held, error) {
	if r.Hold == nil || len(r.Plan.Devices) == 0 {
		return &held{}, nil
	}
	c, err := r.Hold(ctx, r.Plan.Devices, r.Lease)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCheckpoint, err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h := &held{checkpoint: c, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(h.ended)
		h.keep(ctx, r.Lease)
	}()
	return h, nil
}

// keep extends the checkpoint three times in its life. That it fails is seen when it is released.
func (h *held) keep(ctx context.Context, lease time.Duration) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = h.checkpoint.Extend(ctx, lease)
		case <-ctx.Done():
			return
		}
	}
}

// stop ends the keeping.
func (h *held) stop() {
	h.stopOnce.Do(func() {
		if h.cancel != nil {
			h.cancel()
			<-h.ended
		}
	})
}

func (h *held) release(ctx context.Context) error {
	h.stop()
	if h.checkpoint == nil {
		return nil
	}
	return h.checkpoint.Release(ctx)
}

// rollbackLimit bounds the way back: NetworkManager's answer, its connections, then the VPNs.
const rollbackLimit = 90 * time.Second

// failed goes back to how everything stood, where that can be done. The way back is gone also when we were interrupted.
func (r *Run) failed(ctx context.Context, i int, why error, h *held) error {
	failure := &StepError{Step: i + 1, Does: r.Plan.Steps[i].Does, Err: why}
	h.stop()
	if r.returns > 0 {
		r.tell(Event{Kind: NotBack, Text: "the checkpoint ended with the NetworkManager that made it"})
	}
	if errors.Is(why, ErrNotBack) {
		return failure // there is nobody to ask
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackLimit)
	defer cancel()
	var lost []string
	if h.checkpoint != nil {
		var err error
		if lost, err = h.checkpoint.Rollback(ctx); err != nil {
			r.tell(Event{Kind: NotBack, Text: err.Error()})
			return failure
		}
	}
	if err := r.restore(ctx, i, lost); err != nil {
		r.tell(Event{Kind: NotBack, Text: err.Error()})
		return failure
	}
	r.settle(ctx)
	if h.checkpoint != nil {
		failure.RolledBack = true
		r.tell(Event{Kind: RolledBack, Text: "the connections are as they were before"})
	}
	return failure
}

// settleLimit is how long NetworkManager may take to connect again what it rolled back before we go.
const settleLimit = 10 * time.Second

// settle waits until no device is on its way any more. That one stays so is no failure: it was perhaps like that before.
func (r *Run) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	_ = r.View.Await(ctx, func(s *inspect.Snapshot, _ inspect.Pyramid) (bool, string, error) {
		for _, d := range s.NM.Devices {
			if slices.Contains(r.Plan.Names, cmp.Or(d.IPInterface, d.Interface)) && d.State >= nmtypes.DevicePrepare && d.State != nmtypes.DeviceActivated && d.State != nmtypes.DeviceFailed {
				return false, d.Interface + " is " + d.State.String(), nil
			}
		}
		return true, "", nil
	})
}

// restore connects again what was taken down and not brought up before step i failed, and what a checkpoint does not
// bring back: VPNs, of which it does not know, and the interfaces that NetworkManager tries before what they stand on.
// Lost are the devices, by path, with which the rollback failed.
func (r *Run) restore(ctx context.Context, i int, lost []string) error {
	var errs []error
	back := map[string]bool{}
	for _, s := range r.Plan.Steps {
		if s.Replaces == "" || !r.takenDown(s.Replaces, i) {
			continue
		}
		if err := r.connectAgain(ctx, s); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.Does, err))
		}
		back[s.Interface] = true
	}
	for _, path := range lost {
		n := slices.Index(r.Plan.Devices, path)
		if n < 0 || !back[r.Plan.Names[n]] {
			errs = append(errs, errors.New("NetworkManager could not roll back "+path))
		}
	}
	return errors.Join(errs...)
}

// takenDown says whether a step up to the i-th has ended an active connection.
func (r *Run) takenDown(active string, i int) bool {
	return slices.ContainsFunc(r.Plan.Steps[:i+1], func(s plan.Step) bool {
		return s.Phase == plan.Down && s.Action.Verb == plan.Deactivate && s.Action.Active == active
	})
}

// attempts is how often a connection is tried on the way back: its base may be about to be connected anew, which takes it
// down too.
const attempts = 8

// connectAgain connects what was taken down, when its base is there again.
func (r *Run) connectAgain(ctx context.Context, s plan.Step) (err error) {
	for range attempts {
		if err = r.connect(ctx, s); err == nil || ctx.Err() != nil {
			return err
		}
		_, _, changed := r.View.Look()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return err
}

func (r *Run) connect(ctx context.Context, s plan.Step) error {
	base := ""
	if now, _, _ := r.View.Look(); activeWith(now, s.Action.Profile) {
		return nil // the rollback, or NetworkManager itself, was faster
	}
	err := r.View.Await(ctx, func(now *inspect.Snapshot, _ inspect.Pyramid) (bool, string, error) {
		base = activeOn(now, s.Action.Base)
		return base != "" || s.Action.Base == "", s.Action.Base + " is not connected", nil
	})
	if err != nil {
		return err
	}
	since := time.Now().UTC()
	if err := s.Action.Do(ctx, r.Actors, base); err != nil {
		return err
	}
	return r.View.Await(ctx, func(now *inspect.Snapshot, p inspect.Pyramid) (bool, string, error) {
		return reached(s.Goal, now, p, since, since)
	})
}

// activeWith says whether a profile is active, or about to be.
func activeWith(s *inspect.Snapshot, profile string) bool {
	for _, ac := range s.NM.Active {
		if ac.Connection == profile && (ac.State == nmtypes.ActiveActivated || ac.State == nmtypes.ActiveActivating) {
			return true
		}
	}
	return false
}

// reached says whether a goal is met, or lost for good.
func reached(g plan.Goal, s *inspect.Snapshot, p inspect.Pyramid, begun, fresh time.Time) (ok bool, blocks string, err error) {
	if why := g.Lost(s, begun); why != "" {
		return false, "", fmt.Errorf("%s: %w", why, errOver)
	}
	ok, blocks = g.Met(s, p, fresh)
	return ok, blocks, nil
}
