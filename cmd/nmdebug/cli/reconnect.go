package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/act"
	"nmdebug/nmwatch/proc"
)

type reconnectOptions struct {
	name     string
	from     string
	dryRun   bool
	brief    bool
	yes      bool
	force    bool
	whole    bool
	rollback time.Duration
	limit    time.Duration // of the whole; 0 for the sum of the steps'
	asked    bool          // --rollback was given
}

func (a *app) reconnectCommand() *cobra.Command {
	var opts reconnectOptions
	c := &cobra.Command{
		Use:   "reconnect [INTERFACE|CONNECTION]",
		Short: "Restart a floor and, in order, everything that stands on it",
		Long: `Take down what stands above the chosen floor, from the top, and bring everything
up again from that floor to the top: the link, the authentication, a real new lease,
the interfaces above, the VPNs. Each step must be proved by its own floor before the
next begins; the gentlest call that does it is chosen. Without --from the lowest
broken floor is taken, without a name the only interface that is broken, or else
the owner of the default route.

--dry-run prints the steps, the D-Bus calls that could be typed instead, and what is
cut; with --replay of what was recorded. Before the first step NetworkManager makes a
checkpoint of just the devices that change. When a step fails everything is put back
as it was; when nmdebug dies, NetworkManager does so by itself after the time of
--rollback, save for the VPNs. When NetworkManager itself ends meanwhile, it is waited
for up to 30 s, and the step is begun again; its checkpoint ended with it.

It refuses to cut your own remote session or the only default route unless you say
--yes or --rollback, and to disturb a device that is on its way without --force. Two
at a time on one device are refused.

Exit codes: 0 everything stands · 4 a step failed · 20 a step failed and everything
is as it was · 21 refused · 9 not permitted · 10 no such interface or connection.`,
		Example: `  nmdebug reconnect eth0 --from l2 --dry-run
  nmdebug reconnect wlan0 --from l3
  nmdebug reconnect office-vpn
  nmdebug reconnect wg0 --from vpn                   WireGuard, made anew
  nmdebug reconnect eth0 --from l1 --rollback 60s    over ssh`,
		Args:              oneAtMost("interface or connection"),
		ValidArgsFunction: a.completeInterface,
		RunE: func(c *cobra.Command, args []string) error {
			opts.name = strings.Join(args, "")
			opts.asked = c.Flags().Changed("rollback")
			if c.Flags().Changed("timeout") {
				opts.limit, a.timeout = a.timeout, defaultTimeout
			}
			return a.reconnect(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.StringVar(&opts.from, "from", "", "floor to begin from: l1, l2, l3 or vpn (default: the lowest broken one)")
	f.BoolVarP(&opts.dryRun, "dry-run", "n", false, "print the steps and what they cut, and change nothing")
	f.BoolVar(&opts.brief, "brief", false, "with --dry-run: leave out the D-Bus calls")
	f.BoolVarP(&opts.yes, "yes", "y", false, "also cut my own session, or the only default route")
	f.BoolVar(&opts.force, "force", false, "also disturb a device that is on its way")
	f.BoolVar(&opts.whole, "all", false, "also restart WireGuard and persistent VPNs on it")
	f.DurationVar(&opts.rollback, "rollback", 30*time.Second, "let NetworkManager go back when it has not heard of nmdebug for so long; 0 for never")
	fixed(c, "from", "l1", "l2", "l3", "vpn")
	return c
}

// reconnect makes the plan, and carries it out unless it is only asked for.
func (a *app) reconnect(ctx context.Context, opts reconnectOptions) error {
	from, err := opts.floor()
	switch {
	case err != nil:
		return err
	case opts.rollback < 0:
		return usage("--rollback must not be less than 0")
	case opts.brief && !opts.dryRun:
		return usage("--brief is for --dry-run")
	case a.recording != nil && !opts.dryRun:
		return usage("what is recorded is over: say --dry-run to see what would have been done")
	}
	asked := a.observed()
	asked.Thorough, asked.Proc = true, true
	s, p, err := a.lookAt(ctx, asked)
	if err != nil {
		return err
	}
	if !p.Network.Running {
		return &exitError{exitNoNM, fmt.Errorf("%s; without it nothing can be reconnected", missing(p))}
	}
	request, err := a.request(ctx, plan.Request{From: from, Force: opts.force, Whole: opts.whole}, opts.name, s, p)
	if err != nil {
		return err
	}
	made := plan.Make(s, p, graph.Build(s, p), request)
	if opts.dryRun {
		return a.printPlan(made, opts)
	}
	if left := made.Refused(opts.flags()...); len(left) > 0 {
		return refused(left)
	}
	return a.carryOut(ctx, made, opts)
}

// flags are those given that override a refusal.
func (o reconnectOptions) flags() []string {
	var given []string
	for flag, set := range map[string]bool{"--yes": o.yes, "--rollback": o.asked && o.rollback > 0, "--force": o.force} {
		if set {
			given = append(given, flag)
		}
	}
	return given
}

// refused is the error of a plan that must not be carried out.
func refused(left []plan.Refusal) error {
	var texts []string
	for _, r := range left {
		text := r.Text
		if len(r.Overrides) > 0 {
			text += " (" + strings.Join(r.Overrides, " or ") + " does it all the same)"
		}
		texts = append(texts, text)
	}
	return &exitError{exitRefused, errors.New("refused: " + strings.Join(texts, " "))}
}

// floor is the floor to begin from; 0 where none is named.
func (o reconnectOptions) floor() (inspect.Level, error) {
	if o.from == "" {
		return 0, nil
	}
	level, err := inspect.ParseLevel(o.from)
	if err != nil {
		return 0, usage("--from: %w", err)
	}
	return level, nil
}

// request adds to what the flags say what a name means.
func (a *app) request(ctx context.Context, r plan.Request, name string, s *inspect.Snapshot, p inspect.Pyramid) (plan.Request, error) {
	if a.recording == nil {
		r.Sessions = proc.Sessions(a.env("SSH_CONNECTION"))
	}
	if err := a.resolve(ctx, name, &r, s, p); err != nil {
		return r, err
	}
	switch {
	case r.VPN != "" && r.From == 0:
		r.From = inspect.VPN
	case r.VPN != "" && r.From != inspect.VPN:
		return r, usage("%s is a VPN: name the interface that carries it to begin from %s", name, r.From)
	case r.From == 0:
		stack, _ := p.Stack(r.Interface)
		if stack.Cause == nil || stack.Cause.Interface != r.Interface {
			return r, usage("%s: say with --from which floor to begin from", unbroken(stack))
		}
		r.From = stack.Cause.Level
	}
	a.persistent(ctx, &r, s)
	stack, _ := p.Stack(r.Interface)
	return r, a.lastProfile(ctx, &r, stack)
}

// unbroken says why a stack gives no floor to begin from.
func unbroken(s inspect.Stack) string {
	if s.Cause != nil {
		return fmt.Sprintf("%s waits for %s of %s, and nothing else is broken on it", s.Interface, s.Cause.Level, s.Cause.Interface)
	}
	for _, f := range s.Floors {
		if f.Status == inspect.Starting {
			return fmt.Sprintf("%s of %s is on its way, and nothing has failed on it", f.Level, s.Interface)
		}
	}
	return "nothing is broken on " + s.Interface
}

// lastProfile finds the profile of a wired interface that is not connected: NetworkManager finds none for a link that is
// set down.
func (a *app) lastProfile(ctx context.Context, r *plan.Request, s inspect.Stack) error {
	if a.recording != nil || r.From == inspect.VPN || s.Connection != nil || s.Kind != "ethernet" && s.Kind != "veth" {
		return nil
	}
	bus, err := act.Dial(a.address)
	if err != nil {
		return &exitError{exitNoNM, err}
	}
	defer func() { _ = bus.Close() }()
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	r.Last, err = act.NewNetwork(bus).LastWired(ctx, r.Interface)
	return err
}

// resolve finds the interface or VPN of a name.
func (a *app) resolve(ctx context.Context, name string, r *plan.Request, s *inspect.Snapshot, p inspect.Pyramid) error {
	if name == "" {
		return a.likeliest(r, p)
	}
	if _, ok := p.Stack(name); ok {
		r.Interface = name
		return nil
	}
	for _, ac := range s.NM.Active {
		if ac.VPN && (ac.ID == name || ac.UUID == name) {
			r.VPN = name
			return nil
		}
	}
	found := p.Find(name)
	switch {
	case len(found) == 1:
		r.Interface = found[0].Interface
		return nil
	case len(found) > 1:
		return usage("%s is active on %d interfaces: name one of them", name, len(found))
	}
	profile, err := a.profile(ctx, name)
	if errors.Is(err, act.ErrNoProfile) {
		return notFound(p, name)
	}
	r.VPN, r.Profiles = name, append(r.Profiles, profile)
	return err
}

// likeliest takes the only interface that is broken, or else the owner of the default route.
func (a *app) likeliest(r *plan.Request, p inspect.Pyramid) error {
	var broken []string
	for _, s := range p.Stacks {
		if s.Cause != nil && s.Cause.Interface == s.Interface {
			broken = append(broken, s.Interface)
		}
		if s.DefaultRoute && r.Interface == "" {
			r.Interface = s.Interface
		}
	}
	switch {
	case len(broken) > 1:
		return usage("several interfaces are broken: name one of %s", strings.Join(broken, ", "))
	case len(broken) == 1:
		r.Interface = broken[0]
	case r.Interface == "":
		return usage("name an interface or connection: none is broken, and none has the default route")
	}
	return nil
}

// profile reads the profile of a VPN that is not active.
func (a *app) profile(ctx context.Context, name string) (plan.Profile, error) {
	if a.recording != nil {
		return plan.Profile{}, act.ErrNoProfile
	}
	bus, err := act.Dial(a.address)
	if err != nil {
		return plan.Profile{}, &exitError{exitNoNM, err}
	}
	defer func() { _ = bus.Close() }()
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	p, err := act.NewNetwork(bus).VPNNamed(ctx, name)
	return plan.Profile(p), err
}

// persistent finds out which of the active VPNs survive their base. Where that cannot be read they are taken for others.
func (a *app) persistent(ctx context.Context, r *plan.Request, s *inspect.Snapshot) {
	var bus *act.Bus
	for _, ac := range s.NM.Active {
		if !ac.VPN || r.Whole || a.recording != nil {
			continue
		}
		if bus == nil {
			var err error
			if bus, err = act.Dial(a.address); err != nil {
				return
			}
			defer func() { _ = bus.Close() }()
		}
		limited, cancel := context.WithTimeout(ctx, a.timeout)
		p, err := act.NewNetwork(bus).VPNAt(limited, ac.Connection)
		cancel()
		if err == nil {
			r.Profiles = append(r.Profiles, plan.Profile(p))
		}
	}
}

// watched is what is followed while a plan is carried out.
func (a *app) watched() observe.Options {
	o := a.observed()
	o.Thorough = true
	return o
}

// locked makes a refusal of a lock that somebody else has.
func locked(err error) error {
	if errors.Is(err, reconnect.ErrLocked) {
		return &exitError{exitRefused, fmt.Errorf("refused: %w", err)}
	}
	return err
}
