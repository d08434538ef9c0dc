package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/demo"
	"nmdebug/cmd/nmdebug/observe"
)

// replayable are the commands that can look at a recording in the place of the system.
func replayable() []string {
	return []string{"nmdebug", "status", "why", "detail", "check", "quality", "graph", "reconnect", "show-wpa-config", "log", "blame", "panel"}
}

// replayed reads --replay and --at; nil when the system itself is to be looked at.
func (a *app) replayed(command string) (*observe.Replay, error) {
	switch {
	case a.replay == "" && a.at != "":
		return nil, usage("--at is a moment of a recording: it goes with --replay")
	case a.replay == "":
		return nil, nil
	case command == "doctor":
		return nil, usage("doctor says what can be seen here and now: that is in no recording")
	case !slices.Contains(replayable(), command):
		return nil, usage("%s does not look at recordings", command)
	}
	at := observe.Moment{}
	if a.at != "" {
		var err error
		if at, err = observe.ParseMoment(a.at); err != nil {
			return nil, usage("--at: %w", err)
		}
	}
	path := a.replay
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	if path == demo.Name {
		open = demo.Open
	}
	return &observe.Replay{
		Name: path, At: at, Open: open,
		Warn: func(err error) { a.complain(fmt.Sprintf("%s: %v; what stands before that is shown", path, err)) },
	}, nil
}

// completeReplay offers the recording that comes with nmdebug, and files.
func completeReplay(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if strings.HasPrefix(demo.Name, typed) {
		names = append(names, demo.Name+"\tthe recording that comes with nmdebug")
	}
	folder, start := filepath.Split(typed)
	files, _ := os.ReadDir(cmp.Or(folder, ".")) // one that cannot be read has nothing to offer
	for _, f := range files {
		hidden := strings.HasPrefix(f.Name(), ".") && start == ""
		switch {
		case hidden || !strings.HasPrefix(f.Name(), start):
		case f.IsDir():
			names = append(names, folder+f.Name()+"/")
		default:
			names = append(names, folder+f.Name())
		}
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if len(names) == 1 && strings.HasSuffix(names[0], "/") {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return names, directive
}
