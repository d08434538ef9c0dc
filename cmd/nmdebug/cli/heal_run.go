package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/heal"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/act"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/ui/render"
)

// nurse does what a healer decides.
type nurse struct {
	*app
	healing
	healer *heal.Healer
	view   *observe.View
	leave  func()
}

func (a *app) newNurse(ctx context.Context, h healing) (*nurse, error) {
	n := &nurse{app: a, healing: h}
	if !h.policy.SignalOnly {
		if err := n.may(ctx); err != nil {
			return nil, err
		}
	}
	view, stop := observe.Follow(context.WithoutCancel(ctx), a.watched())
	n.view = view
	n.leave = func() { _ = stop() } // it ends because we say so
	return n, nil
}

// may says which right is missing to reconnect anything.
func (n *nurse) may(ctx context.Context) error {
	bus, err := act.Dial(n.address)
	if err != nil {
		return &exitError{exitNoNM, err}
	}
	defer func() { _ = bus.Close() }()
	return n.mayDo(ctx, act.NewNetwork(bus), plan.Plan{Devices: []string{"any"}}, reconnectOptions{rollback: n.rollback})
}

// watch goes on until it is told to end.
func (n *nurse) watch(ctx context.Context) error {
	if n.view.First(ctx) != nil {
		return nil
	}
	_, p, _ := n.view.Look()
	for _, name := range n.begin(p) {
		n.expect(name)
	}
	for begins := true; ; begins = false {
		_, p, changed := n.view.Look()
		if begins { // what breaks from now on was seen whole
			n.say(n.policy.Begins())
		}
		var again time.Time
		if !p.At.IsZero() {
			var decisions []heal.Decision
			decisions, again = n.healer.Judge(p, n.now())
			acted := false
			for _, d := range decisions {
				acted = n.follow(ctx, d) || acted
			}
			if acted && ctx.Err() == nil {
				continue // much may have changed meanwhile
			}
		}
		if !n.rest(ctx, changed, again) {
			return nil // who watches ends it by a signal
		}
	}
}

// begin makes the healer, for the interfaces that the names of the policy speak of now, and gives the names that nothing has: they
// are taken for interfaces that are yet to come.
func (n *nurse) begin(p inspect.Pyramid) (unknown []string) {
	found, unknown := p.FindAll(n.policy.Interfaces)
	n.policy.Interfaces = unique(append(inspect.InterfacesOf(found), unknown...))
	n.healer = heal.NewHealer(n.policy)
	return unknown
}

// rest waits for a change or for a time; false when it is over.
func (n *nurse) rest(ctx context.Context, changed <-chan struct{}, until time.Time) bool {
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(max(until.Sub(n.now()), time.Millisecond))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-changed:
	case <-due:
	case <-ctx.Done():
		return false
	}
	return ctx.Err() == nil
}

// once heals what is broken now, down the ladder, and gives the lowest floor that is broken still.
func (n *nurse) once(ctx context.Context) error {
	first, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	if err := n.view.First(first); err != nil {
		return err
	}
	_, p, _ := n.view.Look()
	if unknown := n.begin(p); len(unknown) > 0 {
		return notFound(p, unknown[0])
	}
	idle := true
	for acted := true; acted && ctx.Err() == nil; {
		acted = false
		_, p, _ = n.view.Look()
		decisions, _ := n.healer.Judge(p, n.now())
		idle = idle && len(decisions) == 0
		for _, d := range decisions {
			acted = n.follow(ctx, d) || acted
		}
	}
	if idle && n.output == "text" {
		n.printer().Line("", render.Cell{Text: "Nothing to mend: nothing that is wanted has failed.", Role: render.Good})
	}
	_, p, _ = n.view.Look()
	lowest := inspect.Level(0)
	for _, s := range p.Stacks {
		if s.Cause != nil && s.Wanted && (lowest == 0 || s.Cause.Level < lowest) {
			lowest = s.Cause.Level
		}
	}
	return exitWith(floorCode(lowest))
}

// audit is one line of the account.
type audit struct {
	At time.Time `json:"at"`
	heal.Decision
}

// follow tells a decision, runs the hook, and reconnects if that was decided; it says whether it did.
func (n *nurse) follow(ctx context.Context, d heal.Decision) bool {
	n.say(d)
	if n.hook != "" {
		n.runHook(ctx, d)
	}
	if d.Kind != heal.Reconnect {
		return false
	}
	if err := n.reconnect(ctx, d); err != nil {
		_, _ = fmt.Fprintln(n.err, "nmdebug:", err)
		switch {
		case errors.Is(err, errNotNow), errors.Is(err, reconnect.ErrLocked), errors.Is(err, reconnect.ErrNoCheckpoint):
			n.healer.Postpone(d)
		case errors.Is(err, act.ErrNoProfile):
			n.healer.Forget(d)
		}
	}
	return true
}

