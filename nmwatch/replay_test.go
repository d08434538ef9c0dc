package nmwatch_test

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nmdebug/nmwatch/nmtypes"
)

// The files in testdata are a session of NetworkManager 1.42.4 as a client of another kind saw it: an Ethernet link that
// loses its carrier, is activated again, disconnected and rolled back, a bridge that gets it as a port, and connections
// that cannot be made for want of a kernel module or a program. The types of the values are lost in JSON; typed gives
// them back.

// capturedSignal is one signal of signals.json: when, from which object, which, and what it carried.
type capturedSignal struct {
	at     time.Duration
	path   string
	iface  string
	member string
	args   []any
}

func captured(t *testing.T) (before, after objects, signals []capturedSignal) {
	t.Helper()
	after = objects{}
	for path, interfaces := range read[map[string]map[string]map[string]any](t, "managed-objects.json") {
		after[dbus.ObjectPath(path)] = typedObject(t, interfaces)
	}
	before = maps.Clone(after)
	for _, raw := range read[[][]any](t, "signals.json") {
		s := capturedSignal{at: time.Duration(raw[0].(float64) * float64(time.Second)), path: raw[1].(string)}
		name := strings.Replace(raw[2].(string), "NM.", nmIface+".", 1)
		dot := strings.LastIndex(name, ".")
		s.iface, s.member = name[:dot], name[dot+1:]
		s.args = typedArgs(t, s.member, raw[3].([]any))
		signals = append(signals, s)
		if s.member == "InterfacesAdded" {
			delete(before, s.args[0].(dbus.ObjectPath))
		}
	}
	// The objects were read at the end: at the beginning there was no connection, nor what came later.
	link := maps.Clone(after[nmPath+"/Devices/2"])
	link[devIface] = maps.Clone(link[devIface])
	link[devIface]["State"], link[devIface]["ActiveConnection"] = v(uint32(30)), v(dbus.ObjectPath("/"))
	before[nmPath+"/Devices/2"] = link
	return before, after, signals
}

func read[T any](t *testing.T, file string) (content T) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &content); err != nil {
		t.Fatal(err)
	}
	return content
}

func typedObject(t *testing.T, interfaces map[string]map[string]any) map[string]props {
	t.Helper()
	object := map[string]props{}
	for iface, values := range interfaces {
		object[iface] = typedProps(t, iface, values)
	}
	return object
}

func typedProps(t *testing.T, iface string, values map[string]any) props {
	t.Helper()
	all := props{}
	for name, value := range values {
		all[name] = v(typed(t, signature(iface, name), value))
	}
	return all
}

// typedArgs gives the arguments of a signal their types.
func typedArgs(t *testing.T, member string, args []any) []any {
	t.Helper()
	switch member {
	case "InterfacesAdded":
		interfaces := map[string]map[string]any{}
		for iface, values := range args[1].(map[string]any) {
			interfaces[iface] = values.(map[string]any)
		}
		return []any{dbus.ObjectPath(args[0].(string)), typedObject(t, interfaces)}
	case "InterfacesRemoved":
		return []any{dbus.ObjectPath(args[0].(string)), typed(t, "as", args[1])}
	case "PropertiesChanged":
		iface := args[0].(string)
		return []any{iface, typedProps(t, iface, args[1].(map[string]any)), typed(t, "as", args[2])}
	}
	all := []any{}
	for _, a := range args {
		sig := "u"
		if _, path := a.(string); path {
			sig = "o"
		}
		all = append(all, typed(t, sig, a))
	}
	return all
}

