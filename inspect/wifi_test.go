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
			want: "up link-up | down wifi-off | down no-address | absent", says: []string{"ended with reason 15 (4way-handshake-timeout)"},
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
