package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/act"
	"nmdebug/nmwatch/mirror"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
	"nmdebug/wpadbus"
)

// carryOut does what the plan says, and tells it as it happens.
func (a *app) carryOut(ctx context.Context, p plan.Plan, opts reconnectOptions) error {
	unlock, err := reconnect.Lock(ctx, p)
	if err != nil {
		return locked(err)
	}
	defer unlock()
	bus, err := act.Dial(a.address)
	if err != nil {
		return &exitError{exitNoNM, err}
	}
	defer func() { _ = bus.Close() }()
	network := act.NewNetwork(bus)
	if err := a.mayDo(ctx, network, p, opts); err != nil {
		return err
	}
	if opts.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, opts.limit, fmt.Errorf("not within %s: %w", opts.limit, context.DeadlineExceeded))
		defer cancel()
	}
	view, stop := observe.Follow(context.WithoutCancel(ctx), a.watched())
	defer func() { _ = stop() }() // it ends because we say so
	log := a.progress(p)
	run := a.newRun(p, opts, network, bus)
	run.View, run.Tell = view, log.tell
	err = run.Do(ctx)
	return errors.Join(a.ended(err), log.end(err))
}

// newRun puts together who does what.
func (a *app) newRun(p plan.Plan, opts reconnectOptions, network *act.Network, bus *act.Bus) *reconnect.Run {
	run := &reconnect.Run{
		Plan: p, Lease: opts.rollback, Profile: network.ProfilePath,
		Actors: plan.Actors{Network: network, Radio: network, Supplicant: wpadbus.NewControl(bus)},
	}
	if opts.rollback > 0 {
		run.Hold = func(ctx context.Context, devices []string, after time.Duration) (reconnect.Checkpoint, error) {
			ctx, cancel := context.WithTimeout(ctx, a.timeout)
			defer cancel()
			return network.Hold(ctx, devices, after)
		}
	}
	return run
}

// mayDo says which right is missing, before anything is changed.
func (a *app) mayDo(ctx context.Context, network *act.Network, p plan.Plan, opts reconnectOptions) error {
	actions := []string{act.MayControl}
	if opts.rollback > 0 && len(p.Devices) > 0 {
		actions = append(actions, act.MayCheckpoint)
	}
	for _, s := range p.Steps {
		if s.Action.Verb == plan.RadioOn {
			actions = append(actions, act.MaySwitchWifi)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	missing, err := network.Missing(ctx, actions...)
	switch {
	case err != nil:
		return a.ended(err)
	case len(missing) == 0:
		return nil
	}
	hint := "run it as root"
	if len(missing) == 1 && missing[0] == act.MayCheckpoint {
		hint += ", or with --rollback 0"
	}
	return &exitError{exitNoRight, fmt.Errorf("not permitted: polkit does not grant you %s; nothing was changed (%s)", strings.Join(missing, ", "), hint)}
}

// ended gives the end of a run its exit code.
func (a *app) ended(err error) error {
	var failed *reconnect.StepError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed) && failed.RolledBack: // the account has said why
		return exitWith(exitRolledBack)
	case errors.As(err, &failed):
		return exitWith(exitStep)
	case errors.Is(err, mirror.ErrDenied):
		return &exitError{exitNoRight, err}
	case errors.Is(err, reconnect.ErrNoCheckpoint):
		return &exitError{exitRefused, err}
	}
	return err
}

// progress tells a run as it happens: lines for people, objects for machines.
func (a *app) progress(p plan.Plan) *runLog {
	l := &runLog{app: a, plan: p, events: []reconnect.Event{}}
	if a.output == "text" {
		a.printer().Line("", render.Cell{Text: planTitle(p), Role: render.Strong})
	}
	return l
}

// runLog is the account of one run.
type runLog struct {
	app    *app
	plan   plan.Plan
	events []reconnect.Event
	failed error // the first error of the writer
}

// tell takes an event when it happens.
func (l *runLog) tell(e reconnect.Event) {
	l.events = append(l.events, e)
	switch l.app.output {
	case "text":
		l.failed = errors.Join(l.failed, l.app.printEvent(e))
	case "jsonl":
		_, err := l.app.structured(e)
		l.failed = errors.Join(l.failed, err)
	}
}

// ran is the answer of a reconnect as one object.
type ran struct {
	SchemaVersion int               `json:"schema_version"`
	OK            bool              `json:"ok"`
	RolledBack    bool              `json:"rolled_back"`
	Error         string            `json:"error,omitempty"`
	Plan          plan.Plan         `json:"plan"`
	Events        []reconnect.Event `json:"events"`
}

// end writes the account where it is one object.
func (l *runLog) end(err error) error {
	switch l.app.output {
	case "text":
		if next := l.next(err); next != "" && l.failed == nil {
			out := l.app.printer()
			suggest(out, eventIndent, next)
			return out.Err()
		}
		return l.failed
	case "jsonl":
		return l.failed
	}
	answer := ran{SchemaVersion: plan.SchemaVersion, OK: err == nil, Plan: l.plan, Events: l.events}
	if err != nil {
		var failed *reconnect.StepError
		answer.Error, answer.RolledBack = err.Error(), errors.As(err, &failed) && failed.RolledBack
	}
	_, writing := l.app.structured(answer)
	return writing
}

