package inspect_test

import (
	"slices"
	"testing"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestPhysical(t *testing.T) { judge(t, physicalCases()) }

func physicalCases() []verdict {
	lostCarrier := state(nmtypes.DeviceUnavailable, nmtypes.ReasonCarrier)
	return []verdict{
		{
			name: "an idle wire is not in use, however good its link",
			in:   snapshot(ethernet("eth0", speed(1000, "full"))), of: "eth0",
			want: "up link-up | up link-plain | down no-address | absent", whole: inspect.Down, says: []string{"1 Gb/s"},
		},
		{
			name: "no carrier on a wire that nobody uses",
			in:   snapshot(ethernet("eth0", noCarrier)), of: "eth0",
			want: "down no-carrier | down link-plain | down no-address | absent", whole: inspect.Down, says: []string{"There is no link below"},
		},
		{
			name: "no carrier on a wire that NetworkManager calls connected",
			in:   snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24"))), of: "eth0",
			want:  "failed no-carrier | blocked | blocked | absent",
			cause: "eth0 L1 no-carrier", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier}, whole: inspect.Failed,
		},
		{
			name: "the carrier took the connection away",
			in:   snapshot(ethernet("eth0", noCarrier, lostCarrier)), of: "eth0",
			want: "failed no-carrier | blocked | blocked | absent", cause: "eth0 L1 no-carrier",
		},
		{
			name: "the carrier went while no connection was there",
			in: snapshot(ethernet("eth0", noCarrier, lostCarrier, device(func(d *nmtypes.Device) {
				d.StateBefore = nmtypes.DeviceDisconnected
			}))), of: "eth0",
			want: "down no-carrier | down link-plain | down no-address | absent",
		},
		{
			name: "set down under a connection",
			in:   snapshot(ethernet("eth0", adminDown, activated)), of: "eth0",
			want:  "failed admin-down | blocked | blocked | absent",
			cause: "eth0 L1 admin-down", conflicts: []inspect.Code{inspect.ConnectedWithoutLink}, says: []string{"ip link set eth0 up"},
		},
		{
			name: "set down and unused",
			in:   snapshot(ethernet("eth0", adminDown)), of: "eth0",
			want: "down admin-down | down link-plain | down no-address | absent",
		},
		{
			name: "the kernel has lost a link that NetworkManager calls connected",
			in:   snapshot(ethernet("eth0", activated, withoutLink)), of: "eth0",
			want:  "failed link-gone | blocked | blocked | absent",
			cause: "eth0 L1 link-gone", conflicts: []inspect.Code{inspect.ConnectedWithoutLink},
		},
		{
			name: "half duplex",
			in:   snapshot(ethernet("eth0", static("192.0.2.2/24"), speed(100, "half"))), of: "eth0",
			want: "degraded half-duplex | up link-plain | up addressed | absent", whole: inspect.Degraded, says: []string{"100 Mb/s, half duplex"},
		},
		{
			name: "the driver lacks its firmware and so cannot be set up",
			in:   snapshot(ethernet("eth0", adminDown, device(func(d *nmtypes.Device) { d.FirmwareMissing = true }))), of: "eth0",
			want: "failed firmware-missing | blocked | blocked | absent", cause: "eth0 L1 firmware-missing",
		},
		{
			name: "NetworkManager lacks its plugin",
			in:   snapshot(wifi("wlan0", adminDown, device(func(d *nmtypes.Device) { d.PluginMissing = true }))), of: "wlan0",
			want: "failed plugin-missing | blocked | blocked | absent", cause: "wlan0 L1 plugin-missing",
		},
		{
			name: "the other end of a pair is down",
			in:   snapshot(veth("veth0", noCarrier, static("192.0.2.2/24"))), of: "veth0",
			want:  "failed pair-broken | blocked | blocked | absent",
			cause: "veth0 L1 pair-broken", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier},
		},
		{
			name: "a macvlan on a base that nobody manages",
			in:   snapshot(ethernet("eth0", unknownToNM), link("mac0", "macvlan", nmtypes.TypeMACVLAN, on("eth0"), noCarrier, static("192.0.2.2/24"))), of: "mac0",
			want:  "failed lower-down | blocked | blocked | absent",
			cause: "mac0 L1 lower-down", conflicts: []inspect.Code{inspect.ConnectedWithoutCarrier}, says: []string{"nmdebug why eth0"},
		},
		{
			name: "an interface's name may be no word of a shell",
			in:   snapshot(ethernet("-x;reboot", adminDown, activated)), of: "-x;reboot",
			want:  "failed admin-down | blocked | blocked | absent",
			cause: "-x;reboot L1 admin-down", conflicts: []inspect.Code{inspect.ConnectedWithoutLink}, says: []string{"ip link set '-x;reboot' up"},
		},
		{
			name: "no program holds a tunnel",
			in:   snapshot(tun("tun0", noCarrier, unmanaged)), of: "tun0",
			want: "down no-tun-owner | absent | down no-address | down tunnel-foreign",
		},
		{
			name: "no machine holds a tap",
			in:   snapshot(link("vnet0", "tun", nmtypes.TypeTun, func(i *iface) { i.link.TunMode = "tap" }, noCarrier, unmanaged)), of: "vnet0",
			want: "down no-tun-owner | down link-plain | down no-address | absent",
		},
		{
			name: "a modem that is not connected",
			in:   snapshot(modem()), of: "cdc-wdm0",
			want: "unknown no-link | unknown link-unseen | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "a modem that is being connected",
			in:   snapshot(modem(activating(nmtypes.DeviceConfig))), of: "cdc-wdm0",
			want: "unknown no-link | starting link-working | blocked | absent", whole: inspect.Starting,
		},
		{
			name: "a modem without SIM",
			in:   snapshot(modem(gaveUp(nmtypes.ReasonGSMSIMNotInserted, nmtypes.DevicePrepare))), of: "cdc-wdm0",
			want: "failed device-failed | blocked | blocked | absent", cause: "cdc-wdm0 L1 device-failed",
		},
		{
			name: "a modem that the network refused",
			in:   snapshot(modem(gaveUp(nmtypes.ReasonGSMRegistrationDenied, nmtypes.DevicePrepare))), of: "cdc-wdm0",
			want: "unknown no-link | failed link-failed | blocked | absent", cause: "cdc-wdm0 L2 link-failed",
		},
		{
			name: "a modem whose link is gone",
			in:   snapshot(modem(activated, device(func(d *nmtypes.Device) { d.IPInterface = "wwan0" }))), of: "wwan0",
			want:  "failed link-gone | blocked | blocked | absent",
			cause: "wwan0 L1 link-gone", conflicts: []inspect.Code{inspect.ConnectedWithoutLink},
		},
		{
			name: "a switch in a database has no link",
			in:   snapshot(link("ovs0", "", nmtypes.TypeOVSBridge, activated, withoutLink)), of: "ovs0",
			want: "up no-link | unknown link-unseen | unknown no-address | absent", whole: inspect.Up,
		},
	}
}

