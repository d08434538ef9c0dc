package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"nmdebug/inspect"
	"nmdebug/inspect/heal"
)

// healing is a policy with what carries it out.
type healing struct {
	policy   heal.Policy
	rollback time.Duration
	hook     string
}

// defaultRollback is how long NetworkManager waits for a sign of life.
const defaultRollback = 30 * time.Second

// readPolicy puts together what is usual, what the file says, and the flags.
func readPolicy(opts healOptions) (healing, error) {
	h := healing{policy: heal.Usual(), rollback: defaultRollback}
	if opts.policy != "" {
		raw, err := os.ReadFile(opts.policy)
		if err != nil {
			return h, usage("--policy: %w", err)
		}
		if err := h.take(raw); err != nil {
			return h, usage("%s:%w", opts.policy, err)
		}
	}
	if opts.once {
		h.policy.HoldOff, h.policy.BackOff = nil, 0
	}
	if len(opts.names) > 0 {
		h.policy.Interfaces = opts.names
	}
	if opts.hook != "" {
		if err := h.setHook(opts.hook); err != nil {
			return h, usage("--hook: %w", err)
		}
	}
	h.policy.SignalOnly = opts.signalOnly
	if opts.signalOnly && h.hook == "" {
		return h, usage("--signal-only needs a hook: name it with --hook or in the policy")
	}
	return h, nil
}

// policyFile is a policy as it is written.
type policyFile struct {
	Interfaces []value          `yaml:"interfaces"`
	HoldOff    map[string]value `yaml:"hold_off"`
	Budget     *value           `yaml:"budget"`
	Per        *value           `yaml:"per"`
	BackOff    *value           `yaml:"back_off"`
	Ladder     []value          `yaml:"ladder"`
	Rollback   *value           `yaml:"rollback"`
	Hook       *value           `yaml:"hook"`
}

// value is a word of a policy with the line that it is in.
type value struct {
	text string
	line int
}

// UnmarshalYAML takes a scalar as it is written.
func (v *value) UnmarshalYAML(node *yaml.Node) error {
	v.text, v.line = node.Value, node.Line
	if node.Kind != yaml.ScalarNode {
		return lineError{v.line, errors.New("one word is wanted here")}
	}
	return nil
}

// lineError says in which line of a file something is wrong.
type lineError struct {
	line int
	err  error
}

func (e lineError) Error() string { return fmt.Sprintf("%d: %v", e.line, e.err) }

func (e lineError) Unwrap() error { return e.err }

// unread says why a policy cannot be read, and where. The library has the line in the text of its errors.
func unread(raw []byte, err error) error {
	if mine, ok := errors.AsType[lineError](err); ok {
		return mine
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		text = wrong.Errors[0]
	}
	line := 0
	if n, err := fmt.Sscanf(text, "line %d:", &line); err == nil && n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	if strings.HasPrefix(text, "did not find expected") { // this it counts from 0
		line = min(line+1, max(1, bytes.Count(raw, []byte("\n"))))
	}
	if name, unknown := strings.CutSuffix(strings.TrimPrefix(text, "field "), " not found in type cli.policyFile"); unknown {
		text = fmt.Sprintf("unknown field %q", name)
	}
	if strings.HasPrefix(text, "cannot unmarshal") {
		text = "something else is wanted here (nmdebug heal --help shows a policy)"
	}
	return lineError{line, errors.New(text)}
}

// take takes what a file says.
func (h *healing) take(raw []byte) error {
	var file policyFile
	in := yaml.NewDecoder(bytes.NewReader(raw))
	in.KnownFields(true)
	if err := in.Decode(&file); err != nil && !errors.Is(err, io.EOF) { // an empty file says nothing
		return unread(raw, err)
	}
	for _, v := range file.Interfaces {
		h.policy.Interfaces = append(h.policy.Interfaces, v.text)
	}
	for name, v := range file.HoldOff {
		if err := h.set("hold_off", &v, func(text string) error { return h.setHoldOff(name, text) }); err != nil {
			return err
		}
	}
	if err := h.takeLadder(file.Ladder); err != nil {
		return err
	}
	return cmp.Or(
		h.set("budget", file.Budget, func(text string) (err error) { h.policy.Budget, err = strconv.Atoi(text); return err }),
		h.set("per", file.Per, into(&h.policy.Per)),
		h.set("back_off", file.BackOff, into(&h.policy.BackOff)),
		h.set("rollback", file.Rollback, into(&h.rollback)),
		h.set("hook", file.Hook, h.setHook),
	)
}

// set takes one value, if it is there; the policy was right before.
func (h *healing) set(name string, v *value, to func(string) error) error {
	if v == nil {
		return nil
	}
	err := to(v.text)
	if err == nil {
		err = h.policy.Check()
	}
	if err != nil {
		return lineError{v.line, fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

// into reads a time as people write it, 10s or 1h.
func into(d *time.Duration) func(string) error {
	return func(text string) (err error) {
		*d, err = time.ParseDuration(text)
		if err == nil && *d < 0 {
			err = fmt.Errorf("a time must not be less than 0, as %s is", text)
		}
		return err
	}
}

func (h *healing) setHoldOff(floor, text string) error {
	level, err := inspect.ParseLevel(floor)
	if err != nil {
		return err
	}
	var d time.Duration
	err = into(&d)(text)
	h.policy.HoldOff[level] = d
	return err
}

// setHook takes a program that can be run.
func (h *healing) setHook(path string) (err error) {
	h.hook, err = exec.LookPath(path)
	return err
}

// takeLadder replaces the rungs, if there are any.
func (h *healing) takeLadder(rungs []value) error {
	for i, v := range rungs {
		err := h.set("ladder", &v, func(text string) error {
			level, err := inspect.ParseLevel(text)
			h.policy.Ladder = append(h.policy.Ladder[:i:i], level)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
