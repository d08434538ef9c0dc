package cli

import (
	"context"
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// unit is a systemd unit for healing all the time.
//
//go:embed heal.service
var unit string

type healOptions struct {
	names      []string
	once       bool
	policy     string
	signalOnly bool
	hook       string
	unit       bool
}

func (a *app) healCommand() *cobra.Command {
	var opts healOptions
	c := &cobra.Command{
		Use:   "heal [INTERFACE|CONNECTION…]",
		Short: "Watch, and reconnect what broke and does not come back by itself",
		Long: `Watch all interfaces that are wanted, or the named ones. When a floor breaks and does
not come back within its hold-off, reconnect from that floor upward, as nmdebug
reconnect does; when that does not help, from one floor lower, with growing pauses. At
most 3 times an hour and interface; then it stops and says so. NetworkManager's own
attempts are waited for. What no reconnect can mend is told and left alone: an
unplugged cable, a password that was refused and never seen to be right. VPNs that
ended with NetworkManager, or with what carried them, are connected again. A VPN
whose program does not notice that its server is gone - OpenVPN without ping - is
not known to be broken. Each line is a decision or a step: the journal keeps them,
and nmdebug log shows them among the others.

--once judges what is so now, without hold-off, and ends. --signal-only runs the hook
instead of reconnecting, with NMDEBUG_EVENT, NMDEBUG_INTERFACE, NMDEBUG_VPN,
NMDEBUG_FLOOR and NMDEBUG_REASON in its environment, when it is time to reconnect and
when something has recovered. A policy is a YAML file; all of it may be left out:

  interfaces: [eth0]             only these
  hold_off: {l1: 15s, l2: 10s, l3: 10s, vpn: 3s}
  budget: 3                      reconnects of one interface or VPN
  per: 1h                        in this time
  back_off: 5s                   before the second attempt; it doubles
  ladder: [vpn, l3, l2, l1]      the rungs, from the top
  rollback: 30s                  as nmdebug reconnect has it
  hook: /etc/nmdebug/hook        runs at every decision

--unit prints a unit for systemd.

Exit codes: 8 NetworkManager is not on the bus · 9 not permitted; of --once: 0
everything that is wanted stands · 10 no such interface or connection · 11 12 13 14 the lowest floor
that is broken still.`,
		Example: `  nmdebug heal
  nmdebug heal --once
  nmdebug heal eth0 --signal-only --hook /usr/local/bin/restart-my-services
  nmdebug heal --unit > /etc/systemd/system/nmdebug-heal.service`,
		ValidArgsFunction: a.completeInterfaces,
		RunE: func(c *cobra.Command, args []string) error {
			opts.names = args
			if opts.once && c.Flags().Changed("watch") {
				return usage("--once and --watch exclude each other")
			}
			if opts.unit {
				_, err := io.WriteString(a.out, unit)
				return err
			}
			return a.heal(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.BoolVar(&opts.once, "once", false, "judge what is so now, and end")
	f.BoolP("watch", "w", true, "go on; this is what it does without --once")
	f.StringVar(&opts.policy, "policy", "", "file with a policy")
	f.BoolVar(&opts.signalOnly, "signal-only", false, "run the hook, and reconnect nothing")
	f.StringVar(&opts.hook, "hook", "", "program that is run at every decision")
	f.BoolVar(&opts.unit, "unit", false, "print a unit for systemd, and end")
	return c
}

// heal follows the system and does what the healer decides.
func (a *app) heal(ctx context.Context, opts healOptions) error {
	h, err := readPolicy(opts)
	if err != nil {
		return err
	}
	a.streams()
	nurse, err := a.newNurse(ctx, h)
	if err != nil {
		return err
	}
	defer nurse.leave()
	if opts.once {
		return nurse.once(ctx)
	}
	return nurse.watch(ctx)
}