// say prints a decision.
func (n *nurse) say(d heal.Decision) {
	if done, _ := n.structured(audit{n.now(), d}); done {
		return
	}
	status := map[heal.Kind]inspect.Status{
		heal.Watching: inspect.Up,
		heal.Noticed:  inspect.Degraded, heal.Reconnect: inspect.Starting, heal.Signal: inspect.Starting,
		heal.Hopeless: inspect.Failed, heal.GaveUp: inspect.Failed, heal.Recovered: inspect.Up,
	}[d.Kind]
	name := d.Interface
	if d.VPN != "" {
		name = d.VPN + " on " + d.Interface
	}
	what := map[heal.Kind]string{
		heal.Watching: "watches",
		heal.Noticed:  "is broken", heal.Reconnect: fmt.Sprintf("is reconnected from %s, attempt %d", d.From, d.Attempt), heal.Signal: "is told of",
		heal.Hopeless: "is left alone, for no reconnect mends it: " + n.again("why", d.Interface), heal.GaveUp: "is given up", heal.Recovered: "stands again",
	}[d.Kind]
	if d.Kind == heal.Hopeless || d.Attempt == 1 { // the line before has just told why
		d.Reason = ""
	}
	if d.Reason != "" {
		what += ":"
	}
	row := render.Row{
		{Text: n.now().Local().Format("15:04:05.000"), Role: render.Dim},
		{Text: n.symbols()(status), Role: render.RoleOf(status)},
	}
	if d.Kind != heal.Watching {
		row = append(row, render.Cell{Text: name, Role: render.Strong}, render.Cell{Text: d.Broken.String(), Role: render.Plain})
	}
	row = append(row, render.Cell{Text: what, Role: render.RoleOf(status)})
	if d.Reason == "" {
		n.printer().Line(" ", row...)
		return
	}
	n.printer().Hanging(row, changeIndent, render.Cell{Text: d.Reason})
}

// reconnect carries a decision out. Each time over a connection of its own: the bus may have been restarted.
func (n *nurse) reconnect(ctx context.Context, d heal.Decision) error {
	s, p, _ := n.view.Look()
	request := plan.Request{Interface: d.Interface, VPN: d.VPN, From: d.From, Whole: false}
	if err := n.known(ctx, &request, s); err != nil {
		return err
	}
	made := plan.Make(s, p, graph.Build(s, p), request)
	if left := made.Refused("--yes"); len(left) > 0 {
		err := refused(left)
		if slices.ContainsFunc(left, func(r plan.Refusal) bool { return r.Code == plan.OnItsWay }) {
			err = fmt.Errorf("%w: %w", errNotNow, err)
		}
		return err
	}
	unlock, err := reconnect.Lock(ctx, made)
	if err != nil {
		return err
	}
	defer unlock()
	bus, err := act.Dial(n.address)
	if err != nil {
		return err
	}
	defer func() { _ = bus.Close() }()
	run := n.newRun(made, reconnectOptions{rollback: n.rollback}, act.NewNetwork(bus), bus)
	run.View = n.view
	run.Tell = func(e reconnect.Event) {
		if done, _ := n.structured(e); !done {
			_ = n.printEvent(e) // a reader who went away must not end the healing
		}
	}
	err = run.Do(ctx)
	var failed *reconnect.StepError
	if !errors.As(err, &failed) {
		return err
	}
	if !failed.RolledBack {
		n.leaveBehind(made, s)
	}
	return nil
}

// errNotNow says that a reconnect has to wait for somebody else.
var errNotNow = errors.New("later")

// leaveBehind notes the VPNs that a plan has taken down and could not bring back: they ended on purpose, but not for good.
func (n *nurse) leaveBehind(made plan.Plan, before *inspect.Snapshot) {
	for _, s := range made.Steps {
		if ac, ok := before.NM.Active[s.Replaces]; ok && ac.VPN {
			n.healer.Lose(s.Interface, ac.ID, "It was taken down by a reconnect that failed.")
		}
	}
}

// known adds to a request what the settings say of VPNs: of one that ended with NetworkManager they alone know.
func (n *nurse) known(ctx context.Context, r *plan.Request, s *inspect.Snapshot) error {
	n.persistent(ctx, r, s)
	is := func(ac nmtypes.ActiveConnection) bool { return ac.VPN && ac.ID == r.VPN && ac.Connection != "" }
	if r.VPN == "" || slices.ContainsFunc(slices.Collect(maps.Values(s.NM.Active)), is) || slices.ContainsFunc(s.NM.Ended, is) {
		return nil
	}
	p, err := n.profile(ctx, r.VPN)
	r.Profiles = append(r.Profiles, p)
	return err
}

// hookLimit bounds one run of the hook.
const hookLimit = 30 * time.Second

// runHook runs the user's program for a decision. What it says goes to the standard error.
func (n *nurse) runHook(ctx context.Context, d heal.Decision) {
	ctx, cancel := context.WithTimeout(ctx, hookLimit)
	defer cancel()
	c := exec.CommandContext(ctx, n.hook)
	c.Env = append(os.Environ(),
		"NMDEBUG_EVENT="+string(d.Kind), "NMDEBUG_INTERFACE="+d.Interface, "NMDEBUG_VPN="+d.VPN,
		"NMDEBUG_FLOOR="+strings.ToLower(d.Broken.String()), "NMDEBUG_REASON="+d.Reason)
	c.Stdout, c.Stderr = n.err, n.err
	if err := c.Run(); err != nil {
		_, _ = fmt.Fprintf(n.err, "nmdebug: hook %s: %v\n", n.hook, err)
	}
}
