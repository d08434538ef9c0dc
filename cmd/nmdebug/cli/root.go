package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/roomy"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
	"nmdebug/ui/tui"
)

// app is what all commands share: the streams, the environment and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	terminal func() (width int, ok bool) // of the standard output
	now      func() time.Time
	screen   tui.Screen     // of the panel; nil for the terminal
	settled  func(keys int) // is told when the panel has nothing to do; nil for nobody

	output  string
	stream  bool // several answers follow each other
	colour  string
	address string
	timeout time.Duration
	replay  string
	at      string

	recording *observe.Replay // what replay and at name; nil for the system
}

// Main runs the program and returns its exit code.
func Main() int {
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, terminal: stdoutTerminal, now: time.Now}
	return a.run(untilSignal(), os.Args[1:])
}

// untilSignal gives a context that ends when a signal asks us to. To catch signals takes a sixth of a cold status, and so it is done
// beside. Nobody gives them back: the process ends then.
func untilSignal() context.Context {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as by nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, end := context.WithCancelCause(context.Background())
	go func() {
		roomy.Stack()
		signalled, stop := signal.NotifyContext(ctx, ends...)
		defer stop()
		<-signalled.Done()
		end(context.Cause(signalled))
	}()
	return ctx
}

// stdoutTerminal tells how wide the terminal is that the standard output goes to.
func stdoutTerminal() (width int, ok bool) {
	fd := int(os.Stdout.Fd())
	if !term.IsTerminal(fd) {
		return 0, false
	}
	width, _, err := term.GetSize(fd)
	return width, err == nil
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.rootCommand(args)
	root.SetArgs(negativeArgument(args))
	err := root.ExecuteContext(ctx)
	if err != nil && !silent(err) {
		complaint := text.Printer{Out: a.err, ASCII: !a.utf8()}
		complaint.Line(" ", render.Cell{Text: "nmdebug:"}, render.Cell{Text: err.Error()})
	}
	return codeOf(err)
}

// silent says whether the answer has already said all that the error could.
func silent(err error) bool {
	var exit *exitError
	return errors.As(err, &exit) && exit.Err == nil
}

// about is what the help of nmdebug itself says.
const about = `nmdebug sits beside NetworkManager and wpa_supplicant and shows, for every
interface, which floors stand - L1 physical, L2 link and authentication, L3 IP,
VPN - which is the lowest broken one, and why. Only reconnect, heal and log --level
change anything.

An interface may also be named by its connection or the connection's UUID, a VPN by
its name. -o json is complete and stable, and the schema of it comes with nmdebug.

Nothing to look at? --replay demo is the recording of a laptop with two Wi-Fi cards and
a VPN. It roams, is given a wrong password (--at +38s), finds no DHCP server (+66s), and
loses the VPN (+90s). Everything is mended in the end.

Exit codes:
  0  done                  8  NetworkManager is not on the bus, and was needed
  1  internal error        9  not permitted
  2  usage                10  no such interface or connection
  3  timeout           11-14  check: L1, L2, L3, VPN is the lowest broken
  4  reconnect: a step failed, 20: and it was rolled back, 21: it was refused

Environment:
  DBUS_SYSTEM_BUS_ADDRESS    the bus to use
  NO_COLOR, CLICOLOR_FORCE   no colours, or colours into files and pipes too
  LC_ALL, LC_CTYPE, LANG     whether the terminal shows UTF-8, or ASCII alone`

func (a *app) rootCommand(args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "nmdebug",
		Short: "Show which layer of a connection is broken, and why",
		Long:  about,
		Example: `  nmdebug                          how everything stands
  nmdebug why eth0                 the cause, the evidence, what to type next
  nmdebug check --require l1,l3    for scripts: the exit code names the floor
  nmdebug --replay demo log --faults
  nmdebug --replay demo --at +38s why`,
		Version: version,

		SuggestionsMinimumDistance: 2,

		Args:              cobra.NoArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, // ours is completion.go
	}
	root.Flags().Bool("version", false, "show the version")
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usage("%w (%s --help)", err, c.CommandPath()) })
	a.globalFlags(root)
	status := a.statusCommand() // which runs when none is named
	root.RunE = status.RunE
	root.Flags().AddFlagSet(status.Flags())
	for _, c := range a.asked(args) {
		root.AddCommand(c.build())
	}
	for _, c := range append(root.Commands(), root) {
		validateArgs(c)
	}
	fitHelp(root, a.utf8())
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := a.validate(c.Name()); err != nil {
			return err
		}
		a.recoverLevels(c.Context())
		return nil
	}
	return root
}

// globalFlags are those of all commands. What the app has already is what they are where nothing is said.
func (a *app) globalFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVarP(&a.output, "output", "o", "text", "`form` of the answer: text, json, yaml, jsonl")
	flags.StringVar(&a.colour, "color", cmp.Or(a.colour, "auto"), "`when` to colour: auto, always, never")
	flags.StringVar(&a.address, "address", a.address, "`bus` to use, such as unix:path=/run/my-bus")
	flags.DurationVar(&a.timeout, "timeout", cmp.Or(a.timeout, defaultTimeout), "give up after this `time`")
	flags.StringVar(&a.replay, "replay", "", "look at this recording, `file`, instead of the system; demo comes with nmdebug")
	flags.StringVar(&a.at, "at", "", "`moment` of the recording: +5s, -5s, end, 15:04:05")
	// As with fixed, the only error is a flag that does not exist.
	_ = root.RegisterFlagCompletionFunc("replay", completeReplay)
	fixed(root, "output", "text", "json", "jsonl", "yaml")
	fixed(root, "color", "auto", "always", "never")
}

