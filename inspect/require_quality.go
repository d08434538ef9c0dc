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
	if r.MinSignal != nil && q.Medium == MediumWifi {
		var signal *int
		if q.Wifi != nil {
			signal = q.Wifi.SignalDBm
		}
		results = append(results, atLeast(s, "signal", SignalLow, signal, *r.MinSignal, "dBm"))
	}
	if r.MinScore != nil {
		results = append(results, atLeast(s, "score", ScoreLow, q.Score, *r.MinScore, "of 100"))
	}
	return results
}

// atLeast is the result of a figure that must not be lower than a limit. One that was not measured does not meet it.
func atLeast(s Stack, what string, code Code, figure *int, limit int, unit string) Result {
	r := Result{Interface: s.Interface, Level: L1, What: what, Status: Up, Code: LinkUp}
	switch {
	case figure == nil:
		r.Status, r.Code = Unknown, code
		r.Reason = fmt.Sprintf("The %s was not measured; at least %d %s is asked for.", what, limit, unit)
	case *figure < limit:
		r.Status, r.Code = Degraded, code
		r.Reason = fmt.Sprintf("The %s is %d %s; at least %d is asked for.", what, *figure, unit, limit)
	default:
		r.OK, r.Reason = true, fmt.Sprintf("The %s is %d %s.", what, *figure, unit)
	}
	return r
}
