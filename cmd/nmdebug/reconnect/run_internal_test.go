package reconnect

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/inspect/plan"
)

// What counts as the work of a step began with the step, save where that would miss it.
func TestFreshSince(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	run, seen, step := Run{began: noon}, noon.Add(time.Second), noon.Add(2*time.Second)
	for fresh, want := range map[plan.Freshness]time.Time{
		plan.FreshActive: noon, // the whole run's
		plan.FreshLease:  seen, // a lease that was told before the call, and after what was seen, is none of before
		plan.FreshLink:   step,
	} {
		if got := run.freshSince(plan.Goal{Fresh: fresh}, step, &inspect.Snapshot{At: seen}); !got.Equal(want) {
			t.Errorf("%v: since %v, want %v", fresh, got, want)
		}
	}
}
