package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/wpadbus/wpaconf"
)

// deriveOptions are the flags of derive-wpa-config.
type deriveOptions struct {
	nmVersion    string
	capabilities string
	ifname       string
	defaults     []string
	origin       bool
	showSecrets  bool
}

func (a *app) deriveCommand() *cobra.Command {
	var o deriveOptions
	c := &cobra.Command{
		Use:   "derive-wpa-config PROFILE|FILE",
		Short: "Show what NetworkManager would send to wpa_supplicant for a profile",
		Long: `Compute what NetworkManager would send to wpa_supplicant for a profile, by
NetworkManager's own rules, and write it as a wpa_supplicant.conf. The profile need
not be active. It is named by its name, its UUID or the interface that it is active
on; or it is a keyfile (anything with a / or ending in .nmconnection; - is the
standard input), for which no daemon is needed.

What else decides is asked of the running daemons - NetworkManager's version, what
wpa_supplicant can do, the MTU - or taken to be as in Debian 12 where they cannot be
asked; the answer says which, and what could not be known. --default gives what
NetworkManager.conf sets in its [connection] sections: wifi-sec.pmf, wifi-sec.fils,
wifi.ap-isolation, macsec.offload.

Secrets are left out, and each place says so. With --show-secrets they are shown:
those in the file, or those that NetworkManager tells root.

A profile that NetworkManager could not use ends with code 2 and the property that
is to blame.`,
		Example: `  nmdebug derive-wpa-config office
  nmdebug derive-wpa-config --origin ./office.nmconnection
  nmdebug derive-wpa-config office --nm-version 1.58 --capabilities pmf,sae,bip
  nmdebug derive-wpa-config office --default wifi-sec.pmf=3
  nmdebug derive-wpa-config office -o json | jq -r '.network[].key'`,
		Args:              oneArgument("profile or keyfile"),
		ValidArgsFunction: a.completeProfile,
		RunE:              func(c *cobra.Command, args []string) error { return a.derive(c.Context(), args[0], o) },
	}
	flags := c.Flags()
	flags.StringVar(&o.nmVersion, "nm-version", "", "NetworkManager's `version`, such as 1.42 (default: the one that runs, else 1.42.4)")
	flags.StringVar(&o.capabilities, "capabilities", "", "what wpa_supplicant can do: a `list` of ap, pmf, fils, ft, sha384, suiteb192, sae, bip, fast, ap-isolate; or none")
	flags.StringVar(&o.ifname, "interface", "", "the `interface` to activate it on")
	flags.StringArrayVar(&o.defaults, "default", nil, "a default of NetworkManager.conf, `key=number`")
	flags.BoolVar(&o.origin, "origin", false, "say of each line which property and rule gave it")
	flags.BoolVar(&o.showSecrets, "show-secrets", false, "show passwords, keys and PINs, too")
	return c
}

func (a *app) derive(ctx context.Context, name string, o deriveOptions) error {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	d, err := a.premises(ctx, name, o)
	if err != nil {
		return err
	}
	result, err := derive.Network(d.profile, d.given)
	if err != nil {
		because := new(derive.Error)
		if errors.As(err, &because) {
			err = fmt.Errorf("NetworkManager %s would send nothing: %w", d.given.Version, err)
		}
		return &exitError{exitUsage, err}
	}
	if done, err := a.structured(d.answer(result, o.showSecrets)); done {
		return err
	}
	conf, err := d.conf(result, o)
	if err != nil {
		return err
	}
	return wpaconf.Write(a.out, conf)
}

// completeProfile offers the profiles that NetworkManager has, and files.
func (a *app) completeProfile(c *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(given) > 0 || a.validate(c.Name()) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(c.Context(), completionTimeout)
	defer cancel()
	names, err := a.profileNames(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return names, cobra.ShellCompDirectiveDefault
}
