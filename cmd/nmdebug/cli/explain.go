package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/inspect/lexicon"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
)

func (a *app) explainCommand() *cobra.Command {
	list := false
	c := &cobra.Command{
		Use:   "explain CODE…",
		Short: "Explain a state, reason or status code; log lines can be pasted",
		Long: `Explain a code or a word that NetworkManager, wpa_supplicant, the kernel or nmdebug
printed: device states and reasons, VPN states, 802.11 reason and status codes
(negative: this side gave the reason), EAP methods, TLS alerts, DHCP messages, the
codes of nmdebug's findings. What it is mistaken for is said, too.

A number alone may mean several things: the likeliest comes first, and a word before
it decides. A whole line of a log can be pasted: the codes are found in it. The name
of a kind lists all its codes. No daemon and no network is needed.`,
		Example: `  nmdebug explain 7
  nmdebug explain 802.11 15
  nmdebug explain -3
  nmdebug explain no-secrets
  nmdebug explain "CTRL-EVENT-DISCONNECTED bssid=… reason=4 locally_generated=1"
  nmdebug explain --list`,
		ValidArgsFunction: completeCodes,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case list:
				return a.listKinds()
			case len(args) == 0:
				return usage("explain: which code? (nmdebug explain --list names the kinds)")
			default:
				return a.explain(strings.Join(args, " "))
			}
		},
	}
	c.Flags().BoolVar(&list, "list", false, "list the kinds of codes")
	return c
}

// completeCodes offers the kinds, and the codes of nmdebug's own findings.
func completeCodes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, k := range lexicon.Kinds() {
		words = append(words, string(k)+"\t"+k.Title())
	}
	for _, code := range inspect.Codes() {
		words = append(words, string(code)+"\t"+code.Meaning())
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// negativeArgument keeps the negative codes of the explain command from being taken for flags: it puts them behind the end
// of the flags.
func negativeArgument(args []string) []string {
	if !slices.Contains(args, "explain") || slices.Contains(args, "--") {
		return args
	}
	number := regexp.MustCompile(`^-\d+$`)
	var codes []string
	others := slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		if number.MatchString(arg) {
			codes = append(codes, arg)
			return true
		}
		return false
	})
	if len(codes) == 0 {
		return args
	}
	return slices.Concat(others, []string{"--"}, codes)
}

// explanation is the answer of the explain command.
type explanation struct {
	SchemaVersion int             `json:"schema_version"`
	Query         string          `json:"query"`
	Findings      []explainedCode `json:"findings"` // nmdebug's own codes
	Entries       []lexicon.Entry `json:"entries"`
}

// explainedCode is a code of nmdebug's own findings.
type explainedCode struct {
	Code    inspect.Code `json:"code"`
	Floor   string       `json:"floor"`
	Meaning string       `json:"meaning"`
}

func (a *app) explain(query string) error {
	answer := explanation{SchemaVersion: inspect.SchemaVersion, Query: query, Findings: ownCode(query), Entries: lexicon.Lookup(query)}
	if answer.Entries == nil {
		answer.Entries = []lexicon.Entry{}
	}
	if len(answer.Findings)+len(answer.Entries) == 0 {
		hint := " (nmdebug explain --list names the kinds)"
		if near := lexicon.Similar(query); len(near) > 0 {
			hint = "; did you mean " + strings.Join(near, ", ") + "?"
		}
		return &exitError{exitNotFound, fmt.Errorf("no code is known as %q%s", query, hint)}
	}
	if done, err := a.structured(answer); done {
		return err
	}
	out := a.printer()
	for _, f := range answer.Findings {
		out.Line(" ", render.Cell{Text: string(f.Code), Role: render.Strong}, render.Cell{Text: "a finding of nmdebug about " + f.Floor, Role: render.Dim})
		out.Hanging([]render.Cell{{Text: " "}}, 2, render.Cell{Text: f.Meaning})
	}
	for i, e := range answer.Entries {
		if i+len(answer.Findings) > 0 {
			out.Line("")
		}
		drawEntry(out, e)
	}
	return out.Err()
}

// ownCode finds a code of nmdebug's own findings.
func ownCode(query string) []explainedCode {
	code := inspect.Code(strings.ToLower(strings.TrimSpace(query)))
	if !slices.Contains(inspect.Codes(), code) {
		return []explainedCode{}
	}
	floor := "any floor"
	if code.Level() != 0 {
		floor = code.Level().String()
	}
	return []explainedCode{{code, floor, code.Meaning()}}
}

func drawEntry(out *text.Printer, e lexicon.Entry) {
	title := e.Word
	if e.Coded {
		title = fmt.Sprintf("%s (%d)", e.Word, e.Code)
	}
	kind := e.Kind.Title()
	if e.Floor != "" {
		kind += ", " + e.Floor
	}
	out.Line(" ", render.Cell{Text: title, Role: render.Strong}, render.Cell{Text: kind, Role: render.Dim})
	out.Hanging([]render.Cell{{Text: " "}}, 2, render.Cell{Text: e.Meaning})
	for _, trap := range e.Traps {
		labelled(out, 9, "beware", render.Warn, trap)
	}
	for _, next := range e.Next {
		suggest(out, 9, next)
	}
	source := e.Source
	if e.Name != "" {
		source = e.Name + ", " + source
	}
	out.Hanging([]render.Cell{{Text: " "}, {Text: "source", Role: render.Dim}}, 9, render.Cell{Text: source, Role: render.Dim})
}

// kindsAnswer is the answer of explain --list.
type kindsAnswer struct {
	SchemaVersion int          `json:"schema_version"`
	Kinds         []kindOfCode `json:"kinds"`
}

// kindOfCode is one kind of codes, and how many there are.
type kindOfCode struct {
	Kind  lexicon.Kind `json:"kind"`
	Title string       `json:"title"`
	Codes int          `json:"codes"`
}

// listKinds lists the kinds of codes with how many there are of each.
func (a *app) listKinds() error {
	answer := kindsAnswer{SchemaVersion: inspect.SchemaVersion}
	rows := []render.Row{}
	for _, k := range lexicon.Kinds() {
		n := len(lexicon.Entries(k))
		answer.Kinds = append(answer.Kinds, kindOfCode{k, k.Title(), n})
		rows = append(rows, render.Row{{Text: string(k), Role: render.Strong}, {Text: fmt.Sprintf("%3d", n)}, {Text: k.Title()}})
	}
	if done, err := a.structured(answer); done {
		return err
	}
	out := a.printer()
	out.Table(rows)
	out.Line("", render.Cell{Text: "nmdebug explain KIND lists its codes.", Role: render.Dim})
	return out.Err()
}