// command is one that can be built.
type command struct {
	name  string
	build func() *cobra.Command
}

// commands are all commands.
func (a *app) commands() []command {
	return []command{
		{"status", a.statusCommand},
		{"why", a.whyCommand},
		{"detail", a.detailCommand},
		{"check", a.checkCommand},
		{"quality", a.qualityCommand},
		{"log", a.logCommand},
		{"blame", a.blameCommand},
		{"record", a.recordCommand},
		{"graph", a.graphCommand},
		{"panel", a.panelCommand},
		{"reconnect", a.reconnectCommand},
		{"wait", a.waitCommand},
		{"heal", a.healCommand},
		{"show-wpa-config", a.showConfigCommand},
		{"derive-wpa-config", a.deriveCommand},
		{"explain", a.explainCommand},
		{"doctor", a.doctorCommand},
		{"version", a.versionCommand},
		{"completion", completionCommand},
	}
}

// asked are the commands that an invocation may need: the one that it names, or else all, of which the help and the completion tell.
// To build all of them takes a while that one would feel in a loop.
func (a *app) asked(args []string) []command {
	all := a.commands()
	if len(args) == 0 {
		return all[:1]
	}
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] }); i >= 0 {
		return all[i : i+1]
	}
	return all
}

// defaultTimeout bounds a one-shot command. Each daemon has less, so that a hung one is a finding and not a timeout.
const defaultTimeout = 10 * time.Second

// fixed offers the only values of a flag to the shell's completion.
func fixed(c *cobra.Command, flag string, values ...string) {
	// The only error is a flag that does not exist, and it is defined just above.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// validateArgs makes wrong arguments an error of usage, and an unknown command one with a hint.
func validateArgs(c *cobra.Command) {
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if c.HasSubCommands() && len(args) > 0 {
			hint := ""
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				hint = fmt.Sprintf("; did you mean %s?", strings.Join(near, ", "))
			}
			return usage("unknown command %q%s (nmdebug --help lists them)", args[0], hint)
		}
		if err := check(c, args); err != nil {
			return usage("%s: %w (%s --help)", c.Name(), err, c.CommandPath())
		}
		return nil
	}
}

// noArguments is for a command that takes none.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("takes no argument, but was given %q", args[0])
	}
	return nil
}

// oneArgument is for a command that takes exactly one of what is named.
func oneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("takes one %s, but was given %d", what, len(args))
		}
		return nil
	}
}

// oneAtMost is for a command that takes one of what is named, or none.
func oneAtMost(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("takes at most one %s, but was given %d", what, len(args))
		}
		return nil
	}
}

// furtherForms are the forms of an answer that only one command has.
func furtherForms(command string) []string {
	switch command {
	case "quality":
		return []string{"csv"}
	case "graph":
		return []string{"tree", "dot", "mermaid", "svg"}
	case "show-wpa-config", "derive-wpa-config":
		return []string{"conf"}
	}
	return nil
}

// validate refuses values that no command knows.
func (a *app) validate(command string) error {
	forms := append([]string{"text", "json", "jsonl", "yaml"}, furtherForms(command)...)
	if !slices.Contains(forms, a.output) {
		return usage("unknown output %q: use %s", a.output, strings.Join(forms, ", "))
	}
	switch a.colour {
	case "auto", "always", "never":
	default:
		return usage("unknown --color %q: use auto, always or never", a.colour)
	}
	if a.timeout <= 0 {
		return usage("--timeout must be more than 0, not %s", a.timeout)
	}
	if a.address == "" {
		a.address = a.env("DBUS_SYSTEM_BUS_ADDRESS")
	}
	if a.address == "" {
		a.address = mirror.DefaultAddress
	}
	var err error
	a.recording, err = a.replayed(command)
	return err
}

// printer writes for a person: in colour where it is wanted, as wide as the terminal; for the journal, which makes an entry
// of each line, without breaking them.
func (a *app) printer() *text.Printer {
	width, tty := a.terminal()
	switch {
	case tty:
	case a.toJournal():
		width = journalWidth
	default:
		width = 80
	}
	return &text.Printer{Out: a.out, Colour: a.coloured(tty), ASCII: !a.utf8(), Width: width}
}

// journalWidth is more than any sentence of ours has.
const journalWidth = 4096

// toJournal says whether the standard output is the stream to the journal that systemd gave us (systemd.exec(5)). The
// variable alone says nothing: what a service starts inherits it.
func (a *app) toJournal() bool {
	f, ok := a.out.(*os.File)
	if !ok || a.env("JOURNAL_STREAM") == "" {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && a.env("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", st.Dev, st.Ino)
}

// coloured says whether what is written has colours.
func (a *app) coloured(tty bool) bool {
	if a.colour != "auto" {
		return a.colour == "always"
	}
	return (tty || a.env("CLICOLOR_FORCE") != "") && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
}

// utf8 says whether the terminal shows more than ASCII.
func (a *app) utf8() bool {
	locale := strings.ToLower(cmp.Or(a.env("LC_ALL"), a.env("LC_CTYPE"), a.env("LANG")))
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// symbols chooses signs that the terminal can show.
func (a *app) symbols() render.Symbols {
	if a.utf8() {
		return render.Unicode
	}
	return render.ASCII
}
