package loglevel

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nmdebug/nmwatch/act"
	"nmdebug/nmwatch/mirror"
)

// service is NetworkManager alone. It does what it is told, but the caller of the first change gives up before the answer.
type service struct {
	level, domains string
	giveUp         context.CancelFunc
}

func (s *service) Call(ctx context.Context, to act.Method, store []any, args ...any) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case to.Member == "GetLogging":
		*store[0].(*string), *store[1].(*string) = s.level, s.domains
		return nil
	case to.Member == "SetLogging":
		s.level, s.domains = args[0].(string), args[1].(string)
		s.giveUp()
		return ctx.Err()
	default:
		return mirror.ErrAbsent
	}
}

// After an error nothing is raised, whether the daemon had answered or not.
func TestRaiseIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ledger := filepath.Join(t.TempDir(), "log-levels.json")
	s := &service{level: "WARN", domains: "CORE", giveUp: cancel}
	if _, err := Raise(ctx, s, Wish{Level: Trace, Ledger: ledger}); !errors.Is(err, context.Canceled) {
		t.Errorf("raising ends with %v", err)
	}
	if s.level != "WARN" || s.domains != "CORE" {
		t.Errorf("NetworkManager is left with %s %s", s.level, s.domains)
	}
	if _, err := os.Stat(ledger); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the ledger is left: %v", err)
	}
}

// One that was silent is still raised: what it tells then is not what was there before. One that was started anew has its own.
func TestRaiseAgain(t *testing.T) {
	for name, c := range map[string]struct{ came, restored string }{
		"silent": {"DEBUG", "WARN"}, "restarted": {"WARN", "WARN"}, "restarted with another configuration": {"ERR", "ERR"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &service{level: "WARN", domains: "CORE", giveUp: func() {}}
			r, err := Raise(t.Context(), s, Wish{Level: Debug, Ledger: filepath.Join(t.TempDir(), "log-levels.json")})
			if err != nil {
				t.Fatal(err)
			}
			s.level = c.came
			if err := r.Again(t.Context(), "NetworkManager"); err != nil || s.level != "DEBUG" {
				t.Errorf("it is raised again to %s, %v", s.level, err)
			}
			if err := r.Restore(t.Context()); err != nil || s.level != c.restored {
				t.Errorf("it is set back to %s, %v; not to %s", s.level, err, c.restored)
			}
		})
	}
}
