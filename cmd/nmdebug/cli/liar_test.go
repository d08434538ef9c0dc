package cli_test

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"nmdebug/testenv"
)

type (
	// object is what GetManagedObjects tells of one object: properties by interface.
	object  = map[string]map[string]dbus.Variant
	objects = map[dbus.ObjectPath]object
)

const (
	nmService = "org.freedesktop.NetworkManager"
	nmPath    = "/org/freedesktop/NetworkManager"
	wpa       = "fi.w1.wpa_supplicant1"
	wpaPath   = "/fi/w1/wpa_supplicant1"
)

// bus gives the script a bus with a fault:
//
//	deaf     takes connections and never says a word
//	rude     closes every connection
//	empty    nobody is on it
//	shape    NetworkManager and wpa_supplicant answer with values of another type altogether
//	types    they give every property a type that it does not have
//	refusal  they refuse every question
//	hostile  NetworkManager's texts try to take over the terminal
func bus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: bus KIND")
	}
	tb := on(ts).tb
	if serve, ok := strangers()[args[0]]; ok {
		ts.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strangeBus(tb, ts.MkAbs(args[0]), serve))
		return
	}
	lies, ok := allLies()[args[0]]
	if !ok {
		ts.Fatalf("there is no bus %s", args[0])
	}
	address := testenv.StartPrivateBus(tb).Address
	for name, l := range lies {
		l.tell(tb, address, name)
	}
	ts.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
}

// strangers are what a bus can do that is none.
func strangers() map[string]func(net.Conn) {
	return map[string]func(net.Conn){
		"deaf": func(net.Conn) {},
		"rude": func(c net.Conn) { _ = c.Close() },
	}
}

func strangeBus(tb testing.TB, path string, serve func(net.Conn)) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "unix", path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
		}
	}()
	return "unix:path=" + filepath.Clean(path)
}

// lie is what somebody who has taken a daemon's name answers: to GetManagedObjects, to GetAll, or an error to both.
type lie struct {
	path       dbus.ObjectPath
	objects    any
	properties any
	refusal    string
}

// tell takes the name and answers until the test ends.
func (l lie) tell(tb testing.TB, address, name string) {
	tb.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	for path, iface := range map[dbus.ObjectPath]string{
		"/org/freedesktop": "org.freedesktop.DBus.ObjectManager", l.path: "org.freedesktop.DBus.Properties",
	} {
		err := conn.ExportMethodTable(map[string]any{
			"GetManagedObjects": func() (any, *dbus.Error) { return l.answer(l.objects) },
			"GetAll":            func(string) (any, *dbus.Error) { return l.answer(l.properties) },
		}, path, iface)
		if err != nil {
			tb.Fatal(err)
		}
	}
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		tb.Fatalf("cannot own %s: %v, %v", name, reply, err)
	}
}

func (l lie) answer(v any) (any, *dbus.Error) {
	if l.refusal != "" {
		return nil, dbus.NewError("org.example.Error", []any{l.refusal})
	}
	return v, nil
}

// allLies are the lies of each bus, by the name of the daemon.
func allLies() map[string]map[string]lie {
	return map[string]map[string]lie{
		"empty": {},
		"shape": {
			nmService: {path: nmPath, objects: "nothing to see here", properties: int32(7)},
			wpa:       {path: wpaPath, objects: "nothing", properties: []string{"Interfaces"}},
		},
		"types":   {nmService: {path: nmPath, objects: wrongTypes()}, wpa: {path: wpaPath, properties: properties("Interfaces", "many", "State", 12)}},
		"refusal": {nmService: {path: nmPath, refusal: "no\nand \x1b[2J never"}, wpa: {path: wpaPath, refusal: "no"}},
		"hostile": {nmService: {path: nmPath, objects: hostile()}},
	}
}

func properties(pairs ...any) map[string]dbus.Variant {
	m := map[string]dbus.Variant{}
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		m[name] = dbus.MakeVariant(pairs[i+1])
	}
	return m
}

// wrongTypes has a device, an active connection and a manager with nothing that is as it should be.
func wrongTypes() objects {
	return objects{
		nmPath: {nmService: properties("Version", 1.5, "State", "good", "Connectivity", []string{"full"}, "ActiveConnections", uint32(3), "Devices", true)},
		nmPath + "/Devices/1": {
			nmService + ".Device":       properties("Interface", []byte("eth0"), "State", "activated", "DeviceType", "ethernet", "StateReason", uint32(7), "ActiveConnection", int16(1), "Managed", "yes", "Ip4Config", 1.25),
			nmService + ".Device.Wired": properties("Carrier", "yes", "Speed", "fast"),
		},
		nmPath + "/Devices/2":          {nmService + ".Device": properties("Interface", "lo", "State", uint64(1<<40), "StateReason", []uint32{1, 2, 3}, "LldpNeighbors", "none")},
		nmPath + "/ActiveConnection/1": {nmService + ".Connection.Active": properties("Id", uint32(1), "Uuid", false, "State", "up", "Devices", "all", "Vpn", "no")},
		nmPath + "/IP4Config/1":        {nmService + ".IP4Config": properties("AddressData", "192.0.2.1", "Gateway", uint32(1), "NameserverData", []int32{4})},
		"/":                            {"": properties("", "")},
	}
}

// hostile has a connection whose name is an attack on terminals, on a device that is really there.
func hostile() objects {
	const attack = "café\x1b]0;owned\x07\x1b[2J\u202egnp.exe"
	return objects{
		nmPath: {nmService: properties("Version", attack, "State", uint32(70), "Connectivity", uint32(4), "ActiveConnections", []dbus.ObjectPath{nmPath + "/ActiveConnection/1"})},
		nmPath + "/Devices/1": {nmService + ".Device": properties("Interface", "lo", "Real", true, "State", uint32(100), "DeviceType", uint32(32), "Managed", true, "Driver", attack,
			"ActiveConnection", dbus.ObjectPath(nmPath+"/ActiveConnection/1"))},
		nmPath + "/ActiveConnection/1": {nmService + ".Connection.Active": properties("Id", attack, "Uuid", attack, "Type", attack, "State", uint32(2),
			"Devices", []dbus.ObjectPath{nmPath + "/Devices/1"})},
	}
}
