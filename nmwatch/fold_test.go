package nmwatch_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/record"
)

func path(kind string, n int) dbus.ObjectPath {
	return dbus.ObjectPath(fmt.Sprintf("%s/%s/%d", nmPath, kind, n))
}

// wired is an Ethernet device.
func wired(state uint32, active string) map[string]props {
	return map[string]props{
		devIface: variants(map[string]any{
			"Interface": "eth0", "IpInterface": "eth0", "DeviceType": uint32(1), "State": state, "Real": true, "Managed": true,
			"ActiveConnection": dbus.ObjectPath(active), "Ip4Config": dbus.ObjectPath("/"),
		}),
		devIface + ".Wired": variants(map[string]any{"Carrier": true, "Speed": uint32(1000)}),
	}
}

// profiled is an active connection.
func profiled(id string, more map[string]any) map[string]props {
	values := map[string]any{"Id": id, "Uuid": "uuid-" + id, "State": uint32(2), "Devices": []dbus.ObjectPath{path("Devices", 1)}}
	maps.Copy(values, more)
	return map[string]props{acIface: variants(values)}
}

// tunnelled is an active connection of a VPN.
func tunnelled(id string, state uint32) map[string]props {
	object := profiled(id, map[string]any{"Vpn": true, "SpecificObject": path("ActiveConnection", 1)})
	object[vpnIface] = variants(map[string]any{"VpnState": state, "Banner": "hello"})
	return object
}

