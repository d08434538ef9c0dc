package wifi_test

import (
	"strings"
	"testing"

	"nmdebug/testenv/wifilab"
)

// TestReconnect restarts a Wi-Fi connection over a real radio from each floor: the steps, and that it stands afterwards.
func TestReconnect(t *testing.T) {
	lab := wifilab.Start(t)
	must(t, lab.Install(deadline(t), program, "nmdebug"))
	scenario, err := wifilab.ScenarioNamed("wpa2")
	must(t, err)
	must(t, scenario.Play(deadline(t), lab))
	for _, tt := range []struct {
		from  string
		steps []string
	}{
		{"l3", []string{"Ask for a new lease on wlan0"}},
		{"l2", []string{"Associate wlan0 anew", "Ask for a new lease on wlan0"}},
		{"l1", []string{"Let NetworkManager let go of wlan0 and take it anew", "Wait until wlan0 has its addresses"}},
	} {
		out, err := lab.Run(deadline(t), "nmdebug", "reconnect", "wlan0", "--from", tt.from, "--yes")
		if err != nil {
			t.Errorf("from %s: %v\n%s", tt.from, err, out)
			continue
		}
		t.Logf("%s", out)
		for _, step := range tt.steps {
			if !strings.Contains(string(out), step) {
				t.Errorf("from %s it does not say %q:\n%s", tt.from, step, out)
			}
		}
	}
}