// next is what to type after a step that failed; "" for nothing.
func (l *runLog) next(err error) string {
	var failed *reconnect.StepError
	switch {
	case errors.Is(err, reconnect.ErrNotBack):
		return "systemctl status NetworkManager"
	case errors.As(err, &failed):
		return inspect.Command("nmdebug", "why", cmp.Or(l.plan.Interface, l.plan.VPN))
	}
	return ""
}

// planTitle says what is about to be done.
func planTitle(p plan.Plan) string {
	name := p.Interface
	if p.VPN != "" {
		name = p.VPN
	}
	return fmt.Sprintf("%s from %s upward: %s, at most %.0f s", name, p.From, counted(len(p.Steps), "step"), p.Total().Seconds())
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// eventIndent is where the text of an event begins.
const eventIndent = 9

func (a *app) printEvent(e reconnect.Event) error {
	out := a.printer()
	symbols := a.symbols()
	step := fmt.Sprintf("%d/%d", e.Step, e.Of)
	line := func(status inspect.Status, label, text string) {
		out.Hanging([]render.Cell{{Text: symbols(status), Role: render.RoleOf(status)}, {Text: label, Role: render.Dim}}, eventIndent, render.Cell{Text: text})
	}
	switch e.Kind {
	case reconnect.StepBegun:
		line(inspect.Starting, step, e.Text+" …")
	case reconnect.StepDone:
		line(inspect.Up, step, fmt.Sprintf("done in %.2f s", e.Seconds))
	case reconnect.StepFailed:
		line(inspect.Failed, step, fmt.Sprintf("failed after %.2f s: %s", e.Seconds, e.Text))
	case reconnect.Waiting:
		line(inspect.Degraded, step, e.Text+" …")
	case reconnect.Resumed:
		line(inspect.Up, step, e.Text)
	case reconnect.RolledBack:
		line(inspect.Degraded, "back", e.Text)
	case reconnect.NotBack:
		line(inspect.Failed, "back", "could not be put back: "+e.Text)
	case reconnect.Finished:
		line(inspect.Up, "done", fmt.Sprintf("in %.2f s", e.Seconds))
	}
	return out.Err()
}

// stepIndent is where the calls of a step begin.
const stepIndent = 5

// printPlan shows a plan that is not carried out.
func (a *app) printPlan(p plan.Plan, opts reconnectOptions) error {
	if done, err := a.structured(p); done {
		return err
	}
	out := a.printer()
	out.Line("", render.Cell{Text: planTitle(p), Role: render.Strong})
	a.printSteps(out, p, opts.brief)
	printEffects(out, p, opts.rollback)
	if err := out.Err(); err != nil || len(p.Steps) > 0 {
		return err
	}
	return exitWith(exitRefused)
}

// printSteps shows what a plan does; brief is without the calls.
func (a *app) printSteps(out *text.Printer, p plan.Plan, brief bool) {
	if !brief && needsActive(p) {
		for line := range strings.Lines(plan.ActiveFunction()) {
			out.Line("", render.Cell{Text: "     "}, render.Cell{Text: strings.TrimRight(line, "\n"), Role: render.Dim})
		}
	}
	for i, s := range p.Steps {
		out.Hanging([]render.Cell{{Text: fmt.Sprintf("%2d", i+1), Role: render.Dim}, {Text: a.arrow(s.Phase), Role: render.Busy}}, stepIndent,
			render.Cell{Text: fmt.Sprintf("%s (at most %.0f s)", s.Does, s.Limit.Seconds())})
		if brief {
			continue
		}
		for _, call := range s.Action.Busctl() {
			out.Line("", render.Cell{Text: "     "}, render.Cell{Text: call, Role: render.Dim})
		}
	}
}

// printEffects shows what a plan does to others, and why it is not carried out.
func printEffects(out *text.Printer, p plan.Plan, rollback time.Duration) {
	label := func(name, text string, role render.Role) {
		out.Hanging([]render.Cell{{Text: name, Role: role}}, eventIndent, render.Cell{Text: text})
	}
	for _, c := range p.Cuts {
		label("cuts", c.Name+": "+c.Text, render.Warn)
	}
	for _, k := range p.Keeps {
		label("keeps", k.Name+": "+k.Why, render.Good)
	}
	if rollback > 0 && len(p.Names) > 0 {
		label("back", fmt.Sprintf("a checkpoint of %s; NetworkManager goes back to it %s after the last sign of life", strings.Join(p.Names, ", "), rollback), render.Dim)
	}
	for _, r := range p.Refusals {
		label("refuses", r.Text+overrides(r), render.Bad)
	}
}

func overrides(r plan.Refusal) string {
	if len(r.Overrides) == 0 {
		return ""
	}
	return " (unless " + strings.Join(r.Overrides, " or ") + ")"
}

// needsActive says whether a call names a connection that does not exist yet.
func needsActive(p plan.Plan) bool {
	for _, s := range p.Steps {
		if s.Action.Base != "" {
			return true
		}
	}
	return false
}

func (a *app) arrow(phase plan.Phase) string {
	switch {
	case a.utf8() && phase == plan.Down:
		return "↓"
	case a.utf8():
		return "↑"
	}
	return string(phase)
}
