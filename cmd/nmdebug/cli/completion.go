package cli

import "github.com/spf13/cobra"

func completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print the completion for your shell",
		Long: `Print a script that completes commands, flags, codes and the interfaces and
connections that exist. Load it where your shell looks for such scripts.`,
		Example: `  source <(nmdebug completion bash)           for this shell alone
  nmdebug completion bash > /etc/bash_completion.d/nmdebug
  nmdebug completion zsh > "${fpath[1]}/_nmdebug"
  nmdebug completion fish > ~/.config/fish/completions/nmdebug.fish`,
		ValidArgs: []string{"bash", "zsh", "fish"},
		Args:      oneArgument("shell: bash, zsh or fish"),
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), c.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			}
			return usage("completion: unknown shell %q: use bash, zsh or fish", args[0])
		},
	}
}
