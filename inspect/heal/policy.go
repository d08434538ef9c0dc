package heal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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

// Begins is what a healer says first: what it watches, and how eagerly.
func (p Policy) Begins() Decision {
	names := "all interfaces that are wanted"
	if len(p.Interfaces) > 0 {
		names = strings.Join(p.Interfaces, ", ")
	}
	var holdOffs []string
	for _, l := range inspect.Levels() {
		holdOffs = append(holdOffs, l.String()+" "+short(p.HoldOff[l]))
	}
	does := fmt.Sprintf("budget %d in %s for each", p.Budget, short(p.Per))
	if p.SignalOnly {
		does = "it only tells"
	}
	return Decision{Kind: Watching, Reason: fmt.Sprintf("%s; hold-off %s; %s", names, strings.Join(holdOffs, ", "), does)}
}

// short writes a time without zeros at its end: 1h, not 1h0m0s.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
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
	for l, d := range p.HoldOff {
		if d < 0 {
			return fmt.Errorf("the hold-off of %s must not be less than 0", l)
		}
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
