package cli

import (
	"context"
	"io"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/plan"
	"nmdebug/ui/tui"
)

// Answers are the answers of all commands, by the names of their schemas.
func Answers() map[string]any {
	return map[string]any{
		"status": inspect.Pyramid{}, "change": inspect.Change{}, "why": inspect.Explained{}, "detail": inspect.Detail{},
		"check": checkAnswer{}, "quality": qualityAnswer{}, "explain": explanation{}, "kinds": kindsAnswer{},
		"doctor": inspect.Checkup{}, "version": versionInfo{}, "log": lineAnswer{}, "blame": blameAnswer{},
		"show-wpa-config": shown{}, "derive-wpa-config": derived{},
		"graph": graph.Graph{}, "graph-check": checked{}, "graph-grammar": grammarAnswer{}, "wait": waited{},
		"reconnect-plan": plan.Plan{}, "reconnect": ran{}, "reconnect-event": reconnect.Event{}, "heal": audit{},
		"panel-stats": panelStats{},
	}
}

// RecordSummary is what record says at its end.
func RecordSummary(sum observe.Recorded, file string) string { return summary(sum, file) }

// AsYAML writes a value as `-o yaml` does.
func AsYAML(v any) ([]byte, error) { return asYAML(v) }

// AsJSON writes a value as `-o json` does.
func AsJSON(v any) ([]byte, error) { return asJSON(v, "  ") }

// Stage is what the program runs on in the place of a terminal and of this machine's environment.
type Stage struct {
	Screen   tui.Screen
	Settled  func(keys int) // is told when the panel has nothing to do
	Env      map[string]string
	Now      func() time.Time
	Complain io.Writer
}

// Run runs the program there, and gives its exit code.
func (s Stage) Run(ctx context.Context, args ...string) int {
	a := app{
		out: io.Discard, err: s.Complain, env: func(name string) string { return s.Env[name] }, now: s.Now,
		terminal: func() (int, bool) { return 0, false }, screen: s.Screen, settled: s.Settled,
	}
	return a.run(ctx, args)
}

// CommandNames are the names that commands are found by, with those that they have.
func CommandNames() map[string]string {
	a := &app{env: func(string) string { return "" }}
	names := map[string]string{}
	for _, c := range a.commands() {
		names[c.name] = c.build().Name()
	}
	return names
}

// TimeoutInside is the timeout of a command that runs inside of a panel, and whether the command takes it for one that it was given.
func TimeoutInside(panel time.Duration, args ...string) (timeout time.Duration, given bool, err error) {
	a := app{env: func(string) string { return "" }, timeout: panel}
	one := a.nested(io.Discard, io.Discard, 80)
	c, rest, err := one.rootCommand(args).Find(args)
	if err == nil {
		err = c.ParseFlags(rest)
	}
	return one.timeout, c.Flags().Changed("timeout"), err
}
