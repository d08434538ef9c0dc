package plan_test

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/inspecttest"
	"nmdebug/inspect/plan"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/wpadbus/wpatypes"
)

// office is a lease on eth0, authenticated by 802.1X, with a VPN on it.
func office() *inspecttest.World {
	w := inspecttest.New()
	eth0 := w.Link("eth0", "", nmtypes.TypeEthernet).Connected("lan").Authenticated().Leased("192.0.2.7/24", "192.0.2.1")
	w.VPN("work", eth0, w.Tun("tun0", proctypes.Process{PID: 41, Name: "openvpn", Role: proctypes.RoleVPN}), "10.8.0.2/24")
	return w
}

// tower is a port, a bridge on it, a macvlan and a vxlan on that, and a VPN on the macvlan.
func tower() *inspecttest.World {
	w := inspecttest.New()
	eth0 := w.Link("eth0", "", nmtypes.TypeEthernet).Connected("port")
	br0 := w.Link("br0", "bridge", nmtypes.TypeBridge).Connected("bridge").Leased("192.0.2.9/24", "")
	eth0.PortOf(br0)
	mac0 := w.Link("mac0", "macvlan", nmtypes.TypeMACVLAN).On(br0).Connected("macvlan").Leased("198.51.100.2/24", "198.51.100.1")
	w.Link("vx0", "vxlan", nmtypes.TypeVXLAN).On(br0).Connected("vxlan").Static("203.0.113.2/24")
	w.VPN("work", mac0, w.Tun("tun0", proctypes.Process{PID: 41, Name: "openvpn", Role: proctypes.RoleVPN}), "10.8.0.2/24")
	return w
}

// guarded is a WireGuard interface whose peer is reached over a lease.
func guarded() *inspecttest.World {
	w := inspecttest.New()
	w.Link("eth0", "", nmtypes.TypeEthernet).Connected("lan").Leased("192.0.2.7/24", "192.0.2.1")
	w.Link("wg0", "wireguard", nmtypes.TypeWireGuard).Connected("wg").Static("10.9.0.2/24")
	w.Kernel.WireGuard = map[string]kerneltypes.WireGuard{"wg0": {Peers: []kerneltypes.WireGuardPeer{{Endpoint: "203.0.113.9:51820"}}}}
	return w
}

// wifi is a Wi-Fi with a lease.
func wifi() *inspecttest.World {
	w := inspecttest.New()
	w.Link("wlan0", "", nmtypes.TypeWifi).Connected("home").Authenticated().Leased("192.0.2.7/24", "192.0.2.1").
		Device(func(d *nmtypes.Device) { d.Wireless, d.Applied.Dot1X = &nmtypes.Wireless{Mode: 2}, false }).
		Kernel(func(l *kerneltypes.Link) { l.Wireless = true })
	return w
}

func made(w *inspecttest.World, r plan.Request) plan.Plan {
	p := w.Pyramid()
	return plan.Make(w.Snapshot, p, graph.Build(w.Snapshot, p), r)
}

// steps writes the steps of a plan, each with its phase.
func steps(p plan.Plan) []string {
	var all []string
	for _, s := range p.Steps {
		all = append(all, string(s.Phase)+": "+s.Does)
	}
	return all
}

