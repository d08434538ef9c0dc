package main_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
)

// TestMend makes everything fail that can fail, each in three labs, and mends it by reconnect from the right floor, by
// heal, and by hand with the very commands of nmcli known. It prints how long each took: heal without its hold-off,
// which the test makes short.
func TestMend(t *testing.T) {
	for _, f := range failures() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var took mended
			t.Cleanup(func() { t.Logf("%s: %s", f.name, took) })
			t.Run("reconnect", func(t *testing.T) { t.Parallel(); took.reconnect = f.reconnect(t) })
			t.Run("heal", func(t *testing.T) { t.Parallel(); took.heal = f.heal(t) })
			t.Run("by hand", func(t *testing.T) { t.Parallel(); took.byHand = f.mendByHand(t) })
		})
	}
}

// mended is how long one failure took to be mended, by each way; 0 where it was not, on purpose.
type mended struct{ reconnect, heal, byHand time.Duration }

func (m mended) String() string {
	heal := "nothing to do"
	if m.heal > 0 {
		heal = fmt.Sprintf("%.2f s", m.heal.Seconds())
	}
	return fmt.Sprintf("reconnect %.2f s, heal %s, nmcli by hand %.2f s", m.reconnect.Seconds(), heal, m.byHand.Seconds())
}

// answered holds that the network is whole again.
func (f failure) answered(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", f.answers)
}

func (f failure) reconnect(t *testing.T) time.Duration {
	t.Helper()
	lab := testenv.StartScenario(t, f.scenario)
	f.fail(t, lab)
	bus := listenToCalls(t, lab)
	began := time.Now()
	reconnects(t, lab, strings.Fields(f.args)...).wants(t, 0)
	f.answered(t, lab)
	took := time.Since(began)
	f.called(t, bus, true)
	return took
}

// called compares the calls on the bus with those that mend the failure: of all that were made, or of the last.
func (f failure) called(t *testing.T, bus *calls, all bool) {
	t.Helper()
	bus.stop()
	made := strings.Join(bus.made(), " ")
	if made != f.calls && (all || !strings.HasSuffix(made, " "+f.calls)) {
		t.Errorf("called %q, want %q", made, f.calls)
	}
}

func (f failure) heal(t *testing.T) time.Duration {
	t.Helper()
	lab := testenv.StartScenario(t, f.scenario)
	bus := listenToCalls(t, lab)
	h := heals(t, lab, eager)
	if f.heals == byItself || f.heals == unknown {
		f.leftAlone(t, lab, bus)
		return 0
	}
	f.fail(t, lab)
	d := h.decides("reconnect")
	name := d.VPN
	if name == "" {
		name = d.Interface
	}
	if got := name + " from " + d.From; got != f.heals {
		t.Errorf("it reconnects %s, want %s", got, f.heals)
	}
	over := h.decides("recovered")
	for over.Interface != d.Interface || over.VPN != d.VPN {
		over = h.decides("recovered")
	}
	f.answered(t, lab)
	if !f.deaf {
		f.called(t, bus, false)
	}
	return over.At.Sub(d.At)
}

// leftAlone holds that heal calls nothing: what is not mended by itself is not known to be broken.
func (f failure) leftAlone(t *testing.T, lab *testenv.Lab, bus *calls) {
	t.Helper()
	f.fail(t, lab)
	before := bus.made()
	if f.heals == byItself {
		must(t, testenv.Await(deadline(t, patience), "it does not come back", func(ctx context.Context) error {
			_, err := lab.Run(ctx, "ping", "-c", "1", "-W", "1", f.answers)
			return err
		}))
	} else {
		lab.MustRun(t, program, "check", "--require", "l1,l2,l3", "--wait", "5s")
	}
	bus.stop()
	if made := bus.made(); len(made) > len(before) {
		t.Errorf("it was to be left alone, and %q was called", made[len(before):])
	}
}

// mendByHand makes the same fail in a lab of its own and mends it with nmcli.
func (f failure) mendByHand(t *testing.T) time.Duration {
	t.Helper()
	lab := testenv.StartScenario(t, f.scenario)
	f.fail(t, lab)
	began := time.Now()
	for _, command := range f.byHand {
		lab.MustRun(t, "sh", "-c", command)
	}
	f.answered(t, lab)
	return time.Since(began)
}