// signature is the type of a property, as NetworkManager's introspection data have it.
func signature(iface, name string) string {
	sig, ok := map[string]string{
		"ActiveConnections": "ao", "AllDevices": "ao", "Devices": "ao", "Checkpoints": "ao", "AvailableConnections": "ao",
		"Ports": "ao", "Slaves": "ao", "Connections": "ao", "ActivatingConnection": "o", "PrimaryConnection": "o",
		"Connection": "o", "Controller": "o", "Master": "o", "SpecificObject": "o", "Dhcp4Config": "o", "Dhcp6Config": "o",
		"ActiveConnection": "o", "Ip4Config": "o", "Ip6Config": "o", "Peer": "o", "Parent": "o", "VersionInfo": "au",
		"WinsServers": "au", "StateReason": "(uu)", "AddressData": "aa{sv}", "RouteData": "aa{sv}", "NameserverData": "aa{sv}",
		"LldpNeighbors": "aa{sv}", "Configuration": "aa{sv}", "Domains": "as", "Searches": "as", "DnsOptions": "as",
		"S390Subchannels": "as", "WinsServerData": "as", "GlobalDnsConfiguration": "a{sv}", "PublicKey": "ay", "Created": "x",
		"RxBytes": "t", "TxBytes": "t", "DnsPriority": "i", "Addresses": "aau", "Routes": "aau", "Nameservers": "au",
		"Path": "s",
	}[name]
	switch {
	case iface == nmIface && name == "Capabilities":
		return "au"
	case strings.HasSuffix(iface, ".IP6Config") && name == "Nameservers":
		return "aay"
	case strings.HasSuffix(iface, ".IP6Config") && (name == "Addresses" || name == "Routes"):
		return "" // deprecated, and of no use
	case ok:
		return sig
	default:
		return "?"
	}
}

// typed gives a value of JSON its type on the bus.
func typed(t *testing.T, sig string, value any) any {
	t.Helper()
	switch sig {
	case "o":
		return dbus.ObjectPath(value.(string))
	case "x":
		return int64(value.(float64))
	case "t":
		return uint64(value.(float64))
	case "i":
		return int32(value.(float64))
	case "ay":
		raw, err := hex.DecodeString(strings.TrimPrefix(value.(string), "ay:"))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	case "(uu)":
		pair := each(value, func(e any) uint32 { return uint32(e.(float64)) })
		return struct{ A, B uint32 }{pair[0], pair[1]}
	case "ao":
		return each(value, func(e any) dbus.ObjectPath { return dbus.ObjectPath(e.(string)) })
	case "as":
		return each(value, func(e any) string { return e.(string) })
	case "au":
		return each(value, func(e any) uint32 { return uint32(e.(float64)) })
	case "aay":
		return each(value, func(e any) []byte { return typed(t, "ay", e).([]byte) })
	case "aau":
		return each(value, func(e any) []uint32 { return typed(t, "au", e).([]uint32) })
	case "a{sv}":
		return typedProps(t, "", value.(map[string]any))
	case "aa{sv}":
		return each(value, func(e any) props { return typedProps(t, "", e.(map[string]any)) })
	case "":
		return []string{}
	}
	if number, ok := value.(float64); ok {
		return uint32(number)
	}
	return value
}

func each[T any](list any, convert func(any) T) []T {
	all := []T{}
	for _, element := range list.([]any) {
		all = append(all, convert(element))
	}
	return all
}

// told is what history alone can tell: it is not in the objects.
func told() cmp.Options {
	return cmp.Options{
		cmpopts.IgnoreFields(nmtypes.State{}, "Ended"),
		cmpopts.IgnoreFields(nmtypes.Device{}, "StateAt", "StateBefore", "LastFailure"),
		cmpopts.IgnoreFields(nmtypes.ActiveConnection{}, "StateAt", "Reason", "VPNTrail"),
	}
}

