package cli

import (
	"context"
	"fmt"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
	"nmdebug/ui/tui"
	"nmdebug/wpadbus/wpaconf"
)

// The pages of the panel are what the commands print, of an instant.

func (a *app) whyPage(_ context.Context, out *text.Printer, at tui.Instant, iface string) {
	asked, err := narrow(at.Pyramid, []string{iface})
	if err != nil {
		return
	}
	for _, e := range inspect.Explain(at.Pyramid, asked, true).Explanations {
		a.drawExplanation(out, e)
	}
}

func (a *app) qualityPage(_ context.Context, out *text.Printer, at tui.Instant, _ string) {
	const others = 60 // columns for the rest of a row
	drawLinks(out, at.Links, max(trendWidth, out.Width-others))
}

func (a *app) graphPage(_ context.Context, out *text.Printer, at tui.Instant, _ string) {
	a.drawGraph(out, graph.Build(at.Snapshot, at.Pyramid))
}

func (a *app) detailPage(_ context.Context, out *text.Printer, at tui.Instant, iface string) {
	if d, ok := inspect.DetailOf(at.Snapshot, at.Pyramid, iface); ok {
		a.drawDetail(out, d)
	}
}

func (a *app) confPage(ctx context.Context, out *text.Printer, at tui.Instant, iface string) {
	one := a.confAt(ctx, at, iface, showOptions{origin: true})
	if err := wpaconf.Write(out.Out, one.Config.File(true)); err != nil {
		out.Line("", render.Cell{Text: err.Error(), Role: render.Bad})
	}
}

func (a *app) diffPage(ctx context.Context, out *text.Printer, at tui.Instant, iface string) {
	a.drawDifferences(out, a.confAt(ctx, at, iface, showOptions{diff: true}))
}

// confAt is the configuration that was in force; only of what is in force now the daemons are asked for the rest.
func (a *app) confAt(ctx context.Context, at tui.Instant, iface string, o showOptions) shownOne {
	g := &gathering{snapshot: at.Snapshot, options: o, logWhy: fmt.Sprintf("not read for %s", at.Pyramid.At.Local().Format(render.ClockForm))}
	if at.Live {
		g = a.gather(ctx, at.Snapshot, o)
	}
	defer g.close()
	return g.show(ctx, iface)
}
