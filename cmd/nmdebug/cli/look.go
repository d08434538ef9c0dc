package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
)

// observed is what is asked of all sources, by the global flags.
func (a *app) observed() observe.Options {
	return observe.Options{Address: a.address, Timeout: a.timeout, Replay: a.recording}
}

// again is a command of ours that looks at the same system or recording, to be typed next.
func (a *app) again(words ...string) string {
	line := []string{"nmdebug"}
	if a.replay != "" {
		line = append(line, "--replay", a.replay)
	}
	if a.at != "" {
		line = append(line, "--at", a.at)
	}
	return inspect.Command(append(line, words...)...)
}

// look reads all sources once and judges them.
func (a *app) look(ctx context.Context) (inspect.Pyramid, error) {
	_, p, err := a.lookAt(ctx, a.observed())
	return p, err
}

// lookAt reads once what is asked for, and judges it.
func (a *app) lookAt(ctx context.Context, opts observe.Options) (*inspect.Snapshot, inspect.Pyramid, error) {
	snapshot, err := observe.Once(ctx, opts)
	if err != nil {
		return nil, inspect.Pyramid{}, err
	}
	return snapshot, inspect.Build(snapshot), nil
}

// stacksOf finds what names speak of now, or at the moment of the recording. It is for the past, which can be told without:
// where nobody can be asked there are none.
func (a *app) stacksOf(ctx context.Context, names []string) []inspect.Stack {
	if len(names) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	p, err := a.look(ctx)
	if err != nil {
		return nil
	}
	found, _ := p.FindAll(names)
	return found
}

// completionTimeout is how long somebody may have to wait for a daemon that hangs, who pressed the tabulator or looks at the past.
const completionTimeout = 2 * time.Second

// completeInterface offers what exists for the only argument of a command.
func (a *app) completeInterface(c *cobra.Command, given []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeInterfaces(c, given, typed)
}

// completeInterfaces offers the interfaces and connections that exist now.
func (a *app) completeInterfaces(c *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	if err := a.validate(c.Name()); err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	a.timeout = min(a.timeout, completionTimeout)
	p, err := a.look(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, s := range p.Stacks {
		names = append(names, s.Interface)
		if s.Connection != nil {
			names = append(names, s.Connection.ID)
		}
		for _, t := range s.Tunnels {
			names = append(names, t.Name)
		}
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return slices.Contains(given, n) })
	return names, cobra.ShellCompDirectiveNoFileComp
}
