package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestWifi(t *testing.T) { judge(t, wifiCases()) }

func wifiCases() []verdict {
	online := func(opts ...opt) part { return wifi("wlan0", append([]opt{static("192.0.2.2/24")}, opts...)...) }
	busy := func(opts ...opt) part {
		return wifi("wlan0", append([]opt{activating(nmtypes.DeviceConfig)}, opts...)...)
	}
	heard := func(dBm int16) func(*wpatypes.Interface) {
		return func(w *wpatypes.Interface) {
			w.BSS = &wpatypes.BSS{SSID: []byte("home"), BSSID: "02:00:00:00:00:01", Frequency: 2412, SignalDBm: dBm}
		}
	}
	unassociated := []inspect.Code{inspect.ConnectedUnassociated}
	return []verdict{
		{
			name: "associated",
			in:   snapshot(online(supplicant(wpatypes.StateCompleted, heard(-50), func(w *wpatypes.Interface) { w.AuthMode = "WPA2-PSK" }))), of: "wlan0",
			want: "up link-up | up wifi-done | up addressed | absent", says: []string{"Associated with home (02:00:00:00:00:01, 2412 MHz) by WPA2-PSK."},
		},
		{
			name: "an access point that does not say its name",
			in:   snapshot(online(supplicant(wpatypes.StateCompleted, func(w *wpatypes.Interface) { w.BSS = &wpatypes.BSS{SSID: make([]byte, 4)} }))), of: "wlan0",
			want: "up link-up | up wifi-done | up addressed | absent", says: []string{"Associated with (hidden)"},
		},
		{
			name: "idle", in: snapshot(wifi("wlan0", supplicant(wpatypes.StateInactive))), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "idle after a refused login and a user's disconnect", in: snapshot(wifi("wlan0", supplicant(wpatypes.StateDisconnected, eapFailed()))), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "scanning", in: snapshot(busy(supplicant(wpatypes.StateScanning, func(w *wpatypes.Interface) { w.StateAt = ago(7 * time.Second) }))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent", says: []string{"It has been scanning for 7s."},
		},
		{
			name: "a password is asked for", in: snapshot(busy(state(nmtypes.DeviceNeedAuth), supplicant(wpatypes.StateInactive))), of: "wlan0",
			want: "up link-up | starting secrets-asked | blocked | absent",
		},
		{
			name: "the login is refused", in: snapshot(busy(supplicant(wpatypes.StateDisconnected, eapFailed()))), of: "wlan0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "wlan0 L2 8021x-rejected",
			says: []string{"nmcli -f 802-1x connection show id 'wlan0 profile'"},
		},
		{
			name: "thrown out while NetworkManager says connected", in: snapshot(online(supplicant(wpatypes.StateDisconnected, disconnected(4)))), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected", conflicts: unassociated,
			says: []string{"Disconnected by the access point: disassoc-due-to-inactivity (4).", "nmdebug explain -- 802.11 4"},
		},
		{
			name: "left by this side", in: snapshot(online(supplicant(wpatypes.StateDisconnected, disconnected(-3)))), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected", conflicts: unassociated,
			says: []string{"Disconnected by this side"},
		},
		{
			name: "lost without a word", in: snapshot(online(supplicant(wpatypes.StateScanning))), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected", conflicts: unassociated,
			says: []string{"The connection to the access point ended."},
		},
		{
			name: "on its way back", in: snapshot(online(supplicant(wpatypes.StateAssociating, disconnected(4)))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "roaming",
			in: snapshot(online(supplicant(wpatypes.StateAssociating,
				trail(wpatypes.StateCompleted, wpatypes.StateAuthenticating, wpatypes.StateAssociating)))), of: "wlan0",
			want: "up link-up | up wifi-roaming | up addressed | absent", whole: inspect.Up,
		},
		{
			name: "the group key is renewed",
			in:   snapshot(online(supplicant(wpatypes.StateGroupHandshake, trail(wpatypes.StateCompleted, wpatypes.StateGroupHandshake)))), of: "wlan0",
			want: "up link-up | up wifi-roaming | up addressed | absent",
		},
		{
			name: "roaming for too long",
			in: snapshot(online(supplicant(wpatypes.StateAssociating,
				trail(wpatypes.StateCompleted, wpatypes.StateAuthenticating, wpatypes.StateAuthenticating, wpatypes.StateAssociating, wpatypes.StateAssociating)))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "thrown out and back is no roaming",
			in: snapshot(online(supplicant(wpatypes.StateAssociating,
				trail(wpatypes.StateCompleted, wpatypes.StateDisconnected, wpatypes.StateAssociating)))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "just roamed",
			in: snapshot(online(supplicant(wpatypes.StateCompleted, heard(-50), func(w *wpatypes.Interface) {
				w.Roam = wpatypes.Roam{From: "02:00:00:00:00:09", At: ago(time.Second)}
			}))), of: "wlan0",
			want: "up link-up | up wifi-roamed | up addressed | absent", whole: inspect.Up,
			says: []string{"It moved from 02:00:00:00:00:09 to 02:00:00:00:00:01 (2412 MHz) without losing the connection."},
		},
		{
			name: "roamed some time ago",
			in: snapshot(online(supplicant(wpatypes.StateCompleted, heard(-50), func(w *wpatypes.Interface) {
				w.Roam = wpatypes.Roam{From: "02:00:00:00:00:09", At: ago(time.Minute)}
			}))), of: "wlan0",
			want: "up link-up | up wifi-done | up addressed | absent",
		},
		{
			name: "its carrier is its association", in: snapshot(online(noCarrier, supplicant(wpatypes.StateDisconnected, disconnected(3)))), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected", conflicts: unassociated,
			says: []string{"Disconnected by the access point: deauth-leaving (3)."},
		},
		{
			name: "the access point fell silent", in: snapshot(online(supplicant(wpatypes.StateScanning, disconnected(-4)))), of: "wlan0",
			want: "up link-up | failed wifi-gone | blocked | absent", cause: "wlan0 L2 wifi-gone", conflicts: unassociated,
			says: []string{"nothing is heard of it any more", "local disassoc-due-to-inactivity (-4)", "nmdebug explain -- 802.11 -4"},
		},
		{
			name: "a password is fetched, not asked for",
			in: snapshot(busy(state(nmtypes.DeviceNeedAuth), device(func(d *nmtypes.Device) { d.StateAt = ago(50 * time.Millisecond) }),
				supplicant(wpatypes.StateInactive))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "idle after a refused attempt", in: snapshot(wifi("wlan0", supplicant(wpatypes.StateDisconnected, func(w *wpatypes.Interface) { w.AuthStatus = 1 }))), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent",
			says: []string{"The last attempt was refused: authentication status 1 (unspecified-failure)."},
		},
		{
			name: "idle after a refused association", in: snapshot(wifi("wlan0", supplicant(wpatypes.StateDisconnected, func(w *wpatypes.Interface) { w.AssocStatus = 17 }))), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent",
			says: []string{"association status 17 (ap-unable-to-handle-new-sta)"},
		},
		{
			name: "idle after a failed handshake", in: snapshot(wifi("wlan0", supplicant(wpatypes.StateDisconnected, disconnected(15)))), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent", says: []string{"ended with reason 15 (4way-handshake-timeout). A wrong password ends like that.", "nmcli --ask device connect wlan0"},
		},
		{
			name: "the association is refused", in: snapshot(busy(supplicant(wpatypes.StateScanning, func(w *wpatypes.Interface) { w.AssocStatus = 17 }))), of: "wlan0",
			want: "up link-up | failed wifi-refused | blocked | absent", cause: "wlan0 L2 wifi-refused",
			says: []string{"association status 17", "nmdebug explain -- 802.11 17"},
		},
		{
			name: "come back later", in: snapshot(busy(supplicant(wpatypes.StateScanning, func(w *wpatypes.Interface) { w.AssocStatus = 30 }))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "a login that was refused before we came", in: snapshot(busy(supplicant(wpatypes.StateScanning, disconnected(23)))), of: "wlan0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "wlan0 L2 8021x-rejected",
			says: []string{"ieee-802-1x-auth-failed"},
		},
		{
			name: "a supplicant that NetworkManager does not drive",
			in:   snapshot(wifi("wlan0", unmanaged, supplicant(wpatypes.StateScanning, disconnected(3)))), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected",
		},
		{
			name: "a supplicant that NetworkManager does not drive and that has nothing to do",
			in:   snapshot(wifi("wlan0", unmanaged, supplicant(wpatypes.StateInactive, func(w *wpatypes.Interface) { w.Network = nil }))), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent",
		},
	}
}

func TestWifiRoles(t *testing.T) { judge(t, wifiRoleCases()) }

func wifiRoleCases() []verdict {
	role := func(kind string) opt {
		return station(func(s *kerneltypes.Station) { *s = kerneltypes.Station{InterfaceType: kind} })
	}
	return []verdict{
		{
			name: "an access point of NetworkManager", in: snapshot(wifi("wlan0", static("10.42.0.1/24"), role("access point"), supplicant(wpatypes.StateCompleted))), of: "wlan0",
			want: "up link-up | up wifi-serving | up addressed | absent", says: []string{"[access point]"},
		},
		{
			name: "an access point of hostapd", in: snapshot(wifi("wlan0", unmanaged, role("access point"), addr("10.42.0.1/24"))), of: "wlan0",
			want: "up link-up | up wifi-serving | up addressed | absent",
		},
		{
			name: "an access point that only NetworkManager knows of",
			in: snapshot(wifi("wlan0", activating(nmtypes.DeviceConfig), noCarrier, supplicant(wpatypes.StateAssociating),
				device(func(d *nmtypes.Device) { d.Wireless.Mode = 3 }))), of: "wlan0",
			want: "up link-up | starting wifi-working | blocked | absent",
		},
		{
			name: "an access point that is off", in: snapshot(wifi("wlan0", role("access point"), noCarrier)), of: "wlan0",
			want: "up link-up | down wifi-off | down no-address | absent",
		},
		{
			name: "an ad-hoc network", in: snapshot(wifi("wlan0", static("192.0.2.2/24"), device(func(d *nmtypes.Device) { d.Wireless.Mode = 1 }))), of: "wlan0",
			want: "up link-up | up wifi-serving | up addressed | absent", says: []string{"[ad-hoc]"},
		},
		{
			name: "a mesh", in: snapshot(wifi("wlan0", static("192.0.2.2/24"), device(func(d *nmtypes.Device) { d.Wireless.Mode = 4 }))), of: "wlan0",
			want: "up link-up | up wifi-serving | up addressed | absent",
		},
		{
			name: "a monitor", in: snapshot(wifi("mon0", unmanaged, role("monitor"))), of: "mon0",
			want: "up link-up | absent | down no-address | absent",
		},
	}
}
