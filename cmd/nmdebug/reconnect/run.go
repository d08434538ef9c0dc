package reconnect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/nmtypes"
)

// Checkpoint is how the devices stood before the first step.
type Checkpoint interface {
	Extend(ctx context.Context, by time.Duration) error
	Release(ctx context.Context) error
	Rollback(ctx context.Context) (failed []string, err error)
}

// Run is one plan that is carried out.
type Run struct {
	Plan   plan.Plan
	Actors plan.Actors
	View   *observe.View
	Tell   func(Event) // takes each event when it happens

	// Hold makes the checkpoint; nil for none. NetworkManager goes back to it when it has not heard of us for Lease.
	Hold  func(ctx context.Context, devices []string, after time.Duration) (Checkpoint, error)
	Lease time.Duration

	// Profile finds the path of a profile by its UUID, for a NetworkManager that has come back.
	Profile func(ctx context.Context, uuid string) (path string, err error)

	began   time.Time
	before  *inspect.Snapshot // of the NetworkManager whose objects the plan names
	uuids   []string          // of the profiles that the steps connect
	returns int               // how often another one came
}

// Event is one thing that happened during a run.
type Event struct {
	At      time.Time     `json:"at"`
	Kind    EventKind     `json:"event"`
	Step    int           `json:"step,omitempty"` // from 1
	Of      int           `json:"of,omitempty"`
	Phase   plan.Phase    `json:"phase,omitempty"`
	Text    string        `json:"text"`
	Took    time.Duration `json:"-"`
	Seconds float64       `json:"seconds,omitempty"`
}

// EventKind says what happened.
type EventKind string

// What can happen.
const (
	StepBegun  EventKind = "step-begun"
	StepDone   EventKind = "step-done"
	StepFailed EventKind = "step-failed"
	Waiting    EventKind = "waiting" // for NetworkManager, which ended in the middle of the step
	Resumed    EventKind = "resumed" // the step is begun again
	RolledBack EventKind = "rolled-back"
	NotBack    EventKind = "rollback-failed"
	Finished   EventKind = "finished"
)

// StepError says which step failed, why, and whether everything is as it was before.
type StepError struct {
	Step       int
	Does       string
	RolledBack bool
	Err        error
}

// Error names the step and the reason.
func (e *StepError) Error() string {
	return fmt.Sprintf("step %d (%s): %v", e.Step, e.Does, e.Err)
}

// Unwrap gives the reason.
func (e *StepError) Unwrap() error { return e.Err }

// errOver says that something ended for good while it was waited for.
var errOver = errors.New("over")

// Do carries the plan out. A failed step is a *StepError.
func (r *Run) Do(ctx context.Context) error {
	if err := r.View.First(ctx); err != nil {
		return fmt.Errorf("nothing was begun: %w", err)
	}
	r.before, _, _ = r.View.Look()
	r.began = time.Now().UTC()
	for _, s := range r.Plan.Steps {
		r.uuids = append(r.uuids, s.UUID(r.before))
	}
	held, err := r.hold(ctx)
	if err != nil {
		return err
	}
	defer held.stop()
	for i := range r.Plan.Steps {
		if err := r.persist(ctx, i, held); err != nil {
			return r.failed(ctx, i, err, held)
		}
	}
	if err := held.release(ctx); err != nil {
		return fmt.Errorf("all steps are done, and the checkpoint could not be released: %w", err)
	}
	r.tell(Event{Kind: Finished, Text: "done", Took: time.Since(r.began)})
	return nil
}

func (r *Run) tell(e Event) {
	e.At = time.Now().UTC()
	e.Seconds = e.Took.Seconds()
	r.Tell(e)
}

