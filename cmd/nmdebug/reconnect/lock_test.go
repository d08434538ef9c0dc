package reconnect_test

import (
	"errors"
	"testing"

	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect/plan"
)

func TestLock(t *testing.T) {
	device := plan.Plan{Names: []string{"test-lock0"}}
	vpn := plan.Plan{Steps: []plan.Step{{Goal: plan.Goal{VPN: "test-lock-uuid"}}}}
	both := plan.Plan{Names: device.Names, Steps: vpn.Steps}
	for _, p := range []plan.Plan{device, vpn} {
		unlock, err := reconnect.Lock(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := reconnect.Lock(t.Context(), both); !errors.Is(err, reconnect.ErrLocked) {
			t.Errorf("a second one gets %v", err)
		}
		unlock()
		again, err := reconnect.Lock(t.Context(), both)
		if err != nil {
			t.Errorf("it is free again, and a second one gets %v", err)
			continue
		}
		again()
	}
}
