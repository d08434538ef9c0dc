package cli

import (
	"context"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/ui/render"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what nmdebug can see here, and what to do about the rest",
		Long: `Try every source that nmdebug reads - the bus, NetworkManager, wpa_supplicant or
iwd, the kernel, ethtool, nl80211, rfkill, Bluetooth, the bus monitor, the journal -
and say for each whether it can be read here, and where not, what one misses by it
and what to do.`,
		Example: `  nmdebug doctor
  nmdebug doctor -o json | jq '.abilities[] | select(.status == "missing")'`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return a.doctor(c.Context()) },
	}
}

func (a *app) doctor(ctx context.Context) error {
	opts := a.observed()
	opts.Thorough = true
	snapshot, err := observe.Once(ctx, opts)
	if err != nil {
		return err
	}
	checkup := inspect.Examine(snapshot, observe.Self(ctx, a.address))
	if done, err := a.structured(checkup); done {
		return err
	}
	out := a.printer()
	out.Line(" ", render.Cell{Text: "Runs as"}, render.Cell{Text: checkup.User, Role: render.Strong})
	for _, ability := range checkup.Abilities {
		a.drawAbility(ability)
	}
	return out.Err()
}

func (a *app) drawAbility(ability inspect.Ability) {
	status := map[inspect.AbilityStatus]inspect.Status{
		inspect.Able: inspect.Up, inspect.Unable: inspect.Failed, inspect.Useless: inspect.Absent,
	}[ability.Status]
	out := a.printer()
	body := string(ability.Status)
	if ability.Detail != "" {
		body += ": " + ability.Detail
	}
	const column = 19
	out.Hanging([]render.Cell{{Text: a.symbols()(status), Role: render.RoleOf(status)}, {Text: ability.Name, Role: render.Strong}}, column, render.Cell{Text: body})
	if ability.Status == inspect.Unable {
		out.Hanging(nil, column, render.Cell{Text: "gives: " + ability.Gives, Role: render.Dim})
	}
	if ability.Do != "" {
		out.Hanging(nil, column, render.Cell{Text: "do: " + ability.Do, Role: render.Busy})
	}
}
