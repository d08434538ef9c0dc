package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestWifiKey(t *testing.T) { judge(t, wifiKeyCases()) }

// wifiKeyCases are connections that end where a password is proved, and some that only look so.
func wifiKeyCases() []verdict {
	psk, sae := keyManagement("WPA-PSK"), keyManagement("SAE FT-SAE")
	lost := trail(wpatypes.StateAssociated, wpatypes.StateFourWayHandshake, wpatypes.StateDisconnected, wpatypes.StateScanning)
	busy := func(s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) part {
		return wifi("wlan0", activating(nmtypes.DeviceConfig), supplicant(s, change...))
	}
	idle := func(r nmtypes.DeviceReason, change ...func(*wpatypes.Interface)) part {
		withoutNetwork := func(w *wpatypes.Interface) { w.Network = nil }
		return wifi("wlan0", gaveUp(r, nmtypes.DeviceConfig), supplicant(wpatypes.StateDisconnected, append(change, withoutNetwork)...))
	}
	status := func(s wpatypes.Status) func(*wpatypes.Interface) {
		return func(w *wpatypes.Interface) { w.AuthStatus = s }
	}
	heard := func(dBm int16) func(*wpatypes.Interface) {
		return func(w *wpatypes.Interface) { w.BSS = &wpatypes.BSS{SignalDBm: dBm} }
	}
	// NetworkManager's WPA2 profiles allow SAE, too.
	either := func(algorithm uint16) part {
		return wifi("wlan0", activating(nmtypes.DeviceConfig), supplicant(wpatypes.StateScanning, keyManagement("WPA-PSK SAE"), status(1)),
			signalled(kerneltypes.WirelessLog{Auth: kerneltypes.WirelessEvent{At: ago(time.Second), Code: 1, Algorithm: algorithm}}))
	}
	const wrong, cause = "up link-up | failed wifi-key | blocked | absent", "wlan0 L2 wifi-key"
	const working = "up link-up | starting wifi-working | blocked | absent"
	return []verdict{
		{
			name: "WPA2: the access point ends the handshake", in: snapshot(busy(wpatypes.StateScanning, psk, lost, disconnected(15))), of: "wlan0",
			want: wrong, cause: cause, says: []string{"(likely)", "disconnect reason 15"},
		},
		{
			name: "WPA2: as hostapd says it", in: snapshot(busy(wpatypes.StateScanning, psk, lost, disconnected(2))), of: "wlan0",
			want: wrong, cause: cause, says: []string{"(likely)"},
		},
		{
			name: "WPA2: the reason says nothing", in: snapshot(busy(wpatypes.StateScanning, psk, lost, disconnected(-3))), of: "wlan0",
			want: wrong, cause: cause, says: []string{"(guess)"},
		},
		{
			name: "WPA2: heard too weakly to be sure", in: snapshot(busy(wpatypes.StateScanning, psk, lost, disconnected(15), heard(-88))), of: "wlan0",
			want: wrong, cause: cause, says: []string{"(guess)", "heard at -88 dBm only"},
		},
		{
			name: "WPA2: heard too weakly, as the kernel tells",
			in:   snapshot(wifi("wlan0", activating(nmtypes.DeviceConfig), supplicant(wpatypes.StateScanning, psk, lost, disconnected(15)), heardAt(-88))), of: "wlan0",
			want: "degraded weak-signal | failed wifi-key | blocked | absent", cause: cause, says: []string{"(guess)"},
		},
		{
			name: "WPA2: in the handshake for the first time", in: snapshot(busy(wpatypes.StateFourWayHandshake, psk, trail(wpatypes.StateAssociated, wpatypes.StateFourWayHandshake))), of: "wlan0",
			want: working,
		},
		{
			name: "WPA2: in the handshake again",
			in: snapshot(busy(wpatypes.StateFourWayHandshake, psk, disconnected(15),
				trail(wpatypes.StateFourWayHandshake, wpatypes.StateDisconnected, wpatypes.StateFourWayHandshake))), of: "wlan0",
			want: wrong, cause: cause,
		},
		{
			name: "WPA2: after NetworkManager gave up", in: snapshot(idle(nmtypes.ReasonNoSecrets, lost, disconnected(15))), of: "wlan0",
			want: wrong, cause: cause,
		},
		{
			name: "the key was right, and the access point was restarted",
			in: snapshot(wifi("wlan0", static("192.0.2.2/24"), supplicant(wpatypes.StateDisconnected, psk, disconnected(2),
				trail(wpatypes.StateFourWayHandshake, wpatypes.StateCompleted, wpatypes.StateDisconnected)))), of: "wlan0",
			want: "up link-up | failed wifi-disconnected | blocked | absent", cause: "wlan0 L2 wifi-disconnected",
			conflicts: []inspect.Code{inspect.ConnectedUnassociated},
		},
		{
			name: "the key was right, and it does not find its way back",
			in: snapshot(busy(wpatypes.StateScanning, psk, disconnected(15),
				trail(wpatypes.StateCompleted, wpatypes.StateFourWayHandshake, wpatypes.StateDisconnected))), of: "wlan0",
			want: working,
		},
		{
			name: "with 802.1X the handshake proves no password", in: snapshot(busy(wpatypes.StateScanning, keyManagement("WPA-EAP"), lost, disconnected(15))), of: "wlan0",
			want: working,
		},
		{
			name: "WPA3: the confirm is refused", in: snapshot(busy(wpatypes.StateScanning, sae, status(15))), of: "wlan0",
			want: wrong, cause: cause, says: []string{"authentication status 15"},
		},
		{
			name: "WPA3: refused without a better word", in: snapshot(busy(wpatypes.StateScanning, sae, status(1))), of: "wlan0",
			want: wrong, cause: cause,
		},
		{
			name: "WPA3: NetworkManager says that the network was not found", in: snapshot(idle(nmtypes.ReasonSSIDNotFound, status(15))), of: "wlan0",
			want: wrong, cause: cause,
		},
		{
			name: "WPA3: the block is gone with the attempt",
			in: snapshot(idle(nmtypes.ReasonSSIDNotFound, status(1), func(w *wpatypes.Interface) {
				w.Tried = &wpatypes.Network{Properties: map[string]string{"key_mgmt": "SAE"}}
			})),
			of: "wlan0", want: wrong, cause: cause, says: []string{"nmcli --ask device connect wlan0"},
		},
		{
			name: "WPA2 and 3: nl80211 saw SAE be refused", in: snapshot(either(kerneltypes.AuthSAE)), of: "wlan0",
			want: wrong, cause: cause, says: []string{"(likely)"},
		},
		{
			name: "WPA2 and 3: nl80211 saw WPA2 be refused", in: snapshot(either(kerneltypes.AuthOpen)), of: "wlan0",
			want: "up link-up | failed wifi-refused | blocked | absent", cause: "wlan0 L2 wifi-refused", says: []string{"(certain)"},
		},
		{
			name: "WPA2 and 3: nobody saw what was refused", in: snapshot(busy(wpatypes.StateScanning, keyManagement("WPA-PSK SAE"), status(1))), of: "wlan0",
			want: "up link-up | failed wifi-refused | blocked | absent", cause: "wlan0 L2 wifi-refused",
			says: []string{"With WPA3, that is the answer to a wrong password, too.", "(guess)"},
		},
		{
			name: "WPA3: too many at once is no wrong password", in: snapshot(busy(wpatypes.StateScanning, sae, status(76))), of: "wlan0",
			want: working,
		},
		{
			name: "WPA2: refused at the door, before any key", in: snapshot(busy(wpatypes.StateScanning, psk, status(1))), of: "wlan0",
			want: "up link-up | failed wifi-refused | blocked | absent", cause: "wlan0 L2 wifi-refused", says: []string{"Its answer was unspecified-failure (1)."},
		},
		{
			name: "a newer supplicant says so", in: snapshot(busy(wpatypes.StateScanning, psk, func(w *wpatypes.Interface) { w.PskMismatchAt = ago(time.Second) })), of: "wlan0",
			want: wrong, cause: cause,
		},
		{
			name: "a newer supplicant says so of SAE", in: snapshot(busy(wpatypes.StateScanning, sae, func(w *wpatypes.Interface) { w.SaeMismatchAt = ago(time.Second) })), of: "wlan0",
			want: wrong, cause: cause,
		},
	}
}
