package wpadbus_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/mirror"
	"nmdebug/wpadbus"
	"nmdebug/wpadbus/wpatypes"
)

// TestWalk finds the objects of a supplicant, which has no list of them.
func TestWalk(t *testing.T) {
	s := wireless(t)
	want := wpatypes.State{
		Synced: true, Capabilities: []string{"ap", "pmf"}, EAPMethods: []string{"PEAP"}, DebugLevel: "info", Gone: map[string]wpatypes.Interface{},
		Interfaces: map[string]wpatypes.Interface{wlan: {
			Path: wlan, Name: "wlan0", Driver: "nl80211", State: wpatypes.StateCompleted, AuthMode: "WPA2-PSK", DisconnectReason: -3,
			Network: &wpatypes.Network{Path: network, Properties: map[string]string{"ssid": `"home"`, "key_mgmt": "WPA-PSK"}},
			Tried:   &wpatypes.Network{Path: network, Properties: map[string]string{"ssid": `"home"`, "key_mgmt": "WPA-PSK"}},
			BSS: &wpatypes.BSS{
				Path: wlan + "/BSSs/7", SSID: []byte("home"), BSSID: "02:00:00:00:00:01", Frequency: 2412, SignalDBm: -50, Age: 3 * time.Second,
			},
		}},
	}
	if diff := cmp.Diff(want, s.fold.State()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{rootPath, wlan, network, wlan + "/BSSs/7"}, s.Asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

func TestEmptySupplicant(t *testing.T) {
	s := converse(t, map[string]props{rootPath: variants(map[string]any{"Interfaces": []dbus.ObjectPath{}})})
	if state := s.fold.State(); !state.Synced || len(state.Interfaces) > 0 || len(s.Asked) != 1 {
		t.Errorf("state %+v, asked for %v", state, s.Asked)
	}
}

// TestInterfacesComeAndGo is what NetworkManager does on a wire: it makes an interface for each activation.
func TestInterfacesComeAndGo(t *testing.T) {
	s := converse(t, map[string]props{rootPath: variants(map[string]any{"Interfaces": []dbus.ObjectPath{}})})
	add := func(n int) {
		s.objects[ifacePath(n)] = variants(map[string]any{
			"Ifname": "eth0", "Driver": "wired", "State": "disconnected", "CurrentNetwork": dbus.ObjectPath("/"), "CurrentBSS": dbus.ObjectPath("/"),
		})
		s.Says(rootPath, root, "InterfaceAdded", dbus.ObjectPath(ifacePath(n)), props{})
	}
	remove := func(n int) {
		delete(s.objects, ifacePath(n))
		s.Says(rootPath, root, "InterfaceRemoved", dbus.ObjectPath(ifacePath(n)))
	}
	add(3)
	if diff := cmp.Diff([]string{"eth0"}, s.fold.Wired()); diff != "" {
		t.Errorf("wired interfaces (-want +got):\n%s", diff)
	}
	s.states(ifacePath(3), "associated")
	s.Says(ifacePath(3), iface, "EAP", "started", "")
	s.Says(ifacePath(3), iface, "EAP", "completion", "failure")
	remove(3)
	state := s.fold.State()
	if len(state.Interfaces) > 0 || len(s.fold.Wired()) > 0 || !state.Synced {
		t.Errorf("after its end there is %+v", state)
	}
	if gone := state.Gone["eth0"]; gone.EAP.Outcome != wpatypes.EAPFailure || gone.Driver != "wired" || len(gone.Trail) != 1 {
		t.Errorf("of its end is remembered %+v", gone)
	}
	remove(3)
	add(4)
	state = s.fold.State()
	if i := state.Interfaces[ifacePath(4)]; i.Name != "eth0" || i.EAP.Failures != 0 || len(i.Trail) > 0 || len(state.Gone) > 0 {
		t.Errorf("the next interface is %+v, gone are %v", i, state.Gone)
	}
	for n := range 100 {
		s.objects[ifacePath(n)] = variants(map[string]any{"Ifname": fmt.Sprint("veth", n), "Driver": "wired"})
		s.Says(rootPath, root, "InterfaceAdded", dbus.ObjectPath(ifacePath(n)), props{})
		remove(n)
	}
	if gone := s.fold.State().Gone; len(gone) > 32 || len(gone) == 0 {
		t.Errorf("%d interfaces are remembered", len(gone))
	}
}

func TestTrail(t *testing.T) {
	s := wireless(t)
	s.states(wlan, "disconnected", "scanning")
	i := s.at(wlan)
	want := []wpatypes.StateStep{{State: wpatypes.StateDisconnected, At: i.Trail[0].At}, {State: wpatypes.StateScanning, At: i.StateAt}}
	if diff := cmp.Diff(want, i.Trail); diff != "" || !i.Trail[0].At.Before(i.StateAt) {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
	for range 100 {
		s.states(wlan, "scanning")
	}
	if n := len(s.at(wlan).Trail); n != 32 {
		t.Errorf("a trail of %d states", n)
	}
}

// TestNextNetwork chooses another network: nothing that was refused before says anything of it.
func TestNextNetwork(t *testing.T) {
	s := wireless(t)
	s.states(wlan, "associated", "4way_handshake", "disconnected")
	s.Says(wlan, iface, "EAP", "completion", "failure")
	s.Says(wlan, iface, "PskMismatch")
	s.Says(wlan, iface, "SaePasswordMismatch")
	s.changed(wlan, map[string]any{"DisconnectReason": int32(15), "AuthStatusCode": int32(15), "AssocStatusCode": int32(17)})
	before := s.at(wlan)
	if before.PskMismatchAt.IsZero() || before.SaeMismatchAt.IsZero() || before.DisconnectReason != 15 || before.AuthStatus != 15 || before.AssocStatus != 17 {
		t.Errorf("before it is %+v", before)
	}

	// NetworkManager removes the block and adds another, which gets the same path.
	s.changed(wlan, map[string]any{"CurrentNetwork": dbus.ObjectPath("/")})
	s.Says(wlan, iface, "NetworkRemoved", dbus.ObjectPath(network))
	s.objects[network] = props{"Properties": v(props{"ssid": v(`"other"`), "key_mgmt": v("SAE")})}
	s.Says(wlan, iface, "NetworkAdded", dbus.ObjectPath(network), props{})
	s.Says(wlan, iface, "NetworkSelected", dbus.ObjectPath(network))
	s.changed(wlan, map[string]any{"CurrentNetwork": dbus.ObjectPath(network)})
	got := s.at(wlan)
	if got.Network == nil || got.Network.Properties["key_mgmt"] != "SAE" {
		t.Errorf("the network block is %+v", got.Network)
	}
	if got.EAP != (wpatypes.EAP{}) || len(got.Trail) > 0 || !got.PskMismatchAt.IsZero() || !got.SaeMismatchAt.IsZero() ||
		got.DisconnectReason != 0 || got.AuthStatus != 0 || got.AssocStatus != 0 {
		t.Errorf("of the network before is left %+v", got)
	}
	s.changed(wlan, map[string]any{"AuthStatusCode": int32(15)})
	if got := s.at(wlan); got.AuthStatus != 15 || got.DisconnectReason != 0 {
		t.Errorf("after the next refusal: authentication status %d, disconnect reason %d", got.AuthStatus, got.DisconnectReason)
	}
	if before.Network.Properties["key_mgmt"] != "WPA-PSK" || before.AuthStatus != 15 {
		t.Errorf("an old state has changed: %+v", before)
	}
}

// TestNetworkThatIsOnlyTried is how a wrong WPA3 password ends: the block is selected, CurrentNetwork is not told, and NetworkManager removes
// the block when it gives up. What was refused still speaks of it.
func TestNetworkThatIsOnlyTried(t *testing.T) {
	for _, told := range []bool{true, false} {
		s := wireless(t)
		s.objects[wlan]["CurrentNetwork"] = v(dbus.ObjectPath("/"))
		s.changed(wlan, map[string]any{"CurrentNetwork": dbus.ObjectPath("/")})
		s.Says(wlan, iface, "NetworkRemoved", dbus.ObjectPath(network))
		s.objects[network] = props{"Properties": v(props{"key_mgmt": v("SAE")})}
		s.Says(wlan, iface, "NetworkAdded", dbus.ObjectPath(network), props{})
		s.Says(wlan, iface, "NetworkSelected", dbus.ObjectPath(network))
		s.changed(wlan, map[string]any{"AuthStatusCode": int32(1)})
		if got := s.at(wlan); got.Network == nil || got.Network.Properties["key_mgmt"] != "SAE" {
			t.Errorf("while it is tried the network is %+v", got.Network)
		}
		if told {
			s.changed(wlan, map[string]any{"CurrentNetwork": dbus.ObjectPath("/")})
		}
		delete(s.objects, network)
		s.Says(wlan, iface, "NetworkRemoved", dbus.ObjectPath(network))
		if got := s.at(wlan); got.Network != nil || got.Tried == nil || got.Tried.Properties["key_mgmt"] != "SAE" || got.AuthStatus != 1 {
			t.Errorf("after its removal (told %t) the network is %+v, tried was %+v, status %d", told, got.Network, got.Tried, got.AuthStatus)
		}
		s.Says(wlan, iface, "NetworkSelected", dbus.ObjectPath(wlan+"/Networks/9"))
		if got := s.at(wlan); got.Tried != nil {
			t.Errorf("the next network counts as the one before: %+v", got.Tried)
		}
	}
}

// TestRoaming takes the station from one access point to another, and then away and back, which is no roaming.
func TestRoaming(t *testing.T) {
	s := wireless(t)
	const other = wlan + "/BSSs/8"
	s.objects[other] = variants(map[string]any{"SSID": []byte("home"), "BSSID": []byte{2, 0, 0, 0, 0, 2}})
	s.changed(wlan, map[string]any{"State": "authenticating", "CurrentBSS": dbus.ObjectPath(other)})
	s.changed(wlan, map[string]any{"State": "completed", "CurrentBSS": dbus.ObjectPath(other)})
	roamed := s.at(wlan)
	if roamed.Roam.From != "02:00:00:00:00:01" || roamed.Roam.At.IsZero() || roamed.BSS == nil || roamed.BSS.BSSID != "02:00:00:00:00:02" {
		t.Errorf("the roam is %+v, to %+v", roamed.Roam, roamed.BSS)
	}
	s.changed(wlan, map[string]any{"State": "disconnected", "CurrentBSS": dbus.ObjectPath("/")})
	s.changed(wlan, map[string]any{"State": "completed", "CurrentBSS": dbus.ObjectPath(wlan + "/BSSs/7")})
	if got := s.at(wlan).Roam; got != roamed.Roam {
		t.Errorf("a loss counts as a roam: %+v", got)
	}
}

func TestKeyWasRightAfterAll(t *testing.T) {
	s := wireless(t)
	s.Says(wlan, iface, "PskMismatch")
	s.Says(wlan, iface, "SaePasswordMismatch")
	s.states(wlan, "4way_handshake", "completed")
	if i := s.at(wlan); !i.PskMismatchAt.IsZero() || !i.SaeMismatchAt.IsZero() {
		t.Errorf("after a success the key still counts as wrong: %+v", i)
	}
}

// TestForgottenAccessPoint removes the access point in use, whose path another gets.
func TestForgottenAccessPoint(t *testing.T) {
	s := wireless(t)
	const bss = wlan + "/BSSs/7"
	s.objects[bss]["Signal"] = v(int16(-80))
	s.Says(wlan, iface, "BSSRemoved", dbus.ObjectPath(bss))
	s.changed(wlan, map[string]any{"CurrentBSS": dbus.ObjectPath(bss)})
	if got := s.at(wlan).BSS; got == nil || got.SignalDBm != -80 {
		t.Errorf("the access point is %+v", got)
	}
	s.Says(wlan, iface, "BSSRemoved", dbus.ObjectPath(rootPath))
	s.Says(wlan, iface, "BSSRemoved", "all")
	if !s.fold.State().Synced {
		t.Error("a signal about an object of others removed it")
	}
}

func TestWrongTypes(t *testing.T) {
	s := wireless(t)
	s.changed(wlan, map[string]any{"State": uint32(1), "DisconnectReason": "none", "CurrentBSS": "none"})
	for _, member := range []string{"EAP", "Certification", "NetworkRequest", "NetworkAdded", "BSSRemoved", "NetworkSelected"} {
		s.Says(wlan, iface, member)
		s.Says(wlan, iface, member, uint32(1), uint32(2))
	}
	s.Says(rootPath, root, "InterfaceAdded")
	s.Says(rootPath, root, "InterfaceAdded", "eth0")
	s.Says(rootPath, root, "InterfaceRemoved", uint32(1))
	s.Says(wlan, "org.freedesktop.DBus.Properties", "PropertiesChanged", uint32(1))
	s.Says(wlan, "org.freedesktop.DBus.Properties", "PropertiesChanged", iface, "State")
	s.objects[network] = props{"Properties": v("none")}
	s.Says(wlan, iface, "NetworkRemoved", dbus.ObjectPath(network))
	i := s.at(wlan)
	if i.State != "" || i.BSS != nil || i.DisconnectReason != 0 || len(i.Trail) > 0 || len(i.Network.Properties) > 0 {
		t.Errorf("the interface is %+v", i)
	}
	var all strings.Builder
	for _, p := range s.fold.State().Problems {
		all.WriteString(p.Object + ": " + p.Text + "\n")
	}
	for _, part := range []string{"Interface.State is an uint32 instead of a string", "DisconnectReason is a string instead of an int32", "Network.Properties is a string instead of a dictionary"} {
		if !strings.Contains(all.String(), part) {
			t.Errorf("no problem says %q in\n%s", part, all.String())
		}
	}
}

// TestSecrets looks for secrets in all that the fold gives away.
func TestSecrets(t *testing.T) {
	s := wireless(t)
	hidden := map[string]string{
		"psk": `"hunter2 psk"`, "sae_password": `"hunter2 sae"`, "password": `hash:hunter2`, "wep_key0": "hunter2", "private_key_passwd": `"hunter2"`,
		"private_key2_passwd": `"hunter2"`, "machine_password": `"hunter2"`, "pin": `"hunter2"`, "mka_cak": "hunter2", "psk_list": "02:00:00:00:00:01-hunter2",
		"dpp_netaccesskey": "hunter2", "a_newer_password": "hunter2", "shared_secret": "hunter2",
		"private_key": `"pkcs11:token=t;object=o?pin-value=hunter2&module-name=m;PIN-VALUE=hunter2"`,
		"client_cert": "pkcs11:object=o?pin-source=file:/hunter2", "ca_cert2": "pkcs11:?pin-value=hunter2",
	}
	shown := map[string]string{
		"ssid": `"home"`, "identity": `"alice"`, "sae_password_id": `"kitchen"`, "mem_only_psk": "0", "key_mgmt": "WPA-PSK", "ca_cert": `"/etc/ssl/ca.pem"`,
		"engine": "1", "password_empty": "",
	}
	all := props{}
	for _, values := range []map[string]string{hidden, shown} {
		for key, value := range values {
			all[key] = v(value)
		}
	}
	s.objects[network] = props{"Properties": v(all)}
	s.Says(wlan, iface, "NetworkRemoved", dbus.ObjectPath(network))
	s.Says(rootPath, root, "InterfaceRemoved", dbus.ObjectPath(wlan))
	state := s.fold.State()
	got := state.Gone["wlan0"].Network.Properties
	for key := range hidden {
		if !strings.Contains(got[key], "<secret>") {
			t.Errorf("%s is %q", key, got[key])
		}
	}
	for key, value := range shown {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if want := `"pkcs11:token=t;object=o?pin-value=<secret>&module-name=m;PIN-VALUE=<secret>"`; got["private_key"] != want {
		t.Errorf("private_key is %s, want %s", got["private_key"], want)
	}
	if text := fmt.Sprintf("%#v %#v", state, *state.Gone["wlan0"].Network); strings.Contains(text, "hunter2") {
		t.Errorf("a secret is in %s", text)
	}
}

func TestRules(t *testing.T) {
	for _, rule := range wpadbus.Rules() {
		if !strings.Contains(rule, "type='signal'") || !strings.Contains(rule, wpadbus.Service) {
			t.Errorf("rule %q", rule)
		}
	}
	if f := wpadbus.NewFold(); f.Synced() || len(f.Wants()) > 0 || f.Apply(mirror.Event{}) || f.Apply(mirror.Event{Overheard: true, Kind: mirror.BusUp}) {
		t.Error("a fold that has heard nothing knows or wants something")
	}
}

// What a conversation begins with is not asked for again.
func TestOpening(t *testing.T) {
	f := wpadbus.NewFold()
	if calls := f.Opening(); len(calls) != 1 || calls[0].Path != rootPath {
		t.Errorf("opening %v", calls)
	}
	f.Apply(mirror.Event{Kind: mirror.BusUp})
	if calls := f.Wants(); len(calls) > 0 {
		t.Errorf("asks again: %v", calls)
	}
	f.Apply(mirror.Event{Kind: mirror.BusDown})
	f.Apply(mirror.Event{Kind: mirror.BusUp})
	if calls := f.Wants(); len(calls) != 1 {
		t.Errorf("does not ask in the next conversation: %v", calls)
	}
}

// States between which nothing happened to the supplicant share what they have: many of them are kept.
func TestStatesShare(t *testing.T) {
	s := wireless(t)
	before := s.fold.State()
	s.fold.Apply(mirror.Event{Kind: mirror.Signal, Service: "org.freedesktop.NetworkManager"})
	if after := s.fold.State(); reflect.ValueOf(before.Interfaces).Pointer() != reflect.ValueOf(after.Interfaces).Pointer() {
		t.Error("a signal of NetworkManager has made another state")
	}
	s.Says(wlan, iface, "ScanDone", true)
	if after := s.fold.State(); reflect.ValueOf(before.Interfaces).Pointer() == reflect.ValueOf(after.Interfaces).Pointer() {
		t.Error("a signal of the supplicant's has changed a state that was given before")
	}
}
