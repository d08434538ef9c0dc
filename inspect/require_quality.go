package inspect

import (
	"fmt"
	"slices"
)

// qualityResults holds the figures of one link against what is asked of them. A link without the figure is skipped: a
// wire has no signal, a bridge no score.
func qualityResults(s Stack, links []Quality, r Requirement) []Result {
	i := slices.IndexFunc(links, func(q Quality) bool { return q.Interface == s.Interface })
	if i < 0 {
		return nil
	}
	q := links[i]
	var results []Result
	if r.MinSignal != nil && q.Medium != MediumWire {
		var signal *int
		switch {
		case q.Wifi != nil:
			signal = q.Wifi.SignalDBm
		case q.Bluetooth != nil:
			signal = q.Bluetooth.SignalDBm
		}
		results = append(results, measure{"signal", "dBm", SignalLow}.atLeast(s, signal, *r.MinSignal))
	}
	if r.MinScore != nil {
		results = append(results, measure{"score", "of 100", ScoreLow}.atLeast(s, q.Score, *r.MinScore))
	}
	return results
}

// measure is what a figure is called and counted in, and the code of one that is too low.
type measure struct {
	name, unit string
	low        Code
}

// atLeast is the result of a figure that must not be lower than a limit. One that was not measured does not meet it.
func (m measure) atLeast(s Stack, figure *int, limit int) Result {
	r := Result{Interface: s.Interface, Level: L1, What: m.name, Status: Up, Code: LinkUp}
	switch {
	case figure == nil:
		r.Status, r.Code = Unknown, m.low
		r.Reason = fmt.Sprintf("The %s was not measured; at least %d %s is asked for.", m.name, limit, m.unit)
	case *figure < limit:
		r.Status, r.Code = Degraded, m.low
		r.Reason = fmt.Sprintf("The %s is %d %s; at least %d is asked for.", m.name, *figure, m.unit, limit)
	default:
		r.OK, r.Reason = true, fmt.Sprintf("The %s is %d %s.", m.name, *figure, m.unit)
	}
	return r
}
