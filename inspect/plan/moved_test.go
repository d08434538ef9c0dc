package plan_test

import (
	"strings"
	"testing"

	"nmdebug/inspect"
	"nmdebug/inspect/inspecttest"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// restarted is the office as the next NetworkManager has it: with the same things, under other paths.
func restarted() *inspecttest.World {
	w := office()
	now := inspecttest.New()
	for path, d := range w.NM.Devices {
		d.Path, d.Active = "/next"+path, "/next"+d.Active
		now.NM.Devices[d.Path] = d
	}
	for path, ac := range w.NM.Active {
		ac.Path, ac.Connection = "/next"+path, "/next"+ac.Connection
		now.NM.Active[ac.Path] = ac
	}
	for path, i := range w.WPA.Interfaces {
		now.WPA.Interfaces["/next"+path] = i
	}
	return now
}

func TestMoved(t *testing.T) {
	before := office()
	profile := func(s plan.Step) string {
		if uuid := s.UUID(before.Snapshot); uuid != "" {
			return "/next/settings/" + strings.TrimPrefix(uuid, "uuid-")
		}
		return ""
	}
	for _, from := range []inspect.Level{inspect.L1, inspect.L2, inspect.L3} {
		for _, s := range made(before, plan.Request{Interface: "eth0", From: from}).Steps {
			moved, err := s.Moved(before.Snapshot, restarted().Snapshot, profile(s))
			if err != nil {
				t.Errorf("%s: %v", s.Does, err)
			}
			a, was := moved.Action, s.Action
			for _, path := range [][2]string{{a.Device, was.Device}, {a.Active, was.Active}, {a.Profile, was.Profile}, {a.Supplicant, was.Supplicant}} {
				if want := "/next" + path[1]; path[1] != "" && path[1] != "/" && path[0] != want {
					t.Errorf("%s: %s became %s, want %s", s.Does, path[1], path[0], want)
				}
			}
			if a.Active != "" && moved.Goal.Gone != a.Active {
				t.Errorf("%s: it ends %s and waits for the end of %s", s.Does, a.Active, moved.Goal.Gone)
			}
			if calls := strings.Join(moved.Calls, "\n"); strings.Count(calls, " /device/") > 0 || len(moved.Calls) != len(s.Calls) {
				t.Errorf("%s: the calls are\n%s", s.Does, calls)
			}
		}
	}
}

// What ended with NetworkManager need not be ended; what cannot be done any more is an error.
func TestMovedWhereSomethingIsGone(t *testing.T) {
	before := office()
	without := func(change func(*inspecttest.World)) *inspecttest.World {
		w := restarted()
		change(w)
		return w
	}
	noVPN := without(func(w *inspecttest.World) { delete(w.NM.Active, "/next/active/work") })
	ended := without(func(w *inspecttest.World) {
		ac := w.NM.Active["/next/active/work"]
		ac.State = nmtypes.ActiveDeactivated
		w.NM.Active["/next/active/work"] = ac
	})
	for _, tt := range []struct {
		name    string
		from    inspect.Level
		step    int
		now     *inspecttest.World
		profile string
		verb    plan.Verb
		fails   string
	}{
		{"the VPN is not there", inspect.L2, 0, noVPN, "", plan.Wait, ""},
		{"the VPN has ended", inspect.L2, 0, ended, "", plan.Wait, ""},
		{"the VPN is there", inspect.L2, 0, restarted(), "", plan.Deactivate, ""},
		{"the device is not there", inspect.L1, 1, without(func(w *inspecttest.World) { clear(w.NM.Devices) }), "", plan.Retake, "eth0 is not there any more"},
		{"the supplicant does not serve it", inspect.L2, 1, without(func(w *inspecttest.World) { w.WPA.Interfaces = map[string]wpatypes.Interface{} }), "", plan.Relogin, "does not serve eth0"},
		{"the profile is not known", inspect.L1, 2, restarted(), "", plan.Activate, "which profile eth0 had"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			step := made(before, plan.Request{Interface: "eth0", From: tt.from}).Steps[tt.step]
			moved, err := step.Moved(before.Snapshot, tt.now.Snapshot, tt.profile)
			if moved.Action.Verb != tt.verb {
				t.Errorf("%s became %q, want %q", step.Does, moved.Action.Verb, tt.verb)
			}
			if said := errorText(err); !strings.Contains(said, tt.fails) || tt.fails == "" && said != "" {
				t.Errorf("the error is %q, want %q", said, tt.fails)
			}
			if ok, blocks := moved.Goal.Met(tt.now.Snapshot, tt.now.Pyramid(), inspecttest.Noon()); tt.verb == plan.Wait && !ok {
				t.Errorf("there is nothing to do, and it waits: %s", blocks)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