func TestState(t *testing.T) {
	c := converse(t, 0, objects{
		nmPath: {nmIface: variants(map[string]any{
			"Version": "1.42.4", "State": uint32(70), "Connectivity": uint32(4), "NetworkingEnabled": true, "WirelessEnabled": true,
			"ConnectivityCheckAvailable": true, "ConnectivityCheckEnabled": true, "ConnectivityCheckUri": "http://example.org/",
			"PrimaryConnection": path("ActiveConnection", 1), "ActivatingConnection": dbus.ObjectPath("/"),
		})},
		path("Devices", 1): {
			devIface: variants(map[string]any{
				"Interface": "wlan0", "IpInterface": "wlan0", "DeviceType": uint32(2), "State": uint32(100), "Real": true,
				"StateReason": struct{ A, B uint32 }{100, 40}, "ActiveConnection": path("ActiveConnection", 1),
				"Ip4Config": path("IP4Config", 1), "Ip6Config": path("IP6Config", 1), "Dhcp4Config": path("DHCP4Config", 1),
				"Ports": []dbus.ObjectPath{}, "Autoconnect": true, "AvailableConnections": []dbus.ObjectPath{path("Settings", 1)},
			}),
			devIface + ".Wireless": variants(map[string]any{
				"Mode": uint32(2), "Bitrate": uint32(54000), "LastScan": int64(-1), "ActiveAccessPoint": path("AccessPoint", 1),
				"AccessPoints": []dbus.ObjectPath{path("AccessPoint", 1), path("AccessPoint", 2)},
			}),
		},
		path("AccessPoint", 1): {nmIface + ".AccessPoint": variants(map[string]any{
			"Ssid": []byte("h\xffme"), "HwAddress": "02:00:00:00:00:01", "Frequency": uint32(2412), "Strength": byte(70),
		})},
		path("IP4Config", 1): {nmIface + ".IP4Config": variants(map[string]any{
			"AddressData":    []props{variants(map[string]any{"address": "192.0.2.2", "prefix": uint32(24)})},
			"NameserverData": []props{variants(map[string]any{"address": "192.0.2.53"})},
			"RouteData":      []props{variants(map[string]any{"dest": "192.0.2.0"})},
			"Gateway":        "192.0.2.1", "Domains": []string{"example.org"},
		})},
		path("IP6Config", 1): {nmIface + ".IP6Config": variants(map[string]any{
			"AddressData": []props{variants(map[string]any{"address": "2001:db8::2", "prefix": uint32(64)})},
			"Nameservers": [][]byte{{0x20, 0x01, 0x0d, 0xb8, 15: 0x53}},
		})},
		path("DHCP4Config", 1):      {nmIface + ".DHCP4Config": variants(map[string]any{"Options": variants(map[string]any{"expiry": "1772370000"})})},
		path("ActiveConnection", 1): profiled("home", map[string]any{"StateFlags": uint32(28), "Default": true, "Ip4Config": path("IP4Config", 1)}),
		path("ActiveConnection", 2): tunnelled("office", 5),
		path("Settings", 1):         {nmIface + ".Settings.Connection": variants(map[string]any{"Filename": "/etc/home.nmconnection"})},
		nmPath + "/DnsManager": {nmIface + ".DnsManager": variants(map[string]any{"Mode": "default", "Configuration": []props{
			variants(map[string]any{"interface": "wlan0", "nameservers": []string{"192.0.2.53"}, "domains": []string{"example.org"}, "vpn": true}),
		}})},
	})
	ip4 := &nmtypes.IPConfig{
		Addresses: []string{"192.0.2.2/24"}, Gateway: "192.0.2.1", Nameservers: []string{"192.0.2.53"}, Domains: []string{"example.org"}, Routes: 1,
	}
	const dev, home, office = nmPath + "/Devices/1", nmPath + "/ActiveConnection/1", nmPath + "/ActiveConnection/2"
	want := nmtypes.State{
		Synced: true, Speaker: 2, // the bus came, and its owner
		Manager: nmtypes.Manager{
			Version: "1.42.4", State: nmtypes.GlobalConnectedGlobal, Connectivity: nmtypes.ConnectivityFull, ConnectivityCheck: true,
			NetworkingEnabled: true, WirelessEnabled: true, PrimaryConnection: home,
		},
		Devices: map[string]nmtypes.Device{dev: {
			Path: dev, Interface: "wlan0", IPInterface: "wlan0", Type: nmtypes.TypeWifi, State: nmtypes.DeviceActivated, Reason: nmtypes.ReasonCarrier,
			Real: true, Active: home, Autoconnect: true, Available: 1, AvailableFile: "/etc/home.nmconnection", IP4: ip4, DHCP4: map[string]string{"expiry": "1772370000"},
			IP6: &nmtypes.IPConfig{Addresses: []string{"2001:db8::2/64"}, Nameservers: []string{"2001:db8::53"}},
			Wireless: &nmtypes.Wireless{
				Mode: 2, BitrateKbps: 54000, Visible: 2, LastScan: -time.Millisecond,
				AccessPoint: &nmtypes.AccessPoint{
					Path: nmPath + "/AccessPoint/1", SSID: []byte("h\xffme"), BSSID: "02:00:00:00:00:01", Frequency: 2412, Strength: 70,
				},
			},
		}},
		Active: map[string]nmtypes.ActiveConnection{
			home: {
				Path: home, ID: "home", UUID: "uuid-home", State: nmtypes.ActiveActivated, Devices: []string{dev}, Default4: true, IP4: ip4,
				Flags: nmtypes.FlagLayer2Ready | nmtypes.FlagIP4Ready | nmtypes.FlagIP6Ready,
			},
			office: {
				Path: office, ID: "office", UUID: "uuid-office", State: nmtypes.ActiveActivated, Devices: []string{dev}, VPN: true,
				VPNState: nmtypes.VPNActivated, Base: home, Banner: "hello",
			},
		},
		Profiles: 1,
		DNS:      []nmtypes.DNSEntry{{Interface: "wlan0", Nameservers: []string{"192.0.2.53"}, Domains: []string{"example.org"}, VPN: true}},
		DNSMode:  "default",
	}
	if diff := cmp.Diff(want, c.fold.State()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

// TestWrongTypes says in other types what NetworkManager says, and takes none of it for true.
func TestWrongTypes(t *testing.T) {
	c := converse(t, 0, objects{
		nmPath: {nmIface: variants(map[string]any{"Version": uint32(1)})},
		path("Devices", 1): {devIface: variants(map[string]any{
			"Interface": "eth0", "State": "up", "StateReason": "carrier", "Ip4Config": path("IP4Config", 1), "Ip6Config": path("IP6Config", 1),
			"Dhcp4Config": path("DHCP4Config", 1), "Ports": "none",
		})},
		path("Devices", 2): {devIface: variants(map[string]any{"StateReason": []any{}, "ActiveConnection": "/"})},
		path("IP4Config", 1): {nmIface + ".IP4Config": variants(map[string]any{
			"AddressData":    []props{variants(map[string]any{"address": uint32(1), "prefix": uint32(24)}), variants(map[string]any{"address": "192.0.2.2"})},
			"NameserverData": []props{variants(map[string]any{"address": uint32(1)})},
		})},
		path("IP6Config", 1):   {nmIface + ".IP6Config": variants(map[string]any{"Nameservers": [][]byte{{1, 2, 3}}})},
		path("DHCP4Config", 1): {nmIface + ".DHCP4Config": variants(map[string]any{"Options": "none"})},
	})
	c.Says(nmPath+"/Devices/1", devIface, "StateChanged", "activated", "disconnected", "none")
	c.Says(nmPath+"/Devices/1", devIface, "StateChanged", uint32(100))
	c.Says(nmPath+"/ActiveConnection/1", acIface, "StateChanged", "deactivated")
	c.Says(nmPath+"/ActiveConnection/1", vpnIface, "VpnStateChanged", byte(6), byte(10))
	c.Says("/org/freedesktop", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", uint32(1))
	c.Says("/org/freedesktop", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved")
	s := c.fold.State()
	d := s.Devices[nmPath+"/Devices/1"]
	if d.State != nmtypes.DeviceUnknown || d.Reason != nmtypes.ReasonUnknown || !d.StateAt.IsZero() || len(d.IP4.Addresses)+len(d.IP4.Nameservers)+len(d.IP6.Nameservers) > 0 {
		t.Errorf("the device is %+v with %+v and %+v", d, d.IP4, d.IP6)
	}
	var texts []string
	for _, p := range s.Problems {
		texts = append(texts, p.Object+": "+p.Text)
	}
	all := strings.Join(texts, "\n")
	for _, part := range []string{
		"NetworkManager.Version is an uint32 instead of a string", "Device.State is a string instead of an uint32",
		"Devices/1: org.freedesktop.NetworkManager.Device.StateReason is no struct of two numbers",
		"Devices/2: org.freedesktop.NetworkManager.Device.StateReason is no struct of two numbers",
		"Device.Ports is a string instead of an array of object paths", "Device.ActiveConnection is a string instead of an object path",
		"IP4Config.AddressData has an entry without address or prefix", "IP4Config.NameserverData has an entry without address",
		"IP6Config.Nameservers has an entry that is no address", "DHCP4Config.Options is a string instead of a dictionary",
		"InterfacesRemoved",
	} {
		if !strings.Contains(all, part) {
			t.Errorf("no problem says %q in\n%s", part, all)
		}
	}
	for i, text := range texts {
		for _, other := range texts[:i] {
			if text == other {
				t.Errorf("said twice: %s", text)
			}
		}
	}
}

func TestFailure(t *testing.T) {
	change := func(c *conversation, state, old, reason uint32) {
		c.Changes(nmPath+"/Devices/1", devIface, map[string]any{"State": state})
		c.Says(nmPath+"/Devices/1", devIface, "StateChanged", state, old, reason)
	}
	failed := func() *conversation {
		c := converse(t, 0, objects{path("Devices", 1): wired(70, "/")})
		change(c, 120, 70, 5)
		change(c, 30, 120, 0)
		return c
	}
	failure := func(c *conversation) *nmtypes.Failure { return c.fold.State().Devices[nmPath+"/Devices/1"].LastFailure }

	c := failed()
	want := &nmtypes.Failure{Reason: nmtypes.ReasonIPConfigUnavailable, From: nmtypes.DeviceIPConfig, At: failure(c).At}
	if diff := cmp.Diff(want, failure(c)); diff != "" || want.At.IsZero() {
		t.Errorf("failure (-want +got):\n%s", diff)
	}
	change(c, 40, 30, 0)
	if failure(c) == nil {
		t.Error("the failure is forgotten with the next attempt, before that succeeds")
	}
	change(c, 100, 90, 0)
	if failure(c) != nil {
		t.Error("the failure outlives a success")
	}
	c = failed()
	change(c, 30, 30, 39)
	if failure(c) != nil {
		t.Error("the failure outlives a user's disconnect")
	}
	c = failed()
	c.removed(nmPath+"/Devices/1", devIface)
	c.added(nmPath+"/Devices/1", wired(30, "/"))
	if failure(c) != nil {
		t.Error("the failure outlives the device")
	}
}

// NetworkManager may tell the properties some milliseconds after the signal: the state is that of the signal meanwhile.
func TestStateIsThatOfTheSignal(t *testing.T) {
	c := converse(t, 0, objects{path("Devices", 1): wired(100, "/")})
	c.Says(nmPath+"/Devices/1", devIface, "StateChanged", uint32(10), uint32(100), uint32(36))
	d := c.fold.State().Devices[nmPath+"/Devices/1"]
	if d.State != nmtypes.DeviceUnmanaged || d.Reason != nmtypes.ReasonRemoved || d.StateAt.IsZero() {
		t.Errorf("the device is %s (%s) since %v", d.State, d.Reason, d.StateAt)
	}
}

// TestVPN follows a VPN that is refused, as OpenVPN and NetworkManager say it: the connection ends before the VPN does.
func TestVPN(t *testing.T) {
	const office = nmPath + "/ActiveConnection/2"
	c := converse(t, 0, objects{path("Devices", 1): wired(100, "/")})
	c.added(office, tunnelled("office", 1))
	for _, step := range [][2]uint32{{2, 1}, {3, 1}, {2, 1}} {
		c.Changes(office, vpnIface, map[string]any{"VpnState": step[0]})
		c.Says(office, vpnIface, "VpnStateChanged", step[0], step[1])
	}
	if got := c.fold.State().Active[office]; got.VPNState != nmtypes.VPNNeedAuth || len(got.VPNTrail) != 3 || got.Base != nmPath+"/ActiveConnection/1" {
		t.Errorf("under way it is %+v", got)
	}
	c.Says(office, acIface, "StateChanged", uint32(4), uint32(9))
	c.Says(office, vpnIface, "VpnStateChanged", uint32(6), uint32(9))
	c.Says(office, vpnIface, "VpnStateChanged", uint32(7), uint32(4))
	c.removed(office, acIface, vpnIface)
	s := c.fold.State()
	if len(s.Ended) != 1 || len(s.Active) != 0 {
		t.Fatalf("ended are %v, active %v", s.Ended, s.Active)
	}
	got := s.Ended[0]
	var trail []string
	for _, step := range got.VPNTrail {
		trail = append(trail, fmt.Sprintf("%d,%d", step.State, step.Reason))
	}
	if diff := cmp.Diff([]string{"2,1", "3,1", "2,1", "6,9", "7,4"}, trail); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
	if got.State != nmtypes.ActiveDeactivated || got.Reason != nmtypes.ActiveReasonNoSecrets || got.VPNState != nmtypes.VPNDisconnected || got.StateAt.IsZero() {
		t.Errorf("it ended as %+v", got)
	}
}

func TestEndWithoutWord(t *testing.T) {
	c := converse(t, 0, objects{path("ActiveConnection", 1): profiled("lan", nil)})
	c.removed(nmPath+"/ActiveConnection/1", acIface)
	c.removed(nmPath+"/ActiveConnection/1", acIface)
	if ended := c.fold.State().Ended; len(ended) != 1 || ended[0].ID != "lan" || ended[0].State != nmtypes.ActiveDeactivated {
		t.Errorf("ended are %+v", ended)
	}
}

// TestRestart has NetworkManager die and come back: its objects have the paths of others then.
func TestRestart(t *testing.T) {
	for _, c := range []struct {
		name  string
		again func(*conversation)
	}{
		{"its name is free for a while", func(c *conversation) {
			c.Moves(owner, "")
			if s := c.fold.State(); s.Synced || len(s.Devices) > 0 || s.Manager.Version != "" {
				c.Errorf("without NetworkManager the state is %+v", s)
			}
			c.Moves("", ":1.77")
		}},
		{"its name is taken over", func(c *conversation) { c.Moves(owner, ":1.77") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			talk := converse(t, 8, objects{
				path("Devices", 1): wired(50, nmPath+"/ActiveConnection/1"), path("ActiveConnection", 1): profiled("lan", nil),
				path("ActiveConnection", 2): tunnelled("office", 5),
			})
			talk.Says(nmPath+"/Devices/1", devIface, "StateChanged", uint32(120), uint32(50), uint32(11))
			talk.Says(nmPath+"/ActiveConnection/2", acIface, "StateChanged", uint32(4), uint32(4))
			talk.Wanted("GetAppliedConnection") // which is never answered
			c.again(talk)
			talk.snapshot(objects{
				path("Devices", 1): wired(30, "/"), path("ActiveConnection", 2): profiled("other", nil), nmPath: {nmIface: variants(map[string]any{"Version": "2"})},
			})
			s := talk.fold.State()
			if !s.Synced || !talk.fold.Synced() || s.Manager.Version != "2" {
				t.Errorf("synced: %t and %t, version %q", s.Synced, talk.fold.Synced(), s.Manager.Version)
			}
			if d := s.Devices[nmPath+"/Devices/1"]; d.LastFailure != nil || !d.StateAt.IsZero() || d.StateBefore != 0 {
				t.Errorf("the new device has the old one's history: %+v", d)
			}
			if len(s.Ended) != 1 || s.Ended[0].ID != "office" || s.Ended[0].Devices != nil || s.Ended[0].Connection != "" {
				t.Errorf("ended are %+v; want the VPN, on no device and of no profile of the new NetworkManager", s.Ended)
			}
			talk.removed(nmPath+"/ActiveConnection/2", acIface)
			if ended := talk.fold.State().Ended; len(ended) != 2 || ended[1].ID != "other" {
				t.Errorf("the end of another connection with the same path is lost: %+v", ended)
			}
		})
	}
}

func TestBusLost(t *testing.T) {
	c := converse(t, 0, objects{path("Devices", 1): wired(100, "/")})
	c.Hear(c.Note(record.Down, 0, "broken pipe"))
	if s := c.fold.State(); s.Synced || len(s.Devices) > 0 {
		t.Errorf("without a bus the state is %+v", s)
	}
}

// TestOverheard has a monitor see what others are told: it makes no state.
func TestOverheard(t *testing.T) {
	c := converse(t, 0, objects{path("Devices", 1): wired(100, "/")})
	m := wire.Message{Type: wire.Signal, Sender: owner, Path: nmPath + "/Devices/1", Interface: devIface, Member: "StateChanged"}
	c.Hear(c.Seen(m, uint32(120), uint32(100), uint32(11)))
	if d := c.fold.State().Devices[nmPath+"/Devices/1"]; d.LastFailure != nil {
		t.Errorf("failure %+v", d.LastFailure)
	}
}

func TestBounds(t *testing.T) {
	c := converse(t, 0, objects{})
	for n := range 100 {
		p := string(path("ActiveConnection", n))
		c.added(p, tunnelled(fmt.Sprint(n), 1))
		for range 100 {
			c.Says(p, vpnIface, "VpnStateChanged", uint32(2), uint32(1))
		}
		if got := len(c.fold.State().Active[p].VPNTrail); got > 32 {
			t.Fatalf("a trail of %d steps", got)
		}
		c.Says(p, acIface, "StateChanged", uint32(4), uint32(4))
		c.removed(p, acIface, vpnIface)
	}
	ended := c.fold.State().Ended
	if len(ended) != 32 || ended[31].ID != "99" {
		t.Errorf("%d ended connections, the last is %s", len(ended), ended[len(ended)-1].ID)
	}
}

// TestStatesAreImmutable looks at an old state after more was said.
func TestStatesAreImmutable(t *testing.T) {
	const office = nmPath + "/ActiveConnection/2"
	c := converse(t, 0, objects{path("ActiveConnection", 2): tunnelled("office", 5)})
	c.Says(office, vpnIface, "VpnStateChanged", uint32(5), uint32(1))
	c.Says(office, acIface, "StateChanged", uint32(4), uint32(4))
	before := c.fold.State()
	ended, trail := before.Ended[0].VPNState, len(before.Active[office].VPNTrail)
	c.Says(office, vpnIface, "VpnStateChanged", uint32(6), uint32(4))
	c.Moves(owner, "")
	if got := before.Ended[0]; got.VPNState != ended || len(got.VPNTrail) != trail || got.Devices == nil {
		t.Errorf("an old state has changed: %+v", got)
	}
}

func TestRules(t *testing.T) {
	for _, rule := range nmwatch.Rules() {
		if !strings.Contains(rule, "type='signal'") || !strings.Contains(rule, nmwatch.Service) {
			t.Errorf("rule %q", rule)
		}
	}
	if f := nmwatch.NewFold(1); f.Synced() || f.State().Synced || len(f.Wants()) > 0 || f.Apply(mirror.Event{}) {
		t.Error("a fold that has heard nothing knows or wants something")
	}
}
