package reconnect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/mirror"
)

// How a NetworkManager is waited for that ended in the middle of a plan. systemd starts it again in a moment.
const (
	returnLimit  = 30 * time.Second       // until it is there again
	startupLimit = 60 * time.Second       // until it has connected by itself what it connects: longer than a DHCP client waits
	noticeLimit  = 500 * time.Millisecond // until its end is seen, after a call that failed for it
	mostReturns  = 3                      // it may be the plan that makes it end
)

// errGone says that NetworkManager ended, or was replaced by another: what the plan names are other objects by now.
var errGone = errors.New("NetworkManager has ended")

// ErrNotBack says that NetworkManager ended in the middle of a plan, and that nobody is there to go on with.
var ErrNotBack = errors.New("NetworkManager is not back")

// gone says whether the NetworkManager that the plan was made for is not there any more.
func (r *Run) gone(s *inspect.Snapshot, p inspect.Pyramid) bool {
	return s.NM.Speaker != r.before.NM.Speaker || p.Source(inspect.SourceNM).Status == inspect.SourceAbsent
}

// orphaned says whether a step failed because NetworkManager ended.
func (r *Run) orphaned(ctx context.Context, err error) bool {
	if errors.Is(err, errGone) || ctx.Err() != nil {
		return ctx.Err() == nil
	}
	if _, refused := errors.AsType[*mirror.CallError](err); !refused {
		s, p, _ := r.View.Look()
		return r.gone(s, p)
	}
	ctx, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	return r.View.Await(ctx, func(s *inspect.Snapshot, p inspect.Pyramid) (bool, string, error) { return r.gone(s, p), "", nil }) == nil
}

// resume waits until NetworkManager is back, and makes what is left of the plan, from step i on, a plan for it.
func (r *Run) resume(ctx context.Context, i int) error {
	if r.returns++; r.returns > mostReturns {
		return fmt.Errorf("%w for good: it ended %d times", ErrNotBack, r.returns)
	}
	back, cancel := context.WithTimeoutCause(ctx, returnLimit, fmt.Errorf("not within %s: %w", returnLimit, context.DeadlineExceeded))
	defer cancel()
	if err := r.awaitBack(back, func(*inspect.Snapshot) bool { return true }); err != nil {
		return fmt.Errorf("%w: %w", ErrNotBack, context.Cause(back))
	}
	started, cancel := context.WithTimeout(ctx, startupLimit)
	defer cancel()
	// That something does not come up by itself is perhaps what the plan is for.
	_ = r.awaitBack(started, func(s *inspect.Snapshot) bool { return !s.NM.Manager.Startup })
	if err := r.move(ctx, i); err != nil {
		return err
	}
	r.tell(Event{Kind: Resumed, Step: i + 1, Of: len(r.Plan.Steps), Text: "NetworkManager is back"})
	return nil
}

// awaitBack waits for another NetworkManager of which something is so.
func (r *Run) awaitBack(ctx context.Context, so func(*inspect.Snapshot) bool) error {
	return r.View.Await(ctx, func(s *inspect.Snapshot, p inspect.Pyramid) (bool, string, error) {
		there := s.NM.Synced && s.NM.Speaker != r.before.NM.Speaker && p.Source(inspect.SourceNM).Status == inspect.SourceOK
		return there && so(s), "it is not ready", nil
	})
}

// move gives the steps from the i-th on the paths that their objects have now.
func (r *Run) move(ctx context.Context, i int) error {
	now, _, _ := r.View.Look()
	steps := slices.Clone(r.Plan.Steps)
	for n := i; n < len(steps); n++ {
		profile := ""
		if r.uuids[n] != "" {
			var err error
			if profile, err = r.Profile(ctx, r.uuids[n]); err != nil {
				return err
			}
		}
		moved, err := steps[n].Moved(r.before, now, profile)
		if err != nil {
			return err
		}
		steps[n] = moved
	}
	r.Plan.Steps, r.before = steps, now
	return nil
}