func TestRadio(t *testing.T) { judge(t, radioCases()) }

func radioCases() []verdict {
	connected := []opt{static("192.0.2.2/24"), supplicant(wpatypes.StateCompleted)}
	return []verdict{
		{
			name: "the radio is blocked by software",
			in:   snapshot(wifi("wlan0", adminDown), rfkill("phy0", true, false)), of: "wlan0",
			want: "down rfkill-soft | down wifi-off | down no-address | absent", whole: inspect.Down, says: []string{"rfkill unblock wifi"},
		},
		{
			name: "it is blocked, not failed, when a connection was wanted",
			in:   snapshot(wifi("wlan0", adminDown, gaveUp(nmtypes.ReasonSupplicantFailed, nmtypes.DeviceConfig)), rfkill("phy0", true, false)), of: "wlan0",
			want: "down rfkill-soft | blocked | blocked | absent", cause: "wlan0 L1 rfkill-soft",
		},
		{
			name: "a switch on the machine",
			in:   snapshot(wifi("wlan0", adminDown), rfkill("phy0", true, true)), of: "wlan0",
			want: "down rfkill-hard | down wifi-off | down no-address | absent",
		},
		{
			name: "another card is blocked",
			in:   snapshot(wifi("wlan0", connected...), rfkill("phy1", true, true)), of: "wlan0",
			want: "up link-up | up wifi-done | up addressed | absent",
		},
		{
			name: "a switch that only NetworkManager can see",
			in: snapshot(wifi("wlan0", adminDown), source(inspect.SourceRfkill, inspect.SourceDenied),
				nm(func(s *nmtypes.State) { s.Manager.WirelessHwEnabled = false })), of: "wlan0",
			want: "down rfkill-hard | down wifi-off | down no-address | absent",
		},
		{
			name: "Wi-Fi is off in NetworkManager",
			in:   snapshot(wifi("wlan0", adminDown), nm(func(s *nmtypes.State) { s.Manager.WirelessEnabled = false })), of: "wlan0",
			want: "down radio-off | down wifi-off | down no-address | absent", says: []string{"nmcli radio wifi on"},
		},
		{
			name: "a strong signal",
			in:   snapshot(wifi("wlan0", append(connected, heardAt(-50))...)), of: "wlan0",
			want: "up link-up | up wifi-done | up addressed | absent", says: []string{"-50 dBm"},
		},
		{
			name: "a weak signal",
			in:   snapshot(wifi("wlan0", append(connected, heardAt(-86))...)), of: "wlan0",
			want: "degraded weak-signal | up wifi-done | up addressed | absent", whole: inspect.Degraded,
		},
		{
			name: "one weak frame among strong ones",
			in: snapshot(wifi("wlan0", append(connected, station(func(s *kerneltypes.Station) {
				s.SignalDBm, s.AverageDBm = -86, -70
			}))...)), of: "wlan0",
			want: "up link-up | up wifi-done | up addressed | absent",
		},
	}
}

// A macvlan tells its speed alone.
func TestSpeedWithoutDuplex(t *testing.T) {
	for duplex, want := range map[string]string{"full": "eth0: 1 Gb/s, full duplex", "": "eth0: 1 Gb/s"} {
		s, _ := inspect.Build(snapshot(ethernet("eth0", speed(1000, duplex)))).Stack("eth0")
		evidence := s.Floor(inspect.L1).Findings[0].Evidence
		if !slices.ContainsFunc(evidence, func(e inspect.Evidence) bool { return e.Source == inspect.SourceEthtool && e.Text == want }) {
			t.Errorf("%q: the evidence is %+v, want %q", duplex, evidence, want)
		}
	}
}