// persist carries one step out, and again when NetworkManager ended meanwhile and is back.
func (r *Run) persist(ctx context.Context, i int, h *held) error {
	err := r.step(ctx, i, r.Plan.Steps[i])
	for errors.Is(err, errGone) {
		h.stop()
		h.checkpoint = nil // it ended with the NetworkManager that made it
		since := time.Now()
		if err := r.resume(ctx, i); err != nil {
			r.tell(Event{Kind: StepFailed, Step: i + 1, Of: len(r.Plan.Steps), Phase: r.Plan.Steps[i].Phase, Text: err.Error(), Took: time.Since(since)})
			return err
		}
		err = r.step(ctx, i, r.Plan.Steps[i])
	}
	return err
}

// step carries one step out and waits for its goal.
func (r *Run) step(ctx context.Context, i int, s plan.Step) error {
	event := Event{Kind: StepBegun, Step: i + 1, Of: len(r.Plan.Steps), Phase: s.Phase, Text: s.Does}
	r.tell(event)
	since := time.Now().UTC()
	err := r.reach(ctx, s, since)
	event.Kind, event.Took = StepDone, time.Since(since)
	switch {
	case err == nil:
	case r.orphaned(ctx, err):
		err = errGone
		event.Kind, event.Text = Waiting, "NetworkManager has ended; the step is begun again when it is back"
	default:
		event.Kind, event.Text = StepFailed, err.Error()
	}
	r.tell(event)
	return err
}

func (r *Run) reach(ctx context.Context, s plan.Step, since time.Time) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Limit, fmt.Errorf("not within %s: %w", s.Limit, context.DeadlineExceeded))
	defer cancel()
	snapshot, p, _ := r.View.Look()
	fresh := r.freshSince(s.Goal, since, snapshot)
	if err := pause(ctx, snapshot, s.Goal); err != nil {
		return err
	}
	if r.gone(snapshot, p) {
		return errGone
	}
	if !r.underWay(snapshot, s.Action) {
		if err := s.Action.Do(ctx, r.Actors, activeOn(snapshot, s.Action.Base)); err != nil {
			return err
		}
	}
	return r.View.Await(ctx, func(now *inspect.Snapshot, p inspect.Pyramid) (bool, string, error) {
		if r.gone(now, p) {
			return false, "", errGone
		}
		return reached(s.Goal, now, p, since, fresh)
	})
}

// freshSince is the time after which something must have happened to be the work of a step.
func (r *Run) freshSince(g plan.Goal, step time.Time, seen *inspect.Snapshot) time.Time {
	switch g.Fresh {
	case plan.FreshActive:
		return r.began // it may have begun with a step before, or by itself
	case plan.FreshLease:
		// NetworkManager asks by itself after an association. Its lease may have been told and not been seen yet when the step
		// began, and of one more in the same second nothing is told.
		return seen.At
	default:
		return step
	}
}

// maxPause bounds a pause: the clock of the one who wrote a lease's end may have jumped since.
const maxPause = time.Second

// pause waits until the goal can be told from what is so already.
func pause(ctx context.Context, s *inspect.Snapshot, g plan.Goal) error {
	if s == nil {
		return nil
	}
	wait := min(time.Until(g.Earliest(s)), maxPause)
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// underWay says whether NetworkManager has begun by itself what a step is about to ask for: it connects again what has
// lost its link if the profile lets it, and asking would begin from the beginning.
func (r *Run) underWay(s *inspect.Snapshot, a plan.Action) bool {
	if s == nil || a.Verb != plan.Activate || a.Base != "" {
		return false
	}
	d, ok := s.NM.Devices[a.Device]
	ac, active := s.NM.Active[d.Active]
	return ok && active && (ac.Connection == a.Profile || a.Profile == "/") && d.StateAt.After(r.began) &&
		(ac.State == nmtypes.ActiveActivating || ac.State == nmtypes.ActiveActivated)
}

// activeOn is the path of the active connection that an interface has now; "" for none.
func activeOn(s *inspect.Snapshot, iface string) string {
	if s == nil || iface == "" {
		return ""
	}
	for _, d := range s.NM.Devices {
		if ac, ok := s.NM.Active[d.Active]; ok && (d.IPInterface == iface || d.Interface == iface) && ac.State == nmtypes.ActiveActivated {
			return ac.Path
		}
	}
	return ""
}
