package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/ui/render"
)

// version is set by the linker.
var version = "unknown"

// versionInfo is the answer of the version command.
type versionInfo struct {
	SchemaVersion int    `json:"schema_version"`
	Version       string `json:"version"`
	Go            string `json:"go"`
	Platform      string `json:"platform"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version of nmdebug and of its JSON",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := versionInfo{inspect.SchemaVersion, version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			if done, err := a.structured(v); done {
				return err
			}
			out := a.printer()
			out.Line(" ", render.Cell{Text: "nmdebug " + v.Version}, render.Cell{Text: "(" + v.Go + ", " + v.Platform + ")", Role: render.Dim})
			return out.Err()
		},
	}
}
