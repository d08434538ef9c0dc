package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"nmdebug/ui/text"
)

// helpWidth is how wide help may be, in columns: the narrowest terminal that one meets.
const helpWidth = 80

// fitHelp makes the help of all commands fit into its width when it is asked for: paragraphs and the texts of flags are
// wrapped, examples and indented lines stay as they were written. Where signs must be ASCII, they become so.
func fitHelp(root *cobra.Command, utf8 bool) {
	help := root.HelpFunc()
	root.SetUsageFunc(usageOf)
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		fitHeadlines(root)
		c.Long = reflow(c.Long, helpWidth)
		if !utf8 {
			c.Use, c.Long, c.Example = plain(c.Use), plain(c.Long), plain(c.Example)
		}
		help(c, args)
	})
}

// usageOf writes how a command is called. It is no template of cobra's: where one is set, the linker must keep every method
// of every type, as a template finds them by their names, and the program is a fifth larger, in memory too.
func usageOf(c *cobra.Command) error {
	var out strings.Builder
	fmt.Fprintf(&out, "Usage:\n  %s\n", c.UseLine())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&out, "  %s [command]\n", c.CommandPath())
	}
	section := func(title, body string) {
		if body = strings.TrimRight(body, " \n"); body != "" {
			fmt.Fprintf(&out, "\n%s:\n%s\n", title, body)
		}
	}
	section("Examples", c.Example)
	section("Available Commands", headlines(c))
	section("Flags", c.LocalFlags().FlagUsagesWrapped(helpWidth))
	section("Global Flags", c.InheritedFlags().FlagUsagesWrapped(helpWidth))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&out, "\nUse %q for more information about a command.\n", c.CommandPath()+" [command] --help")
	}
	_, err := io.WriteString(c.OutOrStderr(), out.String())
	return err
}

// headlines has a line for each command of c.
func headlines(c *cobra.Command) string {
	var out strings.Builder
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			fmt.Fprintf(&out, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
		}
	}
	return out.String()
}

// fitHeadlines wraps the headlines of the commands beside the column of their names, which is as wide as the longest.
func fitHeadlines(root *cobra.Command) {
	widest := 0
	for _, c := range root.Commands() {
		widest = max(widest, len(c.Name()))
	}
	indent := widest + len("   ") // two before the name, one behind it
	for _, c := range root.Commands() {
		lines := text.Wrap(c.Short, helpWidth-indent, helpWidth-indent)
		c.Short = strings.Join(lines, "\n"+strings.Repeat(" ", indent))
	}
}

// plain is text.ASCII for each line.
func plain(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = text.ASCII(line)
	}
	return strings.Join(lines, "\n")
}

// reflow wraps the paragraphs of a text anew.
func reflow(s string, width int) string {
	var out, paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			out = append(out, text.Wrap(strings.Join(paragraph, " "), width, width)...)
			paragraph = nil
		}
	}
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" || strings.HasPrefix(line, " ") {
			flush()
			out = append(out, line)
			continue
		}
		paragraph = append(paragraph, line)
	}
	flush()
	return strings.Join(out, "\n")
}
