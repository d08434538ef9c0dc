package cli

import (
	"fmt"
	"io"
	"os"
	"slices"

	"nmdebug/cmd/nmdebug/observe"
)

// replayable are the commands that can look at a recording in the place of the system.
func replayable() []string {
	return []string{"nmdebug", "status", "why", "detail", "check", "quality", "graph", "reconnect", "show-wpa-config", "log", "blame"}
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
	return &observe.Replay{
		Name: path, At: at,
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
		Warn: func(err error) { a.complain(fmt.Sprintf("%s: %v; what stands before that is shown", path, err)) },
	}, nil
}