// TestReplay folds the signals of the session over the objects of its beginning, and holds the result against the
// objects of its end.
func TestReplay(t *testing.T) {
	before, after, signals := captured(t)
	c := converse(t, 0, before)
	for _, s := range signals {
		c.Now = epoch().Add(s.at)
		c.Says(s.path, s.iface, s.member, s.args...)
	}
	got, want := c.fold.State(), converse(t, 0, after).fold.State()
	if diff := cmp.Diff(want, got, told()); diff != "" {
		t.Errorf("the objects of the end, and the folded signals (-objects +signals):\n%s", diff)
	}
	if len(got.Problems) > 0 {
		t.Errorf("problems: %v", got.Problems)
	}
	if got.Manager.Version != "1.42.4" || len(got.Devices) != 7 || len(got.Active) != 3 || got.Profiles != 8 {
		t.Errorf("NetworkManager %s with %d devices, %d active connections, %d profiles", got.Manager.Version, len(got.Devices), len(got.Active), got.Profiles)
	}
	port := got.Devices[nmPath+"/Devices/2"]
	if port.Interface != "vt0" || port.Type != nmtypes.TypeVeth || port.State != nmtypes.DeviceActivated || port.StateBefore != nmtypes.DeviceSecondaries ||
		port.Carrier == nil || !*port.Carrier || port.SpeedMbps != 10000 {
		t.Errorf("vt0 is %+v", port)
	}
	if got := got.Devices[nmPath+"/Devices/4"]; !cmp.Equal(got.Ports, []string{nmPath + "/Devices/2"}) {
		t.Errorf("the ports of the bridge are %v", got.Ports)
	}
	for _, d := range got.Devices {
		if d.LastFailure != nil {
			t.Errorf("%s has failed: %+v", d.Interface, d.LastFailure)
		}
	}
}

// TestReplayEnds looks at what only the signals of the session told: how connections ended.
func TestReplayEnds(t *testing.T) {
	before, _, signals := captured(t)
	c := converse(t, 0, before)
	for _, s := range signals {
		c.Says(s.path, s.iface, s.member, s.args...)
	}
	type end struct {
		ID     string
		Reason nmtypes.ActiveReason
		VPN    nmtypes.VPNState
		Trail  []nmtypes.VPNState
	}
	var got []end
	for _, ac := range c.fold.State().Ended {
		e := end{ID: ac.ID, Reason: ac.Reason, VPN: ac.VPNState}
		for _, step := range ac.VPNTrail {
			e.Trail = append(e.Trail, step.State)
		}
		got = append(got, e)
		if ac.State != nmtypes.ActiveDeactivated {
			t.Errorf("%s ended in state %s", ac.ID, ac.State)
		}
	}
	want := []end{
		{ID: "eth", Reason: nmtypes.ActiveReasonDeviceDisconnected}, // its carrier went
		{ID: "eth", Reason: nmtypes.ActiveReasonDeviceDisconnected}, // it was activated again
		{ID: "eth", Reason: nmtypes.ActiveReasonDeviceDisconnected}, // somebody disconnected the device
		{ID: "eth", Reason: nmtypes.ActiveReasonDeviceDisconnected}, // the bridge's port took its place
		{ID: "ovpn", Reason: nmtypes.ActiveReasonUnknown, VPN: nmtypes.VPNFailed, Trail: []nmtypes.VPNState{
			nmtypes.VPNNeedAuth, nmtypes.VPNConnect, nmtypes.VPNFailed, // the last step comes after the end of the connection
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ended connections (-want +got):\n%s", diff)
	}
}

// TestReplayCarrier looks at the moment after the carrier went.
func TestReplayCarrier(t *testing.T) {
	before, _, signals := captured(t)
	c := converse(t, 0, before)
	device := func() nmtypes.Device { return c.fold.State().Devices[nmPath+"/Devices/2"] }
	var seen []string
	for _, s := range signals {
		if s.at > 11*time.Second {
			break
		}
		c.Now = epoch().Add(s.at)
		c.Says(s.path, s.iface, s.member, s.args...)
		d := device()
		word := d.State.String() + " with carrier"
		if !*d.Carrier {
			word = d.State.String() + " without"
		}
		if len(seen) == 0 || seen[len(seen)-1] != word {
			seen = append(seen, word)
		}
	}
	want := []string{
		"disconnected with carrier", "prepare with carrier", "config with carrier", "ip-config with carrier", "ip-check with carrier",
		"secondaries with carrier", "activated with carrier", "activated without", "unavailable without",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("the device went through (-want +got):\n%s", diff)
	}
	if d := device(); d.Reason != nmtypes.ReasonCarrier || d.StateBefore != nmtypes.DeviceActivated || d.StateAt != epoch().Add(10143*time.Millisecond+time.Millisecond) {
		t.Errorf("reason %s, from %s, at %s", d.Reason, d.StateBefore, d.StateAt)
	}
}
