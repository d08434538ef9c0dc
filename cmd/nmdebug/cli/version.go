package cli

import (
	"fmt"
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
		Long: `Show the version of nmdebug, what it was built with, and the version of its JSON. That
grows when a field goes or changes its meaning; new fields do not change it.`,
		Example: `  nmdebug version
  nmdebug version -o json | jq .schema_version`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			v := versionInfo{inspect.SchemaVersion, version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			if done, err := a.structured(v); done {
				return err
			}
			out := a.printer()
			about := fmt.Sprintf("(%s, %s, JSON schema %d)", v.Go, v.Platform, v.SchemaVersion)
			out.Line(" ", render.Cell{Text: "nmdebug " + v.Version}, render.Cell{Text: about, Role: render.Dim})
			return out.Err()
		},
	}
}
