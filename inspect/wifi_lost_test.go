package inspect_test

import (
	"testing"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestWifiGaveUp(t *testing.T) { judge(t, wifiGaveUpCases()) }

func wifiGaveUpCases() []verdict {
	idle := func(r nmtypes.DeviceReason, from nmtypes.DeviceState, opts ...opt) part {
		return wifi("wlan0", append([]opt{gaveUp(r, from), supplicant(wpatypes.StateDisconnected, disconnected(-3))}, opts...)...)
	}
	return []verdict{
		{
			name: "the network was not seen", in: snapshot(idle(nmtypes.ReasonSSIDNotFound, nmtypes.DeviceConfig)), of: "wlan0",
			want: "up link-up | failed wifi-not-found | blocked | absent", cause: "wlan0 L2 wifi-not-found",
			says: []string{"No access point at all is heard.", "nmcli device wifi list ifname wlan0 --rescan yes"},
		},
		{
			name: "the network has a name", in: snapshot(idle(nmtypes.ReasonSSIDNotFound, nmtypes.DeviceConfig, device(func(d *nmtypes.Device) { d.Wireless.Visible = 3 }), tried(`"home"`))), of: "wlan0",
			want: "up link-up | failed wifi-not-found | blocked | absent", cause: "wlan0 L2 wifi-not-found", says: []string{"The network home was not seen in any scan"},
		},
		{
			name: "the network has a name in hex", in: snapshot(idle(nmtypes.ReasonSSIDNotFound, nmtypes.DeviceConfig, tried("6ff6"))), of: "wlan0",
			want: "up link-up | failed wifi-not-found | blocked | absent", cause: "wlan0 L2 wifi-not-found", says: []string{"The network 0x6ff6 was not seen"},
		},
		{
			name: "it was there before", in: snapshot(idle(nmtypes.ReasonSSIDNotFound, nmtypes.DeviceActivated)), of: "wlan0",
			want: "up link-up | failed wifi-gone | blocked | absent", cause: "wlan0 L2 wifi-gone", says: []string{"Before, it was disconnected with reason -3"},
		},
		{
			name: "no password that works", in: snapshot(idle(nmtypes.ReasonNoSecrets, nmtypes.DeviceNeedAuth)), of: "wlan0",
			want: "up link-up | failed no-secrets | blocked | absent", cause: "wlan0 L2 no-secrets",
		},
		{
			name: "it took too long", in: snapshot(idle(nmtypes.ReasonSupplicantTimeout, nmtypes.DeviceConfig)), of: "wlan0",
			want: "up link-up | failed link-failed | blocked | absent", cause: "wlan0 L2 link-failed",
		},
		{
			name: "it was associated and got no address", in: snapshot(idle(nmtypes.ReasonIPConfigUnavailable, nmtypes.DeviceIPConfig)), of: "wlan0",
			want: "up link-up | unknown wifi-released | failed ip-failed | absent", cause: "wlan0 L3 ip-failed",
		},
		{
			name: "the next attempt is under way",
			in:   snapshot(idle(nmtypes.ReasonSSIDNotFound, nmtypes.DeviceConfig, activating(nmtypes.DeviceConfig))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
	}
}

// tried is the name of the network that was tried last, as wpa_supplicant writes it.
func tried(ssid string) opt {
	return func(i *iface) { i.wpa.Tried = &wpatypes.Network{Properties: map[string]string{"ssid": ssid}} }
}

func TestWifiWithoutSupplicant(t *testing.T) { judge(t, wifiUnservedCases()) }

func wifiUnservedCases() []verdict {
	apart := station(func(s *kerneltypes.Station) { s.Associated, s.BSSID = false, "" })
	iwd := func(w *world) {
		withoutSupplicant(inspect.SourceAbsent)(w)
		source(inspect.SourceIWD, inspect.SourceOK)(w)
	}
	hidden := withoutSupplicant(inspect.SourceDenied, "group netdev")
	ready := flags(nmtypes.FlagLayer2Ready)
	return []verdict{
		{
			name: "iwd does it", in: snapshot(wifi("wlan0", static("192.0.2.2/24"), heardAt(-50)), iwd), of: "wlan0",
			want: "up link-up | up wifi-kernel | up addressed | absent", says: []string{"(likely)", "There is no wpa_supplicant: iwd serves the card."},
		},
		{
			name: "iwd lost it", in: snapshot(wifi("wlan0", static("192.0.2.2/24"), ready, apart), iwd), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected",
			conflicts: []inspect.Code{inspect.ConnectedUnassociated},
		},
		{
			name: "802.1X by iwd is no fault",
			in: snapshot(wifi("wlan0", activated, heardAt(-50), addr("192.0.2.2/24"), device(func(d *nmtypes.Device) {
				d.Applied = &nmtypes.Applied{Dot1X: true}
			})), iwd), of: "wlan0",
			want: "up link-up | up wifi-kernel | up addressed | absent",
		},
		{
			name: "only NetworkManager can be asked", in: snapshot(wifi("wlan0", static("192.0.2.2/24"), ready), hidden), of: "wlan0",
			want: "up link-up | up layer-by-nm | up addressed | absent", says: []string{"group netdev"},
		},
		{
			name: "nobody can be asked", in: snapshot(wifi("wlan0", static("192.0.2.2/24")), hidden), of: "wlan0",
			want: "up link-up | unknown supplicant-denied | up addressed | absent", says: []string{"group netdev"},
		},
		{
			name: "the supplicant hangs, and the kernel is still associated",
			in:   snapshot(wifi("wlan0", static("192.0.2.2/24"), heardAt(-50), supplicant(wpatypes.StateCompleted)), withoutSupplicant(inspect.SourceSilent)), of: "wlan0",
			want: "up link-up | up wifi-kernel | up addressed | absent", says: []string{"wpa_supplicant does not answer."},
		},
		{
			name: "the supplicant hangs, and nobody knows more",
			in:   snapshot(wifi("wlan0", static("192.0.2.2/24"), supplicant(wpatypes.StateCompleted)), withoutSupplicant(inspect.SourceSilent)), of: "wlan0",
			want: "up link-up | unknown supplicant-silent | up addressed | absent",
		},
		{
			name: "the supplicant is gone", in: snapshot(wifi("wlan0", static("192.0.2.2/24")), withoutSupplicant(inspect.SourceAbsent)), of: "wlan0",
			want: "up link-up | failed supplicant-gone | blocked | absent", cause: "wlan0 L2 supplicant-gone",
		},
		{
			name: "iwd was thrown out",
			in:   snapshot(wifi("wlan0", static("192.0.2.2/24"), ready, apart, thrownOut(5, true)), iwd), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected",
			says: []string{"Disconnected by the access point: disassoc-ap-busy (5)."}, conflicts: []inspect.Code{inspect.ConnectedUnassociated},
		},
		{
			name: "iwd heard nothing any more",
			in:   snapshot(wifi("wlan0", static("192.0.2.2/24"), ready, apart, thrownOut(4, false)), iwd), of: "wlan0",
			want: "up link-up | failed wifi-gone | blocked | absent", cause: "wlan0 L2 wifi-gone", conflicts: []inspect.Code{inspect.ConnectedUnassociated},
		},
		{
			name: "the supplicant is gone, and NetworkManager cannot use the card",
			in:   snapshot(wifi("wlan0", state(nmtypes.DeviceUnavailable, nmtypes.ReasonSupplicantFailed)), withoutSupplicant(inspect.SourceAbsent)), of: "wlan0",
			want: "up link-up | failed supplicant-gone | blocked | absent", cause: "wlan0 L2 supplicant-gone", says: []string{"systemctl status wpa_supplicant"},
		},
		{
			name: "iwd is there, and NetworkManager cannot use the card",
			in:   snapshot(wifi("wlan0", state(nmtypes.DeviceUnavailable)), iwd), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent",
		},
		{
			name: "it is being started", in: snapshot(wifi("wlan0", activating(nmtypes.DeviceConfig)), hidden), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "a password is asked for", in: snapshot(wifi("wlan0", activating(nmtypes.DeviceNeedAuth)), hidden), of: "wlan0",
			want: "up link-up | starting secrets-asked | blocked | absent",
		},
		{
			name: "NetworkManager gave up", in: snapshot(wifi("wlan0", gaveUp(nmtypes.ReasonSSIDNotFound, nmtypes.DeviceConfig)), hidden), of: "wlan0",
			want: "up link-up | failed wifi-not-found | blocked | absent", cause: "wlan0 L2 wifi-not-found", says: []string{"group netdev"},
		},
		{
			name: "idle", in: snapshot(wifi("wlan0"), iwd), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent",
		},
	}
}
