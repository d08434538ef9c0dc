package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

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
func (v *value) UnmarshalYAML(node ast.Node) error {
	token := node.GetToken()
	v.text, v.line = token.Value, token.Position.Line
	if _, scalar := node.(ast.ScalarNode); !scalar {
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

// take takes what a file says.
func (h *healing) take(raw []byte) error {
	var file policyFile
	err := yaml.UnmarshalWithOptions(raw, &file, yaml.Strict())
	var bad yaml.Error
	var mine lineError
	switch {
	case errors.As(err, &mine):
		return mine
	case errors.As(err, &bad) && bad.GetToken() != nil:
		return lineError{bad.GetToken().Position.Line, errors.New(bad.GetMessage())}
	case err != nil && !errors.Is(err, io.EOF): // an empty file says nothing
		return fmt.Errorf(" %w", err)
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
