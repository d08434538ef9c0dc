package cli

import (
	"context"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

func (a *app) detailCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "detail INTERFACE|CONNECTION",
		Short: "Show everything about one interface, each value with its source",
		Long: `Show everything that the kernel, ethtool, nl80211, wpa_supplicant and NetworkManager say
of one interface, each value with the source that said it. Secrets are never read.`,
		Example: `  nmdebug detail eth0
  nmdebug detail wlan0 -o json | jq -r '.facts[] | select(.source == "nl80211")'`,
		Args:              oneArgument("interface or connection"),
		ValidArgsFunction: a.completeInterface,
		RunE:              func(c *cobra.Command, args []string) error { return a.detail(c.Context(), args[0]) },
	}
}

func (a *app) detail(ctx context.Context, name string) error {
	opts := a.observed()
	opts.Thorough = true
	snapshot, err := observe.Once(ctx, opts)
	if err != nil {
		return err
	}
	p := inspect.Build(snapshot)
	found := p.Find(name)
	if len(found) == 0 {
		return notFound(p, name)
	}
	d, _ := inspect.DetailOf(snapshot, p, found[0].Interface)
	if err := a.printDetail(d); err != nil {
		return err
	}
	return a.needNM(p)
}

func (a *app) printDetail(d inspect.Detail) error {
	if done, err := a.structured(d); done {
		return err
	}
	out := a.printer()
	a.drawDetail(out, d)
	return out.Err()
}

func (a *app) drawDetail(out *text.Printer, d inspect.Detail) {
	a.drawStacks(out, []inspect.Stack{d.Stack})
	for _, section := range render.Facts(d.Facts) {
		out.Line("")
		out.Line("", section.Title)
		out.List(section.Rows)
	}
}
