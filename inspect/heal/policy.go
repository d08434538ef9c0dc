package heal

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"nmdebug/inspect"
)

// Policy says how eagerly to heal.
type Policy struct {
	Interfaces []string // only these; empty for all that are wanted
	HoldOff    map[inspect.Level]time.Duration
	Budget     int           // how many reconnects of one interface or VPN
	Per        time.Duration // in how long
	BackOff    time.Duration // before the second attempt; it doubles with each
	Ladder     []inspect.Level
	SignalOnly bool // tell, and reconnect nothing
}

// Usual is the policy when nothing else is said. The hold-offs are longer than what NetworkManager needs to do it itself.
func Usual() Policy {
	return Policy{
		HoldOff: map[inspect.Level]time.Duration{inspect.L1: 15 * time.Second, inspect.L2: 10 * time.Second, inspect.L3: 10 * time.Second, inspect.VPN: 3 * time.Second},
		Budget:  3, Per: time.Hour, BackOff: 5 * time.Second,
		Ladder: []inspect.Level{inspect.VPN, inspect.L3, inspect.L2, inspect.L1},
	}
}

// Check says what is wrong with a policy.
func (p Policy) Check() error {
	switch {
	case p.Budget < 1:
		return fmt.Errorf("the budget must be at least 1, not %d", p.Budget)
	case p.Per <= 0:
		return errors.New("the time of the budget must be more than 0")
	case p.BackOff < 0:
		return errors.New("the back-off must not be less than 0")
	case len(p.Ladder) == 0:
		return errors.New("the ladder must have at least one rung")
	}
	for i := 1; i < len(p.Ladder); i++ {
		if p.Ladder[i] >= p.Ladder[i-1] {
			return errors.New("the ladder must go down: vpn, l3, l2, l1")
		}
	}
	return nil
}

// rung is the floor from which the n-th attempt begins: the broken one, then one rung lower each time; the lowest stays.
func (p Policy) rung(broken inspect.Level, attempt int) inspect.Level {
	below := slices.DeleteFunc(slices.Clone(p.Ladder), func(l inspect.Level) bool { return l > broken })
	if len(below) == 0 {
		return broken
	}
	return below[min(attempt, len(below)-1)]
}
