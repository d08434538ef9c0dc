package inspect_test

import (
	"testing"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// TestCheckBlamesTheCause holds what a check says is broken to what the pyramid says is the cause.
func TestCheckBlamesTheCause(t *testing.T) {
	released := snapshot(wifi("wlan0", gaveUp(nmtypes.ReasonIPConfigUnavailable, nmtypes.DeviceIPConfig), supplicant(wpatypes.StateDisconnected)))
	unread := snapshot(ethernet("eth0", activated, methods("auto", "auto"), asksDot1X),
		withoutSupplicant(inspect.SourceDenied, "group netdev"))
	onBase := snapshot(ethernet("eth0", activated, methods("auto", "auto")),
		link("vx0", "vxlan", nmtypes.TypeVXLAN, on("eth0"), static("10.1.0.2/24")))
	onItsWay := snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), authenticator(wpatypes.StateAssociated)),
		link("vlan7", "vlan", nmtypes.TypeVLAN, on("eth0"), static("192.0.2.2/24")))
	unplugged := snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24")))
	all := []inspect.Level{inspect.L1, inspect.L2, inspect.L3}
	for _, tt := range []struct {
		name   string
		in     *inspect.Snapshot
		of     []string
		levels []inspect.Level
		lowest inspect.Level
		cause  string
	}{
		{"the link was taken down after the addresses failed", released, []string{"wlan0"}, all, inspect.L3, "wlan0 L3 ip-failed"},
		{"the same, and nobody asks for addresses", released, []string{"wlan0"}, all[:2], inspect.L2, ""},
		{"what may not be seen is not to blame where something else is", unread, []string{"eth0"}, all, inspect.L3, "eth0 L3 lease-lost"},
		{"a vxlan waits for its base", onBase, []string{"vx0"}, all, inspect.L1, "eth0 L3 lease-lost"},
		{"the base and the vxlan", onBase, []string{"vx0", "eth0"}, all, inspect.L1, "eth0 L3 lease-lost"},
		{"what the base lacks was not asked for", onBase, []string{"vx0"}, all[:1], inspect.L1, "eth0 L3 lease-lost"},
		{"the base is on its way", onItsWay, []string{"vlan7"}, all, inspect.L1, ""},
		{"the lowest is the cause", unplugged, []string{"eth0"}, all, inspect.L1, "eth0 L1 no-carrier"},
		{"only what is blocked is asked for", unplugged, []string{"eth0"}, all[2:], inspect.L3, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := inspect.Check(inspect.Build(tt.in), nil, inspect.Requirement{Names: tt.of, Levels: tt.levels})
			cause := ""
			if c := v.Cause; c != nil {
				cause = c.Interface + " " + c.Level.String() + " " + string(c.Finding.Code)
			}
			if v.OK || v.Lowest != tt.lowest || cause != tt.cause {
				t.Errorf("ok %t, lowest %s, cause %q; want false, %s, %q", v.OK, v.Lowest, cause, tt.lowest, tt.cause)
			}
		})
	}
}