func TestMake(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   *inspecttest.World
		of   plan.Request
		want []string
	}{
		{"802.1X from L2", office(), plan.Request{Interface: "eth0", From: inspect.L2}, []string{
			"down: Disconnect the VPN work", "up: Authenticate eth0 by 802.1X anew", "up: Ask for a new lease on eth0", "up: Connect the VPN work on eth0",
		}},
		{"from L3", office(), plan.Request{Interface: "eth0", From: inspect.L3}, []string{
			"down: Disconnect the VPN work", "up: Ask for a new lease on eth0", "up: Connect the VPN work on eth0",
		}},
		{"from L1", office(), plan.Request{Interface: "eth0", From: inspect.L1}, []string{
			"down: Disconnect the VPN work", "up: Let NetworkManager let go of eth0 and take it anew", "up: Connect lan on eth0",
			"up: Wait until eth0 has its addresses", "up: Connect the VPN work on eth0",
		}},
		{"the VPN alone", office(), plan.Request{VPN: "work", From: inspect.VPN}, []string{"down: Disconnect the VPN work", "up: Connect the VPN work on eth0"}},
		{"the VPNs of an interface", office(), plan.Request{Interface: "eth0", From: inspect.VPN}, []string{
			"down: Disconnect the VPN work", "up: Connect the VPN work on eth0",
		}},
		{"a persistent VPN stays", office(), plan.Request{
			Interface: "eth0", From: inspect.L3, Profiles: []plan.Profile{{UUID: "uuid-work", Persistent: true}},
		}, []string{"up: Ask for a new lease on eth0"}},
		{"a VPN that is not active", inspecttest.New(), plan.Request{
			VPN: "work", From: inspect.VPN, Profiles: []plan.Profile{{Path: "/settings/9", ID: "work", UUID: "u"}},
		}, []string{"up: Connect the VPN work"}},
		{"a bridge from L2", tower(), plan.Request{Interface: "br0", From: inspect.L2}, []string{
			"down: Disconnect vxlan on vx0", "down: Disconnect the VPN work", "down: Disconnect macvlan on mac0",
			"up: Attach eth0 to br0 anew", "up: Wait until br0 carries frames", "up: Ask for a new lease on br0",
			"up: Connect macvlan on mac0", "up: Wait until mac0 has its addresses", "up: Connect the VPN work on mac0",
			"up: Connect vxlan on vx0", "up: Wait until vx0 has its addresses",
		}},
		{"a port from L2", tower(), plan.Request{Interface: "eth0", From: inspect.L2}, []string{
			"down: Disconnect vxlan on vx0", "down: Disconnect the VPN work", "down: Disconnect macvlan on mac0",
			"up: Connect port on eth0", "up: Wait until br0 carries frames", "up: Ask for a new lease on br0",
			"up: Connect macvlan on mac0", "up: Wait until mac0 has its addresses", "up: Connect the VPN work on mac0",
			"up: Connect vxlan on vx0", "up: Wait until vx0 has its addresses",
		}},
		{"a bridge from L3: the macvlan needs frames alone", tower(), plan.Request{Interface: "br0", From: inspect.L3}, []string{
			"down: Disconnect vxlan on vx0", "up: Ask for a new lease on br0", "up: Connect vxlan on vx0", "up: Wait until vx0 has its addresses",
		}},
		{"a macvlan from L1", tower(), plan.Request{Interface: "mac0", From: inspect.L1}, []string{
			"down: Disconnect the VPN work", "down: Disconnect macvlan on mac0",
			"up: Connect macvlan on mac0", "up: Wait until mac0 has its addresses", "up: Connect the VPN work on mac0",
		}},
		{"from L1, set down", func() *inspecttest.World {
			w := office()
			l := w.Kernel.Links[1]
			l.Flags, l.Carrier = 0, false
			w.Kernel.Links[1] = l
			return w
		}(), plan.Request{Interface: "eth0", From: inspect.L1}, []string{
			"down: Disconnect the VPN work", "up: Connect lan on eth0", "up: Wait until eth0 has its addresses", "up: Connect the VPN work on eth0",
		}},
		{"WireGuard alone", guarded(), plan.Request{Interface: "wg0", From: inspect.VPN}, []string{
			"down: Disconnect wg on wg0", "up: Connect wg on wg0", "up: Wait until wg0 has its addresses",
		}},
		{"WireGuard alone, with keepalives", func() *inspecttest.World {
			w := guarded()
			w.Kernel.WireGuard["wg0"].Peers[0].KeepaliveSec = 25
			return w
		}(), plan.Request{Interface: "wg0", From: inspect.VPN}, []string{
			"down: Disconnect wg on wg0", "up: Connect wg on wg0", "up: Wait until wg0 has its addresses", "up: Wait until a peer of wg0 answers",
		}},
		{"WireGuard stays", guarded(), plan.Request{Interface: "eth0", From: inspect.L3}, []string{"up: Ask for a new lease on eth0"}},
		{"WireGuard goes with its base where it is asked for", guarded(), plan.Request{Interface: "eth0", From: inspect.L3, Whole: true}, []string{
			"down: Disconnect wg on wg0", "up: Ask for a new lease on eth0", "up: Connect wg on wg0", "up: Wait until wg0 has its addresses",
		}},
		{"Wi-Fi from L2", wifi(), plan.Request{Interface: "wlan0", From: inspect.L2}, []string{"up: Associate wlan0 anew", "up: Ask for a new lease on wlan0"}},
		{"Wi-Fi that is not connected", func() *inspecttest.World {
			w := wifi()
			d := w.NM.Devices["/device/wlan0"]
			d.State, d.Active = nmtypes.DeviceDisconnected, ""
			w.NM.Devices["/device/wlan0"] = d
			return w
		}(), plan.Request{Interface: "wlan0", From: inspect.L1}, []string{
			"up: Let NetworkManager let go of wlan0 and take it anew", "up: Wait until NetworkManager connects wlan0", "up: Wait until wlan0 has its addresses",
		}},
		{"Wi-Fi that is switched off", func() *inspecttest.World {
			w := wifi()
			w.NM.Manager.WirelessEnabled = false
			return w
		}(), plan.Request{Interface: "wlan0", From: inspect.L1}, []string{
			"up: Switch Wi-Fi on", "up: Connect home on wlan0", "up: Wait until wlan0 has its addresses",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, steps(made(tt.in, tt.of))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// NetworkManager lets a connection go whose link was set down, and finds none available then: the one that was there is meant.
func TestConnectionThatEndedIsMeant(t *testing.T) {
	w := office()
	d := w.NM.Devices["/device/eth0"]
	ended := w.NM.Active[d.Active]
	delete(w.NM.Active, d.Active)
	ended.State, ended.Connection, ended.Devices = nmtypes.ActiveDeactivated, "/profile/lan", []string{d.Path}
	d.State, d.Active = nmtypes.DeviceUnavailable, ""
	w.NM.Devices["/device/eth0"], w.NM.Ended = d, []nmtypes.ActiveConnection{ended}
	l := w.Kernel.Links[1]
	l.Flags, l.Carrier = 0, false
	w.Kernel.Links[1] = l
	for _, s := range made(w, plan.Request{Interface: "eth0", From: inspect.L1}).Steps {
		if s.Action.Verb == plan.Activate && s.Action.Device == d.Path && s.Action.Profile != "/profile/lan" {
			t.Errorf("%s activates %q", s.Does, s.Action.Profile)
		}
	}
}

func TestRefusals(t *testing.T) {
	elsewhere := netip.MustParseAddr("203.0.113.99")
	for _, tt := range []struct {
		name  string
		spoil func(*inspecttest.World)
		of    plan.Request
		flags []string
		want  []plan.RefusalCode
	}{
		{"the only default route", nil, plan.Request{Interface: "eth0", From: inspect.L2}, nil, []plan.RefusalCode{plan.CutsDefault}},
		{"the same with --yes", nil, plan.Request{Interface: "eth0", From: inspect.L2}, []string{"--yes"}, nil},
		{"the same with --rollback", nil, plan.Request{Interface: "eth0", From: inspect.L2}, []string{"--rollback"}, nil},
		{"--force is not meant", nil, plan.Request{Interface: "eth0", From: inspect.L2}, []string{"--force"}, []plan.RefusalCode{plan.CutsDefault}},
		{"the VPN alone", nil, plan.Request{VPN: "work", From: inspect.VPN}, nil, nil},
		{"my session over the VPN", nil, plan.Request{VPN: "work", From: inspect.VPN, Sessions: []netip.Addr{elsewhere, netip.MustParseAddr("::ffff:10.8.0.2")}}, nil, []plan.RefusalCode{plan.CutsSession}},
		{"my session over the base", nil, plan.Request{Interface: "eth0", From: inspect.L3, Sessions: []netip.Addr{netip.MustParseAddr("192.0.2.7")}}, nil, []plan.RefusalCode{plan.CutsSession, plan.CutsDefault}},
		{"another default route", func(w *inspecttest.World) {
			w.Route("0.0.0.0/0", "198.51.100.1", w.Link("eth1", "", nmtypes.TypeEthernet).Connected("other").Static("198.51.100.2/24"), 4, 500)
		}, plan.Request{Interface: "eth0", From: inspect.L2}, nil, nil},
		{"a device on its way", func(w *inspecttest.World) {
			d := w.NM.Devices["/device/eth0"]
			d.State = nmtypes.DeviceIPConfig
			w.NM.Devices["/device/eth0"] = d
		}, plan.Request{Interface: "eth0", From: inspect.L2}, []string{"--yes"}, []plan.RefusalCode{plan.OnItsWay}},
		{"not managed", func(w *inspecttest.World) {
			d := w.NM.Devices["/device/eth0"]
			d.Managed = false
			w.NM.Devices["/device/eth0"] = d
		}, plan.Request{Interface: "eth0", From: inspect.L2}, []string{"--yes", "--force"}, []plan.RefusalCode{plan.NotManaged}},
		{"no VPN", nil, plan.Request{Interface: "tun0", From: inspect.VPN}, []string{"--yes"}, nil},
		{"an interface without VPN", func(w *inspecttest.World) { w.Link("eth1", "", nmtypes.TypeEthernet) }, plan.Request{Interface: "eth1", From: inspect.VPN}, nil, []plan.RefusalCode{plan.Nothing}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := office()
			if tt.spoil != nil {
				tt.spoil(w)
			}
			var got []plan.RefusalCode
			for _, r := range made(w, tt.of).Refused(tt.flags...) {
				got = append(got, r.Code)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestBusctl holds every call of every plan to be one that a shell reads as it is meant.
func TestBusctl(t *testing.T) {
	for _, p := range []plan.Plan{
		made(office(), plan.Request{Interface: "eth0", From: inspect.L1}), made(office(), plan.Request{Interface: "eth0", From: inspect.L2}),
		made(tower(), plan.Request{Interface: "br0", From: inspect.L2}), made(wifi(), plan.Request{Interface: "wlan0", From: inspect.L2}),
	} {
		for _, s := range p.Steps {
			for _, call := range s.Action.Busctl() {
				if !strings.Contains(call, "busctl call ") && !strings.Contains(call, "busctl set-property ") {
					t.Errorf("%s: %q calls nothing", s.Does, call)
				}
				if out, err := exec.CommandContext(t.Context(), "sh", "-n", "-c", plan.ActiveFunction()+"\n"+call).CombinedOutput(); err != nil {
					t.Errorf("%s: sh does not read %q: %s", s.Does, call, out)
				}
			}
		}
	}
	want := "busctl call org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager ActivateConnection ooo /settings/work / $(active eth0)"
	last := made(office(), plan.Request{VPN: "work", From: inspect.VPN}).Steps[1].Action.Busctl()
	if diff := cmp.Diff([]string{want}, last); diff != "" {
		t.Error(diff)
	}
}

func TestGoal(t *testing.T) {
	began, later := inspecttest.Noon(), inspecttest.Noon().Add(time.Second)
	for _, tt := range []struct {
		name   string
		goal   plan.Goal
		change func(*inspecttest.World)
		met    bool
	}{
		{"the connection is there", plan.Goal{Gone: "/active/work"}, nil, false},
		{"the connection is gone", plan.Goal{Gone: "/active/work"}, func(w *inspecttest.World) { delete(w.NM.Active, "/active/work") }, true},
		{"the connection is gone, its tunnel not yet", plan.Goal{Gone: "/active/work", Tunnel: "tun0"}, func(w *inspecttest.World) { delete(w.NM.Active, "/active/work") }, false},
		{"L3 stands", plan.Goal{Interface: "eth0", Level: inspect.L3}, nil, true},
		{"L3 stands, but still", plan.Goal{Interface: "eth0", Level: inspect.L3, Fresh: plan.FreshLease}, nil, false},
		{"L3 stands anew", plan.Goal{Interface: "eth0", Level: inspect.L3, Fresh: plan.FreshLease}, func(w *inspecttest.World) {
			d := w.NM.Devices["/device/eth0"]
			d.LeaseAt = later
			w.NM.Devices["/device/eth0"] = d
		}, true},
		{"L3 stands with the address of the old lease put back", plan.Goal{Interface: "eth0", Level: inspect.L3, Fresh: plan.FreshLease}, func(w *inspecttest.World) { w.Kernel.Addrs[1][0].At = later }, false},
		{"L3 stands with an address that a router gave", plan.Goal{Interface: "eth0", Level: inspect.L3, Fresh: plan.FreshLease}, func(w *inspecttest.World) {
			w.Kernel.Addrs[1] = append(w.Kernel.Addrs[1], kerneltypes.Addr{Prefix: netip.MustParsePrefix("2001:db8::2/64"), At: later})
		}, true},
		{"the supplicant is done, but still", plan.Goal{Interface: "eth0", Level: inspect.L2, Fresh: plan.FreshLink}, nil, false},
		{"the supplicant is done anew", plan.Goal{Interface: "eth0", Level: inspect.L2, Fresh: plan.FreshLink}, func(w *inspecttest.World) {
			i := w.WPA.Interfaces["/wpa/eth0"]
			i.EAP = wpatypes.EAP{Outcome: wpatypes.EAPSuccess, OutcomeAt: later}
			w.WPA.Interfaces["/wpa/eth0"] = i
		}, true},
		{"connected, but still", plan.Goal{Interface: "eth0", Level: inspect.L3, Fresh: plan.FreshActive}, nil, false},
		{"connected anew", plan.Goal{Interface: "eth0", Level: inspect.L3, Fresh: plan.FreshActive}, func(w *inspecttest.World) {
			d := w.NM.Devices["/device/eth0"]
			d.StateAt = later
			w.NM.Devices["/device/eth0"] = d
		}, true},
		{"not let go yet", plan.Goal{Interface: "eth0", Level: inspect.L1, Fresh: plan.FreshTaken}, nil, false},
		{"taken", plan.Goal{Interface: "eth0", Level: inspect.L1, Fresh: plan.FreshTaken}, func(w *inspecttest.World) {
			d := w.NM.Devices["/device/eth0"]
			d.State, d.StateAt = nmtypes.DeviceDisconnected, later
			w.NM.Devices["/device/eth0"] = d
		}, true},
		{"taken, but not ready", plan.Goal{Interface: "eth0", Level: inspect.L1, Fresh: plan.FreshTaken}, func(w *inspecttest.World) {
			d := w.NM.Devices["/device/eth0"]
			d.State, d.StateAt = nmtypes.DeviceUnavailable, later
			w.NM.Devices["/device/eth0"] = d
		}, false},
		{"no such interface", plan.Goal{Interface: "eth7", Level: inspect.L1}, nil, false},
		{"the VPN is up", plan.Goal{VPN: "uuid-work"}, nil, true},
		{"the VPN is gone", plan.Goal{VPN: "uuid-work"}, func(w *inspecttest.World) { delete(w.NM.Active, "/active/work") }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := office()
			if tt.change != nil {
				tt.change(w)
			}
			met, blocks := tt.goal.Met(w.Snapshot, w.Pyramid(), began)
			if met != tt.met || !met && blocks == "" {
				t.Errorf("met is %t (%q), want %t", met, blocks, tt.met)
			}
		})
	}
}

// TestLost holds what there is no use in waiting for against what may still come.
func TestLost(t *testing.T) {
	began := inspecttest.Noon()
	authentication := plan.Goal{Interface: "eth0", Level: inspect.L2, Fresh: plan.FreshLink}
	refused := func(at time.Time, driver string) func(*inspecttest.World) {
		return func(w *inspecttest.World) {
			i := w.WPA.Interfaces["/wpa/eth0"]
			i.Driver, i.EAP = driver, wpatypes.EAP{Outcome: wpatypes.EAPFailure, OutcomeAt: at}
			w.WPA.Interfaces["/wpa/eth0"] = i
		}
	}
	ended := func(at time.Time) func(*inspecttest.World) {
		return func(w *inspecttest.World) {
			ac := w.NM.Active["/active/work"]
			ac.StateAt = at
			w.NM.Ended = append(w.NM.Ended, ac)
		}
	}
	for name, tt := range map[string]struct {
		goal   plan.Goal
		change func(*inspecttest.World)
		lost   bool
	}{
		"nothing has happened":                 {authentication, func(*inspecttest.World) {}, false},
		"a wire was refused":                   {authentication, refused(began.Add(time.Second), "wired"), true},
		"a wire was refused before":            {authentication, refused(began.Add(-time.Second), "wired"), false},
		"an access point refused":              {authentication, refused(began.Add(time.Second), "nl80211"), false},
		"the wire is not what is waited for":   {plan.Goal{Interface: "eth0", Level: inspect.L3}, refused(began.Add(time.Second), "wired"), false},
		"the VPN has ended":                    {plan.Goal{VPN: "uuid-work"}, ended(began.Add(time.Second)), true},
		"the VPN had ended before":             {plan.Goal{VPN: "uuid-work"}, ended(began.Add(-time.Second)), false},
		"the VPN's end is what was waited for": {plan.Goal{Gone: "/active/work"}, ended(began.Add(time.Second)), false},
	} {
		w := office()
		tt.change(w)
		if why := tt.goal.Lost(w.Snapshot, began); (why != "") != tt.lost {
			t.Errorf("%s: %q, want lost %t", name, why, tt.lost)
		}
	}
}

// TestLastProfile connects the profile that was last on an interface where no connection is active, and the active one
// where there is one.
func TestLastProfile(t *testing.T) {
	request := plan.Request{Interface: "eth0", From: inspect.L2, Last: "/settings/7"}
	idle := office()
	d := idle.NM.Devices["/device/eth0"]
	delete(idle.NM.Active, d.Active)
	d.Active, d.State = "", nmtypes.DeviceUnavailable
	idle.NM.Devices["/device/eth0"] = d
	for name, tt := range map[string]struct {
		in   *inspecttest.World
		want bool
	}{"nothing is active": {idle, true}, "a connection is active": {tower(), false}} {
		uses := false
		for _, s := range made(tt.in, request).Steps {
			uses = uses || s.Action.Profile == request.Last
		}
		if uses != tt.want {
			t.Errorf("%s: it connects the last profile: %t, want %t", name, uses, tt.want)
		}
	}
}
