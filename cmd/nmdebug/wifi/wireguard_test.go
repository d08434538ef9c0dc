package wifi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"nmdebug/testenv/wifilab"
)

// TestWireGuard shows a WireGuard interface: its peers are a source of their own, which must not be waited for in vain.
func TestWireGuard(t *testing.T) {
	lab := wifilab.Start(t)
	must(t, lab.Install(deadline(t), program, "nmdebug"))
	lab.MustRun(t, "sh", "-c", "ip link add wg0 type wireguard && ip address add 10.66.0.2/24 dev wg0 && ip link set wg0 up")
	out, err := lab.Run(deadline(t), "nmdebug", "status", "-o", "json")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var answer struct {
		Sources []struct{ Name, Status string }
	}
	must(t, json.Unmarshal(out, &answer))
	status := "none"
	for _, s := range answer.Sources {
		if s.Name == "wireguard" {
			status = s.Status
		}
	}
	if status != "ok" || !strings.Contains(string(out), `"interface": "wg0"`) {
		t.Errorf("WireGuard is %s:\n%s", status, out)
	}
	if out, err := lab.Run(deadline(t), "nmdebug", "detail", "wg0"); err != nil {
		t.Errorf("detail: %v: %s", err, out)
	}
}
